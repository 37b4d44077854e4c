package main

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// pack makes an archive. A name with a slash at the end is a folder, one that begins with -> is a link.
func pack(t *testing.T, names ...string) *zip.Reader {
	t.Helper()
	var buffer bytes.Buffer
	w := zip.NewWriter(&buffer)
	for _, name := range names {
		header := &zip.FileHeader{Name: strings.TrimPrefix(name, "->"), Modified: time.Date(2026, 1, 2, 3, 4, 6, 0, time.UTC)}
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
	archive, err := zip.NewReader(bytes.NewReader(buffer.Bytes()), int64(buffer.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return archive
}

func TestExtract(t *testing.T) {
	t.Parallel()
	directory := filepath.Join(t.TempDir(), "new", "directory")
	archive := pack(t, "a/", "a/b.txt", "a/c/d.txt", "empty/", "ä.txt", "console.txt", "com10.txt")
	files, err := extract(t.Context(), archive, directory, 1000)
	if err != nil || files != 5 {
		t.Fatalf("got %d files, %v", files, err)
	}
	for _, name := range []string{"a/b.txt", "a/c/d.txt", "ä.txt"} {
		path := filepath.Join(directory, filepath.FromSlash(name))
		content, err := os.ReadFile(path)
		if err != nil || string(content) != "content of "+name {
			t.Errorf("%s: %q, %v", name, content, err)
		}
		if info, err := os.Stat(path); err != nil || !info.ModTime().Equal(time.Date(2026, 1, 2, 3, 4, 6, 0, time.UTC)) {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	if info, err := os.Stat(filepath.Join(directory, "empty")); err != nil || !info.IsDir() {
		t.Errorf("empty folder: %v", err)
	}
	if _, err := extract(t.Context(), archive, directory, 1000); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("over another: %v", err)
	}
}

func TestExtractRefuses(t *testing.T) {
	t.Parallel()
	for want, names := range map[string][]string{
		"absolute":                   {"ok.txt", "/etc/passwd"},
		"an empty component":         {"a//b"},
		"names another folder":       {"ok.txt", "a/../../b"},
		"cannot have":                {`a\..\b`},
		`"C:/b"`:                     {"C:/b"},
		`"a:stream"`:                 {"a:stream"},
		`"a\nb"`:                     {"a\nb"},
		"ends in a dot or a space":   {"a. /b"},
		"a device":                   {"a/nul.txt"},
		`"COM¹"`:                     {"COM¹"},
		`"lpt1 .x"`:                  {"lpt1 .x"},
		"neither a file nor":         {"->link"},
		`"a" twice`:                  {"a", "a"},
		`"b" twice`:                  {"b", "b/c"},
		`"c" twice`:                  {"c/d", "c"},
		"differ by letter case only": {"a/Report.txt", "a/report.TXT"},
		`"E" and "e"`:                {"E/x", "e/y"},
		"more than 40 bytes":         {"a", "b", "c", "d"},
	} {
		parent := t.TempDir()
		_, err := extract(t.Context(), pack(t, names...), filepath.Join(parent, "directory"), 40)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v", names, err)
		}
		if entries, _ := os.ReadDir(parent); len(entries) != 0 {
			t.Errorf("%q: left behind: %v", names, entries)
		}
	}
}

func TestExtractLeavesNothingOfADamagedArchive(t *testing.T) {
	t.Parallel()
	var buffer bytes.Buffer
	w := zip.NewWriter(&buffer)
	for _, name := range []string{"good.txt", "damaged.txt"} {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = f.Write([]byte("content of " + name))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	damaged := bytes.Replace(buffer.Bytes(), []byte("content of damaged"), []byte("CONTENT of damaged"), 1)
	archive, err := zip.NewReader(bytes.NewReader(damaged), int64(len(damaged)))
	if err != nil {
		t.Fatal(err)
	}
	parent := t.TempDir()
	_, err = extract(t.Context(), archive, filepath.Join(parent, "directory"), 1000)
	if err == nil || !strings.Contains(err.Error(), `extract "damaged.txt": zip: checksum error`) {
		t.Errorf("got %v", err)
	}
	if entries, _ := os.ReadDir(parent); len(entries) != 0 {
		t.Errorf("left behind: %v", entries)
	}
}
