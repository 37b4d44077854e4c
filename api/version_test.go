package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// newest returns the newest version, in whatever order [Versions] returns them.
func newest() Version { return slices.Max(Versions()) }

func TestParseVersion(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]Version{"v2": V2, "V8": V8, "5": V5} {
		if got, err := ParseVersion(name); err != nil || got != want {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
	for _, name := range []string{"", "v", "v1", (newest() + 1).String(), "vv5", "5.0", "-5", "newest"} {
		if got, err := ParseVersion(name); !errors.Is(err, ErrInvalid) || got != 0 {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
	for _, version := range Versions() {
		if got, err := ParseVersion(version.String()); err != nil || got != version {
			t.Errorf("%v: got %v, %v", version, got, err)
		}
	}
}

// A versionServer serves some versions, and remembers what it was asked. Everything that has a token is done.
type versionServer struct {
	url string

	mu     sync.Mutex
	served []Version
	asked  []string
	status int // of the answers to what has no token, instead of 401 and 404
}

func newVersionServer(t *testing.T, served ...Version) *versionServer {
	t.Helper()
	s := &versionServer{served: served}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.asked = append(s.asked, r.Method+" "+r.URL.Path)
		anonymous := r.Header.Get("Authorization") == ""
		question := strings.HasSuffix(r.URL.Path, "/ServiceInstance") ||
			strings.HasSuffix(r.URL.Path, "/RestoreSessions")
		if question && (!anonymous || r.ContentLength > 0) {
			t.Errorf("%s has credentials", r.URL.Path)
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		version, err := ParseVersion(name)
		switch {
		case anonymous && s.status != 0 && r.Method == http.MethodGet:
			w.WriteHeader(s.status)
		case err != nil || !contains(s.served, version):
			w.WriteHeader(http.StatusNotFound)
		case strings.HasSuffix(r.URL.Path, "/token"):
			writeToken(w)
		case anonymous:
			w.WriteHeader(http.StatusUnauthorized)
		case strings.Contains(r.URL.Path, "missing"):
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func contains(versions []Version, version Version) bool {
	for _, v := range versions {
		if v == version {
			return true
		}
	}
	return false
}

// serve changes what is served, as an upgrade does.
func (s *versionServer) serve(served ...Version) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.served = served
}

// requests gives what was asked since the last call.
func (s *versionServer) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := s.asked
	s.asked = nil
	return asked
}

func (s *versionServer) client(t *testing.T, opts ...Option) *Client {
	t.Helper()
	client, err := NewClient(s.url,
		append([]Option{WithPassword("operator", canaryPassword), WithAttempts(1)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	return client
}

func TestNewestVersionIsFoundOnce(t *testing.T) {
	t.Parallel()
	server := newVersionServer(t, V4, V5, V6)
	client := server.client(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := client.RestoreSession("s").Stop(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	count := map[string]int{}
	for _, request := range server.requests() {
		count[request]++
	}
	want := map[string]int{"POST /v6/token": 1, "POST /v6/RestoreSessions/s/Stop": 8}
	for version := V6; version <= newest(); version++ {
		want["GET /"+version.String()+"/ServiceInstance"] = 1
	}
	if diff := cmp.Diff(want, count); diff != "" {
		t.Error(diff)
	}
	if version, err := client.APIVersion(t.Context()); version != V6 || err != nil || len(server.requests()) != 0 {
		t.Errorf("got %v, %v", version, err)
	}
}

func TestFixedVersionAsksNothing(t *testing.T) {
	t.Parallel()
	server := newVersionServer(t, Versions()...)
	client := server.client(t, WithAPIVersion(V3))
	if version, err := client.APIVersion(t.Context()); version != V3 || err != nil {
		t.Errorf("got %v, %v", version, err)
	}
	if err := client.RestoreSession("s").Stop(t.Context()); err != nil {
		t.Error(err)
	}
	want := []string{"POST /v3/token", "POST /v3/RestoreSessions/s/Action"}
	if diff := cmp.Diff(want, server.requests()); diff != "" {
		t.Error(diff)
	}
}

func TestServerThatServesNoVersion(t *testing.T) {
	t.Parallel()
	server := newVersionServer(t)
	client := server.client(t)
	err := client.RestoreSession("s").OneDrive("d").Folder("f").SendTo(t.Context(), SendTo{})
	if !errors.Is(err, ErrAPIVersion) || errors.Is(err, ErrOutcomeUnknown) {
		t.Errorf("got %v", err)
	}
	if n := len(server.requests()); n != len(Versions()) {
		t.Errorf("%d requests", n)
	}
	server.serve(V2) // a failure is not remembered
	if version, err := client.APIVersion(t.Context()); version != V2 || err != nil {
		t.Errorf("got %v, %v", version, err)
	}
}

func TestAnswersToTheQuestionForAVersion(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]error{
		http.StatusOK: nil, http.StatusUnauthorized: nil, http.StatusForbidden: nil,
		http.StatusInternalServerError: ErrServer, http.StatusServiceUnavailable: ErrServer, http.StatusFound: ErrUnexpected,
	} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			server := newVersionServer(t)
			server.status = status
			client := server.client(t)
			version, err := client.APIVersion(t.Context())
			if want == nil && (err != nil || version != newest()) || want != nil && !errors.Is(err, want) {
				t.Errorf("got %v, %v", version, err)
			}
			if err != nil && !strings.HasPrefix(err.Error(), "find API version: ") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestWaitingForAVersionEndsWithTheContext(t *testing.T) {
	t.Parallel()
	asked, release := make(chan struct{}), make(chan struct{})
	source := newVersionSource(0, func(context.Context, Version) (bool, error) {
		close(asked)
		<-release
		return true, nil
	})
	done := make(chan struct{})
	go func() {
		defer close(done)
		if version, err := source.version(t.Context()); version != newest() || err != nil {
			t.Errorf("got %v, %v", version, err)
		}
	}()
	<-asked
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := source.version(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	close(release)
	<-done
}

// While one goroutine asks whether the version is still served, the others go on.
func TestAKnownVersionIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	asked, release := make(chan struct{}), make(chan struct{})
	first := true
	source := newVersionSource(0, func(context.Context, Version) (bool, error) {
		if first {
			first = false
			return true, nil
		}
		close(asked)
		<-release
		return true, nil
	})
	if version, err := source.version(t.Context()); version != newest() || err != nil {
		t.Fatal(version, err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if version, err := source.replace(t.Context(), newest()); version != newest() || err != nil {
			t.Errorf("got %v, %v", version, err)
		}
	}()
	<-asked
	if version, err := source.version(t.Context()); version != newest() || err != nil {
		t.Errorf("got %v, %v", version, err)
	}
	close(release)
	<-done
}

func TestServerIsUpgradedUnderTheClient(t *testing.T) {
	t.Parallel()
	server := newVersionServer(t, V4, V5)
	client := server.client(t)
	session := client.RestoreSession("s")
	if err := session.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	server.requests()
	server.serve(V6, V7, newest())
	if err := session.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"POST /v5/RestoreSessions/s/Action", "GET /v5/RestoreSessions",
		"GET /" + newest().String() + "/ServiceInstance", "POST /" + newest().String() + "/RestoreSessions/s/Stop",
	}
	if diff := cmp.Diff(want, server.requests()); diff != "" {
		t.Error(diff)
	}
}

func TestFixedVersionIsGone(t *testing.T) {
	t.Parallel()
	server := newVersionServer(t, V6, V7, V8)
	client := server.client(t, WithAPIVersion(V5))
	err := client.RestoreSession("s").OneDrive("d").Folder("f").SendTo(t.Context(), SendTo{})
	want := "send folder: find API version: API version not served: the client is fixed to v5; the newest that the " +
		"server serves is v8"
	if !errors.Is(err, ErrAPIVersion) || errors.Is(err, ErrOutcomeUnknown) || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

func TestWhatIsMissingIsNotTheVersion(t *testing.T) {
	t.Parallel()
	server := newVersionServer(t, newest())
	client := server.client(t)
	if _, err := client.RestoreSession("missing").Get(t.Context()); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
	root := "/" + newest().String()
	want := []string{
		"GET " + root + "/ServiceInstance", "POST " + root + "/token",
		"GET " + root + "/RestoreSessions/missing", "GET " + root + "/ServiceInstance",
	}
	if diff := cmp.Diff(want, server.requests()); diff != "" {
		t.Error(diff)
	}
}
