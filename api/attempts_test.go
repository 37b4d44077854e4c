package api_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vbo365/vbo365-go/api"
)

// stubborn returns a client of a server that answers as a test says, and the pauses that it makes, which take no time.
func stubborn(t *testing.T, action http.HandlerFunc, opts ...api.Option) (*api.Client, *[]time.Duration) {
	t.Helper()
	server := httptest.NewServer(action)
	t.Cleanup(server.Close)
	return impatient(t, server.URL, opts...)
}

func impatient(t *testing.T, url string, opts ...api.Option) (*api.Client, *[]time.Duration) {
	t.Helper()
	pauses := new([]time.Duration)
	client, err := api.NewClient(url, append([]api.Option{
		api.WithAPIVersion(api.V7),
		api.WithTokens(func(context.Context, api.Secret) (api.Secret, error) { return "t", nil }),
		api.WithPause(func(ctx context.Context, d time.Duration) error {
			*pauses = append(*pauses, d)
			return ctx.Err()
		}),
	}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	return client, pauses
}

// TestSaveFileHasOneLoop counts the attempts of a save to a file from a port that nobody listens at, and from a server
// that is busy.
func TestSaveFileHasOneLoop(t *testing.T) {
	t.Parallel()
	save := func(c *api.Client) error {
		_, err := c.RestoreSession("s").OneDrive("d").Folder("f").SaveFile(t.Context(),
			filepath.Join(t.TempDir(), "a.zip"))
		return err
	}
	client, pauses := impatient(t, refusedPort(t))
	if err := save(client); !errors.Is(err, api.ErrNoAnswer) || len(*pauses) != 5 ||
		strings.Count(err.Error(), "(after 6 attempts)") != 1 {
		t.Errorf("got %v after %d pauses", err, len(*pauses))
	}
	var calls atomic.Int64
	var notices []api.RetryNotice
	client, pauses = stubborn(t, func(w http.ResponseWriter, _ *http.Request) {
		calls.Add(1)
		w.WriteHeader(http.StatusBadGateway)
	}, api.WithRetryNotice(func(n api.RetryNotice) { notices = append(notices, n) }))
	err := save(client)
	if e, ok := errors.AsType[*api.Error](err); !ok || e.Attempts != 6 || calls.Load() != 6 || len(*pauses) != 5 ||
		len(notices) != 5 ||
		strings.Count(err.Error(), "attempts") != 1 {
		t.Errorf("got %v after %d calls and %d pauses", err, calls.Load(), len(*pauses))
	}
	for i, notice := range notices {
		if notice.Attempt != i+1 || notice.Attempts != 6 || notice.Wait != (*pauses)[i] || notice.Err == nil {
			t.Errorf("got %+v", notice)
		}
	}
}

// TestConnectTimeoutsAreBridged has a server that is not there for a while, as one that restarts: connecting to it
// takes too long.
func TestConnectTimeoutsAreBridged(t *testing.T) {
	t.Parallel()
	// A listener that does not accept, with a full queue, leaves connections without an answer.
	hole, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = hole.Close() })
	for name, timeouts := range map[string]api.Timeouts{
		"TLS handshake": {TLSHandshake: 50 * time.Millisecond},
		"connect":       {Connect: time.Nanosecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, pauses := impatient(t, "https://"+hole.Addr().String(), api.WithTimeouts(timeouts),
				api.WithAttempts(3))
			err := client.RestoreSession("s").Stop(t.Context())
			if !errors.Is(err, api.ErrTimeout) || !errors.Is(err, api.ErrNoAnswer) || len(*pauses) != 2 {
				t.Errorf("got %v after %d pauses", err, len(*pauses))
			}
		})
	}
}

// TestCutJSONIsAskedForAgain cuts the first answer in each of the ways that there are.
func TestCutJSONIsAskedForAgain(t *testing.T) {
	t.Parallel()
	const body = `{"id":"s","state":"Working"}`
	for name, header := range map[string]string{
		"length":  "Content-Length: 28\r\n\r\n" + body[:10],
		"chunked": "Transfer-Encoding: chunked\r\n\r\n1c\r\n" + body[:10],
		"close":   "\r\n" + body[:10],
		"nothing": "\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int64
			client, _ := stubborn(t, func(w http.ResponseWriter, _ *http.Request) {
				if calls.Add(1) > 1 {
					w.Header().Set("Content-Type", "application/json")
					_, _ = io.WriteString(w, body)
					return
				}
				connection, out, err := http.NewResponseController(w).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = out.WriteString("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\n" +
					header)
				_ = out.Flush()
				_ = connection.Close()
			})
			if session, err := client.RestoreSession("s").Get(t.Context()); err != nil ||
				session.Properties.State != "Working" || calls.Load() != 2 {
				t.Errorf("got %v after %d calls", err, calls.Load())
			}
		})
	}
}

// TestWhatIsNotThereIsAskedForOnce counts the requests for folders that are not there: the version of the API is in
// doubt once a minute.
func TestWhatIsNotThereIsAskedForOnce(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	calls := map[string]int{}
	client, _ := stubborn(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		switch r.URL.Path {
		case "/v7/ServiceInstance":
			calls["probe"]++
			w.WriteHeader(http.StatusUnauthorized)
		case "/v7/RestoreSessions/s":
			calls["session"]++
			_, _ = io.WriteString(w, `{"id":"s","state":"Working"}`)
		default:
			calls["folder"]++
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, `{"message":"Not found.","errorCode":"ResourceNotFound"}`)
		}
	})
	for range 10 {
		_, err := client.RestoreSession("s").OneDrive("d").Folder("f").Get(t.Context())
		if e, ok := errors.AsType[*api.Error](err); !ok || !errors.Is(err, api.ErrNotFound) ||
			e.Code != "ResourceNotFound" || e.Message != "Not found." {
			t.Errorf("got %#v", err)
		}
	}
	if calls["folder"] != 10 || calls["session"] != 10 || calls["probe"] != 1 {
		t.Errorf("got %v", calls)
	}
}
