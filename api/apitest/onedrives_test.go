package apitest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/vbo365/vbo365-go/api/apitest"
)

// actOnDrive runs an action on the whole of the bench's drive in the form that the version has.
func (b *bench) actOnDrive(version, body string) answer {
	b.tb.Helper()
	path := strings.TrimPrefix(b.drivePath(version), "/"+version)
	path, body = inForm(b.tb, version, path+"/Action", body)
	got := b.send(http.MethodPost, path, body, "Content-Type", "application/json")
	got.conforms(b.tb, http.MethodPost, path)
	return got
}

// TestWholeOneDrive restores, copies, sends and saves all folders and documents of a OneDrive, those at the root, too,
// in all versions.
func TestWholeOneDrive(t *testing.T) {
	t.Parallel()
	for _, version := range allVersions {
		mailbox := startMailbox(t, "")
		b := newFoldersBench(t, apitest.Config{SMTP: mailbox.Addr})
		bob := b.srv.Drives()[1]
		whole := map[string]string{
			"top": "t", "x/": "", "x/In/": "", "x/In/1": "1", "y/": "", "y/4": "4", "y/in/": "", "y/in/2": "22",
			"y/in/deep/": "", "y/in/deep/3": "3",
		}
		saved := b.actOnDrive(version, `{"save": null}`)
		wantSame(t, version+": archive", whole, saved.archived(t))
		if name := saved.header.Get("Content-Disposition"); name != "attachment; filename=A_B.zip" {
			t.Errorf("%s: %s", version, name)
		}
		if version < "v6" {
			wantSame(t, version+": archive", whole, b.actOnDrive(version, `{"save": {"asZip": "true"}}`).archived(t))
		}

		if got := b.actOnDrive(version, `{"sendTo": {"from": "a@x", "to": "b@x"}}`); got.status != done(version) {
			t.Errorf("%s: sent %d %s", version, got.status, got.body)
		}
		messages, err := mailbox.Wait(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		name, files := readAttachment(t, messages[0])
		if name != "A_B.zip" || files["top"] != "t" || len(files) != len(whole) {
			t.Errorf("%s: attachment %s %v", version, name, files)
		}

		write(t, b.drive.Production, map[string]string{"top": "mine"})
		for _, body := range []string{
			`{"restoreToOriginalLocation": {` + credentials + `, "documentAction": "Overwrite"}}`,
			`{"copyTo": {` + credentials + `, "oneDrive": {"id": "` + bob.ID + `"}}}`,
		} {
			got := b.actOnDrive(version, body)
			if got.status != http.StatusOK {
				t.Fatalf("%s: %d %s", version, got.status, got.body)
			}
			var answer struct {
				SessionID          string `json:"sessionId"`
				TotalItemsCount    int    `json:"totalItemsCount"`
				RestoredItemsCount int    `json:"restoredItemsCount"`
			}
			if err := json.Unmarshal(got.body, &answer); err != nil {
				t.Fatal(err)
			}
			if version >= "v8" {
				b.follow(answer.SessionID)
				stats := b.statistics(answer.SessionID)
				answer.TotalItemsCount, answer.RestoredItemsCount = stats.TotalItemsCount, stats.RestoredItemsCount
			}
			if answer.TotalItemsCount != 5 || answer.RestoredItemsCount != 5 {
				t.Errorf("%s: %s", version, got.body)
			}
		}
		wantSame(t, version+": A", whole, tree(t, b.drive.Production))
		wantSame(t, version+": Bob", whole, tree(t, bob.Production))
		for _, event := range b.events(version) {
			if event["itemType"] != "OneDrive" && version != "v2" || event["status"] != "Success" {
				t.Errorf("%s: event %v", version, event)
			}
		}
		wantSame(t, version, map[string]int{"sendTo": 1, "restoreToOriginalLocation": 1, "copyTo": 1}, b.srv.Executions())
	}
}

// newLeaversBench has three OneDrives that were backed up. The users of the second and third do not exist any more.
func newLeaversBench(t *testing.T, config apitest.Config) *bench {
	t.Helper()
	drive := func(name string) apitest.OneDrive {
		return apitest.OneDrive{
			Owner: strings.ToLower(name) + "@x", Name: name,
			Backup: []apitest.RestorePoint{{Time: time.Now().Add(-time.Minute), FS: fstest.MapFS{
				"of " + name: {Data: []byte("1")}, "blocked/2": {Data: []byte("2")},
			}}},
		}
	}
	ann, ben, cleo := drive("Ann"), drive("Ben"), drive("Cleo")
	ann.Production = t.TempDir()
	ben.UserDeleted, cleo.UserDeleted = true, true
	config.Organizations = []apitest.Organization{{Name: "o", OneDrives: []apitest.OneDrive{ann, ben, cleo}}}
	return newBench(t, config)
}

// restoreSeveral restores the OneDrives of the bench with these numbers in the form that the version has.
func (b *bench) restoreSeveral(version, more string, numbers ...int) answer {
	b.tb.Helper()
	var ids []string
	for _, n := range numbers {
		ids = append(ids, `{"id": "`+b.srv.Drives()[n].ID+`", "name": "x"}`)
	}
	password := "officePassword"
	if version >= "v6" {
		password = "officeUserpassword"
	}
	body := fmt.Sprintf(`{"officeUsername": "u", %q: "p", "oneDrives": [%s] %s}`, password, strings.Join(ids, ", "), more)
	return b.bulk(version, body)
}

// bulk sends options of a restore of several OneDrives.
func (b *bench) bulk(version, options string) answer {
	b.tb.Helper()
	path, body := inForm(b.tb, version, "/RestoreSessions/"+b.session.ID+"/Organization/OneDrives/Action",
		`{"restoreToOriginalLocation": `+options+`}`)
	got := b.send(http.MethodPost, path, body, "Content-Type", "application/json")
	got.conforms(b.tb, http.MethodPost, path)
	return got
}

// bulkStatistics is the response to a restore of several OneDrives up to v7.
type bulkStatistics struct {
	Status  string `json:"status"`
	Error   string `json:"error"`
	Details []struct {
		OneDrive struct {
			ID   string `json:"id"`
			Name string `json:"name"`
			URL  string `json:"url"`
		} `json:"oneDrive"`
		Status  string `json:"status"`
		Error   string `json:"error"`
		Details struct {
			FailedRestrictionsCount *int     `json:"failedRestrictionsCount"`
			RestoreIssues           []issue  `json:"restoreIssues"`
			Exceptions              []string `json:"exceptions"`
			Warnings                []string `json:"warnings"`
		} `json:"details"`
	} `json:"details"`
	SessionID string `json:"sessionId"`
}

func (a answer) bulkStatistics(tb testing.TB) (stats bulkStatistics) {
	tb.Helper()
	if err := json.Unmarshal(a.body, &stats); err != nil || a.status != http.StatusOK {
		tb.Fatalf("%d %s: %v", a.status, a.body, err)
	}
	return stats
}

// TestRestoreSeveralOneDrives restores a OneDrive together with that of a user who is gone, which fails or is left out.
func TestRestoreSeveralOneDrives(t *testing.T) {
	t.Parallel()
	const leftOut = "The user ben@x does not exist any more: the OneDrive was left out."
	const gone = "the user ben@x does not exist any more"
	for _, version := range allVersions {
		for _, skip := range []bool{false, true} {
			b := newLeaversBench(t, apitest.Config{})
			ann, ben := b.srv.Drives()[0], b.srv.Drives()[1]
			got := b.restoreSeveral(version, fmt.Sprintf(`, "skipUnresolved": %t`, skip), 1, 0, 1).bulkStatistics(t)
			status, message := "Failed", gone
			if skip {
				status, message = "Warning", leftOut
			}
			if version >= "v8" {
				session := b.follow(got.SessionID)
				if session["result"] != status {
					t.Errorf("%s: session %v", version, session)
				}
				b.wantBulk(got.SessionID, skip, ann, ben, message)
			} else {
				first, second := got.Details[0], got.Details[1]
				if len(got.Details) != 2 || got.Status != status || got.Error != "1 of 2 OneDrives were not restored completely." ||
					first.OneDrive.ID != ben.ID || first.Status != status || first.Error != message ||
					second.OneDrive.ID != ann.ID || second.OneDrive.Name != "Ann" || second.OneDrive.URL != ann.URL ||
					second.Status != "Success" || second.Error != "" || len(second.Details.RestoreIssues) != 0 ||
					*second.Details.FailedRestrictionsCount != 0 {
					t.Errorf("%s: %+v", version, got)
				}
				var exceptions, warnings []string
				if version < "v6" {
					exceptions, warnings = []string{message}, []string{}
					if skip {
						exceptions, warnings = warnings, exceptions
					}
				}
				wantSame(t, version+": exceptions", exceptions, first.Details.Exceptions)
				wantSame(t, version+": warnings", warnings, first.Details.Warnings)
			}
			wantSame(t, version+": Ann", map[string]string{"blocked/": "", "blocked/2": "2", "of Ann": "1"},
				tree(t, ann.Production))
			events := b.events(version)
			if len(events) != 2 || events[0]["title"] != "Restoring Ben" || events[0]["status"] != status ||
				events[1]["title"] != "Restoring Ann" || events[1]["status"] != "Success" {
				t.Errorf("%s: events %v", version, events)
			}
			wantSame(t, version, map[string]int{"restoreToOriginalLocation": 1}, b.srv.Executions())
		}
	}
}

// wantBulk checks the statistics of a restore of Ben's and Ann's OneDrives in v8.
func (b *bench) wantBulk(session string, skip bool, ann, ben apitest.Drive, message string) {
	b.tb.Helper()
	stats := b.statistics(session)
	item := func(d apitest.Drive, status string) map[string]any {
		return map[string]any{
			"itemRestoreDetailsType": "BulkOneDrive", "id": d.ID, "title": d.Name, "name": d.Name, "status": status,
			"warnings": []any{}, "childItems": []any{}, "oneDriveWebId": d.ID[:36], "oneDriveSiteId": d.ID[36:],
			"oneDriveUrl": d.URL,
		}
	}
	want := sessionStatistics{
		TotalItemsCount: 2, RestoredItemsCount: 2, Warnings: []string{}, Errors: []string{message},
		Items: []map[string]any{item(ben, "Failed"), item(ann, "Success")},
	}
	if skip {
		want.Errors = []string{}
		want.Items[0]["status"], want.Items[0]["warnings"] = "Skipped", []any{message}
	} else {
		want.Items[0]["error"] = message
	}
	wantSame(b.tb, "statistics", want, stats)
}

// TestRestoreSeveralOneDrivesPartly sees what is told of a OneDrive of which a document cannot be written.
func TestRestoreSeveralOneDrivesPartly(t *testing.T) {
	t.Parallel()
	for _, version := range allVersions {
		b := newLeaversBench(t, apitest.Config{})
		write(t, b.drive.Production, map[string]string{"blocked": "no folder"})
		got := b.restoreSeveral(version, "", 0).bulkStatistics(t)
		if version >= "v8" {
			b.follow(got.SessionID)
			items := b.statistics(got.SessionID).Items
			children, _ := items[0]["childItems"].([]any)
			if len(items) != 1 || items[0]["status"] != "Warning" ||
				items[0]["error"] != "1 of 2 items could not be written." || len(children) == 0 {
				t.Errorf("items %v", items)
			}
			continue
		}
		if got.Status != "Warning" || got.Details[0].Error != "1 of 2 items could not be written." ||
			len(got.Details[0].Details.RestoreIssues) == 0 {
			t.Errorf("%s: %+v", version, got)
		}
	}
}

// TestRefusedRestoreOfSeveral sees that nothing is done if anything is wrong, and what LAR sends (spec/FACTS.md#s37).
func TestRefusedRestoreOfSeveral(t *testing.T) {
	t.Parallel()
	b := newLeaversBench(t, apitest.Config{})
	for _, version := range allVersions {
		id := `"oneDrives": [{"id": "` + b.drive.ID + `"}]`
		for options, want := range map[string]string{
			`{"officeUsername": "u", ` + id + `}`:                "officeUsername with its password, or userCode",
			`{"userName": "u", "userPassword": "p", ` + id + `}`: "Exactly one style of credentials",
			`{"userCode": "C"}`:                                  "oneDrives: at least one is needed",
			`{"userCode": "C", "oneDrives": []}`:                 "oneDrives: at least one is needed",
			`{"userCode": "C", "oneDrives": [{}]}`:               "id",
			`{"userCode": "C", "oneDrives": ["id"]}`:             "oneDrives",
		} {
			if version < "v4" { // they have no device codes
				options = strings.Replace(options, `"userCode": "C"`, `"officeUsername": "u", "officePassword": "p"`, 1)
			}
			b.bulk(version, options).wantMessage(t, http.StatusBadRequest, want)
		}
		b.bulk(version, `{"officeUsername": "u", "officePassword": "p", "officeUserpassword": "p", "oneDrives": [{"id": "`+
			b.drive.ID+`"}, {"id": "nobody"}]}`).wantMessage(t, http.StatusNotFound, "cannot be found")
	}
	if n := len(tree(t, b.drive.Production)); n != 0 || len(b.srv.Executions()) != 0 || len(b.events("v8")) != 0 {
		t.Errorf("%d files, %v", n, b.srv.Executions())
	}
	path := "/v5/RestoreSessions/" + b.session.ID + "/Organization/onedrives/Action"
	got := b.send(http.MethodPost, path, `{"restoreToOriginalLocation":{"OneDrives":[{"id":"`+b.drive.ID+
		`","name":"T","url":"T"}],"userCode":"C","SkipUnresolved":"true","DocumentVersion":"last",`+
		`"DocumentAction":"overwrite"}}`,
		"Content-Type", "application/json")
	if stats := got.bulkStatistics(t); stats.Status != "Success" {
		t.Errorf("got %s", got.body)
	}
	empty := newLeaversBench(t, apitest.Config{EmptyAnswers: true})
	if got := empty.restoreSeveral("v5", "", 0); got.status != http.StatusOK || len(got.body) != 0 {
		t.Errorf("got %d %s", got.status, got.body)
	}
}

// TestDeletedUser sees that nothing can be written to the OneDrive of a user who is gone, but what was backed up of it
// can be copied and saved.
func TestDeletedUser(t *testing.T) {
	t.Parallel()
	b := newLeaversBench(t, apitest.Config{})
	ann := b.drive
	b.drive = b.srv.Drives()[1]
	if b.drive.Production != "" {
		t.Errorf("production %s", b.drive.Production)
	}
	restore := `{"restoreToOriginalLocation": {` + credentials + `}}`
	for _, version := range allVersions {
		if version < "v8" {
			b.actOnDrive(version, restore).wantMessage(t, http.StatusInternalServerError, "the user ben@x does not exist")
		}
		if files := b.actOnDrive(version, `{"save": null}`).archived(t); files["of Ben"] != "1" {
			t.Errorf("%s: %v", version, files)
		}
		b.actOnDrive(version, `{"copyTo": {`+credentials+`, "oneDrive": {"name": "Cleo"}}}`).
			wantMessage(t, http.StatusNotFound, "no such OneDrive")
	}
	session := b.follow(b.actOnDrive("v8", restore).bulkStatistics(t).SessionID)
	if session["result"] != "Failed" || !strings.Contains(session["details"].(string), "does not exist any more") {
		t.Errorf("session %v", session)
	}
	b.actOnDrive("v7", `{"copyTo": {`+credentials+`, "oneDrive": {"name": "Ann"}, "folder": "Ben"}}`)
	if files := tree(t, ann.Production); files["Ben/of Ben"] != "1" {
		t.Errorf("Ann has %v", files)
	}
	_, err := apitest.Start(apitest.Config{Organizations: []apitest.Organization{{
		Name: "o", OneDrives: []apitest.OneDrive{{Owner: "a@x", UserDeleted: true, Production: t.TempDir()}},
	}}})
	if err == nil || !strings.Contains(err.Error(), "the user is deleted, but has a production directory") {
		t.Error(err)
	}
}
