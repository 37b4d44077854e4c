package apitest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vbo365/vbo365-go/api/apitest"
)

func TestRequests(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{})
	path := strings.Replace(actionPath(b.session.ID, b.drive.ID, b.drive.RootFolderID), "Folders", "FOLDERS", 1)
	before := time.Now()
	b.send(http.MethodPost, path+"?x=%20", `{"SAVE": null,}`, "Accept", "application/octet-stream")
	b.send(http.MethodPost, "/v2/token", "grant_type=password&password=p", "Content-Type", "application/x-www-form-urlencoded")
	b.send(http.MethodPost, "/v9/%2Fx", "anything")
	b.send(http.MethodPost, path, `{"save": null}`, "Authorization", "")
	b.act("", `{"restoreToOriginalLocation": {}}`)

	requests := b.srv.Requests()
	if len(requests) != 6 {
		t.Fatalf("%d requests are logged", len(requests))
	}
	for _, request := range requests[1:] {
		if request.Time.Before(before) || request.Time.After(time.Now()) || request.Method != http.MethodPost {
			t.Errorf("got %+v", request)
		}
	}
	if got := requests[1].Header.Get("Accept"); got != "application/octet-stream" {
		t.Errorf("accept %q", got)
	}
	const action = "/RestoreSessions/{restoreSessionId}/Organization/OneDrives/{oneDriveId}/Folders/{folderId}/Action"
	spelled := `path segment "FOLDERS" written for "Folders"`
	canonical := actionPath(b.session.ID, b.drive.ID, b.drive.RootFolderID)
	for i, want := range []apitest.Request{
		{
			Path: path, Query: "x=%20", Body: []byte(`{"SAVE": null,}`), Route: action, OperationID: "runOneDriveFolderAction", Action: "save",
			Status: 200, Deviations: []string{
				spelled, "unknown query parameter", "no content type", "trailing commas or comments",
				`property "SAVE" written for "save"`,
			},
		},
		{Path: "/v2/token", Body: []byte("grant_type=password&password=p"), Route: "/token", OperationID: "createToken", Status: 400},
		{Path: "/v9/%2Fx", Body: []byte("anything"), Status: 404},
		{
			Path: path, Body: []byte(`{"save": null}`), Route: action, OperationID: "runOneDriveFolderAction", Status: 401,
			Deviations: []string{spelled},
		},
		{
			Path: canonical, Body: []byte(`{"restoreToOriginalLocation": {}}`), Route: action, OperationID: "runOneDriveFolderAction",
			Action: "restoreToOriginalLocation", Status: 400,
		},
	} {
		got := requests[i+1]
		got.Time, got.Method, got.Header = time.Time{}, "", nil
		wantSame(t, want.Path, want, got)
	}

	// What the log gives out is the caller's.
	requests[1].Body[0], requests[1].Deviations[0] = 'x', "x"
	requests[1].Header.Set("Accept", "x")
	if again := b.srv.Requests()[1]; again.Body[0] != '{' || again.Deviations[0] == "x" || again.Header.Get("Accept") == "x" {
		t.Error("the log was changed")
	}
}

// TestRequestsAreBounded sees that the log drops the oldest requests when their bodies take too much memory.
func TestRequestsAreBounded(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{})
	body := strings.Repeat("x", 7<<20)
	for range 12 {
		b.send(http.MethodPost, "/v9/large", body, "Content-Type", "text/plain")
	}
	b.send(http.MethodPost, "/v9/small", "small")
	requests := b.srv.Requests()
	if n := len(requests); n != 10 || requests[n-1].Path != "/v9/small" || requests[0].Path != "/v9/large" {
		t.Errorf("%d requests are logged, the first is %s, the last %s", n, requests[0].Path, requests[n-1].Path)
	}
	for range 10_000 {
		b.send(http.MethodGet, "/v9/small", "")
	}
	if n := len(b.srv.Requests()); n != 10_000 {
		t.Errorf("%d requests are logged", n)
	}
}

// TestLogIsSafe sees that what is logged to slog has no secrets in it, whatever is sent.
func TestLogIsSafe(t *testing.T) {
	t.Parallel()
	backup := t.TempDir()
	write(t, backup, map[string]string{"a": "a"})
	if err := os.Symlink("a", filepath.Join(backup, "link")); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer // handlers write one after the other
	b := newBench(t, apitest.Config{
		Username: "canary-user", Password: "canary-password",
		Organizations: oneDrive(t, os.DirFS(backup)),
		Log:           slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	b.act("", `{"restoreToOriginalLocation": {"userName": "canary", "userPassword": "canary", "canary secret!": 1}}`)
	b.act("", `{"canary!": 1}`)
	b.act("", `canary`)
	b.send(http.MethodPost, "/canary/canary?canary=canary", "canary")
	b.send(http.MethodPost, "/v2/token?canary=canary", "grant_type=password&password=a&canary&canary=canary", "Content-Type", "canary/canary")
	b.send(http.MethodPost, "/v2/token", `{"grant_type": "password", "password": "canary"}`, "Content-Type", "application/x-www-form-urlencoded")
	b.send(http.MethodPost, "/v2/token", `grant_type=canary&disable_antiforgery_token=canary`, "Content-Type", "application/x-www-form-urlencoded")
	b.act("", `{"save":null,}`)
	if err := b.srv.Close(); err != nil { // the last lines are written after the answers
		t.Fatal(err)
	}
	text := log.String()
	if strings.Contains(text, "canary") || strings.Contains(text, b.token) || strings.Contains(text, b.session.ID) {
		t.Errorf("the log has a secret in it:\n%s", text)
	}

	var last map[string]any
	decoder := json.NewDecoder(strings.NewReader(text))
	lines, warned := 0, false
	for {
		var line map[string]any
		if err := decoder.Decode(&line); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if line["path"] == "link" && line["level"] == "WARN" {
			warned = true
		}
		if line["msg"] == "request" {
			lines++
			last = line
		}
	}
	if lines != 9 || !warned {
		t.Errorf("%d requests are logged; warned of the link: %t", lines, warned)
	}
	if _, ok := last["duration"].(float64); !ok || last["time"] == nil {
		t.Errorf("got %v", last)
	}
	delete(last, "duration")
	delete(last, "time")
	wantSame(t, "last line", map[string]any{
		"level": "INFO", "msg": "request", "method": "POST", "status": 200.0,
		"route":      "/RestoreSessions/{restoreSessionId}/Organization/OneDrives/{oneDriveId}/Folders/{folderId}/Action",
		"deviations": []any{"trailing commas or comments"},
	}, last)
}
