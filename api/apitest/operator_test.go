package apitest_test

import (
	"net/http"
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
