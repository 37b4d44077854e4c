package apitest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
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
	b.send(http.MethodPost, "/v2/token", "grant_type=password&password=p", "Content-Type",
		"application/x-www-form-urlencoded")
	b.send(http.MethodPost, "/v99/%2Fx", "anything")
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
			Path: path, Query: "x=%20", Body: []byte(
				`{"SAVE": null,}`), Route: action, OperationID: "runOneDriveFolderAction", Action: "save",
			Status: 200, Deviations: []string{
				spelled, "unknown query parameter", "no content type", "trailing commas or comments",
				`property "SAVE" written for "save"`,
			},
		},
		{
			Path: "/v2/token", Body: []byte("grant_type=password&password=p"), Route: "/token", OperationID: "createToken",
			Status: 400,
		},
		{Path: "/v99/%2Fx", Body: []byte("anything"), Status: 404},
		{
			Path: path, Body: []byte(
				`{"save": null}`), Route: action, OperationID: "runOneDriveFolderAction", Status: 401,
			Deviations: []string{spelled},
		},
		{
			Path: canonical, Body: []byte(
				`{"restoreToOriginalLocation": {}}`), Route: action, OperationID: "runOneDriveFolderAction",
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
	if again := b.srv.Requests()[1]; again.Body[0] != '{' || again.Deviations[0] == "x" ||
		again.Header.Get("Accept") == "x" {
		t.Error("the log was changed")
	}
}

// TestRequestsAreBounded sees that the log drops the oldest requests when they take too much memory, whatever part of
// them does.
func TestRequestsAreBounded(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{})
	large := actionPath(b.session.ID, b.drive.ID, b.drive.RootFolderID)
	body := strings.Repeat("x", 7<<20)
	for range 12 {
		b.send(http.MethodPost, large, body, "Content-Type", "text/plain")
	}
	b.send(http.MethodPost, "/v99/small", "small")
	requests := b.srv.Requests()
	if n := len(requests); n != 10 || requests[n-1].Path != "/v99/small" || requests[0].Path != large {
		t.Errorf("%d requests are logged, the first is %s, the last %s", n, requests[0].Path, requests[n-1].Path)
	}

	many := make([]string, 0, 8_000) // short fields, which take more than their text
	for i := range cap(many) / 2 {
		many = append(many, fmt.Sprintf("X%x", i), "x")
	}
	for name, test := range map[string]struct {
		path   string
		header []string
		times  int
	}{
		"long path":   {"/v99/" + strings.Repeat("x", 30<<10), nil, 2_300},
		"long query":  {"/v2/token?" + strings.Repeat("x", 30<<10), nil, 2_300},
		"long header": {"/v99", []string{"X", strings.Repeat("x", 30<<10)}, 2_300},
		"many fields": {"/v99", many, 150},
	} {
		for range test.times {
			b.send(http.MethodGet, test.path, "", append(test.header, "Authorization", "")...)
		}
		size := 0
		for _, request := range b.srv.Requests() {
			size += len(request.Path) + len(request.Query) + len(request.Body)
			for field, values := range request.Header {
				size += 100 + len(field) // at least, for a place in the map, a list of values, and a value
				for _, value := range values {
					size += len(value)
				}
			}
		}
		if size > 64<<20 || size < 32<<20 {
			t.Errorf("%s: the log holds %d bytes", name, size)
		}
	}

	for range 10_000 {
		b.send(http.MethodGet, "/v99/small", "")
	}
	if n := len(b.srv.Requests()); n != 10_000 {
		t.Errorf("%d requests are logged", n)
	}
}

// TestOneRequestIsBounded sees what a single request can make the log keep, and how much less it is without a token.
func TestOneRequestIsBounded(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{})
	before := len(b.srv.Requests())
	for name, got := range map[string]answer{
		"path":   b.send(http.MethodGet, "/v2/"+strings.Repeat("x", 40<<10), ""),
		"header": b.send(http.MethodGet, "/v2/RestoreSessions", "", "X", strings.Repeat("x", 40<<10)),
	} {
		if got.status != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("%s: answered %d", name, got.status)
		}
	}
	if n := len(b.srv.Requests()); n != before {
		t.Errorf("%d requests are logged", n-before)
	}

	body := strings.Repeat("x", 100<<10)
	path := actionPath(b.session.ID, b.drive.ID, b.drive.RootFolderID)
	for _, test := range []struct {
		name, path, token string
		status, kept      int
	}{
		{"log-in", "/v2/token", "", http.StatusRequestEntityTooLarge, 64 << 10},
		{"no token", path, "", http.StatusUnauthorized, 64 << 10},
		{"wrong token", path, "Bearer wrong", http.StatusUnauthorized, 64 << 10},
		{"no such path", "/v99", "Bearer " + b.token, http.StatusNotFound, 64 << 10},
		{"token", path, "Bearer " + b.token, http.StatusBadRequest, 100 << 10},
	} {
		got := b.send(http.MethodPost, test.path, body, "Authorization", test.token, "Content-Type", "text/plain")
		requests := b.srv.Requests()
		if kept := len(requests[len(requests)-1].Body); got.status != test.status || kept != test.kept {
			t.Errorf("%s: answered %d, %d bytes are logged", test.name, got.status, kept)
		}
	}

	names := url.Values{}
	for i := range 5_000 {
		names.Set(strconv.Itoa(i), "")
	}
	b.send(http.MethodPost, "/v2/token", names.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	requests := b.srv.Requests()
	if n := len(requests[len(requests)-1].Deviations); n != 100 {
		t.Errorf("%d deviations are logged", n)
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
	b.send(http.MethodPost, "/v2/token?canary=canary", "grant_type=password&password=a&canary&canary=canary",
		"Content-Type", "canary/canary")
	b.send(http.MethodPost, "/v2/token", `{"grant_type": "password", "password": "canary"}`, "Content-Type",
		"application/x-www-form-urlencoded")
	b.send(http.MethodPost, "/v2/token", `grant_type=canary&disable_antiforgery_token=canary`, "Content-Type",
		"application/x-www-form-urlencoded")
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
