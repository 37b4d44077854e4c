package api

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// Canaries: the tests look for them in everything that is printed.
const (
	canaryPassword = "canary-password-1"
	canaryToken    = "canary-token-2"
	canaryRefresh  = "canary-refresh-3"
)

// newFolder returns a folder on a server that gives out tokens and answers everything else with action.
func newFolder(t *testing.T, action http.HandlerFunc, opts ...Option) Folder {
	t.Helper()
	return newTestClient(t, action, opts...).RestoreSession("session").OneDrive("drive").Folder("folder")
}

func newTestClient(t *testing.T, action http.HandlerFunc, opts ...Option) *Client {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /{version}/token", func(w http.ResponseWriter, _ *http.Request) { writeToken(w) })
	mux.HandleFunc("/", action)
	server := httptest.NewServer(mux)
	client, err := NewClient(server.URL, append([]Option{
		WithAPIVersion(V2), WithPassword("operator",
			canaryPassword), WithAttempts(1), WithLogger(LogForTest(canaryPassword, canaryToken, canaryRefresh)),
	}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		client.CloseIdleConnections()
		server.Close()
	})
	return client
}

func writeToken(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"access_token":"`+canaryToken+`","refresh_token":"`+canaryRefresh+
		`","token_type":"bearer","expires_in":3600}`)
}

// archive returns a ZIP archive with one file of this content.
func archive(t *testing.T, content string) []byte {
	t.Helper()
	var buffer bytes.Buffer
	w := zip.NewWriter(&buffer)
	f, err := w.CreateHeader(&zip.FileHeader{Name: "invoices/2026.txt", Method: zip.Store})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(f, content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buffer.Bytes()
}

// advance lets time pass, in a bubble of synctest.
func advance(d time.Duration) {
	time.Sleep(d) //nolint:forbidigo // the bubble's clock jumps
}
