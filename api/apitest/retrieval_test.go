package apitest_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"
)

// TestDataRetrievals brings a OneDrive back from an archive, explores it, keeps it longer, and removes it.
func TestDataRetrievals(t *testing.T) {
	t.Parallel()
	for _, version := range pathVersions {
		b := newBench(t, tiers())
		ids, list := b.repositories(), "/"+version+"/DataRetrievals"
		post := func(path, body string) answer {
			t.Helper()
			got := b.send(http.MethodPost, path, body, "Content-Type", "application/json")
			got.conforms(t, http.MethodPost, path)
			return got
		}
		options := func(repository, time, drive string) string {
			return `{"name": "Bob", "organizationId": "` + b.organizationID(0) + `", "repositoryId": "` + repository +
				`", "pointInTime": "` + time + `", "oneDrives": [{"id": "` + drive + `", "title": "x"}],
				"amazonS3GlacierRetrievalPolicy": "bulk"}`
		}
		bob := b.srv.Drives()[1]
		got := post(list, options(ids[1], "2026-01-05T00:00:00Z", bob.ID))
		var created map[string]any
		if err := json.Unmarshal(got.body, &created); err != nil || got.status != http.StatusCreated {
			t.Fatalf("%s: %d %s: %v", version, got.status, got.body, err)
		}
		id := created["id"].(string)
		wantSame(t, version, created, b.get(list+"/"+id).(map[string]any))
		if created["dataState"] != "Retrieved" || created["pointInTime"] != "2026-01-02T02:00:00.0000000Z" ||
			created["amazonS3GlacierRetrievalPolicy"] != "Bulk" || created["type"] != "OneDrive" {
			t.Errorf("%s: created %v", version, created)
		}
		for query, want := range map[string]int{
			"": 1, "?dataState=retrieving": 0, "?dataState=Retrieved": 1, "?repositoryId=" + ids[0]: 0,
			"?organizationId=" + b.organizationID(0): 1,
		} {
			if got := b.all(list + query); len(got) != want {
				t.Errorf("%s%s: %v", version, query, got)
			}
		}
		wantSame(t, version, []any{bob.URL}, column(b.all(list+"/"+id+"/onedrives"), "Url"))

		point := b.get("/" + version + "/RestorePoints/" + created["retrievedRestorePointId"].(string)).(map[string]any)
		if point["isRetrieved"] != true || point["isLongTermCopy"] != true || point["retrievalId"] != id {
			t.Errorf("%s: restore point %v", version, point)
		}
		session := b.mustExplore(version, "/DataRetrievals/"+id+"/explore", "")["id"].(string)
		drives := "/" + version + "/RestoreSessions/" + session + "/Organization/OneDrives"
		wantSame(t, version, []string{"bob@example.com"}, b.getPage(drives).names())
		wantSame(t, version, []string{"day 2.txt"}, b.getPage(drives+"/"+bob.ID+"/Documents").names())

		path := list + "/" + id
		changed := b.send(http.MethodPut, path, `{"name": "Robert", "availabilityPeriodDays": 7}`,
			"Content-Type", "application/json")
		changed.conforms(t, http.MethodPut, path)
		now := b.get(path).(map[string]any)
		began, err := time.Parse(time.RFC3339, now["startTime"].(string))
		if err != nil {
			t.Fatal(err)
		}
		expires, err := time.Parse(time.RFC3339, now["expirationTime"].(string))
		if err != nil || now["name"] != "Robert" || expires.Sub(began) != 7*24*time.Hour {
			t.Errorf("%s: changed to %v: %v", version, now, err)
		}

		for body, want := range map[string]int{
			options(ids[0], "2026-01-05T00:00:00Z", bob.ID):              http.StatusBadRequest,
			options(bob.ID, "2026-01-05T00:00:00Z", bob.ID):              http.StatusBadRequest, // not a UUID
			options(b.organizationID(0), "2026-01-05T00:00:00Z", bob.ID): http.StatusNotFound,
			options(ids[1], "2026-01-01T00:00:00Z", bob.ID):              http.StatusNotFound,
			options(ids[1], "2026-01-05T00:00:00Z", "nobody"):            http.StatusNotFound,
			`{"repositoryId": "` + ids[1] + `"}`:                         http.StatusBadRequest,
			`{}`:                                                         http.StatusBadRequest,
			`{"organizationId": "none"}`:                                 http.StatusNotFound,
		} {
			if got := post(list, body); got.status != want {
				t.Errorf("%s: %s: %d %s, want %d", version, body, got.status, got.body, want)
			}
		}
		if version < "v8" {
			gone := b.send(http.MethodDelete, path, "")
			gone.conforms(t, http.MethodDelete, path)
			b.send(http.MethodGet, path, "").wantMessage(t, http.StatusNotFound, "")
			if all := b.all(list); all != nil {
				t.Errorf("%s: %v is left", version, all)
			}
		}
		post(list+"/none/explore", "").wantMessage(t, http.StatusNotFound, "")
	}
}

// TestUnretrieved sees that data is not there before its time.
func TestUnretrieved(t *testing.T) {
	t.Parallel()
	config := tiers()
	config.RetrievalTime = time.Hour
	b := newBench(t, config)
	body := `{"organizationId": "` + b.organizationID(0) + `", "repositoryId": "` + b.repositories()[1] +
		`", "oneDrives": [{"id": "` + b.drive.ID + `"}]}`
	if got := b.send(http.MethodPost, "/v8/DataRetrievals", body, "Content-Type", "application/json"); got.status !=
		http.StatusCreated {
		t.Fatalf("%d %s", got.status, got.body)
	}
	retrieval := b.all("/v8/DataRetrievals")[0]
	if retrieval["dataState"] != "Retrieving" || retrieval["lastStatus"] != "Running" {
		t.Errorf("retrieval %v", retrieval)
	}
	point := b.get("/v8/RestorePoints/" + retrieval["retrievedRestorePointId"].(string)).(map[string]any)
	if point["isRetrieved"] != false || point["retrievalId"] != nil {
		t.Errorf("restore point %v", point)
	}
	b.send(http.MethodPost, "/v8/DataRetrievals/"+retrieval["id"].(string)+"/explore", "").
		wantMessage(t, http.StatusInternalServerError, "not been retrieved yet")
}
