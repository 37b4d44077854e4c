package apitest_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/vbo365/vbo365-go/api/apitest"
)

// TestOperatorRestore restores documents without credentials, in a session of its own in all versions that can.
func TestOperatorRestore(t *testing.T) {
	t.Parallel()
	for _, version := range pathVersions {
		b := newVersionsBench(t, apitest.Config{})
		b.session.ID = b.explore(version, `{"explore": {}}`)
		restore := func(options string) answer {
			t.Helper()
			path := b.drivePath(version) + "/Documents/operatorRestore"
			body := strings.NewReplacer("{A}", b.drive.DocumentID("d/a.txt"), "{S}",
				strings.ToUpper(b.drive.DocumentID("d/same.txt"))).Replace(options)
			got := b.send(http.MethodPost, path, body, "Content-Type", "application/json")
			got.conforms(t, http.MethodPost, path)
			return got
		}
		write(t, b.drive.Production, map[string]string{"d/a.txt": "mine", "d/same.txt": "mine, too"})
		id := b.started(restore(`{"documentAction": "Overwrite", "reason": "Ticket 4711", "documentsRestoreConfigs": [
			{"document": {"id": "{A}", "name": "a.txt"}, "documentVersion": "All"}, {"document": {"id": "{S}"}}]}`))
		session := b.get("/" + version + "/RestoreSessions/" + id).(map[string]any)
		if session["state"] != "Stopped" || session["result"] != "Success" || session["reason"] != "Ticket 4711" ||
			session["details"] != "2 of 2 items written" {
			t.Errorf("%s: %v", version, session)
		}
		// Of each document, the versions that were asked for.
		wantSame(t, version+": production", map[string]string{
			"d/": "", "d/a.txt": "the third", "d/same.txt": "same", ".versions/": "", ".versions/d/": "",
			".versions/d/a.txt/": "", ".versions/d/a.txt/1.0": "first", ".versions/d/a.txt/2.0": "second",
		}, tree(t, b.drive.Production))

		write(t, b.drive.Production, map[string]string{"d/a.txt": "mine"})
		b.started(restore(`{"documentAction": "Keep", "documentsRestoreConfigs": [{"document": {"id": "{A}"}},
			{"document": {"id": "{A}"}, "documentVersion": "Last"}]}`))
		content := tree(t, b.drive.Production)
		if content["d/a.txt"] != "mine" || content["d/a (restored).txt"] != "the third" || len(content) != 9 {
			t.Errorf("%s: %v", version, content)
		}
		wantSame(t, version+": carried out", 2, b.srv.Executions()["operatorRestoreOneDriveDocuments"])

		before := fingerprint(t, b.srv.Drives()...)
		for body, want := range map[string]string{
			`{"documentsRestoreConfigs": [{"document": {"id": "{A}"}}]}`:                            "documentAction",
			`{"documentAction": "Keep"}`:                                                            "documentsRestoreConfigs",
			`{"documentAction": "Keep", "documentsRestoreConfigs": []}`:                             "documentsRestoreConfigs",
			`{"documentAction": "Keep", "documentsRestoreConfigs": [{}]}`:                           "documentsRestoreConfigs.0",
			`{"documentAction": "Merge", "documentsRestoreConfigs": [{"document": {"id": "{A}"}}]}`: "documentAction",
		} {
			restore(body).wantMessage(t, http.StatusBadRequest, want)
		}
		restore(`{"documentAction": "Keep", "documentsRestoreConfigs": [{"document": {"id": "{A}"}},
			{"document": {"id": "nowhere"}, "documentVersion": "All"}]}`).
			wantMessage(t, http.StatusNotFound, "cannot be found")
		wantSame(t, version+": production", before, fingerprint(t, b.srv.Drives()...))
		wantSame(t, version+": carried out", 2, b.srv.Executions()["operatorRestoreOneDriveDocuments"])
	}
}

// TestOperatorRestoreByOthers sees that where there are operators, only they restore so, and only in their sessions.
func TestOperatorRestoreByOthers(t *testing.T) {
	t.Parallel()
	for _, version := range pathVersions {
		b := newBench(t, apitest.Config{
			Assertions: map[string]string{"alice.tenant": "a"},
			Operators:  map[string]apitest.Operator{"alice.tenant": {User: "alice@example.com"}},
		})
		restore := func() answer {
			t.Helper()
			path := b.drivePath(version) + "/Documents/operatorRestore"
			got := b.send(http.MethodPost, path, `{"documentAction": "Overwrite", "documentsRestoreConfigs": [
				{"document": {"id": "`+b.drive.DocumentID("Documents/Report.txt")+`"}}]}`, "Content-Type", "application/json")
			got.conforms(t, http.MethodPost, path)
			return got
		}
		before := fingerprint(t, b.drive)
		restore().wantMessage(t, http.StatusForbidden, "may not")
		administrator := b.token
		b.token = b.getToken(version, url.Values{
			"grant_type": {"operator"}, "client_id": {"alice.tenant"}, "assertion": {"a"},
			"disable_antiforgery_token": {"true"},
		}).AccessToken
		restore().wantMessage(t, http.StatusForbidden, "may not") // the session is not the operator's
		path := "/" + version + "/Organization/OperatorExplore"
		got := b.send(http.MethodPost, path, `{}`, "Content-Type", "application/json")
		var session struct {
			ID string `json:"id"`
		}
		if err := json.Unmarshal(got.body, &session); err != nil {
			t.Fatalf("%s: %d %s: %v", version, got.status, got.body, err)
		}
		b.session.ID = session.ID
		operator := b.token
		b.token = administrator
		restore().wantMessage(t, http.StatusForbidden, "may not")
		wantSame(t, version, before, fingerprint(t, b.drive))
		b.token = operator
		b.started(restore())
		content := tree(t, b.drive.Production)
		wantSame(t, version, "Report, second version, somewhat longer\n", content["Documents/Report.txt"])
	}
}
