package apitest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/vbo365/vbo365-go/api/apitest"
)

// days gives the days of the times of restore points.
func days(points []map[string]any) (days []any) {
	for _, point := range points {
		day, _, _ := strings.Cut(strings.TrimPrefix(point["backupTime"].(string), "2026-01-0"), "T")
		days = append(days, day)
	}
	return days
}

// TestRestorePoints lists those of all repositories, newest first, and narrows the list.
func TestRestorePoints(t *testing.T) {
	t.Parallel()
	b := newBench(t, tiers())
	ids, organization := b.repositories(), b.organizationID(0)
	users := b.getPage("/v8/Organizations/" + organization + "/Users").Results
	for _, version := range pathVersions {
		list := "/" + version + "/RestorePoints"
		all := b.all(list)
		wantSame(t, version, []any{"4", "3", "2", "1"}, days(all))
		for _, point := range all {
			wantSame(t, version, point, b.get(list+"/"+point["id"].(string)).(map[string]any))
		}
		for query, want := range map[string][]any{
			"organizationId=" + organization: {"4", "3", "2", "1"}, "organizationId=" + ids[0]: nil,
			"repositoryId=" + ids[0]: {"3", "1"}, "jobId=" + all[1]["jobId"].(string): {"3", "1"},
			"isLongTermCopy=true": {"2"}, "isLongTermCopy=false": {"4", "3", "1"}, "isRetrieved=true": nil,
		} {
			wantSame(t, version+query, want, days(b.all(list+"?"+query)))
		}
		b.send(http.MethodGet, list+"/none", "").wantMessage(t, http.StatusNotFound, "")
	}
	wantSame(t, "v6", []any{"4", "3"}, days(b.all("/v6/RestorePoints?backupTime=2026.01.02+02:00:00")))
	for _, version := range pathVersions[1:] {
		for query, want := range map[string][]any{
			"from=2026-01-02T02:00:00Z": {"4", "3", "2"}, "to=2026-01-02T02:00:00Z": {"2", "1"},
			"from=2026-01-02T00:00:00Z&to=2026-01-03T12:00:00Z&orderAsc=true": {"2", "3"}, "isCopy=true": {"4", "2"},
			"orderAsc=true&limit=1": {"1", "2", "3", "4"}, // page by page
		} {
			wantSame(t, version+query, want, days(b.all("/"+version+"/RestorePoints?"+query)))
		}
	}
	for query, want := range map[string][]any{
		"userId=" + users[1]["id"].(string): {"2"}, "userId=" + users[0]["id"].(string): {"4", "3", "2", "1"},
		"userId=nobody": nil, "groupId=a": nil, "siteId=a": nil, "teamId=" + ids[0]: nil,
	} {
		wantSame(t, query, want, days(b.all("/v8/RestorePoints?"+query)))
	}
}

// TestOneDrivesOfRestorePoint asks each version in its own way which OneDrives a restore point has.
func TestOneDrivesOfRestorePoint(t *testing.T) {
	t.Parallel()
	b := newBench(t, tiers())
	alice, bob := b.srv.Drives()[0].ID, b.srv.Drives()[1].ID
	for _, version := range pathVersions {
		points := b.all("/" + version + "/RestorePoints")
		for i, want := range [][]any{{alice}, {alice}, {alice, bob}, {alice}} {
			id := points[i]["id"].(string)
			path := "/" + version + "/ProtectedUsers?restorePointId=" + id
			if version < "v8" {
				path = "/" + version + "/RestorePoints/" + id + map[string]string{
					"v6": "/onedrives", "v7": "/protectedOnedrives",
				}[version]
			}
			items := b.all(path)
			if version >= "v8" {
				var drives []map[string]any
				for _, user := range items {
					drives = append(drives, user["oneDrives"].([]any)[0].(map[string]any))
				}
				items = drives
			}
			wantSame(t, path, want, column(items, "id"))
		}
	}
	for query, want := range map[string]int{
		"": 2, "?organizationId=" + b.organizationID(0): 2, "?repositoryId=" + b.repositories()[0]: 1,
		"?backedUpOrganizationId=" + b.organizationID(0): 2, "?backedUpOrganizationId=none": 0, "?restorePointId=none": 0,
	} {
		if got := b.all("/v8/ProtectedUsers" + query); len(got) != want {
			t.Errorf("%s: %v", query, got)
		}
	}
	for _, path := range []string{"/v6/RestorePoints/none/onedrives", "/v7/RestorePoints/none/protectedOnedrives"} {
		b.send(http.MethodGet, path, "").wantMessage(t, http.StatusNotFound, "")
	}
}

// TestNoRestorePoints sees an organization that was never backed up.
func TestNoRestorePoints(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{Organizations: []apitest.Organization{twoOwners}})
	for _, version := range pathVersions {
		if got := b.all("/" + version + "/RestorePoints"); got != nil {
			t.Errorf("%s: %v", version, got)
		}
	}
}
