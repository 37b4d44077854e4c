package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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
	base := g.scene.server.URL + "/" + apiVersion
	switch command[0] {
	case "login":
		form := url.Values{"grant_type": {"password"}, "username": {username}, "password": {password}}
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
	path := fmt.Sprintf("%s/RestoreSessions/%s/Organization/OneDrives/%s/Folders/%s/Action",
		base, command[1], command[2], command[3])
	a, err := g.act(path, command)
	if g.repeat && err == nil {
		a, err = g.act(path, command)
	}
	return g.answer(a), err
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
	if command[0] == "save" && (response.StatusCode == http.StatusOK || g.eager) {
		if g.corrupt {
			content = bytes.Replace(content, content[len(content)/2:len(content)/2+8], []byte("01234567"), 1)
		}
		return a, os.WriteFile(filepath.Join(g.scene.dir, command[4]), content, 0o644)
	}
	if len(content) > 0 {
		err = json.Unmarshal(content, &a)
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
		name  string
		spoil func(*goActor)
		fails []check
	}{
		{"everything right", func(*goActor) {}, nil},
		{"white space", replace(`{"save":null}`, ` { "save" : null } `), nil},
		{
			"save as an empty object", replace(`{"save":null}`, `{"save":{}}`),
			[]check{save, saveNull, streams},
		},
		{
			"save left out", replace(`{"save":null}`, `{}`),
			[]check{save, saveNull, streams, serverError},
		},
		{"one property too many", replace(`{"from"`, `{"cc":"","from"`), []check{sendTo}},
		{"another text", replace(`As you asked`, `As you like`), []check{sendTo}},
		{"null for what is not set", replace(`"folder"`, `"userCode":null,"folder"`), []check{copyTo}},
		{"a name in another case", replace(`"userName":"alice`, `"username":"alice`), []check{restoreToOriginalLocation}},
		{"a boolean as text", replace(`true`, `"true"`), []check{copyTo}},
		{
			"no content type", func(g *goActor) { g.header = func(h http.Header) { h.Del("Content-Type") } },
			[]check{restoreToOriginalLocation, sendTo, copyTo, save, streams},
		},
		{
			"everything twice", func(g *goActor) { g.repeat = true },
			[]check{restoreToOriginalLocation, sendTo, copyTo, save, streams, unauthorized, serverError},
		},
		{"a saved file that is spoiled", func(g *goActor) { g.corrupt = true }, []check{save, streams}},
		{
			"a file for an answer without success", func(g *goActor) { g.eager = true },
			[]check{unauthorized, serverError},
		},
		{"all of the save in memory", func(g *goActor) { g.memory[1] = g.memory[0] + largeSize }, []check{streams}},
		{
			"statistics unread", func(g *goActor) {
				g.answer = func(a answer) answer { a.RestoredItemsCount = nil; return a }
			},
			[]check{restoreToOriginalLocation, copyTo},
		},
		{
			"message unread", func(g *goActor) {
				g.answer = func(a answer) answer { a.Message = ""; return a }
			},
			[]check{serverError},
		},
		{
			"another status", func(g *goActor) {
				g.answer = func(a answer) answer { a.Status = max(a.Status, 500); return a }
			},
			[]check{restoreToOriginalLocation, sendTo, copyTo, save, streams, unauthorized},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, err := openScene(t.TempDir(), backup)
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
			if diff := cmp.Diff(test.fails, failed); diff != "" {
				t.Errorf("failed checks (-want +got):\n%s\n%v", diff, o)
			}
		})
	}
}
