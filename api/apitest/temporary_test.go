package apitest_test

import (
	"bytes"
	"io"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"github.com/vbo365/vbo365-go/api/apitest"
)

// countingFS counts how often documents are opened.
type countingFS struct {
	fs.FS
	opened *atomic.Int64
}

func (c countingFS) Open(name string) (fs.File, error) {
	if strings.HasSuffix(name, ".bin") {
		c.opened.Add(1)
	}
	return c.FS.Open(name)
}

// TestTemporaryArchive sees that an interrupted save of v7 and later gets the same file again, until it has come whole
// or the session has ended, and that nothing is left of it.
func TestTemporaryArchive(t *testing.T) {
	t.Parallel()
	for _, version := range pathVersions {
		backup := countingFS{fstest.MapFS{}, new(atomic.Int64)}
		for _, name := range []string{"a.bin", "b.bin"} {
			backup.FS.(fstest.MapFS)[name] = &fstest.MapFile{Data: bytes.Repeat([]byte(name), 4<<20)}
		}
		b := newBench(t, apitest.Config{Organizations: oneDrive(t, backup), TemporaryArchives: true})
		b.session.ID = b.explore(version, `{"explore": {}}`)
		path := b.drivePath(version) + "/save"
		wantOpened := func(what string, want int64) {
			t.Helper()
			if version == "v6" {
				want = -1 // it keeps nothing
			}
			if got := backup.opened.Swap(0); want >= 0 && got != want || want < 0 && got == 0 {
				t.Errorf("%s: %s: %d documents were opened", version, what, got)
			}
		}
		interrupt := func() {
			t.Helper()
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.srv.URL+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Authorization", "Bearer "+b.token)
			response, err := b.client.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.CopyN(io.Discard, response.Body, 1000); err != nil {
				t.Error(err)
			}
			response.Body.Close()
		}
		interrupt()
		if version == "v6" {
			backup.opened.Store(1) // how far it has come is not known
		}
		wantOpened("first", 2)
		for len(b.events(version)) == 0 || b.events(version)[0]["status"] == "Running" {
			b.events(version)
		}
		whole := b.send(http.MethodPost, path, "")
		if files := whole.archived(t); len(files) != 2 || whole.length != int64(len(whole.body)) {
			t.Errorf("%s: %d files, length %d of %d", version, len(files), whole.length, len(whole.body))
		}
		wantOpened("again", 0)
		if again := b.send(http.MethodPost, path, ""); !slices.Equal(again.body, whole.body) {
			t.Errorf("%s: %d bytes, then %d", version, len(whole.body), len(again.body))
		}
		wantOpened("after the whole", 2)
		if got := b.events(version); !strings.Contains(got[1]["message"].(string), "was saved successfully") {
			t.Errorf("%s: event %v", version, got[1])
		}

		interrupt()
		b.session.ID = b.explore(version, `{"explore": {}}`)
		path = b.drivePath(version) + "/save"
		backup.opened.Store(0)
		b.send(http.MethodPost, path, "").archived(t)
		wantOpened("another session", 2)
	}
}

// TestTemporaryArchiveOfBroken sees that a backup that cannot be read gives an error before the first byte.
func TestTemporaryArchiveOfBroken(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{TemporaryArchives: true, Organizations: oneDrive(t, brokenFS{
		MapFS: fstest.MapFS{"a": {Data: []byte("a")}}, broken: "a",
	})})
	for range 2 {
		b.send(http.MethodPost, b.drivePath("v8")+"/save", "").wantMessage(t, http.StatusInternalServerError,
			"the disk is broken")
	}
}
