package apitest_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/vbo365/vbo365-go/api/apitest"
)

var (
	eventID       = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	eventTime     = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}[+-]\d\d:\d\d$`)
	eventDuration = regexp.MustCompile(`^00:\d\d:\d\d\.\d{7}$`)
)

// shorten checks what differs from run to run and takes it away.
func shorten(t *testing.T, event map[string]any) map[string]any {
	t.Helper()
	if !eventID.MatchString(fmt.Sprint(event["id"])) || !eventDuration.MatchString(fmt.Sprint(event["duration"])) {
		t.Errorf("event %v", event)
	}
	for _, name := range []string{"startTime", "endTime"} {
		text, there := event[name].(string)
		if running := event["status"] == "Running"; there == (running && name == "endTime") || there &&
			!eventTime.MatchString(text) {
			t.Errorf("%s of %v", name, event)
		}
		if at, err := time.Parse(time.RFC3339Nano, text); there && (err != nil || time.Since(at).Abs() > time.Minute) {
			t.Errorf("%s of %v: %v", name, event, err)
		}
	}
	short := map[string]any{}
	for name, value := range event {
		switch name {
		case "id", "duration", "startTime", "endTime":
		default:
			short[name] = value
		}
	}
	return short
}

// events gives the events of the session of the bench without those about the session itself.
func (b *bench) events(version string) []map[string]any {
	b.tb.Helper()
	return b.eventsOf(version, b.session.ID)
}

func (b *bench) eventsOf(version, session string) []map[string]any {
	b.tb.Helper()
	all := b.getPage("/" + version + "/RestoreSessions/" + session + "/Events").Results
	return slices.DeleteFunc(all, func(event map[string]any) bool { return event["type"] == "None" })
}

func TestEvents(t *testing.T) {
	t.Parallel()
	mailbox := startMailbox(t, "")
	b := newBench(t, apitest.Config{SMTP: mailbox.Addr})
	if list := b.events("v2"); len(list) != 0 {
		t.Errorf("events %v", list)
	}
	b.act("Documents", `{"save": null}`)
	b.act("Documents", `{"sendTo": {"from": "a@x", "to": "b@x, c@x"}}`)
	b.mustAct("Documents/Invoices", `{"restoreToOriginalLocation": {`+credentials+`}}`)
	b.mustAct("Documents/Invoices", `{"restoreToOriginalLocation": {`+credentials+`}}`)
	b.mustAct("", `{"copyTo": {`+credentials+`, "oneDrive": {"name": "Bob Example"}, "folder": "a\\b"}}`)
	b.actOn("v5", `{"save": {FOLDERS}}`, "Documents", "Pictures")
	b.actOn("v5", `{"restoreToOriginalLocation": {`+credentials+`, FOLDERS}}`, "Documents", "Pictures")
	// Refused: no events.
	b.act("Nowhere", `{"save": null}`)
	b.act("Documents", `{"restoreToOriginalLocation": {}}`)
	b.act("Documents", `{"copyTo": {`+credentials+`}}`)
	b.act("Documents", `{"sendTo": {}}`)

	want := []map[string]any{
		{
			"type": "Save", "title": "Saving Documents",
			"message": "Item Documents was saved successfully (type: Folder; " +
				"source: Alice Example/Documents; target: )",
			"itemName": "Documents", "itemType": "Folder",
			"itemSizeBytes": 101., "source": "Alice Example/Documents",
		},
		{
			"type": "Send", "title": "Sending Documents",
			"message": "Item Documents was sent successfully (type: Folder; " +
				"source: Alice Example/Documents; target: b@x, c@x)",
			"itemName": "Documents", "itemType": "Folder",
			"itemSizeBytes": 101., "source": "Alice Example/Documents", "target": "b@x, c@x",
		},
		{
			"type": "Restore", "title": "Restoring Invoices",
			"message": "Item Invoices was restored successfully (type: Folder; " +
				"source: Alice Example/Documents/Invoices; target: Alice Example/Documents/Invoices)",
			"itemName": "Invoices", "itemType": "Folder",
			"itemSizeBytes": 61., "source": "Alice Example/Documents/Invoices", "target": "Alice Example/Documents/Invoices",
		},
		{
			"type": "Restore", "title": "Restoring Invoices", "message": "0 of 2 items written, 2 unchanged", "itemName": "Invoices", "itemType": "Folder",
			"itemSizeBytes": 61., "source": "Alice Example/Documents/Invoices", "target": "Alice Example/Documents/Invoices",
		},
		{
			"type": "Restore", "title": "Copying Alice Example",
			"message": "Item Alice Example was restored successfully (type: OneDrive; " +
				"source: Alice Example; target: Bob Example/a/b)",
			"itemName": "Alice Example", "itemType": "OneDrive",
			"itemSizeBytes": 101. + 21 + 210_000 + 15, "source": "Alice Example", "target": "Bob Example/a/b",
		},
		{
			"type": "Save", "title": "Saving 2 folders of Alice Example",
			"message": "Item Alice Example was saved successfully (type: Folder; " +
				"source: Alice Example; target: )",
			"itemName": "Alice Example", "itemType": "Folder",
			"itemSizeBytes": 122., "source": "Alice Example",
		},
		{
			"type": "Restore", "title": "Restoring 2 folders of Alice Example", "message": "1 of 5 items written, 4 " +
				"unchanged", "itemName": "Alice Example", "itemType": "Folder",
			"itemSizeBytes": 122., "source": "Alice Example", "target": "Alice Example",
		},
	}
	for _, version := range allVersions {
		list := b.events(version)
		if len(list) != len(want) {
			t.Fatalf("%d events: %v", len(list), list)
		}
		for i, event := range list {
			expected := map[string]any{"status": "Success", "order": float64(i + 2)} // after the start
			for name, value := range want[i] {
				switch name {
				case "itemName", "itemType", "itemSizeBytes", "source", "target":
					if version == "v2" {
						continue
					}
				}
				expected[name] = value
			}
			if version >= "v8" {
				expected["organizationId"] = b.organizationID(0)
			}
			id := event["id"].(string)
			path := "/" + version + "/RestoreSessions/" + b.session.ID + "/Events/"
			if version >= "v6" {
				expected["_links"] = map[string]any{"self": map[string]any{"href": strings.ToLower(path) + id}}
			}
			wantSame(t, version, expected, shorten(t, event))
			wantSame(t, "event by id", any(event), b.get(path+strings.ToUpper(id)))
		}
	}
	if pages, n := b.collect("/v5/RestoreSessions/" + b.session.ID + "/Events?limit=3"); len(pages) != 8 || n != 3 {
		t.Errorf("%d events in %d pages", len(pages), n)
	}
	b.send(http.MethodGet, "/v5/RestoreSessions/"+b.session.ID+"/Events/61954db6-7278-4d26-86f7-888bda5a4ec4",
		"").wantMessage(t, http.StatusNotFound, "cannot be found")
	if other := b.explore("v5",
		`{"explore": {}}`); len(b.eventsOf("v5", other)) != 0 {
		t.Error("another session has the events")
	}
}

// TestFailedEvents sees what an event says of an action that failed, in part or altogether, and the session after it.
func TestFailedEvents(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{Organizations: oneDrive(t, brokenFS{
		MapFS: fstest.MapFS{
			"f/a": {Data: []byte("a")}, "f/z": {Data: []byte("z")}, "g/z": {},
			"h/i": {},
		}, broken: "f/z",
	})})
	result := func() any {
		b.tb.Helper()
		path := "/v5/RestoreSessions/" + b.session.ID
		b.send(http.MethodPost, path+"/Action", `{"stop": null}`)
		result := b.get(path).(map[string]any)["result"]
		return result
	}
	const restore = `{"restoreToOriginalLocation": {` + credentials + `}}`
	if err := os.Mkdir(b.drive.Production+"/g", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(b.drive.Production+"/g/z", 0o700); err != nil {
		t.Fatal(err)
	}
	b.mustAct("f", restore)
	b.mustAct("g", restore)
	b.cut("f", `{"save": null}`)
	b.act("f", `{"sendTo": {"from": "a@x", "to": "b@x"}}`)
	var got []string
	for _, event := range b.events("v5") {
		event = shorten(t, event)
		got = append(got, fmt.Sprint(event["status"], ": ", event["message"]))
	}
	wantSame(t, "events", []string{
		"Warning: 1 of 2 items written, 1 failed",
		"Failed: 0 of 1 items written, 1 failed",
		"Failed: 1 items written, then it failed: open f/z: the disk is broken",
		"Failed: 0 items written, then it failed: The e-mail settings of the server are not set.",
	}, got)
	wantSame(t, "result", any("Failed"), result())
	b.session = b.startSession(time.Time{})
	b.mustAct("f", restore)
	b.mustAct("h", restore)
	wantSame(t, "result", any("Warning"), result())
	b.session = b.startSession(time.Time{})
	b.mustAct("h", restore)
	wantSame(t, "result", any("Success"), result())
}

// cut runs an action whose answer does not come.
func (b *bench) cut(folder, body string) {
	b.tb.Helper()
	path := actionPath(b.session.ID, b.drive.ID, b.drive.FolderID(folder))
	request, err := http.NewRequestWithContext(b.tb.Context(), http.MethodPost, b.srv.URL+path, strings.NewReader(body))
	if err != nil {
		b.tb.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+b.token)
	response, err := b.client.Do(request)
	if err == nil {
		_, err = io.Copy(io.Discard, response.Body)
		response.Body.Close()
	}
	if err == nil {
		b.tb.Error("the answer was not cut off")
	}
}

// TestRunningEvent looks at an action while it runs. It keeps its session from expiring, as any request does.
func TestRunningEvent(t *testing.T) {
	t.Parallel()
	for action, kind := range map[string]string{
		`{"save": null}`: "Save",
		`{"restoreToOriginalLocation": {` + credentials + `}}`: "Restore",
	} {
		backup := gate{
			fstest.MapFS{"a": {Data: []byte("12345")}, "gate": {Data: []byte("678")}},
			make(chan struct{}),
			make(chan struct{}),
		}
		b := newBench(t, apitest.Config{Organizations: oneDrive(t, backup)})
		b.session.ID = b.explore("v5", `{"explore": {}}`)
		done := make(chan answer)
		go func() { done <- b.act("", action) }()
		<-backup.reached
		event := b.events("v5")[0]
		wantSame(t, "while it runs", map[string]any{
			"type": kind, "status": "Running", "message": "1 items written so far", "order": 2., "itemSizeBytes": 5., "itemName": "alice@example.com",
			"itemType": "OneDrive", "source": "alice@example.com",
		}, without(shorten(t, event), "title", "target"))
		close(backup.open)
		if got := <-done; got.status != http.StatusOK {
			t.Errorf("got %d %s", got.status, got.body)
		}
		after := b.events("v5")[0]
		if after["id"] != event["id"] || after["status"] != "Success" || !strings.Contains(after["message"].(string), "successfully") ||
			after["itemSizeBytes"] != 8. {
			t.Errorf("after it: %v", after)
		}
	}
}

func without(object map[string]any, names ...string) map[string]any {
	for _, name := range names {
		delete(object, name)
	}
	return object
}

// TestSessionEvents sees the events about a session itself, and takes messages apart as a public report does.
func TestSessionEvents(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{})
	report := regexp.MustCompile(`^Item (.*) was \w+ successfully \(type: (.*); source: (.*); target: (.*)\)$`)
	for _, version := range allVersions {
		b.session.ID = b.explore(version, `{"explore": {}}`)
		b.actIn(version, "Documents", `{"save": null}`)
		if err := b.srv.StopRestoreSession(b.session.ID); err != nil {
			t.Fatal(err)
		}
		events := b.getPage("/" + version + "/RestoreSessions/" + b.session.ID + "/Events").Results
		wantSame(t, version, []any{"None", "Save", "None"}, column(events, "type"))
		for i, title := range map[int]string{0: "Restore session started", 2: "Restore session completed"} {
			if event := events[i]; event["title"] != title || event["message"] != title || event["status"] != "Success" ||
				event["itemName"] != nil {
				t.Errorf("%s: %v", version, event)
			}
		}
		wantSame(t, version, []string{"Documents", "Folder", "Alice Example/Documents", ""},
			report.FindStringSubmatch(events[1]["message"].(string))[1:])
	}
}
