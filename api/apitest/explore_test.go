package apitest_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/vbo365/vbo365-go/api/apitest"
)

// explore starts a session of the first organization over the wire.
func (b *bench) explore(version, body string) (id string) {
	b.tb.Helper()
	session := b.mustExplore(version, "/Organization/Action", body)
	return session["id"].(string)
}

func (b *bench) mustExplore(version, path, body string) map[string]any {
	b.tb.Helper()
	path, body = inForm(b.tb, version, path, body)
	want := http.StatusCreated
	if version == "v6" || version == "v7" {
		want = http.StatusOK
	}
	got := b.send(http.MethodPost, path, body, "Content-Type", "application/json")
	got.conforms(b.tb, http.MethodPost, path)
	var session map[string]any
	if err := json.Unmarshal(got.body, &session); err != nil || got.status != want {
		b.tb.Fatalf("%s: %d %s: %v", body, got.status, got.body, err)
	}
	return session
}

func (b *bench) organizationID(n int) string {
	b.tb.Helper()
	return b.get("/v2/Organizations").([]any)[n].(map[string]any)["id"].(string)
}

// TestExploreSamples sends the samples 20 to 24 and 31 of spec/FACTS.md#8.2.
func TestExploreSamples(t *testing.T) {
	t.Parallel()
	b := newBrowseBench(t)
	organization := b.organizationID(0)
	for _, sample := range []struct {
		number, version, path, body, contentType string
		status                                   int
		action                                   string
		deviations                               []string
	}{
		{
			"20", "v2", "/Organizations/" + organization + "/Action",
			`{ "explore": { "datetime": "2018.08.08 12:00", "type": "veod" } }`, "application/json", 201, "explore", nil,
		},
		{
			"20 with seconds", "v2", "/Organization/Action",
			`{ "explore": { "datetime": "2018.08.08 12:00:00", "type": "veod" } }`, "application/json", 201, "explore", nil,
		},
		{
			"21", "v3", "/Organizations/" + organization +
				"/Action", `{ "explore": { "datetime": "2019.04.03 12:00", "type": "veod", "ShowAllVersions": ` +
				`"true", "ShowDeleted": "true" } }`,
			"application/json", 201, "explore",
			[]string{
				`property "ShowAllVersions" written for "showAllVersions"`, `text for the boolean property ` +
					`"showAllVersions"`,
				`property "ShowDeleted" written for "showDeleted"`, `text for the boolean property "showDeleted"`,
			},
		},
		{
			"22", "v5", "/organizations/" + organization +
				"/action", `{"explore":{"DateTime":"2020-12-15T11:52:07","Type":"Veod","ShowDeleted":true,"ShowAllVersions":true}}`,
			"application/json; charset=utf-8", 201, "explore",
			[]string{
				`path segment "organizations" written for "Organizations"`, `path segment "action" written for "Action"`,
				`property "DateTime" written for "datetime"`, `property "Type" written for "type"`, `value of type ` +
					`"Veod" written for "veod"`,
				`property "ShowDeleted" written for "showDeleted"`, `property "ShowAllVersions" written for ` +
					`"showAllVersions"`,
			},
		},
		{
			"23", "v7", "/Organization/Explore", `{"dateTime":"2023-06-18T10:00:00Z","showAllVersions":true,"showDeleted":true,"type":"Vex"}`,
			"application/json", 500, "explore", // of Exchange
			[]string{`path segment "Explore" written for "explore"`, `property "dateTime" written for "datetime"`},
		},
		{"24 of v7", "v7", "/RestoreSessions/{S}/Stop", ``, "", 200, "stop", nil},
		{"24", "v5", "/RestoreSessions/{S}/Action", `{ "stop": null }`, "application/json", 200, "stop", nil},
		{
			"24 without white space", "v4", "/RestoreSessions/{S}/Action", `{"stop":null}`,
			"application/json; charset=utf-8", 200, "stop", nil,
		},
		// Nobody knows whether servers accept a form; here they do not.
		{
			"31", "v5", "/Organization/Action", `explore%5Bdatetime%5D=2018.08.08+12%3A00&explore%5Btype%5D=veod`,
			"application/x-www-form-urlencoded", 400, "", nil,
		},
		{"31 stop", "v5", "/RestoreSessions/{S}/Action", `stop=`, "application/x-www-form-urlencoded", 400, "", nil},
	} {
		session := b.explore("v5", `{"explore": {}}`)
		path := "/" + sample.version + strings.ReplaceAll(sample.path, "{S}", session)
		got := b.send(http.MethodPost, path, sample.body, "Content-Type", sample.contentType)
		if got.status != sample.status {
			t.Errorf("%s: %d %s, want %d", sample.number, got.status, got.body, sample.status)
		}
		got.conforms(t, http.MethodPost, path)
		if sample.action == "stop" && len(got.body) != 0 {
			t.Errorf("%s: answered %s", sample.number, got.body)
		}
		requests := b.srv.Requests()
		if logged := requests[len(requests)-1]; logged.Action != sample.action || string(logged.Body) != sample.body {
			t.Errorf("%s: logged %s %s", sample.number, logged.Action, logged.Body)
		}
		wantSame(t, sample.number, sample.deviations, requests[len(requests)-1].Deviations)
		if state := b.get("/v5/RestoreSessions/" +
			session).(map[string]any)["state"]; (state == "Stopped") != (sample.action == "stop") {
			t.Errorf("%s: the session is %s", sample.number, state)
		}
	}
}

// TestExploreTime sees that the latest restore point at or before the time counts.
func TestExploreTime(t *testing.T) {
	t.Parallel()
	b := newBrowseBench(t)
	first, second, carol := day(3), day(5), day(4)
	for _, test := range []struct {
		time string
		want []string // the OneDrives
		old  bool     // Alice's is that of the first restore point
	}{
		{first.Add(-time.Second).Format("2006-01-02T15:04:05Z"), nil, false},
		{first.Format("2006-01-02T15:04:05Z"), nil, false}, // without the nanoseconds
		{first.Format("2006-01-02T15:04:05.0000000Z"), []string{"Alice Example"}, true},
		{
			carol.Add(time.Second).In(time.FixedZone("", -5*3600)).Format(time.RFC3339),
			[]string{"Alice Example", "Carol"},
			true,
		},
		{second.Add(time.Second).Local().Format("2006.01.02 15:04:05"), []string{"Alice Example", "Carol"}, false},
		{second.Add(time.Minute).Local().Format("2006.01.02 15:04"), []string{"Alice Example", "Carol"}, false},
		{second.Add(-time.Minute).Local().Format("2006.01.02 15:04"), []string{"Alice Example", "Carol"}, true},
		{second.Add(time.Second).Local().Format("2006-01-02T15:04:05"), []string{"Alice Example", "Carol"}, false},
		{second.Add(time.Second).Local().Format("2006-01-02 15:04:05.000"), []string{"Alice Example", "Carol"}, false},
		{"2099.01.01 00:00", []string{"Alice Example", "Carol"}, false},
	} {
		b.session.ID = b.explore("v2", `{"explore": {"datetime": "`+test.time+`", "type": "veod"}}`)
		wantSame(t, test.time, test.want,
			b.getPage("/v2/RestoreSessions/"+b.session.ID+"/Organization/OneDrives").names())
		if len(test.want) > 0 {
			list := b.getPage(b.drivePath("v2") + "/Folders?parentId=null").names()
			if list[len(list)-1] == "Dropped" != test.old {
				t.Errorf("%s: folders %s", test.time, list)
			}
		}
	}
	b.session.ID = b.explore("v2", `{"explore": {}}`) // now
	wantSame(t, "now", []string{"0.txt", "z.txt"}, b.getPage(b.drivePath("v2")+"/Documents?parentId=null").names())
}

// TestExploreLastBackup sees that the time of a backup, as it is sent, finds it.
func TestExploreLastBackup(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	plain, err := apitest.NewOneDrive("a@x", dir, "")
	if err != nil {
		t.Fatal(err)
	}
	odd := oneDrive(t, os.DirFS(dir))
	odd[0].OneDrives[0].Backup[0].Time = day(1).Add(99)
	for name, config := range map[string]apitest.Config{
		"odd time": {Organizations: odd}, "now": {
			Organizations: []apitest.Organization{{Name: "o", OneDrives: []apitest.OneDrive{plain}}},
		},
	} {
		b := newBench(t, config)
		last := b.get("/v5/Organizations").([]any)[0].(map[string]any)["lastBackuptime"].(string)
		for _, at := range []string{last, time.Now().Format("2006.01.02 15:04")} {
			b.session.ID = b.explore("v5", `{"explore": {"datetime": "`+at+`"}}`)
			if n := len(b.getPage("/v5/RestoreSessions/" + b.session.ID + "/Organization/OneDrives").Results); n != 1 {
				t.Errorf("%s, %s: %d OneDrives", name, at, n)
			}
		}
	}
}

func TestRefusedExplore(t *testing.T) {
	t.Parallel()
	b := newBrowseBench(t)
	for _, test := range []struct {
		path, body string
		status     int
		message    string
	}{
		{"/Organization/Action", ``, 400, "empty"},
		{"/Organization/Action", `{}`, 400, "names 0 actions. It must name exactly one of explore"},
		{"/Organization/Action", `{"explore": null}`, 400, "explore: must be an object"},
		{"/Organization/Action", `{"explore": []}`, 400, "explore: must be an object"},
		{"/Organization/Action", `{"explore": {}, "stop": null}`, 400, `unknown action "stop"`},
		{"/Organization/Action", `{"stop": null}`, 400, `unknown action "stop"`},
		{"/Organization/Action", `{"datetime": "2018.08.08 12:00"}`, 400, `unknown action "datetime"`},
		{
			"/Organization/Action", `{"explore": {"datetime": "yesterday"}}`, 400,
			"explore.datetime: cannot be understood",
		},
		{"/Organization/Action", `{"explore": {"datetime": ""}}`, 400, "explore.datetime: cannot be understood"},
		{
			"/Organization/Action", `{"explore": {"datetime": "2018.13.08 12:00"}}`, 400,
			"explore.datetime: cannot be understood",
		},
		{
			"/Organization/Action", `{"explore": {"datetime": "2018-08-08"}}`, 400,
			"explore.datetime: cannot be understood",
		},
		{
			"/Organization/Action", `{"explore": {"datetime": 1533729600}}`, 400,
			"explore.datetime: value must be a string",
		},
		{
			"/Organization/Action", `{"explore": {"type": "exchange"}}`, 400,
			"explore.type: value is not one of the allowed values",
		},
		{
			"/Organization/Action", `{"explore": {"showDeleted": "perhaps"}}`, 400,
			"explore.showDeleted: value must be a boolean",
		},
		{"/Organization/Action", `{"explore": {"type": "vex"}}`, 500, "Restore session cannot be created."},
		{"/Organization/Action", `{"explore": {"type": "Vesp"}}`, 500, "Restore session cannot be created."},
		{"/Organization/Action", `{"explore": {"type": "vet"}}`, 500, "Restore session cannot be created."},
		{"/Organizations/61954db6-7278-4d26-86f7-888bda5a4ec4/Action", `{"explore": {}}`, 404, "cannot be found"},
		{"/RestoreSessions/" + b.session.ID + "/Action", `{}`, 400, "names 0 actions"},
		{"/RestoreSessions/" + b.session.ID + "/Action", `{"explore": {}}`, 400, `unknown action "explore"`},
		{"/RestoreSessions/" + b.session.ID + "/Action", `{"stop": null, "STOP": null}`, 400, "names 2 actions"},
		{"/RestoreSessions/" + b.session.ID + "/Action", `{"stop": true}`, 400, "stop: must be an object"},
	} {
		got := b.send(http.MethodPost, "/v5"+test.path, test.body, "Content-Type", "application/json")
		got.conforms(t, http.MethodPost, "/v5"+test.path)
		if got.wantMessage(t, test.status, test.message); t.Failed() {
			t.Fatal(test.body)
		}
	}
	if list := b.getPage("/v5/RestoreSessions"); len(list.Results) != 0 {
		t.Errorf("%d sessions were started", len(list.Results))
	}
	if state := b.get("/v5/RestoreSessions/" + b.session.ID).(map[string]any)["state"]; state != "Working" {
		t.Errorf("the session is %s", state)
	}
}

// TestSessionResource reads a session from its start to its end.
func TestSessionResource(t *testing.T) {
	t.Parallel()
	b := newBrowseBench(t)
	for _, version := range allVersions {
		before := time.Now().UTC().Truncate(100)
		started := b.mustExplore(version, "/Organizations/"+b.organizationID(0)+"/Action",
			`{"explore": {"type": "veod"}}`)
		id, created := started["id"].(string), started["creationTime"].(string)
		more := ""
		if version >= "v6" {
			more = `"result": "Success", `
		}
		if version >= "v8" {
			more += `"eTag": 1, `
		}
		b.wantJSON("session", version, `{
			"id": "`+id+`", "name": "Explore OneDrive for Business", "organization": "Example.onmicrosoft.com", "type": "Veod",
			"creationTime": "`+created+`", "state": "Working", `+more+`"initiatedBy": "EXAMPLE\\operator", "details": "",
			"clientHost": "127.0.0.1", "_links": {
				"self": {"href": "%s/restoresessions/`+id+`"}, "organization": {"href": "%s/restoresessions/`+id+`/organization"},
				"restoreSessionEvents": {"href": "%s/restoresessions/`+id+`/events"}}
		}`, any(started))
		wantTime(t, created, before)
		path := "/" + version + "/RestoreSessions/" + strings.ToUpper(id)
		wantSame(t, "session", any(started), b.get(path))

		stop, body := inForm(t, version, "/RestoreSessions/"+id+"/Action", `{"stop": null}`)
		got := b.send(http.MethodPost, stop, body, "Content-Type", "application/json")
		if got.conforms(t, http.MethodPost, stop); got.status != done(version) || len(got.body) != 0 ||
			got.header.Get("Content-Type") != "" {
			t.Errorf("stop: %d %s", got.status, got.body)
		}
		b.send(http.MethodPost, stop, body, "Content-Type", "application/json").wantMessage(t, http.StatusBadRequest,
			"stopped already")
		stopped := b.get(path).(map[string]any)
		wantTime(t, stopped["endTime"].(string), before)
		started["state"], started["result"], started["details"], started["endTime"] = "Stopped", "Success", "The session was stopped.", stopped["endTime"]
		if version >= "v8" {
			started["eTag"] = 2.
		}
		wantSame(t, "stopped session", started, stopped)
	}
}

// done is the status of what has nothing to tell.
func done(version string) int {
	if version >= "v8" {
		return http.StatusNoContent
	}
	return http.StatusOK
}

var zulu = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$`)

// wantTime sees that a time is that of now, written as sessions write it.
func wantTime(tb testing.TB, text string, before time.Time) {
	tb.Helper()
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || !zulu.MatchString(text) || at.Before(before) || at.After(time.Now()) {
		tb.Errorf("time %s: %v", text, err)
	}
}

// TestSessionList sees that an account finds the sessions that it has started, newest first, and no others.
func TestSessionList(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{Assertions: map[string]string{"tenant": "assertion"}})
	var ids []string
	for range 5 {
		ids = append([]string{b.explore("v5", `{"explore": {}}`)}, ids...)
	}
	if err := b.srv.StopRestoreSession(ids[2]); err != nil {
		t.Fatal(err)
	}
	of := func(results []map[string]any) (ids []string) {
		for _, result := range results {
			ids = append(ids, result["id"].(string))
		}
		return ids
	}
	list := b.getPage("/v5/RestoreSessions")
	wantSame(t, "sessions", ids, of(list.Results))
	if list.Results[2]["state"] != "Stopped" || list.Results[1]["state"] != "Working" {
		t.Errorf("got %v", list.Results)
	}
	results, pages := b.collect("/v2/RestoreSessions?limit=2")
	if wantSame(t, "pages", ids, of(results)); pages != 3 {
		t.Errorf("%d pages", pages)
	}

	b.token = b.logIn() // another token of the same account
	wantSame(t, "again", ids, of(b.getPage("/v5/RestoreSessions").Results))
	b.token = b.getToken("v6",
		url.Values{"grant_type": {"operator"}, "client_id": {"tenant"}, "assertion": {"assertion"}}).AccessToken
	if others := b.getPage("/v5/RestoreSessions"); len(others.Results) != 0 {
		t.Errorf("the sessions of another account are %v", others.Results)
	}
	own := b.explore("v5", `{"explore": {}}`)
	wantSame(t, "own", []string{own}, of(b.getPage("/v5/RestoreSessions").Results))
	if got := b.getPage("/v5/RestoreSessions").Results[0]["initiatedBy"]; got != "tenant" {
		t.Errorf("initiated by %s", got)
	}
	// A session that was started from Go is in no list, but works. It does not say who started it, or from where.
	session := b.get("/v5/RestoreSessions/" + b.session.ID).(map[string]any)
	if _, named := session["initiatedBy"]; named || session["clientHost"] != nil || session["state"] != "Working" {
		t.Errorf("got %v", session)
	}
}

// TestIdleSession sees that a session that was left alone is stopped, unless it was started from Go, or nothing
// expires.
func TestIdleSession(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{SessionIdleTimeout: 1})
	id := b.explore("v5", `{"explore": {}}`)
	b.send(http.MethodGet, "/v5/RestoreSessions/"+id+"/Organization/OneDrives", "").wantMessage(t,
		http.StatusInternalServerError, "has been stopped")
	session := b.get("/v5/RestoreSessions/" + id).(map[string]any)
	if session["state"] != "Stopped" ||
		session["details"] != "The session was stopped because it had been idle for 1ns." ||
		session["result"] != "Success" {
		t.Errorf("got %v", session)
	}
	b.getPage("/v5/RestoreSessions/" + id + "/Events")
	b.send(http.MethodPost, "/v5/RestoreSessions/"+id+"/Action", `{"stop": null}`).wantMessage(t, http.StatusBadRequest,
		"stopped already")
	wantSame(t, "listed", "Stopped", b.getPage("/v5/RestoreSessions").Results[0]["state"])
	b.act("", `{"save": null}`).archived(t)

	never := newBench(t, apitest.Config{SessionIdleTimeout: -1})
	id = never.explore("v5", `{"explore": {}}`)
	if state := never.get("/v5/RestoreSessions/" + id).(map[string]any)["state"]; state != "Working" {
		t.Errorf("the session is %s", state)
	}
}
