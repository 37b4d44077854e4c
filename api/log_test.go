package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestLogHasWhatIsAllowedAndNothingElse(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	client := newTestClient(t, func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/canary-id") { // a server that says everything back
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = fmt.Fprintln(w, "said back:", r.URL, r.Header)
			_, _ = io.Copy(w, r.Body)
		}
	}, WithLogger(logger))
	folder := client.RestoreSession("canary-id").OneDrive("canary-drive").Folder("canary-folder")
	if _, err := folder.RestoreToOriginalLocation(t.Context(), RestoreToOriginalLocation{
		UserName: "canary-user", UserPassword: canaryPassword,
	}); err == nil {
		t.Error("no error")
	}
	if _, err := folder.FoldersPage(t.Context(), PageOptions{}); err == nil {
		t.Error("no error")
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	want := []string{
		"POST /token", "POST /RestoreSessions/{id}/Organization/OneDrives/{id}/Folders/{id}/Action", "GET /RestoreSessions/{id}",
		"GET /RestoreSessions/{id}/Organization/OneDrives/{id}/Folders", "GET /RestoreSessions/{id}",
	}
	var got []string
	for _, line := range lines {
		var fields map[string]any
		if err := json.Unmarshal([]byte(line), &fields); err != nil {
			t.Fatal(err)
		}
		got = append(got, fields["method"].(string)+" "+fields["route"].(string))
		for name := range fields {
			if !slices.Contains([]string{
				"time", "level", "msg", "request", "method", "version", "route", "duration", "sent", "attempt", "status", "size", "failure",
			}, name) {
				t.Errorf("the log has %s: %s", name, line)
			}
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if strings.Count(out.String(), "500 Internal Server Error: said back: ") != 2 {
		t.Errorf("the log does not have what the server says: %s", out.String())
	}
	failure := regexp.MustCompile(`"failure":"(\\.|[^"\\])*"`) // the server's own words
	for _, text := range []string{canaryToken, canaryPassword} {
		if strings.Contains(out.String(), text) {
			t.Errorf("the log has a secret: %s", out.String())
		}
	}
	if strings.Contains(failure.ReplaceAllString(out.String(), ""), "canary") {
		t.Errorf("the log has an id: %s", out.String())
	}
}
