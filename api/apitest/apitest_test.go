package apitest_test

import (
	"archive/zip"
	"bytes"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/vbo365/vbo365-go/api/apitest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bench is a simulator with a client that is logged in and a restore session of the newest restore points.
type bench struct {
	tb      testing.TB
	srv     *apitest.Server
	client  *http.Client
	token   string
	session apitest.RestoreSession
	drive   apitest.Drive // the first one, Alice's by default
}

func newBench(tb testing.TB, config apitest.Config) *bench {
	tb.Helper()
	b := &bench{tb: tb, srv: apitest.NewServer(tb, config)}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: b.srv.CertPool()}, DisableCompression: true}
	tb.Cleanup(transport.CloseIdleConnections)
	b.client = &http.Client{Transport: transport}
	b.token = b.logIn()
	b.session = b.startSession(time.Time{})
	b.drive = b.srv.Drives()[0]
	return b
}

func (b *bench) logIn() string {
	b.tb.Helper()
	form := url.Values{"grant_type": {"password"}, "username": {b.srv.Username}, "password": {b.srv.Password}}
	got := b.send(http.MethodPost, "/v2/token", form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	var token struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(got.body, &token); err != nil || token.AccessToken == "" {
		b.tb.Fatalf("log in: %d %s: %v", got.status, got.body, err)
	}
	return token.AccessToken
}

func (b *bench) startSession(at time.Time) apitest.RestoreSession {
	b.tb.Helper()
	session, err := b.srv.StartRestoreSession("", at)
	if err != nil {
		b.tb.Fatal(err)
	}
	return session
}

type answer struct {
	status int
	header http.Header
	length int64 // as announced; -1 if not
	body   []byte
	err    error // of reading the body
}

// send sends a request. Headers are given in pairs; the bearer token is added unless they have an Authorization.
func (b *bench) send(method, path, body string, header ...string) answer {
	b.tb.Helper()
	request, err := http.NewRequestWithContext(b.tb.Context(), method, b.srv.URL+path, strings.NewReader(body))
	if err != nil {
		b.tb.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+b.token)
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
		if header[i+1] == "" {
			request.Header.Del(header[i])
		}
	}
	response, err := b.client.Do(request)
	if err != nil {
		b.tb.Fatal(err)
	}
	defer response.Body.Close()
	got := answer{status: response.StatusCode, header: response.Header, length: response.ContentLength}
	got.body, got.err = io.ReadAll(response.Body)
	return got
}

func actionPath(session, drive, folder string) string {
	return "/v5/RestoreSessions/" + session + "/Organization/OneDrives/" + drive + "/Folders/" + folder + "/Action"
}

// pathActions are the last segments of the paths from v6 on.
var pathActions = map[string]string{
	"restoreToOriginalLocation": "restore", "copyTo": "copyTo", "sendTo": "send", "save": "save", "explore": "explore", "stop": "Stop", "search": "search",
}

// inForm gives path and body of an action as a version wants them: from v6 on, the path names the action.
func inForm(tb testing.TB, version, path, body string) (string, string) {
	tb.Helper()
	before, isAction := strings.CutSuffix("/"+version+path, "/Action")
	if !isAction || version < "v6" {
		return "/" + version + path, body
	}
	var named map[string]json.RawMessage
	if err := json.Unmarshal([]byte(body), &named); err != nil || len(named) != 1 {
		tb.Fatalf("%s: %v", body, err)
	}
	for name, options := range named {
		before, body = before+"/"+pathActions[name], strings.TrimPrefix(string(options), "null")
	}
	return before, body
}

// actIn runs an action on a folder of the bench's drive in the form that the version has.
func (b *bench) actIn(version, folder, body string) answer {
	b.tb.Helper()
	_, path, _ := strings.Cut(strings.TrimPrefix(actionPath(b.session.ID, b.drive.ID, b.drive.FolderID(folder)), "/"),
		"/")
	path, body = inForm(b.tb, version, "/"+path, body)
	got := b.send(http.MethodPost, path, body, "Content-Type", "application/json")
	got.conforms(b.tb, http.MethodPost, path)
	return got
}

// act runs an action on a folder of the bench's drive, given by its path, in v5.
func (b *bench) act(folder, body string) answer {
	b.tb.Helper()
	return b.send(http.MethodPost, actionPath(b.session.ID, b.drive.ID, b.drive.FolderID(folder)), body,
		"Content-Type", "application/json")
}

// statistics is what a restore or copy answers.
type statistics struct {
	TotalItemsCount              int     `json:"totalItemsCount"`
	RestoredItemsCount           int     `json:"restoredItemsCount"`
	FailedItemsCount             int     `json:"failedItemsCount"`
	SkippedItemsByErrorCount     int     `json:"skippedItemsByErrorCount"`
	SkippedItemsByNoChangesCount int     `json:"skippedItemsByNoChangesCount"`
	FailedRestrictionsCount      int     `json:"failedRestrictionsCount"`
	RestoreIssues                []issue `json:"restoreIssues"`
}

type issue struct {
	ID       string   `json:"id"`
	Path     string   `json:"path"`
	Title    string   `json:"title"`
	Type     string   `json:"type"`
	Error    string   `json:"error"`
	Warnings []string `json:"warnings"`
}

// mustAct runs an action that succeeds with statistics.
func (b *bench) mustAct(folder, body string) statistics {
	b.tb.Helper()
	got := b.act(folder, body)
	if got.status != http.StatusOK || got.header.Get("Content-Type") != "application/json" {
		b.tb.Fatalf("%s: answer %d %s %s", body, got.status, got.header, got.body)
	}
	var stats statistics
	decoder := json.NewDecoder(bytes.NewReader(got.body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&stats); err != nil {
		b.tb.Fatalf("%s: %v", got.body, err)
	}
	return stats
}

// wantMessage checks an error answer.
func (a answer) wantMessage(tb testing.TB, status int, part string) {
	tb.Helper()
	var body struct {
		Message string `json:"message"`
	}
	if err := json.Unmarshal(a.body, &body); err != nil {
		tb.Errorf("status %d, body %q: %v", a.status, a.body, err)
	}
	if a.status != status || !strings.Contains(body.Message, part) {
		tb.Errorf("got %d %q, want %d and %q", a.status, body.Message, status, part)
	}
	if got := a.header.Get("Content-Type"); got != "application/json" {
		tb.Errorf("content type %q", got)
	}
}

// archived reads a ZIP archive into a map from names to contents; folders end in a slash.
func (a answer) archived(tb testing.TB) map[string]string {
	tb.Helper()
	if a.status != http.StatusOK || a.err != nil {
		tb.Fatalf("answer %d, %d bytes: %v", a.status, len(a.body), a.err)
	}
	if got := a.header.Get("Content-Type"); got != "application/octet-stream" {
		tb.Errorf("content type %q", got)
	}
	kind, name, err := mime.ParseMediaType(a.header.Get("Content-Disposition"))
	if err != nil || kind != "attachment" || !strings.HasSuffix(name["filename"], ".zip") {
		tb.Errorf("content disposition %q: %v", a.header.Get("Content-Disposition"), err)
	}
	return unzip(tb, a.body)
}

func unzip(tb testing.TB, archive []byte) map[string]string {
	tb.Helper()
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		tb.Fatal(err)
	}
	content := map[string]string{}
	for _, file := range r.File {
		opened, err := file.Open()
		if err != nil {
			tb.Fatal(err)
		}
		text, err := io.ReadAll(opened) // checks the checksum
		if err != nil {
			tb.Fatal(err)
		}
		if err := opened.Close(); err != nil {
			tb.Fatal(err)
		}
		if _, twice := content[file.Name]; twice {
			tb.Errorf("%s is in the archive twice", file.Name)
		}
		content[file.Name] = string(text)
	}
	return content
}

// tree reads a directory into a map from names to contents; folders end in a slash.
func tree(tb testing.TB, dir string) map[string]string {
	tb.Helper()
	content := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || name == dir {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			content[filepath.ToSlash(rel)+"/"] = ""
			return nil
		}
		text, err := os.ReadFile(name)
		content[filepath.ToSlash(rel)] = string(text)
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return content
}

// fingerprint is the tree with times and permissions, to see that nothing at all has changed.
func fingerprint(tb testing.TB, drives ...apitest.Drive) map[string]string {
	tb.Helper()
	prints := map[string]string{}
	for _, drive := range drives {
		for name, text := range tree(tb, drive.Production) {
			info, err := os.Lstat(filepath.Join(drive.Production, filepath.FromSlash(name)))
			if err != nil {
				tb.Fatal(err)
			}
			prints[drive.Owner+": "+name] = fmt.Sprintf("%s %s %q", info.Mode(), info.ModTime().UTC(), text)
		}
	}
	return prints
}

func wantSame(tb testing.TB, what string, want, got any) {
	tb.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		tb.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// write makes files below dir. Names that end in a slash are folders.
func write(tb testing.TB, dir string, content map[string]string) {
	tb.Helper()
	for name, text := range content {
		path := filepath.Join(dir, filepath.FromSlash(name))
		folder := filepath.Dir(path)
		if strings.HasSuffix(name, "/") {
			folder = path
		}
		err := os.MkdirAll(folder, 0o755)
		if folder != path {
			err = errors.Join(err, os.WriteFile(path, []byte(text), 0o644))
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
}
