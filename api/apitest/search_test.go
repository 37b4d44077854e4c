package apitest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/vbo365/vbo365-go/api/apitest"
	"github.com/vbo365/vbo365-go/api/apitest/internal/tenanttest"
)

// search sends a query in the form that the version has. place is the end of the path below OneDrives, without the last
// segment; values, if any, are those of the URL.
func (b *bench) search(version, place, query, values string) answer {
	b.tb.Helper()
	named, err := json.Marshal(map[string]any{"search": map[string]string{"query": query}})
	if err != nil {
		b.tb.Fatal(err)
	}
	path, body := inForm(b.tb, version, "/RestoreSessions/"+b.session.ID+"/Organization/OneDrives"+place+"/Action",
		string(named))
	path += values
	got := b.send(http.MethodPost, path, body, "Content-Type", "application/json")
	got.conforms(b.tb, http.MethodPost, path)
	return got
}

func (a answer) page(tb testing.TB) (found page) {
	tb.Helper()
	if err := json.Unmarshal(a.body, &found); err != nil || a.status != http.StatusOK {
		tb.Fatalf("%d %s: %v", a.status, a.body, err)
	}
	return found
}

// TestSearch searches a OneDrive and a folder, in the versions that can.
func TestSearch(t *testing.T) {
	t.Parallel()
	b := newBrowseBench(t)
	drive := "/" + b.drive.ID
	documents, sub := drive+"/Folders/"+b.drive.FolderID("Documents"), drive+"/Folders/"+b.drive.FolderID("Documents/Sub")
	for _, version := range allVersions {
		if version < "v4" {
			b.search(version, drive, "a", "").wantMessage(t, http.StatusBadRequest, "unknown action")
			b.search(version, documents, "a", "").wantMessage(t, http.StatusBadRequest, "unknown action")
			continue
		}
		for _, test := range []struct {
			place, query string
			want         []string
		}{
			{drive, "", []string{"Documents", "Sub", "Music", "0.txt", "z.txt", "a.txt", "b.txt", "c.txt"}},
			{drive, "filename:*.txt size:>3", []string{"a.txt", "b.txt"}},
			{drive, `filename:"U*" OR filename:M?sic`, []string{"Music"}},
			{drive, "System.Author:alice AND NOT txt", []string{"Documents", "Sub", "Music"}},
			{drive, "nowhere", nil},
			{documents, "", []string{"Sub", "a.txt", "b.txt", "c.txt"}},
			{documents, "System.ItemFolderPathDisplay:Documents/Sub", []string{"c.txt"}},
			{sub, "", []string{"c.txt"}},
			{drive + "/Folders/" + b.drive.RootFolderID, "sub", []string{"Sub"}},
		} {
			got := b.search(version, test.place, test.query, "").page(t)
			wantSame(t, version+" "+test.query, test.want, got.names())
			for i, item := range got.Results {
				links := item["_links"].(map[string]any)
				if !strings.HasSuffix(links["onedrive"].(map[string]any)["href"].(string), "/onedrives/"+b.drive.ID) {
					t.Errorf("%s: links %v", version, links)
				}
				if want := version >= "v8"; (item["oneDriveId"] == b.drive.ID) != want {
					t.Errorf("%s: %v", version, item)
				}
				isFolder, has := item["isFolder"]
				if has != (version >= "v7") || has && isFolder != !strings.Contains(test.want[i], ".txt") {
					t.Errorf("%s: %v", version, item)
				}
			}
		}
		for query, want := range map[string]string{
			`filename:"a`: "query: a quotation mark is not closed", "color:red": "query: there is no property color",
			"a AND": "query: a condition is missing at the end", "content:x": "query: content: is not modelled",
		} {
			b.search(version, drive, query, "").wantMessage(t, http.StatusBadRequest, want)
		}
		b.search(version, drive+"/Folders/"+b.drive.FolderID("none"), "a", "").wantMessage(t, http.StatusNotFound, "cannot")
		b.search(version, drive, "a", "?limit=0").wantMessage(t, http.StatusBadRequest, "limit")
	}
	if len(b.srv.Executions()) != 0 || len(b.events("v8")) != 0 {
		t.Errorf("executions %v", b.srv.Executions())
	}
	// What LAR sends (spec/FACTS.md#s45).
	path := "/v5/RestoreSessions/" + b.session.ID + "/Organization/OneDrives/" + b.drive.ID + "/action?offset=1&limit=2"
	got := b.send(http.MethodPost, path, `{"search":{"query":"filename:\".txt\" size:>0",}}`,
		"Content-Type", "application/json")
	wantSame(t, "names", []string{"z.txt", "a.txt"}, got.page(t).names())
}

// TestSearchAllOneDrives searches all OneDrives of a session, and only folders or documents, from v6 on.
func TestSearchAllOneDrives(t *testing.T) {
	t.Parallel()
	b := newLeaversBench(t, apitest.Config{})
	for _, version := range allVersions {
		if version < "v6" {
			path := "/" + version + "/RestoreSessions/" + b.session.ID + "/Organization/OneDrives/Action"
			got := b.send(http.MethodPost, path, `{"search":{"query":"a"}}`, "Content-Type", "application/json")
			got.wantMessage(t, http.StatusBadRequest, "unknown action")
			continue
		}
		all := []string{"blocked", "of Ann", "2", "blocked", "of Ben", "2", "blocked", "of Cleo", "2"}
		for values, want := range map[string][]string{
			"": all, "?itemType=All": all, "?ITEMTYPE=folders": {"blocked", "blocked", "blocked"},
			"?itemType=Documents&limit=3": {"of Ann", "2", "of Ben"}, "?offset=7": {"of Cleo", "2"},
		} {
			wantSame(t, version+values, want, b.search(version, "", "", values).page(t).names())
		}
		wantSame(t, version, []string{"of Ben"}, b.search(version, "", `filename:"of Ben"`, "").page(t).names())
		b.search(version, "", "", "?itemType=Sites").wantMessage(t, http.StatusBadRequest, "itemType")
	}
}

// TestSearchPages follows the pages of a search, with and without the id of the set.
func TestSearchPages(t *testing.T) {
	t.Parallel()
	b := newBrowseBench(t)
	for _, version := range allVersions[2:] {
		all := b.search(version, "/"+b.drive.ID, "txt OR Sub", "?limit=100").page(t)
		for limit := 1; limit <= 4; limit++ {
			var names []string
			values := fmt.Sprintf("?limit=%d", limit)
			for pages := 0; ; pages++ {
				found := b.search(version, "/"+b.drive.ID, "txt OR Sub", values).page(t)
				names = append(names, found.names()...)
				if has := version >= "v6"; has != (found.SetID != "") || has && found.SetID != all.SetID {
					t.Errorf("%s: set %q, before %q", version, found.SetID, all.SetID)
				}
				if (version == "v6" || version == "v7") && *found.Total != 6 {
					t.Errorf("%s: total %v", version, *found.Total)
				}
				next := b.link(found, "next")
				if next == "" {
					break
				}
				path, query, _ := strings.Cut(next, "?")
				if end := map[bool]string{true: "/search", false: "/action"}[version >= "v6"]; !strings.HasSuffix(path, end) {
					t.Errorf("%s: next %s", version, next)
				}
				values = "?" + query
				if found.SetID != "" {
					values += "&setId=" + found.SetID
				}
			}
			wantSame(t, fmt.Sprint(version, " in pages of ", limit), all.names(), names)
		}
		other := b.search(version, "/"+b.drive.ID, "txt", "?limit=100").page(t)
		if other.SetID == all.SetID && version >= "v6" {
			t.Errorf("%s: two searches have the same set", version)
		}
	}
	b.search("v8", "", "", "?setId=1").wantMessage(t, http.StatusBadRequest, "setId")
}

// TestSearchFindsWhatTheListsHave compares a search with the lists, in the order of which it is, in a large OneDrive.
func TestSearchFindsWhatTheListsHave(t *testing.T) {
	t.Parallel()
	large := tenanttest.NewGenerated(100, 50)
	b := newBench(t, apitest.Config{Organizations: []apitest.Organization{{Name: "o", OneDrives: []apitest.OneDrive{{
		Owner: "a@x", Production: t.TempDir(), Backup: []apitest.RestorePoint{{Time: time.Now(), FS: large}},
	}}}}})
	ids := func(results []map[string]any) (ids []string) {
		for _, result := range results {
			ids = append(ids, result["id"].(string))
		}
		return ids
	}
	want, _ := b.collect(b.drivePath("v8") + "/Documents?includeFolders=true&limit=10000")
	found := b.search("v8", "/"+b.drive.ID, "", "?limit=10000").page(t)
	if len(want) != 100*51 || !slices.Equal(ids(want), ids(found.Results)) {
		t.Errorf("%d items were found of %d", len(found.Results), len(want))
	}
	stats := large.Stats.Load()
	found = b.search("v8", "/"+b.drive.ID, "filename:document0000049", "?limit=10").page(t)
	if n := large.Stats.Load() - stats; n > 200 || len(found.Results) != 10 {
		t.Errorf("%d items, %d were looked at", len(found.Results), n)
	}
	folder := b.search("v8", "/"+b.drive.ID+"/Folders/"+b.drive.FolderID("folder0000042"), "", "?limit=100").page(t)
	if len(folder.Results) != 50 {
		t.Errorf("%d items in a folder", len(folder.Results))
	}
}

// TestSearchShowsDeleted sees that a session that shows what was deleted finds it.
func TestSearchShowsDeleted(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{Organizations: []apitest.Organization{{Name: "o", OneDrives: []apitest.OneDrive{{
		Owner: "a@x", Production: t.TempDir(), Backup: []apitest.RestorePoint{
			{Time: day(1), FS: fstest.MapFS{"gone.txt": {}, "here.txt": {}}}, {Time: day(2), FS: fstest.MapFS{"here.txt": {}}},
		},
	}}}}})
	for shown, want := range map[string][]string{"false": {"here.txt"}, "true": {"gone.txt", "here.txt"}} {
		b.session.ID = b.explore("v8", `{"explore": {"showDeleted": `+shown+`}}`)
		wantSame(t, shown, want, b.search("v8", "/"+b.drive.ID, "txt", "").page(t).names())
	}
	if err := b.srv.StopRestoreSession(b.session.ID); err != nil {
		t.Fatal(err)
	}
	b.search("v8", "", "txt", "").wantMessage(t, http.StatusInternalServerError, "has been stopped")
}
