package api_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vbo365/vbo365-go/api"
	"github.com/vbo365/vbo365-go/gen"
)

func getSession(c *gen.Client) (*http.Response, error) {
	return c.GetRestoreSession(context.Background(), "s")
}

func restoreVersion(c *gen.Client) (*http.Response, error) {
	options := gen.RestoreToOriginalLocationOptions{UserPassword: "hunter22"}
	return c.RestoreOneDriveFolderVersion(context.Background(), "s", "d", "f", 1, options)
}

// unknownOperation sends a request that the document does not have.
func unknownOperation(c *gen.Client) (*http.Response, error) {
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, c.Server+"Jobs/j/Start", nil)
	if err != nil {
		return nil, err
	}
	return c.Client.Do(request)
}

// TestDo counts what a server gets that fails in each way.
func TestDo(t *testing.T) {
	t.Parallel()
	status := func(status int) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) { w.WriteHeader(status) }
	}
	busy := status(http.StatusServiceUnavailable)
	hangUp := func(http.ResponseWriter) { panic(http.ErrAbortHandler) }
	for name, test := range map[string]struct {
		request func(*gen.Client) (*http.Response, error)
		fail    func(http.ResponseWriter)
		calls   int64
		is      error
		unknown bool
	}{
		"read: busy":          {getSession, busy, 3, api.ErrServer, false},
		"read: lost":          {getSession, hangUp, 3, api.ErrNoAnswer, false},
		"restore: busy":       {restoreVersion, busy, 1, api.ErrServer, true},
		"restore: lost":       {restoreVersion, hangUp, 1, api.ErrNoAnswer, true},
		"unknown: busy":       {unknownOperation, busy, 1, api.ErrServer, true},
		"unknown: lost":       {unknownOperation, hangUp, 1, api.ErrNoAnswer, true},
		"restore: refused":    {restoreVersion, status(http.StatusBadRequest), 1, nil, false},
		"restore: a redirect": {restoreVersion, status(http.StatusFound), 1, api.ErrUnexpected, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int64
			client, _ := stubborn(t, func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				calls.Add(1)
				test.fail(w)
			}, api.WithAttempts(3))
			response, err := client.Do(t.Context(), test.request)
			if _, ok := errors.AsType[*api.Error](err); !ok || response != nil || calls.Load() != test.calls ||
				test.is != nil && !errors.Is(err, test.is) || errors.Is(err, api.ErrOutcomeUnknown) != test.unknown {
				t.Errorf("got %v after %d calls", err, calls.Load())
			}
			if err != nil && !strings.HasPrefix(err.Error(), "send request: ") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestDoRemovesSecrets has a server that says back what it was sent.
func TestDoRemovesSecrets(t *testing.T) {
	t.Parallel()
	client, _ := stubborn(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, r.Header.Get("Authorization"))
		_, _ = io.Copy(w, r.Body)
	}, api.WithTokens(func(context.Context, api.Secret) (api.Secret, error) { return "canary-token", nil }))
	_, err := client.Do(t.Context(), restoreVersion)
	if err == nil || !strings.Contains(err.Error(), "userPassword") || strings.Contains(err.Error(), "hunter22") ||
		strings.Contains(err.Error(), "canary") {
		t.Errorf("got %v", err)
	}
}

// TestDoSendsNothingElsewhere has requests for another server, and for another version of the API.
func TestDoSendsNothingElsewhere(t *testing.T) {
	t.Parallel()
	var calls atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	t.Cleanup(other.Close)
	client, _ := stubborn(t, func(http.ResponseWriter, *http.Request) { calls.Add(1) })
	for _, server := range []string{other.URL + "/v7/", client.String() + "/v6/", client.String() + "/v70/"} {
		_, err := client.Do(t.Context(), func(c *gen.Client) (*http.Response, error) {
			return (&gen.Client{Server: server, Client: c.Client}).GetServiceInstance(t.Context())
		})
		if !errors.Is(err, api.ErrInvalid) || calls.Load() != 0 {
			t.Errorf("%s: %v after %d calls", server, err, calls.Load())
		}
	}
}

// TestDoDoesNotReadStreams has a server that sends the rest of a stream when the caller has its beginning.
func TestDoDoesNotReadStreams(t *testing.T) {
	t.Parallel()
	begun := make(chan struct{})
	client, _ := stubborn(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "begin")
		_ = http.NewResponseController(w).Flush()
		select {
		case <-begun:
		case <-r.Context().Done():
		}
		_, _ = io.WriteString(w, "end")
	})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	response, err := client.Do(ctx, func(c *gen.Client) (*http.Response, error) {
		return c.SaveOneDriveFolderVersion(ctx, "s", "d", "f", 1)
	})
	close(begun)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil || string(body) != "beginend" {
		t.Errorf("got %q, %v", body, err)
	}
}
