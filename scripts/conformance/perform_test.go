package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
)

// goActor does in Go what the programs of the rows do, and one thing wrong if it is told to.
type goActor struct {
	ctx    context.Context // of the test
	scene  *scene
	client *http.Client
	token  string
	memory []int64 // answers of peakMemory

	body    func(string) string // changes the body of an action
	header  func(http.Header)   // changes the header of an action
	answer  func(answer) answer // changes what is said
	repeat  bool                // sends actions twice
	corrupt bool                // spoils what is saved
	eager   bool                // writes the file whatever the status is
	hasty   bool                // does not wait for the end of a restore in v8

	started struct { // by the last restore in v8
		SessionID string `json:"sessionId"`
	}
}

func newGoActor(t *testing.T, s *scene) *goActor {
	t.Helper()
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: s.server.CertPool(), MinVersion: tls.VersionTLS12}}
	t.Cleanup(transport.CloseIdleConnections)
	return &goActor{
		ctx:    t.Context(),
		scene:  s,
		client: &http.Client{Transport: transport},
		memory: []int64{10 << 20, 10<<20 + 1},
		body:   func(body string) string { return body },
		header: func(http.Header) {},
		answer: func(a answer) answer { return a },
	}
}

func (g *goActor) peakMemory() (int64, error) {
	peak := g.memory[0]
	g.memory = g.memory[1:]
	return peak, nil
}

func (g *goActor) do(command ...string) (answer, error) {
	base := g.scene.server.URL + "/" + g.scene.row.APIVersion
	switch command[0] {
	case "login":
		form := url.Values{"grant_type": {"password"}, "username": {username}, "password": {password}}
		if g.scene.row.APIVersion == "v8" {
			form.Set("disable_antiforgery_token", "true")
		}
		response, err := g.post(base+"/token", "application/x-www-form-urlencoded", form.Encode())
		if err != nil {
			return answer{}, err
		}
		defer func() { _ = response.Body.Close() }()
		var token struct {
			AccessToken string `json:"access_token"`
		}
		err = json.NewDecoder(response.Body).Decode(&token)
		g.token = token.AccessToken
		return answer{Status: response.StatusCode}, err
	case "token":
		g.token = command[1]
		return answer{Status: http.StatusOK}, nil
	}
	route := "Action"
	if g.scene.row.APIVersion == "v8" {
		route = map[string]string{
			"restoreToOriginalLocation": "restore", "sendTo": "send", "saveOneDrive": "save", "saveDocument": "save",
		}[command[0]]
		route = cmp.Or(route, command[0])
	}
	scope := "/Folders/" + command[3]
	switch check(command[0]) {
	case saveOneDrive:
		scope = ""
	case saveDocument:
		scope = "/Documents/" + command[3]
	}
	path := fmt.Sprintf("%s/RestoreSessions/%s/Organization/OneDrives/%s%s/%s", base, command[1], command[2], scope, route)
	a, err := g.act(path, command)
	if g.repeat && err == nil {
		a, err = g.act(path, command)
	}
	if g.started.SessionID != "" && err == nil {
		err = g.follow(base+"/RestoreSessions/"+g.started.SessionID, &a)
	}
	return g.answer(a), err
}

// follow reads a session until it is over, and its statistics into the answer.
func (g *goActor) follow(session string, a *answer) error {
	g.started.SessionID = ""
	poll := time.NewTicker(restorePace / 3)
	defer poll.Stop()
	for state := ""; state != "Stopped" && !g.hasty; <-poll.C {
		var read struct{ State string }
		if err := g.get(session, &read); err != nil {
			return err
		}
		state = read.State
	}
	return g.get(session+"/Statistics", a)
}

func (g *goActor) get(url string, into any) error {
	request, err := http.NewRequestWithContext(g.ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+g.token)
	response, err := g.client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	return json.NewDecoder(response.Body).Decode(into)
}

func (g *goActor) post(url, contentType, body string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(g.ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", contentType)
	if g.token != "" {
		request.Header.Set("Authorization", "Bearer "+g.token)
		g.header(request.Header)
	}
	return g.client.Do(request)
}

func (g *goActor) act(path string, command []string) (answer, error) {
	response, err := g.post(path, "application/json", g.body(g.scene.bodies()[check(command[0])]))
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{}, err
	}
	a := answer{Status: response.StatusCode}
	if strings.HasPrefix(command[0], "save") && (response.StatusCode == http.StatusOK || g.eager) {
		if g.corrupt {
			content = bytes.Replace(content, content[len(content)/2:len(content)/2+8], []byte("01234567"), 1)
		}
		return a, os.WriteFile(filepath.Join(g.scene.dir, command[len(command)-1]), content, 0o644)
	}
	if len(content) > 0 {
		err = errors.Join(json.Unmarshal(content, &a), json.Unmarshal(content, &g.started))
	}
	return a, err
}

// TestPerform shows that the scene passes who does everything right, and notices each thing done wrong.
func TestPerform(t *testing.T) {
	t.Parallel()
	const largeSize = 2 << 20
	backup := t.TempDir()
	if err := makeBackup(backup, largeSize); err != nil {
		t.Fatal(err)
	}
	replace := func(old, with string) func(*goActor) {
		return func(g *goActor) {
			g.body = func(body string) string { return strings.Replace(body, old, with, 1) }
		}
	}
	tests := []struct {
		name    string
		version string // v5 if empty
		spoil   func(*goActor)
		fails   []check
	}{
		{"everything right", "", func(*goActor) {}, nil},
		{"everything right", "v8", func(*goActor) {}, nil},
		{"statistics too early", "v8", func(g *goActor) { g.hasty = true }, []check{restoreToOriginalLocation, copyTo}},
		{
			"a body for a save", "v8", func(g *goActor) { g.body = func(b string) string { return cmp.Or(b, `{"save":null}`) } },
			[]check{save, saveOneDrive, saveBody, streams},
		},
		{"white space", "", replace(`{"save":null}`, ` { "save" : null } `), nil},
		{
			"save as an empty object", "", replace(`{"save":null}`, `{"save":{}}`),
			[]check{save, saveOneDrive, saveBody, streams},
		},
		{
			"save left out", "", replace(`{"save":null}`, `{}`),
			[]check{save, saveOneDrive, saveBody, streams, serverError},
		},
		{"a document as an archive", "", replace(`{"asZip":false}`, `{"asZip":true}`), []check{saveDocument}},
		{"a document as an archive", "v8", replace(`{"asZip":false}`, `{"asZip":true}`), []check{saveDocument}},
		{"one property too many", "", replace(`{"from"`, `{"cc":"","from"`), []check{sendTo}},
		{"another text", "", replace(`As you asked`, `As you like`), []check{sendTo}},
		{"null for what is not set", "", replace(`"folder"`, `"userCode":null,"folder"`), []check{copyTo}},
		{"a name in another case", "", replace(`"userName":"alice`, `"username":"alice`), []check{restoreToOriginalLocation}},
		{"a boolean as text", "", replace(`true`, `"true"`), []check{copyTo}},
		{
			"no content type", "", func(g *goActor) { g.header = func(h http.Header) { h.Del("Content-Type") } },
			[]check{restoreToOriginalLocation, sendTo, copyTo, save, saveOneDrive, saveDocument, streams},
		},
		{
			"everything twice", "", func(g *goActor) { g.repeat = true },
			[]check{
				restoreToOriginalLocation, sendTo, copyTo, save, saveOneDrive, saveDocument, streams, unauthorized, serverError,
			},
		},
		{
			"a saved file that is spoiled", "", func(g *goActor) { g.corrupt = true },
			[]check{save, saveOneDrive, saveDocument, streams},
		},
		{
			"a file for an answer without success", "", func(g *goActor) { g.eager = true },
			[]check{unauthorized, serverError},
		},
		{"all of the save in memory", "", func(g *goActor) { g.memory[1] = g.memory[0] + largeSize }, []check{streams}},
		{
			"statistics unread", "", func(g *goActor) {
				g.answer = func(a answer) answer { a.RestoredItemsCount = nil; return a }
			},
			[]check{restoreToOriginalLocation, copyTo},
		},
		{
			"message unread", "", func(g *goActor) {
				g.answer = func(a answer) answer { a.Message = ""; return a }
			},
			[]check{serverError},
		},
		{
			"another status", "", func(g *goActor) {
				g.answer = func(a answer) answer { a.Status = max(a.Status, 500); return a }
			},
			[]check{restoreToOriginalLocation, sendTo, copyTo, save, saveOneDrive, saveDocument, streams, unauthorized},
		},
	}
	for _, test := range tests {
		t.Run(test.name+test.version, func(t *testing.T) {
			t.Parallel()
			s, err := openScene(t.TempDir(), backup, row{APIVersion: cmp.Or(test.version, "v5")})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := s.close(); err != nil {
					t.Error(err)
				}
			})
			g := newGoActor(t, s)
			test.spoil(g)
			o := outcome{generated: nil, compiled: nil}
			s.perform(t.Context(), g, largeSize, o)
			var failed []check
			for _, c := range checks {
				if !o.passed(c) {
					failed = append(failed, c)
				}
			}
			if diff := gocmp.Diff(test.fails, failed); diff != "" {
				t.Errorf("failed checks (-want +got):\n%s\n%v", diff, o)
			}
		})
	}
}
