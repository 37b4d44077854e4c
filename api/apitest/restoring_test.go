package apitest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/vbo365/vbo365-go/api/apitest"
)

// sessionStatistics are the numbers of a restore or copy of v8.
type sessionStatistics struct {
	TotalItemsCount    int              `json:"totalItemsCount"`
	RestoredItemsCount int              `json:"restoredItemsCount"`
	FailedItemsCount   int              `json:"failedItemsCount"`
	SkippedItemsCount  int              `json:"skippedItemsCount"`
	Warnings           []string         `json:"warnings"`
	Errors             []string         `json:"errors"`
	Items              []map[string]any `json:"items"`
}

// begin begins a restore or copy in v8 and gives the session that carries it out.
func (b *bench) begin(folder, body string) (id string) {
	b.tb.Helper()
	got := b.actIn("v8", folder, body)
	var answer struct {
		SessionID string `json:"sessionId"`
	}
	if err := json.Unmarshal(got.body, &answer); err != nil || got.status != http.StatusOK ||
		answer.SessionID == b.session.ID {
		b.tb.Fatalf("%s: %d %s: %v", body, got.status, got.body, err)
	}
	return answer.SessionID
}

func (b *bench) restoreSession(id string) map[string]any {
	b.tb.Helper()
	return b.get("/v8/RestoreSessions/" + id).(map[string]any)
}

func (b *bench) statistics(id string) (stats sessionStatistics) {
	b.tb.Helper()
	path := "/v8/RestoreSessions/" + id + "/Statistics"
	got := b.send(http.MethodGet, path, "")
	got.conforms(b.tb, http.MethodGet, path)
	decoder := json.NewDecoder(bytes.NewReader(got.body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&stats); err != nil || got.status != http.StatusOK {
		b.tb.Fatalf("%s: %d %s: %v", path, got.status, got.body, err)
	}
	return stats
}

// follow asks for a session until it has ended, as clients do.
func (b *bench) follow(id string) map[string]any {
	b.tb.Helper()
	for {
		if session := b.restoreSession(id); session["state"] == "Stopped" {
			return session
		}
	}
}

// mustActIn restores or copies in any version and gives the numbers of the earlier ones.
func (b *bench) mustActIn(version, folder, body string) statistics {
	b.tb.Helper()
	if version >= "v8" {
		id := b.begin(folder, body)
		b.follow(id)
		stats := b.statistics(id)
		result := statistics{
			TotalItemsCount: stats.TotalItemsCount, RestoredItemsCount: stats.RestoredItemsCount,
			FailedItemsCount: stats.FailedItemsCount, SkippedItemsByNoChangesCount: stats.SkippedItemsCount, RestoreIssues: []issue{},
		}
		for _, item := range stats.Items {
			result.RestoreIssues = append(result.RestoreIssues, issue{
				ID: item["id"].(string), Path: item["path"].(string), Title: item["title"].(string), Type: "Item",
				Error: item["error"].(string), Warnings: []string{},
			})
		}
		return result
	}
	got := b.actIn(version, folder, body)
	var stats statistics
	if err := json.Unmarshal(got.body, &stats); err != nil || got.status != http.StatusOK {
		b.tb.Fatalf("%s: %d %s: %v", body, got.status, got.body, err)
	}
	return stats
}

const restoreBeside = `{"restoreToOriginalLocation": {` + credentials + `, "documentAction": "Keep"}}`

// TestAsynchronousRestore follows a restore and a copy in v8 to their ends.
func TestAsynchronousRestore(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{})
	b.session.ID = b.explore("v8", `{"explore": {}}`)
	for body, title := range map[string]string{
		restoreBeside: "Restoring Documents",
		`{"copyTo": {` + credentials +
			`, "oneDrive": {"name": "Bob Example"}, "documentVersion": "All"}}`: "Copying Documents",
	} {
		before := time.Now().UTC().Truncate(100)
		id := b.begin("Documents", body)
		session := b.follow(id)
		wantTime(t, session["creationTime"].(string), before)
		wantTime(t, session["endTime"].(string), before)
		for name, want := range map[string]any{
			"name": "Restore OneDrive for Business", "organization": b.drive.Organization, "type": "Veod", "result": "Success",
			"initiatedBy": b.srv.Username, "clientHost": "127.0.0.1", "eTag": 4.,
		} {
			if session[name] != want {
				t.Errorf("%s is %v, want %v", name, session[name], want)
			}
		}
		stats := b.statistics(id)
		if stats.TotalItemsCount != 4 || stats.RestoredItemsCount+stats.SkippedItemsCount != 4 ||
			stats.RestoredItemsCount < 3 ||
			len(stats.Items)+len(stats.Errors)+len(stats.Warnings) != 0 {
			t.Errorf("got %+v", stats)
		}
		listed := b.getPage("/v8/RestoreSessions?orderBy=EndTime")
		wantSame(t, "the explore session is still open, the restore the last that ended", []any{b.session.ID, id},
			[]any{listed.Results[0]["id"], listed.Results[1]["id"]})

		// The event is the same in both sessions.
		own := b.eventsOf("v8", id)
		if len(own) != 1 || own[0]["title"] != title || own[0]["status"] != "Success" ||
			own[0]["message"] != session["details"] && (session["details"] != "4 of 4 items written" ||
				!strings.HasPrefix(own[0]["message"].(string), "Item Documents was restored successfully (")) {
			t.Fatalf("events %v, session %v", own, session)
		}
		other := b.get("/v8/RestoreSessions/" + b.session.ID + "/Events/" + own[0]["id"].(string)).(map[string]any)
		for _, name := range []string{"title", "status", "message", "startTime", "itemSizeBytes", "target"} {
			if own[0][name] != other[name] {
				t.Errorf("%s is %v in one session, %v in the other", name, own[0][name], other[name])
			}
		}

		// It shows nothing, and is over.
		for _, path := range []string{
			"/Organization", "/Organization/OneDrives",
			"/Organization/OneDrives/" + b.drive.ID + "/Folders",
		} {
			path = "/v8/RestoreSessions/" + id + path
			got := b.send(http.MethodGet, path, "")
			got.conforms(t, http.MethodGet, path)
			got.wantMessage(t, http.StatusNotFound, "cannot be found")
		}
		b.send(http.MethodPost, "/v8/RestoreSessions/"+id+"/Stop", "").wantMessage(t, http.StatusBadRequest,
			"stopped already")
	}
	if state := b.restoreSession(b.session.ID)["state"]; state != "Working" {
		t.Errorf("the session that was explored is %s", state)
	}
	if report := tree(t,
		b.drive.Production)["Documents/Report (restored).txt"]; report != "Report, second version, somewhat longer\n" {
		t.Errorf("the report is %q", report)
	}
	if report := tree(t,
		b.srv.Drives()[1].Production)["Documents/Report.txt"]; report != "Report, second version, somewhat longer\n" {
		t.Errorf("the copied report is %q", report)
	}
	for _, id := range []string{b.session.ID, "61954db6-7278-4d26-86f7-888bda5a4ec4"} {
		path := "/v8/RestoreSessions/" + id + "/Statistics"
		got := b.send(http.MethodGet, path, "")
		got.conforms(t, http.MethodGet, path)
		got.wantMessage(t, http.StatusNotFound, "cannot be found")
	}
	wantSame(t, "executions", map[string]int{"explore": 1, "restoreToOriginalLocation": 1, "copyTo": 1},
		b.srv.Executions())
}

// TestAsynchronousFailures sees what v8 tells of documents that could not be written, and of a restore that could not
// begin.
func TestAsynchronousFailures(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{Organizations: oneDrive(t, brokenFS{
		MapFS: fstest.MapFS{"f/a": {Data: []byte("a")}, "f/z": {Data: []byte("z")}, "g/z": {}}, broken: "f/z",
	})})
	write(t, b.drive.Production, map[string]string{"g/z/": ""})
	id := b.begin("f", restoreBeside)
	if session := b.follow(id); session["result"] != "Warning" ||
		session["details"] != "1 of 2 items written, 1 failed" {
		t.Errorf("got %v", session)
	}
	stats := b.statistics(id)
	item := stats.Items[0]
	wantSame(t, "statistics", sessionStatistics{
		TotalItemsCount: 2, RestoredItemsCount: 1, FailedItemsCount: 1, Warnings: []string{},
		Errors: []string{"1 of 2 items could not be written."},
		Items: []map[string]any{{
			"itemRestoreDetailsType": "Item", "id": item["id"], "title": "z", "name": "z", "itemType": "OneDriveItem", "status": "Failed",
			"path": "f/z", "error": "open f/z: the disk is broken", "warnings": []any{},
		}},
	}, stats)
	if session := b.follow(b.begin("g", restoreBeside)); session["result"] != "Failed" {
		t.Errorf("got %v", session)
	}
	if err := os.RemoveAll(b.drive.Production); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Dir(b.drive.Production), map[string]string{filepath.Base(b.drive.Production): "a file"})
	id = b.begin("f", restoreBeside)
	if session := b.follow(id); session["result"] != "Failed" ||
		!strings.Contains(session["details"].(string), "open the production directory") {
		t.Errorf("got %v", session)
	}
	if stats := b.statistics(id); stats.TotalItemsCount != 0 || len(stats.Errors) != 1 {
		t.Errorf("got %+v", stats)
	}

	// What is wrong from the start is refused at once.
	sessions := len(b.getPage("/v8/RestoreSessions").Results)
	for body, want := range map[string]string{
		`{"restoreToOriginalLocation": {}}`: "Exactly one style of " +
			"credentials",
		`{"restoreToOriginalLocation": {` + credentials +
			`, "documentAction": "x"}}`: "documentAction: value is not one of the allowed values",
		`{"copyTo": {` + credentials +
			`}}`: "oneDrive: an id, a url or a name is needed.",
		`{"copyTo": {` + credentials + `, "oneDrive": {"id": "x"}, "folder": "a/../b"}}`: "folder: must not have",
		`{"copyTo": {` + credentials +
			`, "oneDrive": {"id": "x"}, "folder": "pictures"}}`: "oneDrive: there is no such OneDrive.",
	} {
		status := http.StatusBadRequest
		if strings.Contains(want, "no such") {
			status = http.StatusNotFound
		}
		b.actIn("v8", "f", body).wantMessage(t, status, want)
	}
	b.actIn("v8", "nowhere", restoreBeside).wantMessage(t, http.StatusNotFound, "cannot be found")
	if n := len(b.getPage("/v8/RestoreSessions").Results); n != sessions {
		t.Errorf("%d sessions were begun", n-sessions)
	}
}

// TestAsynchronousProgress looks at a restore between two documents, and stops it there.
func TestAsynchronousProgress(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{RestorePace: time.Hour, SessionIdleTimeout: 1})
	b.session = b.startSession(time.Time{}) // which does not expire; one over the wire would have by now
	id := b.begin("Documents", restoreBeside)
	for b.statistics(id).SkippedItemsCount == 0 { // until the first document is done, which is there already
	}
	session := b.restoreSession(id)
	if session["state"] != "Working" || session["endTime"] != nil || session["result"] != "Success" ||
		session["details"] != "" {
		t.Errorf("while it works: %v", session)
	}
	if stats := b.statistics(id); stats.TotalItemsCount != 4 || stats.RestoredItemsCount+stats.SkippedItemsCount != 1 {
		t.Fatalf("while it works: %+v", stats)
	}
	event := b.eventsOf("v8", id)[0]
	if event["status"] != "Running" || !strings.Contains(event["message"].(string), "items written so far") {
		t.Errorf("while it works: %v", event)
	}

	// The end of the session that it was asked of does not end it. Another restore there waits for it.
	other := b.begin("Documents", restoreBeside)
	if err := b.srv.StopRestoreSession(b.session.ID); err != nil {
		t.Fatal(err)
	}
	if state := b.restoreSession(id)["state"]; state != "Working" {
		t.Errorf("the restore is %s", state)
	}
	for _, id := range []string{other, id} {
		got := b.send(http.MethodPost, "/v8/RestoreSessions/"+id+"/Stop", "")
		if got.conforms(t, http.MethodPost, "/v8/RestoreSessions/"+id+"/Stop"); got.status != http.StatusNoContent {
			t.Fatalf("stop: %d %s", got.status, got.body)
		}
		session := b.restoreSession(id) // it has ended already
		if session["state"] != "Stopped" || session["result"] != "Failed" ||
			!strings.Contains(session["details"].(string), "the session was stopped") {
			t.Errorf("after it was stopped: %v", session)
		}
	}
	if stats := b.statistics(other); stats.TotalItemsCount != 0 || len(stats.Errors) != 1 {
		t.Errorf("the restore that waited: %+v", stats)
	}
	if stats := b.statistics(id); stats.TotalItemsCount != 4 || stats.SkippedItemsCount != 1 ||
		!strings.Contains(fmt.Sprint(stats.Errors), "the session was stopped") {
		t.Errorf("after it was stopped: %+v", stats)
	}
	if event := b.eventsOf("v8", b.session.ID)[0]; event["status"] != "Failed" {
		t.Errorf("after it was stopped: %v", event)
	}
}

// TestAsynchronousRestoreKeepsSessions sees that both sessions are held while a restore works, which keeps them from
// expiring, and not after it.
func TestAsynchronousRestoreKeepsSessions(t *testing.T) {
	t.Parallel()
	backup := gate{fstest.MapFS{"gate": {}}, make(chan struct{}), make(chan struct{})}
	b := newBench(t, apitest.Config{Organizations: oneDrive(t, backup)})
	b.session.ID = b.explore("v8", `{"explore": {}}`)
	id := b.begin("", restoreBeside)
	<-backup.reached
	b.wantHeld(id, b.session.ID)
	close(backup.open)
	if session := b.follow(id); session["result"] != "Success" {
		t.Errorf("got %v", session)
	}
	b.wantHeld()
}

// wantHeld waits until just these sessions are held: the last request may have been answered and hold one still.
func (b *bench) wantHeld(ids ...string) {
	b.tb.Helper()
	slices.Sort(ids)
	began := time.Now()
	for held := b.srv.HeldSessions(); !slices.Equal(held, ids); held = b.srv.HeldSessions() {
		if time.Since(began) > 10*time.Second {
			b.tb.Fatalf("%s are held, want %s", held, ids)
		}
		runtime.Gosched()
	}
}

// TestCloseEndsAsynchronousRestores closes a server in the middle of one, and with one waiting for it. No goroutine is
// left: the package looks for them at its end.
func TestCloseEndsAsynchronousRestores(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{RestorePace: time.Hour})
	id := b.begin("", restoreBeside)
	b.begin("Documents", restoreBeside)
	for b.statistics(id).SkippedItemsCount+b.statistics(id).RestoredItemsCount == 0 { // until it has begun
	}
	if err := b.srv.Close(); err != nil {
		t.Fatal(err)
	}
	if left, err := filepath.Glob(filepath.Join(b.drive.Production, "*", ".restoring-*")); err != nil ||
		len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestLostAnswerOfRestore finds a restore whose answer was lost, through the events of the session it was asked of.
func TestLostAnswerOfRestore(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"restoreToOriginalLocation", "restoreOneDriveFolder"} {
		b := newBench(t, apitest.Config{})
		fault, err := apitest.ParseFault("502@" + name + "/afterx1")
		if err != nil {
			t.Fatal(err)
		}
		if err := b.srv.Inject(fault); err != nil {
			t.Fatal(err)
		}
		path, body := inForm(t, "v8",
			strings.TrimPrefix(actionPath(b.session.ID, b.drive.ID, b.drive.FolderID("Documents")),
				"/v5"), restoreBeside)
		if got := b.send(http.MethodPost, path, body, "Content-Type",
			"application/json"); got.status != http.StatusBadGateway {
			t.Fatalf("%s: %d %s", name, got.status, got.body)
		}
		events := b.eventsOf("v8", b.session.ID)
		if len(events) != 1 || events[0]["title"] != "Restoring Documents" {
			t.Errorf("events %v", events)
		}
		list := b.getPage("/v8/RestoreSessions").Results
		if len(list) != 1 || b.follow(list[0]["id"].(string))["result"] != "Success" {
			t.Errorf("sessions %v", list)
		}
		wantSame(t, "executions", map[string]int{"restoreToOriginalLocation": 1}, b.srv.Executions())
		requests := b.srv.Requests()
		logged := requests[len(requests)-1]
		for _, request := range requests {
			if request.Fault != "" {
				logged = request
			}
		}
		if logged.Action != "restoreToOriginalLocation" || logged.OperationID != "restoreOneDriveFolder" {
			t.Errorf("logged %s, %s", logged.Action, logged.OperationID)
		}
	}
}
