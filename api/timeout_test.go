package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// bubble starts a server in the bubble of a test of synctest, where waits take no time, and returns a client of it.
// connect is how long it takes to connect.
func bubble(t *testing.T, connect time.Duration, action http.HandlerFunc, opts ...Option) *Client {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /{version}/token", func(w http.ResponseWriter, _ *http.Request) { writeToken(w) })
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err == nil {
			action(w, r)
		}
	})
	return bubbleOf(t, connect, mux, opts...)
}

func bubbleOf(t *testing.T, connect time.Duration, handler http.Handler, opts ...Option) *Client {
	t.Helper()
	connections := make(chan net.Conn)
	done := make(chan struct{})
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Hour}
	go func() { _ = server.Serve(pipeListener{connections, done}) }()
	client, err := NewClient("http://127.0.0.1:4443",
		append([]Option{WithPassword("operator", canaryPassword), WithAttempts(1)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	client.transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
		select {
		case <-time.After(connect):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		ours, theirs := net.Pipe()
		select {
		case connections <- theirs:
			return ours, nil
		case <-done:
			return nil, net.ErrClosed
		}
	}
	t.Cleanup(func() {
		client.CloseIdleConnections()
		_ = server.Close()
		synctest.Wait()
	})
	return client
}

type pipeListener struct {
	connections chan net.Conn
	done        chan struct{}
}

func (l pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.connections:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l pipeListener) Close() error { close(l.done); return nil }

func (l pipeListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 4443} }

// TestRestoreLongerThanStall has a server that works for 11 hours before it answers: with the default timeouts, that is
// no silence.
func TestRestoreLongerThanStall(t *testing.T) {
	t.Parallel()
	for _, version := range Versions() {
		for name, action := range changingCalls {
			t.Run(fmt.Sprintf("%v/%s", version, name), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					client := bubble(t, time.Second, func(w http.ResponseWriter, r *http.Request) {
						if r.Method == http.MethodPost {
							time.Sleep(11 * time.Hour) //nolint:forbidigo // the bubble's clock jumps
						}
						answerAction(w, r, version)
					}, WithAPIVersion(version))
					if err := action(t.Context(),
						client.RestoreSession("session").OneDrive("drive").Folder("folder")); err != nil {
						t.Error(err)
					}
				})
			})
		}
	}
}

// changingCalls are the calls that change something.
var changingCalls = map[string]func(context.Context, Folder) error{
	"restore": func(ctx context.Context, f Folder) error {
		_, err := f.RestoreToOriginalLocation(ctx, RestoreToOriginalLocation{})
		return err
	},
	"copy": func(ctx context.Context, f Folder) error { _, err := f.CopyTo(ctx, CopyTo{}); return err },
	"send": func(ctx context.Context, f Folder) error { return f.SendTo(ctx, SendTo{}) },
}

// answerAction answers an action, and what follows it in v8, as a server of the version does.
func answerAction(w http.ResponseWriter, r *http.Request, version Version) {
	w.Header().Set("Content-Type", "application/json")
	switch {
	case r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/Statistics"):
		_, _ = io.WriteString(w,
			`{"totalItemsCount":1,"restoredItemsCount":1,"failedItemsCount":0,"skippedItemsCount":0}`)
	case r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/Events"):
		_, _ = io.WriteString(w, `{"offset":0,"limit":1000,"results":[]}`)
	case r.Method == http.MethodGet:
		_, _ = io.WriteString(w, `{"id":"restore","state":"Stopped","result":"Success"}`)
	case strings.HasSuffix(r.URL.Path, "/save"):
	case strings.HasSuffix(r.URL.Path, "/send") && version == V8:
		w.WriteHeader(http.StatusNoContent)
	case strings.HasSuffix(r.URL.Path, "/send"):
	case version < V6: // nothing, as documented
	case version < V8:
		_, _ = io.WriteString(w, `{"totalItemsCount":1,"restoredItemsCount":1}`)
	default:
		_, _ = io.WriteString(w, `{"sessionId":"restore"}`)
	}
}

// TestTimeouts lets the server be silent in each of the waits, and sees what a caller learns, and when.
func TestTimeouts(t *testing.T) {
	t.Parallel()
	const hour, minute, second = time.Hour, time.Minute, time.Second
	list := func(c *Client) error {
		_, err := c.RestoreSessionsPage(context.Background(), PageOptions{})
		return err
	}
	save := func(c *Client) error {
		download, err := c.RestoreSession("s").OneDrive("d").Folder("f").Save(context.Background())
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, download)
		return errors.Join(err, download.Close())
	}
	restore := func(c *Client) error {
		_, err := c.RestoreSession("s").OneDrive("d").Folder("f").CopyTo(context.Background(), CopyTo{})
		return err
	}
	for name, test := range map[string]struct {
		call            func(*Client) error
		connect, answer time.Duration
		parts           []time.Duration // of the body: the wait before each
		after           time.Duration   // of the timeout; 0 if there is none
	}{
		"quick":                    {list, second, second, []time.Duration{second, second}, 0},
		"silent before the answer": {list, second, 6 * minute, nil, 5 * minute},
		"silent before the body":   {list, second, 3 * minute, []time.Duration{3 * minute}, 5 * minute},
		"silent in the body": {
			list, second, second,
			[]time.Duration{4 * minute, 6 * minute},
			9*minute + 2*second,
		},
		"no connection":                        {list, 6 * minute, 0, nil, 5 * minute},
		"at work":                              {save, second, hour, []time.Duration{hour / 2, second}, 0},
		"at work for too long":                 {save, second, 3 * hour, nil, 2 * hour},
		"one bound for headers and first byte": {save, second, hour, []time.Duration{2 * hour}, 2 * hour},
		"silent after the first byte": {
			save, second, hour,
			[]time.Duration{hour / 2, 6 * minute},
			hour + hour/2 + 5*minute + second,
		},
		"restore: at work":               {restore, second, hour, []time.Duration{hour / 2}, 0},
		"restore: headers, then silence": {restore, second, hour, []time.Duration{2 * hour}, 2 * hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				content := string(archive(t, "content"))
				client := bubble(t, test.connect, func(w http.ResponseWriter, r *http.Request) {
					sleep := func(d time.Duration) {
						select {
						case <-time.After(d):
						case <-r.Context().Done():
						}
					}
					sleep(test.answer)
					body := content
					w.Header().Set("Content-Type", "application/octet-stream")
					if r.Method == http.MethodGet {
						w.Header().Set("Content-Type", "application/json")
						body = `{"offset":0,"results":[]}`
					} else if strings.HasPrefix(r.URL.Path, "/v7") {
						w.Header().Set("Content-Type", "application/json")
						body = `{"totalItemsCount":0}`
					}
					_ = http.NewResponseController(w).Flush()
					for i, wait := range test.parts {
						sleep(wait)
						cut := len(body)
						if i < len(test.parts)-1 {
							cut = 1
						}
						_, _ = io.WriteString(w, body[:cut])
						_ = http.NewResponseController(w).Flush()
						body = body[cut:]
					}
				}, WithAPIVersion(map[bool]Version{true: V7, false: V2}[strings.HasPrefix(name, "restore")]),
					WithTimeouts(Timeouts{FirstByte: 2 * hour, Connect: -1}),
					WithTokens(
						func(context.Context, Secret) (Secret, error) { return canaryToken, nil }), withoutPassword)
				start := time.Now()
				err := test.call(client)
				if (test.after > 0) != errors.Is(err, ErrTimeout) || (err == nil) != (test.after == 0) {
					t.Errorf("got %v", err)
				}
				// Where the connection takes its second before the server begins to count, the bound has counted it
				// already.
				if waited := time.Since(start); test.after > 0 && (waited < test.after || waited > test.after+second) {
					t.Errorf("after %v, want %v", waited, test.after)
				}
			})
		})
	}
}

// withoutPassword leaves the log-in out, for tests that count time.
func withoutPassword(o *options) { o.login.GrantType = "" }

func TestTheCallersTimeIsNotTheServers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		content := archive(t, strings.Repeat("content ", 100_000))
		client := bubble(t, 0, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/octet-stream")
			_, _ = w.Write(content)
		}, WithAPIVersion(V2))
		download, err := client.RestoreSession("s").OneDrive("d").Folder("f").Save(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = download.Close() }()
		for {
			advance(24 * time.Hour) // a caller that does something else
			if _, err := io.ReadFull(download, make([]byte, 100_000)); err != nil {
				if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Error(err)
				}
				break
			}
		}
	})
}

func TestNegativeTimeoutsAreNone(t *testing.T) {
	t.Parallel()
	if got := (Timeouts{Connect: -1, TLSHandshake: -1, FirstByte: -1, Stall: -1}).complete(); got != (Timeouts{}) {
		t.Errorf("got %+v", got)
	}
}

func TestAStalledDownloadEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		released := make(chan struct{})
		client := bubble(t, 0, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/octet-stream")
			_, _ = io.WriteString(w, strings.Repeat("x", 100))
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
			close(released)
		}, WithAPIVersion(V2))
		download, err := client.RestoreSession("s").OneDrive("d").Folder("f").Save(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		n, err := io.Copy(io.Discard, download)
		if !errors.Is(err, ErrTimeout) || n != 100 || time.Since(start) != 5*time.Minute {
			t.Errorf("got %v after %d bytes and %v", err, n, time.Since(start))
		}
		_ = download.Close()
		<-released
	})
}

// TestOpenSavesDoNotStarveTheRest holds as many saves open as the client allows, and more, and polls and stops beside
// them.
func TestOpenSavesDoNotStarveTheRest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		var begun atomic.Int64
		mux := http.NewServeMux()
		mux.HandleFunc("POST /v7/token", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"access_token":"t","expires_in":3600}`)
		})
		mux.HandleFunc("POST /v7/RestoreSessions/s/Organization/OneDrives/d/Folders/f/save",
			func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/octet-stream")
				_ = http.NewResponseController(w).Flush()
				begun.Add(1)
				select {
				case <-release:
				case <-r.Context().Done():
				}
			})
		mux.HandleFunc("POST /v7/RestoreSessions/s/Stop", func(http.ResponseWriter, *http.Request) {})
		mux.HandleFunc("/v7/RestoreSessions/s", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"id":"s","state":"Working"}`)
		})
		client := bubbleOf(t, 0, mux, WithAPIVersion(V7), WithTimeouts(Timeouts{FirstByte: time.Minute}))
		session := client.RestoreSession("s")
		folder := session.OneDrive("d").Folder("f")
		defer close(release)
		for range 64 {
			download, err := folder.Save(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = download.Close() }()
		}
		var group sync.WaitGroup
		for range 64 { // in a queue, whose wait is bounded
			group.Go(func() {
				if _, err := folder.Save(t.Context()); !errors.Is(err, ErrTimeout) {
					t.Errorf("got %v", err)
				}
			})
		}
		for range 100 {
			group.Go(func() {
				if _, err := session.Get(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		if err := session.Stop(t.Context()); err != nil {
			t.Error(err)
		}
		group.Wait()
		if begun.Load() != 64 {
			t.Errorf("%d saves at once", begun.Load())
		}
	})
}
