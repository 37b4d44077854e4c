package apitest_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/vbo365/vbo365-go/api/apitest"
)

// tiers is an organization in three repositories: Alice is in the usual one (day 1, day 3), in the archive (day 2) and
// in the copies (day 4); Bob is in the archive only (day 2).
func tiers() apitest.Config {
	point := func(day int, in string) apitest.RestorePoint {
		return apitest.RestorePoint{
			Time: time.Date(2026, 1, day, 2, 0, 0, 0, time.UTC), Repository: in,
			FS: fstest.MapFS{fmt.Sprintf("Documents/day %d.txt", day): {Data: []byte(strings.Repeat("x", day))}},
		}
	}
	return apitest.Config{
		Repositories: []apitest.Repository{
			{Name: "Usual"}, {Name: "Archive", Archive: true}, {Name: "Copies", Copies: true}, {Name: "Unused"},
		},
		Organizations: []apitest.Organization{{Name: "example.com", OneDrives: []apitest.OneDrive{
			{
				Owner: "alice@example.com",
				Backup: []apitest.RestorePoint{
					point(1, ""), point(3, "usual"), point(2, "Archive"), point(4, "Copies"),
				},
			},
			{Owner: "bob@example.com", Backup: []apitest.RestorePoint{point(2, "Archive")}},
		}}},
	}
}

// repositories gives the ids of the repositories that the organization of the bench uses, in the order of the
// configuration.
func (b *bench) repositories() (ids []string) {
	b.tb.Helper()
	for _, used := range b.getPage("/v8/Organizations/" + b.organizationID(0) + "/usedRepositories").Results {
		ids = append(ids, used["repositoryId"].(string))
	}
	return ids
}

// all gives the items of a list, which is a bare array in some versions.
func (b *bench) all(path string) (items []map[string]any) {
	b.tb.Helper()
	value := b.get(path)
	list, isArray := value.([]any)
	if !isArray {
		items, _ = b.collect(path)
		return items
	}
	for _, item := range list {
		items = append(items, item.(map[string]any))
	}
	return items
}

// column gives a property of each of some items.
func column(items []map[string]any, name string) (values []any) {
	for _, item := range items {
		values = append(values, item[name])
	}
	return values
}

// TestUsedRepositories sees those that have something, with the bytes of their documents.
func TestUsedRepositories(t *testing.T) {
	t.Parallel()
	b := newBench(t, tiers())
	ids := b.repositories()
	for _, version := range allVersions[1:] {
		used := b.all("/" + version + "/Organizations/" + b.organizationID(0) + "/usedRepositories")
		wantSame(t, version+": bytes", []any{4.0, 4.0, 4.0}, column(used, "usedSpaceBytes"))
		for i, repository := range used {
			path := b.follows(version, repository, "backupRepository")
			if !strings.HasSuffix(path, "/"+ids[i]) {
				t.Errorf("%s: repository %d is at %s, want %s", version, i, path, ids[i])
			}
		}
	}
	b.send(http.MethodGet, "/v8/Organizations/none/usedRepositories", "").wantMessage(t, http.StatusNotFound, "")
}

// TestBackedUpData sees what repositories have of users and OneDrives.
func TestBackedUpData(t *testing.T) {
	t.Parallel()
	b := newBench(t, tiers())
	ids := b.repositories()
	const day = "2026-01-%02dT02:00:00.0000000Z"
	for _, version := range allVersions[1:] {
		usual, archive := "/"+version+"/BackupRepositories/"+ids[0], "/"+version+"/BackupRepositories/"+ids[1]
		data := b.all(usual + "/UserData")
		wantSame(t, version+": users", []any{"alice@example.com"}, column(data, "email"))
		wantSame(t, version+": users in the archive", []any{"alice@example.com", "bob@example.com"},
			column(b.all(archive+"/UserData"), "email"))
		if version >= "v4" && data[0]["oneDriveBackedUpTime"] != fmt.Sprintf(day, 3) {
			t.Errorf("%s: %v", version, data[0])
		}
		wantSame(t, version, data[0], b.get(b.follows(version, data[0], "self")).(map[string]any))
		wantSame(t, version, data[0], b.get(usual+"/UserData/"+url.PathEscape(data[0]["id"].(string))).(map[string]any))
		b.send(http.MethodGet, usual+"/UserData/none", "").wantMessage(t, http.StatusNotFound, "")
		b.send(http.MethodGet, "/"+version+"/BackupRepositories/none/UserData", "").wantMessage(t, http.StatusNotFound, "")
	}
	for _, version := range pathVersions {
		drives := "/" + version + "/BackupRepositories/" + ids[0] + "/OneDriveData"
		for query, want := range map[string][]any{
			"": {fmt.Sprintf(day, 3)}, "?pointInTime=2026-01-02T00:00:00Z": {fmt.Sprintf(day, 1)},
			"?pointInTime=2025-12-31T00:00:00Z": nil, "?filter=ALICE": {fmt.Sprintf(day, 3)}, "?filter=bob": nil,
			"?organizationId=" + b.organizationID(0): {fmt.Sprintf(day, 3)}, "?organizationId=none": nil,
			"?organizationId=example.com:00000000-0000-0000-0000-000000000000:00000000-0000-0000-0000-000000000000": {
				fmt.Sprintf(day, 3),
			},
		} {
			wantSame(t, version+query, want, column(b.all(drives+query), "backedUpTime"))
		}
		one := b.get(drives + "/" + b.drive.ID).(map[string]any)
		wantSame(t, version, b.all(drives)[0], one)
		b.send(http.MethodGet, drives+"/none", "").wantMessage(t, http.StatusNotFound, "")
	}
}

// TestRepositorySessions sees what sessions show of repositories: copies only where they are asked for, and nothing in
// an archive.
func TestRepositorySessions(t *testing.T) {
	t.Parallel()
	b := newBench(t, tiers())
	ids, organization := b.repositories(), b.organizationID(0)
	documents := func(version, session string, drive int) answer {
		path := "/" + version + "/RestoreSessions/" + session + "/Organization/OneDrives/" + b.srv.Drives()[drive].ID +
			"/Documents"
		got := b.send(http.MethodGet, path, "")
		got.conforms(t, http.MethodGet, path)
		return got
	}
	wantDay := func(version string, session map[string]any, day int) {
		t.Helper()
		got := documents(version, session["id"].(string), 0)
		if name := fmt.Sprintf(`"day %d.txt"`, day); got.status != http.StatusOK || strings.Count(string(got.body), "day ") != 1 ||
			!strings.Contains(string(got.body), name) {
			t.Errorf("%s: %d %s, want %s", version, got.status, got.body, name)
		}
	}
	const archived = "archive tier"
	for _, version := range allVersions {
		action := "/Organizations/" + organization + "/Action"
		wantDay(version,
			b.mustExplore(version, action, `{"explore": {"datetime": "2026-01-09T00:00:00Z", "type": "Veod"}}`), 3)
		session := b.mustExplore(version, action,
			`{"explore": {"datetime": "2026-01-02T12:00:00Z", "type": "Veod"}}`)["id"].(string)
		documents(version, session, 0).wantMessage(t, http.StatusInternalServerError, archived)
		drives := "/" + version + "/RestoreSessions/" + session + "/Organization/OneDrives"
		wantSame(t, version, []string{"alice@example.com", "bob@example.com"}, b.getPage(drives).names())
		b.get(drives + "/" + b.drive.ID)
	}
	for _, version := range pathVersions[1:] {
		explore := func(repository string) string {
			return "/BackupRepositories/" + repository + "/explore?organizationId=" + organization
		}
		const now = `{"dateTime": "2026-01-09T00:00:00Z", "type": "Veod"}`
		wantDay(version, b.mustExplore(version, explore(ids[0]), now), 3)
		wantDay(version, b.mustExplore(version, explore(ids[2]), now), 4)
		for path, want := range map[string]int{
			explore(ids[1]): http.StatusInternalServerError, explore("none"): http.StatusNotFound,
			"/BackupRepositories/" + ids[0] + "/explore":                          http.StatusBadRequest,
			"/BackupRepositories/" + ids[0] + "/explore?organizationId=" + ids[0]: http.StatusNotFound,
		} {
			path = "/" + version + path
			got := b.send(http.MethodPost, path, now, "Content-Type", "application/json")
			got.conforms(t, http.MethodPost, path)
			if got.status != want {
				t.Errorf("%s: %d, want %d", path, got.status, want)
			}
		}
	}
	path := "/Organizations/" + organization + "/explore"
	wantDay("v8", b.mustExplore("v8", path, `{"repositoryId": "`+ids[2]+`"}`), 4)
	for id, want := range map[string]int{ids[1]: http.StatusInternalServerError, organization: http.StatusNotFound} {
		got := b.send(http.MethodPost, "/v8"+path, `{"repositoryId": "`+id+`"}`, "Content-Type", "application/json")
		if got.status != want {
			t.Errorf("repository %s: %d %s", id, got.status, got.body)
		}
	}
}

// TestRepositoriesOfConfig sees which configurations are refused.
func TestRepositoriesOfConfig(t *testing.T) {
	t.Parallel()
	for want, repositories := range map[string][]apitest.Repository{
		`start simulator: repository 0: the name "" is empty or not unique`:  {{}},
		`start simulator: repository 1: the name "A" is empty or not unique`: {{Name: "a"}, {Name: "A"}},
		`start simulator: organization example.com, OneDrive of alice@example.com: there is no repository "Archive"`: {
			{Name: "Usual"}, {Name: "Copies"},
		},
	} {
		config := tiers()
		config.Repositories = repositories
		if _, err := apitest.Start(config); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
