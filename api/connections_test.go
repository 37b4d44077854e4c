package api_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/vbo365/vbo365-go/api"
	"github.com/vbo365/vbo365-go/api/apitest"
)

// A countingListener counts connections.
type countingListener struct {
	net.Listener
	mu              sync.Mutex
	all, open, most int
}

func (l *countingListener) Accept() (net.Conn, error) {
	connection, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all++
	l.open++
	l.most = max(l.most, l.open)
	return &countedConn{Conn: connection, closed: sync.OnceFunc(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.open--
	})}, nil
}

type countedConn struct {
	net.Conn
	closed func()
}

func (c *countedConn) Close() error {
	c.closed()
	return c.Conn.Close()
}

// newCountedServer answers every request as fits it, by plain HTTP, and counts connections and log-ins.
func newCountedServer(t *testing.T) (client *api.Client, listener *countingListener, logins func() int) {
	t.Helper()
	var mu sync.Mutex
	n := 0
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		body := `{"id":"s","state":"Working"}`
		switch {
		case strings.HasSuffix(r.URL.Path, "/token"):
			mu.Lock()
			n++
			mu.Unlock()
			body = `{"access_token":"a","expires_in":3600}`
		case strings.HasSuffix(r.URL.Path, "/OneDrives"):
			body = `{"offset":0,"limit":1000,"results":[]}`
		case r.Method == http.MethodPost:
			body = ""
		}
		_, _ = w.Write([]byte(body))
	}))
	listener = &countingListener{Listener: server.Listener}
	server.Listener = listener
	server.Start()
	t.Cleanup(server.Close)
	client, err := api.NewClient(server.URL, api.WithAPIVersion(api.V5),
		api.WithPassword("operator", "canary-password"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	return client, listener, func() int {
		mu.Lock()
		defer mu.Unlock()
		return n
	}
}

func TestConnectionsAreUsedAgain(t *testing.T) {
	t.Parallel()
	client, listener, _ := newCountedServer(t)
	session := client.RestoreSession("s")
	folder := session.OneDrive("d").Folder("f")
	for range 10 {
		_, getErr := session.Get(t.Context())
		_, pageErr := session.OneDrivesPage(t.Context(), api.PageOptions{})
		_, restoreErr := folder.RestoreToOriginalLocation(t.Context(), api.RestoreToOriginalLocation{})
		_, saveErr := folder.Save(t.Context()) // is refused: it is no archive
		if err := errors.Join(getErr, pageErr, restoreErr, session.Stop(t.Context()),
			folder.SendTo(t.Context(), api.SendTo{})); err != nil {
			t.Fatal(err)
		}
		if !errors.Is(saveErr, api.ErrUnexpected) {
			t.Fatal(saveErr)
		}
	}
	if listener.all > 3 { // one, but for the moment until a connection is known to be free
		t.Errorf("%d connections for 61 requests, one after the other", listener.all)
	}
}

func TestOneClientForHundredsOfGoroutines(t *testing.T) {
	t.Parallel()
	client, listener, logins := newCountedServer(t)
	var group sync.WaitGroup
	for range 300 {
		group.Go(func() {
			for range 5 {
				if _, err := client.RestoreSession("s").Get(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if got := logins(); got != 1 {
		t.Errorf("%d log-ins", got)
	}
	listener.mu.Lock()
	defer listener.mu.Unlock()
	// The one of the log-in is closed by the client, and may still be open on this side when another has taken its
	// place.
	if listener.most > 2*64+1 {
		t.Errorf("%d connections at once", listener.most)
	}
}

// TestPinningHoldsAcrossReconnects puts another server, with another certificate, in the place of the first one.
func TestPinningHoldsAcrossReconnects(t *testing.T) {
	t.Parallel()
	first := apitest.NewServer(t, apitest.Config{})
	client := connect(t, first)
	if _, err := client.RestoreSessionsPage(t.Context(), api.PageOptions{}); err != nil {
		t.Fatal(err)
	}
	address, err := url.Parse(first.URL)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := apitest.NewServer(t,
		apitest.Config{Listen: address.Host, Username: first.Username, Password: first.Password})
	if _, err := client.RestoreSessionsPage(t.Context(), api.PageOptions{}); !errors.Is(err, api.ErrCertificate) ||
		!strings.Contains(err.Error(), second.Fingerprint) {
		t.Errorf("got %v", err)
	}
	// Whoever does not pin gets through, so it was the pin.
	dialer := tls.Dialer{Config: &tls.Config{RootCAs: second.CertPool(), MinVersion: tls.VersionTLS12}}
	connection, err := dialer.DialContext(context.WithoutCancel(t.Context()), "tcp", address.Host)
	if err != nil {
		t.Fatal(err)
	}
	_ = connection.Close()
}

// TestReplacedDefaultTransport makes a client where the program has replaced http.DefaultTransport, as tracing
// libraries do.
//
//nolint:paralleltest // it changes what other tests use
func TestReplacedDefaultTransport(t *testing.T) {
	standard := http.DefaultTransport
	http.DefaultTransport = roundTripper{standard}
	defer func() { http.DefaultTransport = standard }()
	if _, err := api.NewClient("https://backup.example.com:4443", api.WithPassword("o", "password")); err != nil {
		t.Error(err)
	}
}

type roundTripper struct{ http.RoundTripper }
