package apitest_test

import (
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/vbo365/vbo365-go/api/apitest"
)

// newVersionsBench has a document that changed twice, was away in between, and has another time without a change.
func newVersionsBench(t *testing.T, config apitest.Config) *bench {
	t.Helper()
	at := func(n int, text string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(text), ModTime: day(n)}
	}
	folder := &fstest.MapFile{Mode: fs.ModeDir | 0o755, ModTime: day(1)}
	config.Organizations = []apitest.Organization{{Name: "o", OneDrives: []apitest.OneDrive{
		{Owner: "a@x", Name: "Alice", Production: t.TempDir(), Backup: []apitest.RestorePoint{
			{Time: day(3), FS: fstest.MapFS{"d": folder, "d/a.txt": at(1, "first"), "d/same.txt": at(1, "same")}},
			{Time: day(4), FS: fstest.MapFS{"d": folder, "d/same.txt": at(1, "same"), "d/gone.txt": at(1, "gone")}},
			{Time: day(5), FS: fstest.MapFS{"d": folder, "d/a.txt": at(2, "second"), "d/same.txt": at(2, "same")}},
			{Time: day(6), FS: fstest.MapFS{"d": folder, "d/a.txt": at(2, "second"), "d/same.txt": at(2, "same")}},
			{Time: day(7), FS: fstest.MapFS{"d": folder, "d/a.txt": at(3, "the third"), "d/same.txt": at(2, "same")}},
		}},
		{Owner: "b@x", Name: "Bob", Production: t.TempDir()},
	}}}
	return newBench(t, config)
}

// documentVersions is the path of the versions of a document.
func (b *bench) documentVersions(version, document string) string {
	return b.drivePath(version) + "/Documents/" + b.drive.DocumentID(document) + "/Versions"
}

// TestDocumentVersions lists and reads the versions of documents: one for each time that the content changed. The list
// has the previous ones only.
func TestDocumentVersions(t *testing.T) {
	t.Parallel()
	b := newVersionsBench(t, apitest.Config{})
	for _, version := range pathVersions {
		b.session.ID = b.explore(version, `{"explore": {"showAllVersions": true}}`)
		path := b.documentVersions(version, "d/a.txt")
		results, pages := b.collect(path + "?limit=1")
		if len(results) != 2 || pages != 2 {
			t.Fatalf("%s: %d versions on %d pages", version, len(results), pages)
		}
		latest := b.get(b.drivePath(version) + "/Documents/" + b.drive.DocumentID("d/a.txt")).(map[string]any)
		for i, got := range append(results, latest) {
			number := i + 1
			wantSame(t, "by number", any(got), b.get(fmt.Sprintf("%s/%d", path, number)))
			want := map[string]any{
				"id": b.drive.DocumentID("d/a.txt"), "name": "a.txt", "versionId": float64(number),
				"version": fmt.Sprintf("%d.0", number), "sizeBytes": float64(len("first") + []int{0, 1, 4}[i]),
				"modificationTime": fmt.Sprintf("2026-03-0%dT04:05:06", number),
			}
			for name, value := range want {
				wantSame(t, version+": "+name, value, got[name])
			}
		}
		for _, test := range []struct {
			path string
			want int
		}{
			{path + "/4", 404},
			{path + "/2147483647", 404},
			{path + "/0", 400},
			{path + "/-1", 400},
			{path + "/last", 400},
			{path + "/9999999999", 400},
			{path + "?limit=0", 400},
			{b.documentVersions(version, "d/gone.txt"), 404},
			{b.documentVersions(version, "nowhere"), 404},
			{b.documentVersions(version, "d/same.txt") + "/2", 404},
			{strings.Replace(path, b.session.ID, "nowhere", 1), 404},
		} {
			got := b.send(http.MethodGet, test.path, "")
			got.conforms(t, http.MethodGet, test.path)
			if got.status != test.want {
				t.Errorf("%s: %d %s, want %d", test.path, got.status, got.body, test.want)
			}
		}
		if n := len(b.getPage(b.documentVersions(version, "d/same.txt")).Results); n != 0 {
			t.Errorf("%s: %d versions of the same content", version, n)
		}
		// It has the time of the last restore point that has the content.
		wantSame(t, version+": of the same content", "2026-03-02T04:05:06",
			b.get(b.documentVersions(version, "d/same.txt") + "/1").(map[string]any)["modificationTime"])

		// A session of an earlier time knows fewer; one that shows what was deleted, more.
		b.session.ID = b.explore(version,
			`{"explore": {"datetime": "2026-03-06T12:00:00Z", "showAllVersions": true, "showDeleted": true}}`)
		if n := len(b.getPage(b.documentVersions(version, "d/a.txt")).Results); n != 1 {
			t.Errorf("%s: %d earlier versions", version, n)
		}
		wantSame(t, "deleted", "gone.txt",
			b.get(b.documentVersions(version, "d/gone.txt") + "/1").(map[string]any)["name"])
		// One that does not show all versions has none in its lists.
		b.session.ID = b.explore(version, `{"explore": {}}`)
		if n := len(b.getPage(b.documentVersions(version, "d/a.txt")).Results); n != 0 {
			t.Errorf("%s: %d versions", version, n)
		}
	}
	for _, version := range actionVersions {
		document := b.drivePath(version) + "/Documents/" + b.drive.DocumentID("d/a.txt")
		if got := b.get(document).(map[string]any); got["version"] != "1.0" {
			t.Errorf("%s: %v", version, got)
		}
		b.send(http.MethodGet, document+"/Versions", "").wantMessage(t, http.StatusNotFound, "no such path")
	}
}

// TestDocumentVersionActions acts on a document as it was.
func TestDocumentVersionActions(t *testing.T) {
	t.Parallel()
	for _, version := range pathVersions {
		mailbox := startMailbox(t, "")
		b := newVersionsBench(t, apitest.Config{SMTP: mailbox.Addr})
		act := func(number, body string) answer {
			t.Helper()
			return b.actAt(version, "/Documents/"+b.drive.DocumentID("d/a.txt")+"/Versions/"+number+"/Action", body)
		}
		for number, want := range map[string]string{"1": "first", "2": "second", "3": "the third"} {
			act(number, `{"save": {"asZip": false}}`).wantFile(t, "a.txt", want)
			wantSame(t, "ZIP archive", map[string]string{"a.txt": want},
				act(number, `{"save": {"asZip": true}}`).archived(t))
		}
		if got := act("1", `{"sendTo": {"from": "a@x", "to": "b@x"}}`); got.status != done(version) {
			t.Fatalf("send: %d %s", got.status, got.body)
		}
		messages, err := mailbox.Wait(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		_, files := readAttachment(t, messages[0])
		wantSame(t, "attached", map[string]string{"a.txt": "first"}, files)

		write(t, b.drive.Production, map[string]string{"d/a.txt": "the third"})
		if total, restored := b.outcome(version,
			act("2", `{"restoreToOriginalLocation": {`+credentials+`, "documentAction": "Overwrite"}}`)); total != 1 ||
			restored != 1 {
			t.Errorf("%s: %d of %d were restored", version, restored, total)
		}
		wantSame(t, version+": production", map[string]string{"d/": "", "d/a.txt": "second"},
			tree(t, b.drive.Production))
		b.outcome(version,
			act("2", `{"copyTo": {`+credentials+`, "oneDrive": {"name": "Bob"}, "documentVersion": "All"}}`))
		wantSame(t, version+": copy", map[string]string{
			"a.txt": "second", ".versions/": "", ".versions/a.txt/": "", ".versions/a.txt/1.0": "first",
		}, tree(t, b.srv.Drives()[1].Production))

		for _, action := range []string{
			`{"save": {"asZip": false}}`, `{"sendTo": {"to": "b@x"}}`, `{"restoreToOriginalLocation": {}}`,
			`{"copyTo": {}}`,
		} {
			act("4", action).wantMessage(t, http.StatusNotFound, "cannot be found")
			act("0", action).wantMessage(t, http.StatusBadRequest, "versionId")
			act("x", action).wantMessage(t, http.StatusBadRequest, "versionId")
		}
		logged := b.srv.Requests()
		if !slices.ContainsFunc(logged, func(r apitest.Request) bool {
			return r.OperationID == "saveOneDriveDocumentVersion" && r.Action == "save"
		}) {
			t.Errorf("%s: no save is in the log", version)
		}
	}
}
