package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// TestTreeThatContainsItself lists endless folders: one contains itself, the other a new folder on each level.
func TestTreeThatContainsItself(t *testing.T) {
	t.Parallel()
	for name, endless := range map[string]bool{"its own parent": false, "no bottom": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int64
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				switch {
				case strings.HasSuffix(r.URL.Path, "/token"):
					_, _ = io.WriteString(w, `{"access_token":"t"}`)
				case strings.HasSuffix(r.URL.Path, "/Folders"):
					n := requests.Add(1)
					if n > 1000 {
						w.WriteHeader(http.StatusInternalServerError)
						return
					}
					if !endless {
						n %= 2
					}
					_, _ = fmt.Fprintf(w, `{"offset":0,"results":[{"id":"%d","name":"folder"}]}`, n)
				default:
					_, _ = io.WriteString(w, `{"offset":0,"results":[]}`)
				}
			}))
			defer server.Close()
			password := filepath.Join(t.TempDir(), "password")
			if err := os.WriteFile(password, []byte("secret"), 0o600); err != nil {
				t.Fatal(err)
			}
			var messages bytes.Buffer
			status := run(t.Context(), []string{
				"tree", "--server", server.URL, "--username", "u", "--password-file", password, "--api-version", "v7",
				"--session", "s", "--drive", "d",
			}, terminal{in: os.Stdin, out: io.Discard, err: &messages})
			if status != exitFailure || !strings.Contains(messages.String(), "contains itself") ||
				requests.Load() > 300 {
				t.Errorf("status %d after %d requests: %.300s", status, requests.Load(), messages.String())
			}
		})
	}
}
