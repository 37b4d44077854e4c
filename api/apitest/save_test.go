package apitest_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/vbo365/vbo365-go/api/apitest"
)

// oneDrive is the configuration with a single OneDrive with one restore point.
func oneDrive(t testing.TB, backup fs.FS) []apitest.Organization {
	t.Helper()
	return []apitest.Organization{{Name: "example.com", OneDrives: []apitest.OneDrive{{
		Owner:      "alice@example.com",
		Backup:     []apitest.RestorePoint{{Time: time.Now(), FS: backup}},
		Production: t.TempDir(),
	}}}}
}

// painful is a tree with names that hurt.
var painful = map[string]string{
	"with space/ leading and trailing /two  spaces.txt": "spaces",
	"café.txt":               "composed",
	"cafe\u0301.txt":         "decomposed",
	"日本語/😀.txt":              "other planes",
	"100%/50%25.txt":         "percent",
	"a#b?c&d=e.txt":          "URL",
	"a+b;c,d@e.txt":          "more URL",
	"quote'\"`$(x).txt":      "shell",
	"-rf":                    "option",
	".hidden/.profile":       "hidden",
	"...":                    "dots",
	strings.Repeat("x", 200): "long",
	"deep/" + strings.Repeat("d/", 60) + "end": "deep",
	"empty folder/":        "",
	"empty folder/nested/": "",
	"empty file":           "",
	"big":                  strings.Repeat("0123456789abcdef", 1<<16),
	"case/a":               "lower",
}

func TestSaveNames(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Log("file systems elsewhere do not know some of the names; they are left to Linux")
		return
	}
	backup := t.TempDir()
	write(t, backup, painful)
	modified := time.Date(2020, 2, 29, 12, 34, 56, 0, time.UTC)
	if err := os.Chtimes(filepath.Join(backup, "empty file"), modified, modified); err != nil {
		t.Fatal(err)
	}
	for _, chunked := range []bool{false, true} {
		b := newBench(t, apitest.Config{Chunked: chunked, Organizations: oneDrive(t, os.DirFS(backup))})
		got := b.act("", `{"save":null}`)
		wantSame(t, "archive", tree(t, backup), got.archived(t))
		if want := int64(len(got.body)); !chunked && got.length != want || chunked && got.length != -1 {
			t.Errorf("chunked %t: %d bytes are announced for %d", chunked, got.length, want)
		}
		if again := b.act("", `{"save":{"asZip":false}}`); !bytes.Equal(again.body, got.body) {
			t.Error("the second archive differs from the first")
		}
		for _, folder := range []string{"with space", "日本語", "100%", "deep/d/d", "empty folder"} {
			want := tree(t, filepath.Join(backup, filepath.FromSlash(folder)))
			wantSame(t, folder, want, b.act(folder, `{"save":null}`).archived(t))
		}
	}
}

func TestSaveAsOf(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{})
	first := time.Date(2026, 1, 10, 2, 0, 0, 0, time.UTC)
	const one, two = "Report, first version\n", "Report, second version, somewhat longer\n"
	for at, want := range map[time.Time]string{
		first: one, first.Add(time.Hour): one, first.AddDate(0, 0, 1).Add(-1): one,
		first.AddDate(0, 0, 1): two, first.AddDate(10, 0, 0): two, {}: two,
	} {
		b.session = b.startSession(at)
		files := b.act("Documents", `{"save":null}`).archived(t)
		if files["Report.txt"] != want {
			t.Errorf("as of %s the report is %q", at, files["Report.txt"])
		}
		if _, there := files["Draft.txt"]; there != (want == one) {
			t.Errorf("as of %s the draft is there: %t", at, there)
		}
	}
}

// TestSaveSkips sees that what cannot be in a OneDrive is left out.
func TestSaveSkips(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Log("made for Linux")
		return
	}
	dir := t.TempDir()
	backup := filepath.Join(dir, "backup")
	write(t, dir, map[string]string{
		"secret": "outside", "outside/secret": "outside", "backup/a": "a", "backup/sub/b": "b",
		"backup/.versions/a/1.0": "reserved", "backup/sub/.versions/c": "not reserved", "backup/bad\xff/d": "d", "backup/bad\xfe": "e",
	})
	for name, target := range map[string]string{
		"file link": "../secret", "folder link": "../outside", "dangling": "nowhere", "sub/inner link": "../a",
	} {
		if err := os.Symlink(target, filepath.Join(backup, name)); err != nil {
			t.Fatal(err)
		}
	}
	socket, err := new(net.ListenConfig).Listen(t.Context(), "unix", filepath.Join(backup, "socket"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = socket.Close() })
	b := newBench(t, apitest.Config{Organizations: oneDrive(t, os.DirFS(backup))})
	want := map[string]string{
		"a": "a", "sub/": "", "sub/b": "b", "sub/.versions/": "",
		"sub/.versions/c": "not reserved",
	}
	wantSame(t, "archive", want, b.act("", `{"save":null}`).archived(t))
	b.act("folder link", `{"save":null}`).wantMessage(t, http.StatusNotFound, "cannot be found")
	b.act(".versions", `{"save":null}`).wantMessage(t, http.StatusNotFound, "cannot be found")
	if stats := b.mustAct("", overwriteAll); stats.RestoredItemsCount != 3 || stats.TotalItemsCount != 3 {
		t.Errorf("restored: %+v", stats)
	}
	wantSame(t, "production", want, tree(t, b.drive.Production))
}

// brokenFS fails in a chosen way with one of its files.
type brokenFS struct {
	fstest.MapFS
	broken string
	reads  bool // it can be opened, and fails while it is read
	grows  bool // it is longer than it says
	gone   bool // the folder cannot be listed
}

var errBroken = errors.New("the disk is broken")

func (b brokenFS) Open(name string) (fs.File, error) {
	if name != b.broken || b.gone {
		return b.MapFS.Open(name)
	}
	if !b.reads && !b.grows {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errBroken}
	}
	file, err := b.MapFS.Open(name)
	return brokenFile{file, b}, err
}

func (b brokenFS) ReadDir(name string) ([]fs.DirEntry, error) {
	if b.gone && name == b.broken {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: errBroken}
	}
	return b.MapFS.ReadDir(name)
}

type brokenFile struct {
	fs.File
	fs brokenFS
}

func (f brokenFile) Read(p []byte) (int, error) {
	n, err := f.File.Read(p)
	if f.fs.reads {
		return n, errBroken
	}
	if errors.Is(err, io.EOF) {
		return len(p), nil // for ever
	}
	return n, err
}

// TestSaveBroken sees that what looks like a complete archive is one.
func TestSaveBroken(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{
		"a": {Data: bytes.Repeat([]byte("a"), 1<<20)}, "b/c": {Data: []byte("c")},
		"d": {Data: []byte("d")},
	}
	for name, backup := range map[string]brokenFS{
		"cannot be opened":  {MapFS: files, broken: "b/c"},
		"cannot be read":    {MapFS: files, broken: "b/c", reads: true},
		"last file is bad":  {MapFS: files, broken: "d", reads: true},
		"first file is bad": {MapFS: files, broken: "a", reads: true},
		"grows meanwhile":   {MapFS: files, broken: "b/c", grows: true},
		"grows, last file":  {MapFS: files, broken: "d", grows: true},
		"unreadable folder": {MapFS: files, broken: "b", gone: true},
	} {
		for _, chunked := range []bool{false, true} {
			b := newBench(t, apitest.Config{Chunked: chunked, Organizations: oneDrive(t, backup)})
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
				b.srv.URL+
					actionPath(b.session.ID, b.drive.ID, b.drive.RootFolderID), strings.NewReader(`{"save":null}`))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Authorization", "Bearer "+b.token)
			response, err := b.client.Do(request)
			if err != nil {
				continue // cut off before the first byte came through
			}
			_, err = io.Copy(io.Discard, response.Body)
			response.Body.Close()
			if response.StatusCode == http.StatusOK && err == nil {
				t.Errorf("%s, chunked %t: the answer looks complete", name, chunked)
			}
			if backup.gone && !chunked && response.StatusCode != http.StatusInternalServerError {
				t.Errorf("%s: status %d", name, response.StatusCode)
			}
		}
	}
}

// endlessFS has one huge file, which says when it is closed.
type endlessFS struct {
	fstest.MapFS
	closed chan struct{}
}

func (e endlessFS) Open(name string) (fs.File, error) {
	file, err := e.MapFS.Open(name)
	if name == "huge" {
		file = endlessFile{file, e}
	}
	return file, err
}

func (e endlessFS) Stat(name string) (fs.FileInfo, error) {
	info, err := e.MapFS.Stat(name)
	if name == "huge" {
		info = endlessInfo{info}
	}
	return info, err
}

func (e endlessFS) ReadDir(name string) ([]fs.DirEntry, error) {
	info, err := e.Stat("huge")
	return []fs.DirEntry{fs.FileInfoToDirEntry(info)}, err
}

type endlessFile struct {
	fs.File
	fs endlessFS
}

func (f endlessFile) Read(p []byte) (int, error) { return len(p), nil }

func (f endlessFile) Close() error {
	f.fs.closed <- struct{}{}
	return f.File.Close()
}

type endlessInfo struct{ fs.FileInfo }

func (endlessInfo) Size() int64 { return 1 << 50 }

// TestSaveClientLeaves sees that the work ends when nobody wants it any more.
func TestSaveClientLeaves(t *testing.T) {
	t.Parallel()
	for _, leave := range []string{"client", "server"} {
		backup := endlessFS{fstest.MapFS{"huge": {}}, make(chan struct{}, 1)}
		b := newBench(t, apitest.Config{Organizations: oneDrive(t, backup)})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		request, err := http.NewRequestWithContext(ctx, http.MethodPost,
			b.srv.URL+actionPath(b.session.ID, b.drive.ID, b.drive.RootFolderID), strings.NewReader(`{"save":null}`))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+b.token)
		response, err := b.client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.CopyN(io.Discard, response.Body, 1<<20); err != nil {
			t.Fatal(err)
		}
		if leave == "client" {
			cancel()
		} else if err := b.srv.Close(); err != nil {
			t.Fatal(err)
		}
		<-backup.closed
		if _, err := io.Copy(io.Discard, response.Body); err == nil {
			t.Errorf("%s: the answer looks complete", leave)
		}
		response.Body.Close()
	}
}
