package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// packed makes an archive. A name that ends with a slash is a folder, one that starts with -> is a link.
func packed(t *testing.T, names ...string) []byte {
	t.Helper()
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	for _, name := range names {
		header := &zip.FileHeader{
			Name:     strings.TrimPrefix(name, "->"),
			Modified: time.Date(2026, 1, 2, 3, 4, 6, 0, time.UTC),
		}
		header.SetMode(0o644)
		if strings.HasPrefix(name, "->") {
			header.SetMode(fs.ModeSymlink | 0o777)
		}
		if strings.HasSuffix(name, "/") {
			header.SetMode(fs.ModeDir | 0o755)
		}
		f, err := w.CreateHeader(header)
		if err == nil && !strings.HasSuffix(name, "/") {
			_, err = f.Write([]byte("content of " + name))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return archive.Bytes()
}

// packedRaw makes an archive of one file with the given checksum.
func packedRaw(t *testing.T, name, content string, checksum uint32) []byte {
	t.Helper()
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	size := uint64(len(content))
	f, err := w.CreateRaw(
		&zip.FileHeader{Name: name, CRC32: checksum, CompressedSize64: size, UncompressedSize64: size})
	if err == nil {
		_, err = f.Write([]byte(content))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return archive.Bytes()
}

// flagsFor starts a server of v2 that responds with this archive to each save, and returns the flags to save a folder.
func flagsFor(t *testing.T, archive []byte) []string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/v2/token":
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"access_token":"a","expires_in":3600}`)
		case "/v2/RestoreSessions/s/Organization/OneDrives/d/Folders/f/Action":
			w.Header().Set("Content-Type", "application/octet-stream")
			w.Header().Set("Content-Length", fmt.Sprint(len(archive)))
			_, _ = w.Write(archive)
		default:
			t.Errorf("unexpected request: %s %s", r.Method, r.URL)
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	password := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte(testPassword), 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{
		"--server", server.URL, "--username", "operator", "--password-file", password, "--attempts", "1",
		"--api-version", "v2", "--session", "s", "--drive", "d", "--folder", "f",
	}
}

// A savedExtract is the result of a save to the directory "out", the only entry of its parent directory.
type savedExtract struct {
	status           int
	out, err, parent string
}

func (s savedExtract) directory() string { return filepath.Join(s.parent, "out") }

func saveExtract(ctx context.Context, t *testing.T, parent string, archive []byte, flags ...string) savedExtract {
	t.Helper()
	var out, messages bytes.Buffer
	s := savedExtract{parent: parent}
	args := append([]string{"save", "--extract", s.directory()}, flagsFor(t, archive)...)
	s.status = run(ctx, append(args, flags...), terminal{in: os.Stdin, out: &out, err: &messages})
	s.out, s.err = out.String(), messages.String()
	return s
}

// check verifies the exit status, a part of the messages, and after a failure that no file is left.
func (s savedExtract) check(t *testing.T, status int, message string) {
	t.Helper()
	if s.status != status || !strings.Contains(s.err, message) {
		t.Errorf("exit status %d, not %d: %.1000s", s.status, status, s.err)
	}
	entries, err := os.ReadDir(s.parent)
	if err != nil || status == 0 && (len(entries) != 1 || entries[0].Name() != "out") || status != 0 &&
		len(entries) != 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

// files returns the paths of the files in the directory with their content, and those of the folders with "".
func (s savedExtract) files(t *testing.T) map[string]string {
	t.Helper()
	files := make(map[string]string)
	err := filepath.WalkDir(s.directory(), func(name string, entry fs.DirEntry, err error) error {
		if err != nil || name == s.directory() {
			return err
		}
		path, err := filepath.Rel(s.directory(), name)
		if err != nil || entry.IsDir() {
			files[filepath.ToSlash(path)+"/"] = ""
			return err
		}
		content, err := os.ReadFile(name)
		files[filepath.ToSlash(path)] = string(content)
		return err
	})
	if err != nil {
		t.Error(err)
	}
	return files
}

func TestExtract(t *testing.T) {
	t.Parallel()
	archive := packed(t, "a/", "a/b.txt", "a/c/d.txt", "empty/", "ä.txt", "console.txt", "com10.txt")
	s := saveExtract(t.Context(), t, t.TempDir(), archive)
	s.check(t, 0, "")
	if !strings.HasPrefix(s.out, fmt.Sprintf("save: %s, 5 files; f of d; ", s.directory())) || s.err != "" {
		t.Errorf("it says %q, %q", s.out, s.err)
	}
	want := map[string]string{"a/": "", "a/c/": "", "empty/": ""}
	for _, name := range []string{"a/b.txt", "a/c/d.txt", "ä.txt", "console.txt", "com10.txt"} {
		want[name] = "content of " + name
		info, err := os.Stat(filepath.Join(s.directory(), name))
		if err != nil || !info.ModTime().Equal(time.Date(2026, 1, 2, 3, 4, 6, 0, time.UTC)) {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	if diff := cmp.Diff(want, s.files(t)); diff != "" {
		t.Error(diff)
	}
	again := saveExtract(t.Context(), t, s.parent, archive)
	again.status, again.out = again.status-exitUsage, ""
	again.check(t, 0, "not empty")
}

func TestExtractRefuses(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("a/", 256)
	for want, names := range map[string][]string{
		"absolute":                                  {"ok.txt", "/etc/passwd"},
		"an empty component":                        {"a//b"},
		"names another folder":                      {"ok.txt", "a/../../b"},
		"it has a component that names":             {"./a"},
		"neither a file nor":                        {"->link"},
		`"a" twice`:                                 {"a", "a"},
		`"b" twice: it is a file and a folder`:      {"b", "b/c"},
		`"c" twice`:                                 {"c/d", "c"},
		`"d/" twice`:                                {"d", "d/"},
		"more than 40 bytes":                        {"a", "b", "c", "d"},
		`"deep/` + deep[:295] + `": it has more th`: {"ok.txt", "deep/" + deep},
		"it has more than 256 levels":               {deep + "b"},
	} {
		saved := saveExtract(t.Context(), t, t.TempDir(), packed(t, names...), "--max-extracted-bytes", "40")
		saved.check(t, exitFailure, want)
	}
	name := strings.TrimSuffix(deep, "a/") + "b" // the maximum depth
	s := saveExtract(t.Context(), t, t.TempDir(), packed(t, name))
	s.check(t, 0, "")
	if files := s.files(t); files[name] == "" {
		t.Errorf("%d files", len(files))
	}
}

func TestExtractRefusesTooManyFolders(t *testing.T) {
	t.Parallel()
	names := make([]string, 4200)
	for i := range names {
		names[i] = fmt.Sprintf("%d/%s", i, strings.Repeat("d/", 250))
	}
	saved := saveExtract(t.Context(), t, t.TempDir(), packed(t, names...))
	saved.check(t, exitFailure, "more than 1048576 files and folders")
}

// TestExtractRefusesTooManyEntries has too many entries of the same folder, which is only one node.
func TestExtractRefusesTooManyEntries(t *testing.T) {
	t.Parallel()
	const entries = 1<<20 + 1
	whole := packed(t, "a/")
	begin, end := bytes.Index(whole, []byte("PK\x01\x02")), bytes.Index(whole, []byte("PK\x05\x06"))
	archive := bytes.NewBuffer(whole[:begin:begin])
	archive.Write(bytes.Repeat(whole[begin:end], entries))
	at := uint64(archive.Len())
	for _, field := range []any{
		[]byte("PK\x06\x06"), uint64(44), uint16(45), uint16(45), uint32(0), uint32(0), // APPNOTE 4.3.14
		uint64(entries), uint64(entries), at - uint64(begin), uint64(begin),
		[]byte("PK\x06\x07"), uint32(0), at, uint32(1), // 4.3.15
		[]byte("PK\x05\x06"), uint32(0), ^uint16(0), ^uint16(0), ^uint32(0), ^uint32(0), uint16(0), // 4.3.16
	} {
		if err := binary.Write(archive, binary.LittleEndian, field); err != nil {
			t.Fatal(err)
		}
	}
	saveExtract(t.Context(), t, t.TempDir(), archive.Bytes()).check(t, exitFailure,
		"more than 1048576 files and folders")
}

func TestExtractVerifiesChecksums(t *testing.T) {
	t.Parallel()
	good := packed(t, "good.txt", "damaged.txt")
	const noChecksum = "\x9d\x0a\xd9\x6d" // its CRC-32 is 0
	for name, test := range map[string]struct {
		archive []byte
		status  int
	}{
		"another content":      {packedRaw(t, "damaged.txt", "content", 1), exitFailure},
		"no checksum":          {packedRaw(t, "damaged.txt", "content", 0), exitFailure},
		"a checksum that is 0": {packedRaw(t, "damaged.txt", noChecksum, 0), 0},
		"an empty file":        {packedRaw(t, "damaged.txt", "", 0), 0},
		"cut": {bytes.ReplaceAll(packedRaw(t, "damaged.txt", noChecksum, 0), []byte("\x04\x00\x00\x00\x04\x00\x00\x00"),
			[]byte("\x04\x00\x00\x00\x05\x00\x00\x00")), exitFailure},
		"good": {good, 0},
	} {
		want := ""
		if test.status != 0 {
			want = `extract "damaged.txt": `
		}
		t.Log(name)
		saveExtract(t.Context(), t, t.TempDir(), test.archive).check(t, test.status, want)
	}
}

// TestExtractOfAnArchiveThatCannotBeOpened has an archive with a valid end, but an invalid entry.
func TestExtractOfAnArchiveThatCannotBeOpened(t *testing.T) {
	t.Parallel()
	archive := packedRaw(t, "a.txt", "content", 1)
	size := bytes.Index(archive, []byte("PK\x01\x02")) + 20
	copy(archive[size:], "\xff\xff\xff\xff") // the size is in a missing field
	saveExtract(t.Context(), t, t.TempDir(), archive).check(t, exitFailure, "not a valid zip file")
}

// A watchedContext calls a function whenever its Err is called.
type watchedContext struct {
	context.Context

	watch func()
}

func (c watchedContext) Err() error {
	c.watch()
	return c.Context.Err()
}

// when calls do when there is a file of this name beside the directory out in parent.
func when(t *testing.T, parent, pattern string, do func()) func() {
	return func() {
		found, err := filepath.Glob(filepath.Join(parent, "out."+pattern))
		if err != nil {
			t.Error(err)
		}
		if len(found) > 0 {
			do()
		}
	}
}

func TestExtractIsInterrupted(t *testing.T) {
	t.Parallel()
	var huge bytes.Buffer
	w := zip.NewWriter(&huge)
	f, err := w.Create("huge")
	if err == nil {
		_, err = f.Write(make([]byte, 8<<20))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	for pattern, archive := range map[string][]byte{
		"*.zip":            packed(t, "a", "b", "b"), // while the names are checked
		"*.partial":        packed(t, "a/", "b/"),
		"*.partial/huge":   huge.Bytes(), // while it is written
		"*.partial/a/last": packed(t, "a/last", "b"),
	} {
		parent := t.TempDir()
		ctx, cancel := context.WithCancel(t.Context())
		s := saveExtract(watchedContext{ctx, when(t, parent, pattern, cancel)}, t, parent, archive)
		if ctx.Err() == nil {
			t.Errorf("there was no %s", pattern)
		}
		cancel()
		t.Log(pattern)
		s.check(t, exitInterrupted, "context canceled")
	}
}

func TestExtractPanics(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{"*.zip", "*.partial/a"} {
		parent := t.TempDir()
		func() {
			defer func() {
				if r := recover(); r != pattern {
					t.Errorf("%s: recovered %v", pattern, r)
				}
			}()
			ctx := watchedContext{t.Context(), when(t, parent, pattern, func() { panic(pattern) })}
			saveExtract(ctx, t, parent, packed(t, "a", "b"))
		}()
		if entries, err := os.ReadDir(parent); err != nil || len(entries) != 0 {
			t.Errorf("%s: left behind: %v, %v", pattern, entries, err)
		}
	}
}

// TestOpenArchiveBoundsTheDirectory has an archive whose directory is too long to keep in memory.
func TestOpenArchiveBoundsTheDirectory(t *testing.T) {
	t.Parallel()
	names := make([]string, 400)
	for i := range names {
		names[i] = fmt.Sprint(strings.Repeat("d", 1000), i)
	}
	name := filepath.Join(t.TempDir(), "archive.zip")
	if err := os.WriteFile(name, packed(t, names...), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := openArchive(name, 100<<10); !errors.Is(err, errDirectoryTooLong) {
		t.Errorf("got %v", err)
	}
	file, archive, err := openArchive(name, 500<<10)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	for range 50 { // later reads do not count
		for _, entry := range archive.File {
			content, err := entry.Open()
			if err == nil {
				_, err = io.Copy(io.Discard, content)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}
