package apitest_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/vbo365/vbo365-go/api/apitest"
	"github.com/vbo365/vbo365-go/api/apitest/internal/tenanttest"
)

func day(n int) time.Time { return time.Date(2026, 3, n, 4, 5, 6, 700, time.UTC) }

// newBrowseBench has two organizations; the second has never been backed up.
func newBrowseBench(t *testing.T) *bench {
	t.Helper()
	file := func(text string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(text), ModTime: day(1), Mode: 0o644}
	}
	folder := &fstest.MapFile{ModTime: day(2), Mode: fs.ModeDir | 0o755}
	return newBench(t, apitest.Config{Organizations: []apitest.Organization{
		{Name: "Example.onmicrosoft.com", OneDrives: []apitest.OneDrive{
			{Owner: "alice@example.com", Name: "Alice Example", Production: t.TempDir(), Backup: []apitest.RestorePoint{
				{Time: day(3), FS: fstest.MapFS{
					"Documents": folder, "Documents/b.txt": file(
						"1234"), "Documents/Sub": folder, "Documents/Sub/c.txt": file(""),
					"Documents/a.txt": file("old"), "Documents/gone.txt": file("gone"), "Dropped/d.txt": file(
						"d"), "Dropped": folder,
				}},
				{Time: day(5), FS: fstest.MapFS{
					"Documents": folder, "Documents/a.txt": file("new a"), "Documents/b.txt": file("1234"),
					"Documents/Sub": folder, "Documents/Sub/c.txt": file(""), "Music": folder, "z.txt": file(
						"z"), "0.txt": file("0"),
				}},
			}},
			{Owner: "bob@example.com", Production: t.TempDir()},
			{
				Owner: "carol@example.com", Name: "Carol", Production: t.TempDir(),
				Backup: []apitest.RestorePoint{{Time: day(4), FS: fstest.MapFS{}}},
			},
		}},
		{Name: "never.example", OneDrives: []apitest.OneDrive{{Owner: "dave@never.example", Production: t.TempDir()}}},
	}})
}

// drivePath is the path of the bench's OneDrive in its session.
func (b *bench) drivePath(version string) string {
	return "/" + version + "/RestoreSessions/" + b.session.ID + "/Organization/OneDrives/" + b.drive.ID
}

// address is what links begin with.
func (b *bench) address(version string) string {
	if version >= "v6" {
		return "/" + version
	}
	return b.srv.URL + "/" + version
}

// rootID is the word for the root.
func rootID(version string) string {
	if version >= "v7" {
		return "root"
	}
	return "null"
}

// wantJSON compares with what is written here as JSON; %s in it is the address of the server with the version.
func (b *bench) wantJSON(what, version, want string, got any) {
	b.tb.Helper()
	var value any
	if err := json.Unmarshal([]byte(strings.ReplaceAll(want, "%s", b.address(version))), &value); err != nil {
		b.tb.Fatal(err)
	}
	wantSame(b.tb, what+" in "+version, value, got)
}

func TestOrganizations(t *testing.T) {
	t.Parallel()
	b := newBrowseBench(t)
	for _, version := range allVersions {
		online := ""
		if version != "v2" {
			online = `"isExchangeOnline": false, "isSharePointOnline": true,`
		}
		explore, view := "/action", ""
		if version >= "v6" {
			explore, view = "/explore", "?extendedView=true"
		}
		one := `{
			"id": "0d3ab5f7-7ac2-5a80-99ff-bbe9d3c1b5b1", "name": "Example.onmicrosoft.com", "type": "Office365", "region": "Worldwide",
			"isBackedup": true, "firstBackuptime": "2026-03-03T04:05:06.0000007Z", "lastBackuptime": "2026-03-05T04:05:06.0000007Z",
			"officeName": "Example.onmicrosoft.com", ` + online + `
			"_links": {"self": {"href": "%s/organizations/ID1"}},
			"_actions": {"explore": {"uri": "%s/organizations/ID1` + explore + `", "method": "POST"}}
		}`
		other := `{
			"id": "ID2", "name": "never.example", "type": "Office365", "region": "Worldwide", "isBackedup": false,
			"officeName": "never.example", ` + online + `
			"_links": {"self": {"href": "%s/organizations/ID2"}},
			"_actions": {"explore": {"uri": "%s/organizations/ID2` + explore + `", "method": "POST"}}
		}`
		var list []any
		if version >= "v8" {
			list = anys(b.getPage("/" + version + "/Organizations" + view).Results).([]any)
		} else {
			list = b.get("/" + version + "/Organizations" + view).([]any)
		}
		if len(list) != 2 {
			t.Fatalf("%d organizations", len(list))
		}
		for i, want := range []string{one, other} {
			organization := list[i].(map[string]any)
			id := organization["id"].(string)
			if version >= "v8" {
				msid, _ := organization["msid"].(string)
				want = strings.Replace(want, "{", `{"backedUpOrganizationId": "ID1", "msid": "`+msid+`",`, 1)
				for _, query := range []string{"msid=" + msid, "backedUpOrganizationId=" + id} {
					if page := b.getPage("/" + version + "/Organizations" + view + "&" + query); len(page.Results) != 1 ||
						page.Results[0]["id"] != id {
						t.Errorf("%s gives %v", query, page.Results)
					}
				}
			}
			want = strings.ReplaceAll(want, "0d3ab5f7-7ac2-5a80-99ff-bbe9d3c1b5b1", id)
			want = strings.NewReplacer("ID1", id, "ID2", id).Replace(want)
			b.wantJSON("organization", version, want, list[i])
			wantSame(t, "by id", list[i], b.get("/"+version+"/Organizations/"+strings.ToUpper(id)+view))
		}
	}
	b.send(http.MethodGet, "/v5/Organizations/61954db6-7278-4d26-86f7-888bda5a4ec4", "").wantMessage(t,
		http.StatusNotFound, "cannot be found")
}

func TestOneDrives(t *testing.T) {
	t.Parallel()
	b := newBrowseBench(t)
	for _, version := range allVersions {
		session := "%s/restoresessions/" + b.session.ID
		self := session + "/organization/onedrives/" + b.drive.ID
		organization := b.get("/" + version + "/RestoreSessions/" + b.session.ID + "/Organization")
		id := organization.(map[string]any)["id"].(string)
		kind := ""
		if version >= "v6" {
			kind = `"type": "Office365",`
		}
		b.wantJSON("organization of the session", version, `{"id": "`+id+`", "name": "Example.onmicrosoft.com", `+kind+` "_links": {
			"self": {"href": "`+session+`/organization"}, "onedrives": {"href": "`+session+`/organization/onedrives"}}}`, organization)
		b.get("/" + version + "/Organizations/" + id + "?extendedView=false")

		list := b.getPage("/" + version + "/RestoreSessions/" + b.session.ID + "/Organization/OneDrives")
		wantSame(t, "drives", []string{"Alice Example", "Carol"}, list.names())
		got := b.get(b.drivePath(version))
		wantSame(t, "drive", any(list.Results[0]), got)
		links := got.(map[string]any)["_links"].(map[string]any)
		user := links["user"].(map[string]any)["href"].(string)
		if rest, ok := strings.CutPrefix(user, b.address(version)+"/organizations/"+id+"/users/"); !ok ||
			len(rest) != 36+36+40 || !strings.HasSuffix(rest, "==") {
			t.Errorf("user %s", user)
		}
		b.wantJSON("drive", version, `{
			"id": "`+b.drive.ID+`", "name": "Alice Example", "url": "https://example-my.sharepoint.com/personal/alice_example_com",
			"_links": {"self": {"href": "`+self+`"}, "folders": {"href": "`+self+`/folders?parentId=`+rootID(version)+`"},
				"allfolders": {"href": "`+self+`/folders"}, "documents": {"href": "`+self+`/documents?parentId=`+rootID(version)+`"},
				"organization": {"href": "`+session+`/organization"}, "user": {"href": "`+user+`"}}
		}`, got)
	}
	b.send(http.MethodGet, b.drivePath("v2")+"0", "").wantMessage(t, http.StatusNotFound, "cannot be found")
	bob := "/v2/RestoreSessions/" + b.session.ID + "/Organization/OneDrives/" + b.srv.Drives()[1].ID // never backed up
	b.send(http.MethodGet, bob, "").wantMessage(t, http.StatusNotFound, "cannot be found")
	b.session = b.startSession(day(3).Add(-1))
	if list := b.getPage("/v2/RestoreSessions/" + b.session.ID + "/Organization/OneDrives"); len(list.Results) != 0 ||
		len(list.Links) != 1 {
		t.Errorf("before the first backup: %+v", list)
	}
	b.send(http.MethodGet, b.drivePath("v2"), "").wantMessage(t, http.StatusNotFound, "cannot be found")
}

func TestFoldersAndDocuments(t *testing.T) {
	t.Parallel()
	b := newBrowseBench(t)
	for _, version := range allVersions {
		drive, self := b.drivePath(version), "%s/restoresessions/"+b.session.ID+"/organization/onedrives/"+b.drive.ID
		documents, sub := b.drive.FolderID("Documents"), b.drive.FolderID("Documents/Sub")

		var more, ofFolder, ofDocument string // what later versions tell
		switch {
		case version >= "v8":
			more = `"oneDriveId": "` + b.drive.ID + `", `
			fallthrough
		case version == "v7":
			ofFolder, ofDocument = more+`"isFolder": true, `, more+`"isFolder": false, `
			fallthrough
		case version == "v6":
			ofFolder += `"versionId": 2, "version": "2.0"`
		default:
			ofFolder = `"version": "1.0"`
		}

		root := b.getPage(drive + "/Folders?parentId=" + rootID(version))
		wantSame(t, "root folders", []string{"Documents", "Music"}, root.names())
		b.wantJSON("folder at the root", version, `{
			"id": "`+documents+`", "name": "Documents", "createdBy": "Alice Example", "creationTime": "2026-03-02T04:05:06",
			"modifiedBy": "Alice Example", "modificationTime": "2026-03-02T04:05:06", `+ofFolder+`,
			"_links": {"self": {"href": "`+self+`/folders/`+documents+`"}, "onedrive": {"href": "`+self+`"},
				"folders": {"href": "`+self+`/folders?parentId=`+documents+`"}, "documents": {"href": "`+self+`/documents?parentId=`+documents+`"}}
		}`, any(root.Results[0]))
		below := b.getPage(drive + "/Folders?parentId=" + strings.ToUpper(documents))
		b.wantJSON("folder below", version, `[{
			"id": "`+sub+`", "name": "Sub", "createdBy": "Alice Example", "creationTime": "2026-03-02T04:05:06",
			"modifiedBy": "Alice Example", "modificationTime": "2026-03-02T04:05:06", `+ofFolder+`,
			"_links": {"self": {"href": "`+self+`/folders/`+sub+`"}, "onedrive": {"href": "`+self+`"}, "parent": {"href": "`+self+`/folders/`+documents+`"},
				"folders": {"href": "`+self+`/folders?parentId=`+sub+`"}, "documents": {"href": "`+self+`/documents?parentId=`+sub+`"}}
		}]`, anys(below.Results))
		wantSame(t, "folder by id", any(below.Results[0]), b.get(drive+"/Folders/"+strings.ToUpper(sub)))
		wantSame(t, "all folders", []string{"Documents", "Sub", "Music"}, b.getPage(drive+"/Folders").names())

		size := "sizeBytes"
		if version == "v2" {
			size = "size"
		}
		in := b.getPage(drive + "/Documents?parentId=" + documents)
		wantSame(t, "documents", []string{"a.txt", "b.txt"}, in.names())
		id := in.Results[0]["id"].(string)
		b.wantJSON("document", version, `{
			"id": "`+id+`", "name": "a.txt", "createdBy": "Alice Example", "creationTime": "2026-03-01T04:05:06",
			"modifiedBy": "Alice Example", "modificationTime": "2026-03-01T04:05:06", "version": "1.0", `+ofDocument+`"`+size+`": 5, "inheritedPermissions": true,
			"_links": {"self": {"href": "`+self+`/documents/`+id+`"}, "onedrive": {"href": "`+self+`"}, "parent": {"href": "`+self+`/folders/`+documents+`"}}
		}`, any(in.Results[0]))
		atRoot := b.getPage(drive + "/Documents?parentId=" + rootID(version))
		wantSame(t, "root documents", []string{"0.txt", "z.txt"}, atRoot.names())
		if _, parent := atRoot.Results[0]["_links"].(map[string]any)["parent"]; parent {
			t.Error("a document at the root has a parent")
		}
		all := b.getPage(drive + "/Documents")
		wantSame(t, "all documents", []string{"0.txt", "z.txt", "a.txt", "b.txt", "c.txt"}, all.names())
		for _, document := range all.Results {
			b.wantByID(document, drive+"/Documents/"+strings.ToUpper(document["id"].(string)))
		}
		wantSame(t, "the root by its id", root.names(),
			b.getPage(drive+"/Folders?parentId="+b.drive.RootFolderID).names())
		if name := b.get(drive + "/Folders/" + b.drive.RootFolderID).(map[string]any)["name"]; name != "Alice Example" {
			t.Errorf("the root is %s", name)
		}
		other := "root" // means nothing here
		if version >= "v7" {
			other = "null"
		}
		for _, path := range []string{
			"/Folders/" + id, "/Documents/" + documents, "/Documents/" + id[:35] + "x", "/Folders/x", "/Documents/x",
			"/Folders?parentId=" + id, "/Documents?parentId=" + id, "/Folders?parentId=" +
				other, "/Documents?parentId=x",
			"/Documents/" + b.drive.RootFolderID[:18] + id[18:],
		} {
			got := b.send(http.MethodGet, drive+path, "")
			got.conforms(t, http.MethodGet, drive+path)
			got.wantMessage(t, http.StatusNotFound, "cannot be found")
		}
	}
	// Another point in time, another view. The ids stay.
	b.session = b.startSession(day(4))
	wantSame(t, "all folders", []string{"Documents", "Sub", "Dropped"}, b.getPage(b.drivePath("v5")+"/Folders").names())
	wantSame(t, "documents", []string{"a.txt", "b.txt", "gone.txt"},
		b.getPage(b.drivePath("v5")+"/Documents?parentId="+b.drive.FolderID("Documents")).names())
}

func anys(results []map[string]any) any {
	list := make([]any, len(results))
	for i, result := range results {
		list[i] = result
	}
	return list
}

// TestShowDeleted sees that what was deleted before is listed, and that actions include it.
func TestShowDeleted(t *testing.T) {
	t.Parallel()
	b := newBrowseBench(t)
	for _, test := range []struct {
		version string
		deleted bool
		at      time.Time
		want    []string
	}{
		{"v3", true, day(6), []string{"0.txt", "z.txt", "a.txt", "b.txt", "gone.txt", "c.txt", "d.txt"}},
		{"v5", false, day(6), []string{"0.txt", "z.txt", "a.txt", "b.txt", "c.txt"}},
		{"v2", true, day(6), []string{"0.txt", "z.txt", "a.txt", "b.txt", "c.txt"}},
		{"v4", true, day(4), []string{"a.txt", "b.txt", "gone.txt", "c.txt", "d.txt"}},
	} {
		b.session.ID = b.explore(test.version,
			fmt.Sprintf(`{"explore": {"datetime": %q, "showDeleted": "%t", "showAllVersions": "true"}}`,
				test.at.Format(time.RFC3339Nano), test.deleted))
		requests := b.srv.Requests()
		noted := strings.Contains(strings.Join(requests[len(requests)-1].Deviations, ";"),
			`unknown property "showDeleted" in explore;unknown property "showAllVersions" in explore`)
		if noted != (test.version == "v2") {
			t.Errorf("%s: deviations %q", test.version, requests[len(requests)-1].Deviations)
		}
		list := b.getPage(b.drivePath(test.version) + "/Documents")
		wantSame(t, test.version, test.want, list.names())
		for _, document := range list.Results {
			b.wantByID(document, b.drivePath(test.version)+"/Documents/"+document["id"].(string))
		}
	}
	b.session.ID = b.explore("v5", `{"explore": {"showDeleted": true}}`)
	files := b.act("", `{"save": null}`).archived(t)
	wantSame(t, "archive", map[string]string{
		"Documents/": "", "Documents/a.txt": "new a", "Documents/b.txt": "1234", "Documents/gone.txt": "gone", "Documents/Sub/": "",
		"Documents/Sub/c.txt": "", "Dropped/": "", "Dropped/d.txt": "d", "Music/": "", "z.txt": "z", "0.txt": "0",
	}, files)
	wantSame(t, "deleted folder", map[string]string{"d.txt": "d"}, b.act("Dropped", `{"save": null}`).archived(t))
	if stats := b.mustAct("Documents", overwriteAll); stats.RestoredItemsCount != 4 || stats.FailedItemsCount != 0 {
		t.Errorf("restored %+v", stats)
	}
	wantSame(t, "production", map[string]string{
		"Documents/": "", "Documents/a.txt": "new a", "Documents/b.txt": "1234", "Documents/gone.txt": "gone", "Documents/Sub/": "",
		"Documents/Sub/c.txt": "", ".versions/": "", ".versions/Documents/": "", ".versions/Documents/a.txt/": "", ".versions/Documents/a.txt/1.0": "old",
	}, tree(t, b.drive.Production))
}

func TestPages(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{}
	for i := range 67 {
		files[fmt.Sprintf("f%d/d%02d", i%7, i)] = &fstest.MapFile{}
	}
	files["g/empty"] = &fstest.MapFile{Mode: fs.ModeDir}
	b := newBench(t, apitest.Config{Organizations: oneDrive(t, files)})
	drive := b.drivePath("v4")
	all := b.getPage(drive + "/Documents?limit=10000")
	if len(all.Results) != 67 || all.Limit != 10_000 || len(all.Links) != 1 {
		t.Fatalf("%d results, links %v", len(all.Results), all.Links)
	}
	for _, limit := range []int{1, 2, 9, 10, 11, 66, 67, 68} {
		results, pages := b.collect(fmt.Sprintf("%s/Documents?limit=%d", drive, limit))
		wantSame(t, fmt.Sprintf("pages of %d", limit), all.Results, results)
		if want := (67 + limit - 1) / limit; pages != want {
			t.Errorf("%d pages of %d, want %d", pages, limit, want)
		}
	}
	for _, offset := range []int{0, 1, 9, 10, 11, 36, 66, 67, 1000} {
		p := b.getPage(fmt.Sprintf("%s/Documents?offset=%d", drive, offset))
		want := all.Results[min(offset, 67):min(offset+30, 67)]
		if p.Offset != int64(offset) || p.Limit != 30 ||
			!slices.EqualFunc(p.Results, want, func(a, b map[string]any) bool { return a["id"] == b["id"] }) {
			t.Errorf("offset %d: %+v", offset, p)
		}
		if has := b.link(p, "next") != ""; has != (offset+30 < 67) {
			t.Errorf("offset %d: next is there: %t", offset, has)
		}
		if b.link(p, "self") != fmt.Sprintf("%s/documents?offset=%d&limit=30",
			strings.ToLower(strings.TrimSuffix(drive, "/")), offset) {
			t.Errorf("offset %d: self is %s", offset, b.link(p, "self"))
		}
		if has := b.link(p, "first") != ""; has != (offset > 0) || has != (b.link(p, "prev") != "") {
			t.Errorf("offset %d: links %v", offset, p.Links)
		}
		if offset == 0 {
			continue
		}
		end := min(offset, 67)
		before := b.getPage(b.link(p, "prev"))
		wantSame(t, "prev", all.Results[max(end-30, 0):end], before.Results)
		wantSame(t, "first", all.Results[:30], b.getPage(b.link(p, "first")).Results)
	}
	results, pages := b.collect(drive + "/Documents?parentId=" + b.drive.FolderID("f3") + "&limit=4")
	if len(results) != 10 || pages != 3 || results[9]["name"] != "d66" {
		t.Errorf("%d documents of a folder in %d pages", len(results), pages)
	}
	results, pages = b.collect(drive + "/Folders?parentID=NULL&limit=3")
	if len(results) != 8 || pages != 3 {
		t.Errorf("%d folders in %d pages", len(results), pages)
	}
	if results, _ = b.collect(drive + "/Folders?limit=4"); len(results) != 9 || results[8]["name"] != "empty" {
		t.Errorf("all folders are %v", results)
	}
	if p := b.getPage(fmt.Sprintf("%s/Folders?offset=%d&limit=10000", drive, math.MaxInt64)); len(p.Results) != 0 {
		t.Errorf("far out: %+v", p)
	}

	for _, query := range []string{
		"limit=0", "limit=-1", "limit=10001", "limit=1.5", "limit=x", "limit=99999999999999999999", "limit=2147483648", "limit=1&limit=2",
		"offset=-1", "offset=x", "offset=1.5", "offset=9223372036854775808", "offset=1e99", "limit=1&Limit=1", "parentId=",
	} {
		for _, list := range []string{
			drive + "/Folders", drive + "/Documents", strings.TrimSuffix(drive, "/"+b.drive.ID), "/v4/RestoreSessions",
			"/v4/RestoreSessions/" + b.session.ID + "/Events",
		} {
			if query == "parentId=" && !strings.HasPrefix(list, drive+"/") {
				continue // unknown there
			}
			got := b.send(http.MethodGet, list+"?"+query, "")
			got.conforms(t, http.MethodGet, list)
			if got.wantMessage(t, http.StatusBadRequest, ""); t.Failed() {
				t.Fatal(list, query)
			}
		}
	}
}

// TestLargeFolder sees that a folder is not read again for each of its pages, nor more looked at than what is on them.
func TestLargeFolder(t *testing.T) {
	t.Parallel()
	const documents = 100_000
	backup := tenanttest.NewGenerated(2, documents)
	b := newBench(t, apitest.Config{Organizations: oneDrive(t, backup)})
	parent := "parentId=" + b.drive.FolderID("folder0000001") + "&"
	for query, offset := range map[string]int{parent: 0, "": documents} {
		backup.Reads.Store(0)
		backup.Stats.Store(0)
		for _, skip := range []int{0, 1000, 50_000, documents - 1000} {
			p := b.getPage(fmt.Sprintf("%s/Documents?%soffset=%d&limit=1000", b.drivePath("v5"), query, offset+skip))
			if name := p.Results[0]["name"]; len(p.Results) != 1000 || name != fmt.Sprintf("document%07d", skip) {
				t.Errorf("from %d on: %d documents, the first is %s", offset+skip, len(p.Results), name)
			}
			if last := b.link(p, "next") == ""; last != (skip == documents-1000) {
				t.Errorf("from %d on: the last page: %t", offset+skip, last)
			}
		}
		if reads, stats := backup.Reads.Load(), backup.Stats.Load(); stats != 4000 || reads > 4 {
			t.Errorf("%d reads, %d stats for 4000 documents", reads, stats)
		}
	}
}

// TestListSamples sends the queries and headers of real clients (spec/FACTS.md#4.1, #6, #8.3).
func TestListSamples(t *testing.T) {
	t.Parallel()
	b := newBrowseBench(t)
	documents := b.drive.FolderID("Documents")
	for _, test := range []struct {
		number, path string
		deviations   []string
		want         []string
	}{
		{
			"32", b.drivePath("v2") + "/Folders?parentID=null",
			[]string{`query parameter "parentID" written for "parentId"`},
			[]string{"Documents", "Music"},
		},
		{
			"32", b.drivePath("v3") + "/Documents?parentID=null&offset=1",
			[]string{`query parameter "parentID" written for "parentId"`},
			[]string{"z.txt"},
		},
		{
			"32", b.drivePath("v4") + "/Documents?parentID=" + documents,
			[]string{`query parameter "parentID" written for "parentId"`},
			[]string{"a.txt", "b.txt"},
		},
		{
			"32", b.drivePath("v5") + "/Folders?limit=250&parentID=null&offset=0",
			[]string{`query parameter "parentID" written for "parentId"`},
			[]string{"Documents", "Music"},
		},
		{"33", b.drivePath("v5") + "/Folders?offset=0&limit=1000", nil, []string{"Documents", "Sub", "Music"}},
		{"33", b.drivePath("v5") + "/Folders?limit=10000&offset=0", nil, []string{"Documents", "Sub", "Music"}},
		{
			"slash", b.drivePath("v5") + "/Folders/?offset=0&limit=1000",
			[]string{"a slash at the end of the path"},
			[]string{"Documents", "Sub", "Music"},
		},
		{
			"setId", b.drivePath("v5") + "/Folders?setId=1",
			[]string{"unknown query parameter"},
			[]string{"Documents", "Sub", "Music"},
		},
		{"lower case", strings.ToLower(b.drivePath("v5") + "/Folders?parentId=null"), []string{
			`path segment "restoresessions" written for "RestoreSessions"`, `path segment "organization" written ` +
				`for "Organization"`,
			`path segment "onedrives" written for "OneDrives"`, `path segment "folders" written for "Folders"`,
			`query parameter "parentid" written for "parentId"`,
		}, []string{"Documents", "Music"}},
	} {
		got := b.send(http.MethodGet, test.path, "", "Content-Type", "application/json") // without a body: normal
		var list page
		if err := json.Unmarshal(got.body, &list); err != nil || got.status != http.StatusOK {
			t.Fatalf("%s: %d %s: %v", test.number, got.status, got.body, err)
		}
		wantSame(t, test.number, test.want, list.names())
		requests := b.srv.Requests()
		wantSame(t, test.number+": deviations", test.deviations, requests[len(requests)-1].Deviations)
	}
	got := b.send(http.MethodGet, "/v5/Organizations/?limit=1000&offset=0", "", "Content-Type", "application/json")
	var list []any
	if err := json.Unmarshal(got.body, &list); err != nil || len(list) != 2 {
		t.Errorf("got %d %s: %v", got.status, got.body, err)
	}
}

// TestStoppedSession asks a stopped session, and one that never was, for everything (spec/FACTS.md#3.3).
func TestStoppedSession(t *testing.T) {
	t.Parallel()
	b := newBrowseBench(t)
	document := b.getPage(b.drivePath("v5") + "/Documents?limit=1").Results[0]["id"].(string)
	b.session.ID = b.explore("v5", `{"explore": {}}`)
	b.act("", `{"save": null}`)
	event := b.getPage("/v5/RestoreSessions/" + b.session.ID + "/Events").Results[0]["id"].(string)
	b.send(http.MethodPost, "/v5/RestoreSessions/"+b.session.ID+"/Action", `{"stop": null}`)
	before := fingerprint(t, b.srv.Drives()...)
	const drives = "/Organization/OneDrives"
	drive := drives + "/" + b.drive.ID
	restore := `{"restoreToOriginalLocation": {` + credentials + `}}`
	for _, version := range allVersions {
		for _, test := range []struct {
			method, path, body string
			want               int
		}{
			{http.MethodGet, "", "", 200},
			{http.MethodGet, "/Events", "", 200},
			{http.MethodGet, "/Events/" + event, "", 200},
			{http.MethodGet, "/Organization", "", 500},
			{http.MethodGet, drives, "", 500},
			{http.MethodGet, drive, "", 500},
			{http.MethodGet, drive + "/Folders", "", 500},
			{http.MethodGet, drive + "/Folders/" + b.drive.RootFolderID, "", 500},
			{http.MethodGet, drive + "/Documents", "", 500},
			{http.MethodGet, drive + "/Documents/" + document, "", 500},
			{http.MethodPost, drive + "/Folders/" + b.drive.RootFolderID + "/Action", restore, 500},
			{http.MethodPost, drive + "/Folders/Action", restore, 500},
			{http.MethodPost, "/Action", `{"stop": null}`, 400},
		} {
			for id, want := range map[string]int{b.session.ID: test.want, "61954db6-7278-4d26-86f7-888bda5a4ec4": 404} {
				path, body := inForm(t, version, "/RestoreSessions/"+id+test.path, test.body)
				got := b.send(test.method, path, body, "Content-Type", "application/json")
				got.conforms(t, test.method, path)
				if got.status != want || want == 500 && !strings.Contains(string(got.body), "has been stopped") {
					t.Errorf("%s %s: %d %s, want %d", test.method, path, got.status, got.body, want)
				}
			}
		}
	}
	wantSame(t, "production", before, fingerprint(t, b.srv.Drives()...))
}

// TestVersionsOfPaths sees that an operation is only there in the versions that know it.
func TestVersionsOfPaths(t *testing.T) {
	t.Parallel()
	b := newBrowseBench(t)
	for _, version := range append([]string{"v1", "V4", "V7", "v99", "v", "v02"}, allVersions...) {
		known := slices.Contains(allVersions, strings.ToLower(version))
		number := strings.ToLower(version)
		for path, want := range map[string]bool{
			"/VESPEmailSettings": known, "/VEODEmailSettings": known &&
				version != "v2", "/Organizations?extendedView=true": known,
			"/RestoreSessions": known, "/ServiceInstance": known && number >= "v6",
		} {
			got := b.send(http.MethodGet, "/"+version+path, "")
			if want && got.status != http.StatusOK || !want && got.status != http.StatusNotFound {
				t.Errorf("%s%s: %d", version, path, got.status)
			}
			anonymous := b.send(http.MethodGet, "/"+version+path, "", "Authorization", "")
			if want && anonymous.status != http.StatusUnauthorized || !want && anonymous.status != http.StatusNotFound {
				t.Errorf("%s%s without a token: %d", version, path, anonymous.status)
			}
		}
	}
	b.send(http.MethodPut, "/v2/VEODEmailSettings", `{}`).wantMessage(t, http.StatusNotFound, "no such path")
	got := b.send(http.MethodDelete, "/v3/VEODEmailSettings", "")
	if got.wantMessage(t, http.StatusMethodNotAllowed, ""); got.header.Get("Allow") != "GET, PUT" {
		t.Errorf("allowed: %s", got.header.Get("Allow"))
	}
	b.send(http.MethodGet, "/v3/Organizations", "", "Authorization", "").conforms(t, http.MethodGet,
		"/v3/Organizations")
}

// wantByID compares a document in a list with what its path gives, which has the number of its version from v6 on.
func (b *bench) wantByID(listed map[string]any, path string) {
	b.tb.Helper()
	single, _ := b.get(path).(map[string]any)
	delete(single, "versionId")
	single["version"] = listed["version"]
	wantSame(b.tb, "document by id", any(listed), any(single))
}
