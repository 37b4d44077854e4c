package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/vbo365/vbo365-go/api/apitest"
)

// TestCountStopsEarly restores a folder of 3000 documents in 300 folders. The count stops when the answer is known.
func TestCountStopsEarly(t *testing.T) {
	t.Parallel()
	files := make(fstest.MapFS)
	for i := range 3000 {
		files[fmt.Sprintf("Documents/%d/%d.txt", i/10, i)] = &fstest.MapFile{}
	}
	server := apitest.NewServer(t, apitest.Config{Organizations: []apitest.Organization{{
		Name: "example.onmicrosoft.com",
		OneDrives: []apitest.OneDrive{{Owner: "alice@example.com", Backup: []apitest.RestorePoint{{
			Time: time.Now().Add(-time.Hour), FS: files,
		}}}},
	}}})
	flags := flags(t, server)
	for path, most := range map[string]int{"Documents": 250, "/": 50} {
		before := len(server.Requests())
		var messages bytes.Buffer
		status := run(t.Context(), append([]string{
			"restore", "--owner", "alice@example.com", "--path", path, "--user-code", "CODE",
		}, flags...), terminal{in: os.Stdin, out: io.Discard, err: &messages})
		if status != exitUsage || !strings.Contains(messages.String(), "use --yes") {
			t.Errorf("%s: exit status %d, %s", path, status, messages.String())
		}
		if requests := len(server.Requests()) - before; requests > most {
			t.Errorf("%s: %d requests", path, requests)
		}
	}
}
