package api_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vbo365/vbo365-go/api"
)

// A sender is a function that is an http.RoundTripper.
type sender func(*http.Request) (*http.Response, error)

func (s sender) RoundTrip(request *http.Request) (*http.Response, error) { return s(request) }

// again returns the request with its body from the beginning.
func again(request *http.Request) *http.Request {
	request = request.Clone(request.Context())
	if request.GetBody != nil {
		request.Body, _ = request.GetBody()
	}
	return request
}

func restore(t *testing.T, client *api.Client) error {
	t.Helper()
	_, err := client.RestoreSession("s").OneDrive("d").Folder("f").RestoreToOriginalLocation(t.Context(), alicePassword)
	return err
}

// refusedPort returns the URL of a port that nobody listens at: it is the client's end of an open connection, which the
// system gives to no listener of another test while the test runs.
func refusedPort(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	return "http://" + connection.LocalAddr().String()
}

// TestTransportsThatFail has transports that send a restore by whatever way and then say that they have failed. It is
// sent once.
func TestTransportsThatFail(t *testing.T) {
	t.Parallel()
	lost := errors.New("lost")
	for name, test := range map[string]struct {
		refused bool // the client's own transport gets no connection
		send    func(r *http.Request, own http.RoundTripper, other func(*http.Request)) error
	}{
		"another": {false, func(r *http.Request, _ http.RoundTripper, other func(*http.Request)) error {
			other(r)
			return lost
		}},
		"one that tells nothing": {false, func(*http.Request, http.RoundTripper, func(*http.Request)) error {
			return lost
		}},
		"own, in another context": {false, func(r *http.Request, own http.RoundTripper, _ func(*http.Request)) error {
			response, err := own.RoundTrip(r.WithContext(context.WithoutCancel(t.Context())))
			return errors.Join(err, response.Body.Close(), lost)
		}},
		"own, then another": {true, func(r *http.Request, own http.RoundTripper, other func(*http.Request)) error {
			_, err := own.RoundTrip(r)
			other(again(r))
			return fmt.Errorf("%v, then %w", err, lost) //nolint:errorlint // what counts is the other
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var calls, received atomic.Int64
			server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				if body, err := io.ReadAll(r.Body); err == nil && len(body) > 0 {
					received.Add(1)
				}
			}))
			t.Cleanup(server.Close)
			plain := &http.Transport{DisableKeepAlives: true}
			url := server.URL
			if test.refused {
				url = refusedPort(t)
			}
			client, pauses := impatient(t, url, api.WithTransport(func(own http.RoundTripper) http.RoundTripper {
				return sender(func(request *http.Request) (*http.Response, error) {
					calls.Add(1)
					return nil, test.send(request, own, func(request *http.Request) {
						request.URL.Host = strings.TrimPrefix(server.URL, "http://")
						response, err := plain.RoundTrip(request)
						if err != nil {
							t.Error(err)
							return
						}
						_ = response.Body.Close()
					})
				})
			}))
			err := restore(t, client)
			unknown, ok := errors.AsType[*api.UnknownOutcome](err)
			if !ok || calls.Load() != 1 || received.Load() > 1 || len(*pauses) > 0 {
				t.Errorf("got %v after %d calls, of which the server got %d", err, calls.Load(), received.Load())
			}
			if ok && time.Since(unknown.SentAt) > time.Minute {
				t.Errorf("sent at %v", unknown.SentAt)
			}
			calls.Store(0)
			_, err = client.Do(t.Context(), unknownOperation) // without a body
			if !errors.Is(err, api.ErrOutcomeUnknown) || calls.Load() != 1 || len(*pauses) > 0 {
				t.Errorf("got %v after %d calls", err, calls.Load())
			}
		})
	}
}

// TestTransportsThatWrap has transports that pass requests on to the client's own: what was not sent is tried again.
func TestTransportsThatWrap(t *testing.T) {
	t.Parallel()
	for name, wrong := range map[string]func(error) error{
		"the error as it is": func(err error) error { return err },
		"more in the error":  func(err error) error { return fmt.Errorf("trace: %w", err) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, pauses := impatient(t, refusedPort(t), api.WithAttempts(3),
				api.WithTransport(func(own http.RoundTripper) http.RoundTripper {
					return sender(func(request *http.Request) (*http.Response, error) {
						_, err := own.RoundTrip(request.Clone(request.Context()))
						return nil, wrong(err)
					})
				}))
			err := restore(t, client)
			if !errors.Is(err, api.ErrNoAnswer) || errors.Is(err, api.ErrOutcomeUnknown) || len(*pauses) != 2 {
				t.Errorf("got %v after %d pauses", err, len(*pauses))
			}
		})
	}
}

// TestTransportsThatSayLittle has responses with nothing but a status and a body.
func TestTransportsThatSayLittle(t *testing.T) {
	t.Parallel()
	var whole bytes.Buffer
	if err := zip.NewWriter(&whole).Close(); err != nil {
		t.Fatal(err)
	}
	archive := whole.String()
	const octets, session = "application/octet-stream", `{"id":"s","state":"Working"}`
	get := func(c *api.Client) error { _, err := c.RestoreSession("s").Get(t.Context()); return err }
	stop := func(c *api.Client) error { return c.RestoreSession("s").Stop(t.Context()) }
	save := func(c *api.Client) error {
		download, err := c.RestoreSession("s").OneDrive("d").Folder("f").Save(t.Context())
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, download)
		return errors.Join(err, download.Close())
	}
	for name, test := range map[string]struct {
		call        func(*api.Client) error
		contentType string
		body        string
		is          error
	}{
		"nothing":                    {stop, "", "", nil},
		"JSON":                       {get, "application/json", session, nil},
		"JSON that is cut":           {get, "application/json", session[:10], api.ErrTruncated},
		"archive":                    {save, octets, archive, nil},
		"JSON instead of an archive": {save, "application/json", session, api.ErrUnexpected},
		"archive that is cut":        {save, octets, archive[:len(archive)-1], api.ErrTruncated},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, _ := impatient(t, "https://backup.example.com", api.WithAttempts(1),
				api.WithTransport(func(http.RoundTripper) http.RoundTripper {
					return sender(func(*http.Request) (*http.Response, error) {
						body := io.NopCloser(strings.NewReader(test.body))
						response := &http.Response{StatusCode: http.StatusOK, Body: body, ContentLength: -1}
						if test.contentType != "" {
							response.Header = http.Header{"Content-Type": {test.contentType}}
						}
						return response, nil
					})
				}))
			if err := test.call(client); (err == nil) != (test.is == nil) || !errors.Is(err, test.is) {
				t.Errorf("got %v, want %v", err, test.is)
			}
		})
	}
}

// TestIdleConnectionsOfATransportAreClosed closes those of the client's own transport, and of one that ignores it.
func TestIdleConnectionsOfATransportAreClosed(t *testing.T) {
	t.Parallel()
	other := &closer{}
	ignore := func(http.RoundTripper) http.RoundTripper { return other }
	client, _ := impatient(t, "https://backup.example.com", api.WithTransport(ignore))
	client.CloseIdleConnections()
	if other.closed != 1 {
		t.Errorf("closed %d times", other.closed)
	}
	closed := make(chan struct{}, 1)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateClosed {
			closed <- struct{}{}
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	hide := func(own http.RoundTripper) http.RoundTripper { return sender(own.RoundTrip) }
	client, _ = impatient(t, server.URL, api.WithTransport(hide))
	if err := client.RestoreSession("s").Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	client.CloseIdleConnections()
	select {
	case <-closed:
	case <-time.After(10 * time.Second):
		t.Error("the connection is still open")
	}
}

type closer struct {
	http.RoundTripper
	closed int
}

func (c *closer) CloseIdleConnections() { c.closed++ }

func TestUserAgent(t *testing.T) {
	t.Parallel()
	for want, opts := range map[string][]api.Option{
		`^vbo365-go(/v\S+| \(devel\))$`: nil,
		`^fleet/1\.0 \(night\)$`:        {api.WithUserAgent("fleet/1.0 (night)")},
	} {
		client, _ := stubborn(t, func(_ http.ResponseWriter, r *http.Request) {
			if got := r.UserAgent(); !regexp.MustCompile(want).MatchString(got) {
				t.Errorf("got %q, want %s", got, want)
			}
		}, opts...)
		if err := client.RestoreSession("s").Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

func TestBackoff(t *testing.T) {
	t.Parallel()
	var calls atomic.Int64
	client, pauses := stubborn(t, func(w http.ResponseWriter, _ *http.Request) {
		if calls.Add(1) == 2 {
			w.Header().Set("Retry-After", "7")
		}
		w.WriteHeader(http.StatusServiceUnavailable)
	}, api.WithAttempts(4), api.WithBackoff(func(attempt int) time.Duration {
		return time.Duration(attempt) * time.Hour
	}))
	err := client.RestoreSession("s").Stop(t.Context())
	if want := "[1h0m0s 7s 3h0m0s]"; !errors.Is(err, api.ErrServer) || fmt.Sprint(*pauses) != want {
		t.Errorf("got %v after pauses %v, want %s", err, *pauses, want)
	}
}

// TestRequestsInTheLog has a request that is tried again, also after the server has refused its token: all attempts
// have one id.
func TestRequestsInTheLog(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var calls atomic.Int64
	client, _ := stubborn(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader([]int{http.StatusBadGateway, http.StatusUnauthorized, http.StatusOK}[calls.Add(1)-1])
	}, api.WithLogger(logger))
	if err := client.RestoreSession("s").Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	id := regexp.MustCompile(`request=(\S{20,})`)
	ids := id.FindAllStringSubmatch(log.String(), -1)
	if len(ids) != 3 || ids[0][1] != ids[1][1] || ids[1][1] != ids[2][1] {
		t.Errorf("got %v", ids)
	}
	for _, want := range []string{`failure="502 Bad Gateway"`, `status=401 failure="401 Unauthorized"`, "status=200"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("no %s in %s", want, log.String())
		}
	}

	client, _ = impatient(t, refusedPort(t), api.WithLogger(logger), api.WithAttempts(1))
	_ = client.RestoreSession("s").Stop(t.Context())
	if !strings.Contains(log.String(), "refused") || strings.Contains(log.String(), "status=0") {
		t.Errorf("got %s", log.String())
	}
	if next := id.FindAllStringSubmatch(log.String(), -1); len(next) != 4 || next[3][1] == ids[0][1] {
		t.Errorf("got %v", next)
	}
}
