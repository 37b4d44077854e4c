package apitest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/vbo365/vbo365-go/api/apitest"
)

// versionsPath is the path of the versions of a folder.
func (b *bench) versionsPath(version, folder string) string {
	return b.drivePath(version) + "/Folders/" + b.drive.FolderID(folder) + "/Versions"
}

// TestFolderVersions lists and reads the versions of folders: one for each restore point that has the folder. The lists
// have the previous ones only.
func TestFolderVersions(t *testing.T) {
	t.Parallel()
	b := newBrowseBench(t)
	for _, version := range pathVersions {
		folders := b.drivePath(version) + "/Folders/"
		for folder, want := range map[string][]any{
			"Documents": {1.}, "Documents/Sub": {1.}, "Music": nil, "": {1.},
		} {
			path := b.versionsPath(version, folder)
			results, pages := b.collect(path + "?limit=1")
			var numbers []any
			for _, result := range results {
				number := result["versionId"]
				numbers = append(numbers, number)
				id := map[any]string{1.: "1", 2.: "2"}[number]
				wantSame(t, "by number", any(result), b.get(path+"/"+id))
				wantSame(t, "by query", any(result), b.get(folders+b.drive.FolderID(folder)+"?versionId="+id))
				if result["id"] != b.drive.FolderID(folder) || result["version"] != id+".0" {
					t.Errorf("%s: %v", folder, result)
				}
			}
			if wantSame(t, folder, want, numbers); pages != max(len(want), 1) {
				t.Errorf("%s: %d pages", folder, pages)
			}
			latest, _ := b.get(folders + b.drive.FolderID(folder)).(map[string]any)
			wantSame(t, "the last", any(latest), b.get(fmt.Sprintf("%s/%v", path, latest["versionId"])))
		}
		for path, want := range map[string]int{
			b.versionsPath(version, "Documents") + "/3":          404,
			b.versionsPath(version, "Documents") + "/2147483647": 404,
			b.versionsPath(version, "Documents") + "/0":          400,
			b.versionsPath(version, "Documents") + "/-1":         400,
			b.versionsPath(version, "Documents") + "/last":       400,
			b.versionsPath(version, "Documents") + "/9999999999": 400,
			b.versionsPath(version, "Documents") + "?limit=0":    400,
			b.versionsPath(version, "Music") + "/2":              404,
			// the session shows no such folder
			b.versionsPath(version, "Dropped"):                                       404,
			b.versionsPath(version, "Nowhere"):                                       404,
			folders + b.drive.FolderID("Documents") + "?versionId=3":                 404,
			folders + b.drive.FolderID("Documents") + "?versionId=0":                 400,
			strings.Replace(b.versionsPath(version, ""), b.session.ID, "nowhere", 1): 404,
		} {
			got := b.send(http.MethodGet, path, "")
			got.conforms(t, http.MethodGet, path)
			if got.status != want {
				t.Errorf("%s: %d %s, want %d", path, got.status, got.body, want)
			}
		}
	}
	// A session of an earlier time knows fewer; one that shows what was deleted, more.
	b.session = b.startSession(day(4))
	if n := len(b.getPage(b.versionsPath("v8", "Documents")).Results); n != 0 {
		t.Errorf("%d versions", n)
	}
	b.session.ID = b.explore("v8", `{"explore": {"showDeleted": true, "showAllVersions": true}}`)
	if n := len(b.getPage(b.versionsPath("v8", "Dropped")).Results); n != 1 {
		t.Errorf("%d versions", n)
	}
	// One that does not show all versions has none in its lists.
	b.session.ID = b.explore("v8", `{"explore": {"showDeleted": true}}`)
	if n := len(b.getPage(b.versionsPath("v8", "Dropped")).Results); n != 0 {
		t.Errorf("%d versions", n)
	}
}

// TestFolderVersionActions acts on the backup as of a restore point.
func TestFolderVersionActions(t *testing.T) {
	t.Parallel()
	old := map[string]string{"a.txt": "old", "b.txt": "1234", "gone.txt": "gone", "Sub/": "", "Sub/c.txt": ""}
	below := func(prefix string, content map[string]string) map[string]string {
		result := map[string]string{prefix + "/": ""}
		for name, text := range content {
			result[prefix+"/"+name] = text
		}
		return result
	}
	for _, version := range pathVersions {
		mailbox := startMailbox(t, "")
		b := newBrowseBench(t)
		b.setMail("/"+version+"/VEODEmailSettings",
			`{"server": "127.0.0.1", "port": "`+strings.TrimPrefix(mailbox.Addr, "127.0.0.1:")+`"}`)
		act := func(number, action, body string) answer {
			t.Helper()
			path := b.versionsPath(version, "Documents") + "/" + number + "/" + action
			got := b.send(http.MethodPost, path, body, "Content-Type", "application/json")
			got.conforms(t, http.MethodPost, path)
			return got
		}
		wantSame(t, "save", old, act("1", "save", "").archived(t))
		wantSame(t, "save with a body", old, act("1", "save", `{"asZip": false}`).archived(t))
		logged := b.srv.Requests()
		wantSame(t, "deviations", []string{"a body that the operation does not have"}, logged[len(logged)-1].Deviations)
		wantSame(t, "save the last", b.actIn(version, "Documents", `{"save": null}`).archived(t),
			act("2", "save", "").archived(t))

		if got := act("1", "send", `{"from": "a@x", "to": "b@x"}`); got.status != done(version) {
			t.Fatalf("send: %d %s", got.status, got.body)
		}
		messages, err := mailbox.Wait(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		_, files := readAttachment(t, messages[0])
		wantSame(t, "send", old, files)

		carol := b.srv.Drives()[2]
		for action, body := range map[string]string{
			"restore": `{` + credentials + `, "documentAction": null}`,
			"copyTo": `{` + credentials +
				`, "oneDrive": {"name": "Carol"}, "deletedItems": true, "documentVersion": "All"}`,
		} {
			if got := act("1", action, body); got.status != http.StatusOK {
				t.Fatalf("%s: %d %s", action, got.status, got.body)
			}
		}
		if version >= "v8" {
			for _, session := range b.getPage("/v8/RestoreSessions").Results {
				if session = b.follow(session["id"].(string)); session["result"] != "Success" {
					t.Errorf("got %v", session)
				}
			}
		}
		wantSame(t, "restore", below("Documents", old), tree(t, b.drive.Production))
		wantSame(t, "copy", below("Documents", old), tree(t, carol.Production))
		requests := b.srv.Requests()
		for _, request := range requests {
			if request.OperationID == "copyOneDriveFolderVersion" && request.Action != "copyTo" {
				t.Errorf("logged %s", request.Action)
			}
		}
		for action, body := range map[string]string{
			"save": "", "send": `{"to": "b@x"}`, "restore": `{}`,
			"copyTo": `{}`,
		} {
			act("3", action, body).wantMessage(t, http.StatusNotFound, "cannot be found")
			act("0", action, body).wantMessage(t, http.StatusBadRequest, "versionId")
			act("x", action, body).wantMessage(t, http.StatusBadRequest, "versionId")
		}
	}
}

// TestFoldersByPath acts on several folders in the form of v6 and later.
func TestFoldersByPath(t *testing.T) {
	t.Parallel()
	for _, version := range pathVersions {
		mailbox := startMailbox(t, "")
		b := newFoldersBench(t, apitest.Config{SMTP: mailbox.Addr})
		act := func(action, options string) answer {
			t.Helper()
			path := b.drivePath(version) + "/Folders/" + action
			body := `{` + options + `, "folders": [{"id": "` + b.drive.FolderID("x/In") + `"}, {"id": "` +
				b.drive.FolderID("y/in/deep") + `"}]}`
			got := b.send(http.MethodPost, path, strings.TrimPrefix(strings.Replace(body, "{, ", "{", 1), " "),
				"Content-Type", "application/json")
			got.conforms(t, http.MethodPost, path)
			return got
		}
		chosen := map[string]string{"In/": "", "In/1": "1", "deep/": "", "deep/3": "3"}
		wantSame(t, "save", chosen, act("save", "").archived(t))
		if got := act("send", `"from": "a@x", "to": "b@x", "skipItemChecks": true`); got.status != done(version) {
			t.Fatalf("send: %d %s", got.status, got.body)
		}
		messages, err := mailbox.Wait(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		_, files := readAttachment(t, messages[0])
		wantSame(t, "send", chosen, files)
		act("restore", credentials)
		act("copyTo",
			credentials+`, "oneDrive": {"name": "Bob"}, "folder": "From A", "sendSharedLinksNotification": true`)
		if version >= "v8" {
			for _, session := range b.getPage("/v8/RestoreSessions").Results {
				b.follow(session["id"].(string))
			}
		}
		wantSame(t, "restore", map[string]string{
			"x/": "", "x/In/": "", "x/In/1": "1", "y/": "", "y/in/": "", "y/in/deep/": "", "y/in/deep/3": "3",
		}, tree(t, b.drive.Production))
		wantSame(t, "copy", map[string]string{
			"From A/": "", "From A/In/": "", "From A/In/1": "1", "From A/deep/": "", "From A/deep/3": "3",
		}, tree(t, b.srv.Drives()[1].Production))

		// Without folders, the whole OneDrive is meant. A folder that does not exist is refused before anything is
		// done.
		path := b.drivePath(version) + "/Folders/save"
		wantSame(t, "all", b.actIn(version, "", `{"save": null}`).archived(t),
			b.send(http.MethodPost, path, `{}`, "Content-Type", "application/json").archived(t))
		b.send(http.MethodPost, path, `{"folders": [{"id": "x"}]}`, "Content-Type", "application/json").
			wantMessage(t, http.StatusNotFound, "cannot be found")
		b.send(http.MethodPost, path, `{"folders": [{}]}`, "Content-Type", "application/json").
			wantMessage(t, http.StatusBadRequest, "folders.0.id")
	}
}
