package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"testing"
	"testing/fstest"
)

func TestMakeBackup(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := makeBackup(dir, 1001); err != nil {
		t.Fatal(err)
	}
	sizes := map[string]int64{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			sizes[name] = info.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	large := sizes[largeFolder+"/Video 1.mp4"] + sizes[largeFolder+"/More/Video.mp4"]
	if large != 1001 || len(sizes) != len(smallContent)+2 {
		t.Errorf("sizes = %v", sizes)
	}
}

func TestSameTree(t *testing.T) {
	t.Parallel()
	long := make([]byte, 200_000)
	file := func(content []byte) *fstest.MapFile { return &fstest.MapFile{Data: content} }
	want := fstest.MapFS{"a": file([]byte("one")), "b/c": file(long), "empty": file(nil)}
	other := make([]byte, len(long))
	other[len(other)-1] = 1
	tests := []struct {
		name string
		got  fs.FS
		same bool
	}{
		{"the same", fstest.MapFS{"a": file([]byte("one")), "b/c": file(long), "empty": file(nil)}, true},
		{"one is missing", fstest.MapFS{"a": file([]byte("one")), "b/c": file(long)}, false},
		{"one too many", fstest.MapFS{"a": file([]byte("one")), "b/c": file(long), "empty": file(nil), "d": file(nil)}, false},
		{"one has another name", fstest.MapFS{"A": file([]byte("one")), "b/c": file(long), "empty": file(nil)}, false},
		{"the last byte differs", fstest.MapFS{"a": file([]byte("one")), "b/c": file(other), "empty": file(nil)}, false},
		{"one is shorter", fstest.MapFS{"a": file([]byte("one")), "b/c": file(long[1:]), "empty": file(nil)}, false},
		{"one is longer", fstest.MapFS{"a": file([]byte("one")), "b/c": file(long), "empty": file([]byte("x"))}, false},
		{"one cannot be read", broken{want}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if err := sameTree(want, test.got); (err == nil) != test.same {
				t.Errorf("sameTree = %v, want same %v", err, test.same)
			}
		})
	}
}

// broken is a file system whose files end in an error, as one of a damaged archive does.
type broken struct{ fs.FS }

func (b broken) Open(name string) (fs.File, error) {
	f, err := b.FS.Open(name)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err != nil || info.IsDir() {
		return f, err
	}
	return damaged{f}, nil
}

type damaged struct{ fs.File }

func (d damaged) Read(p []byte) (int, error) {
	n, err := d.File.Read(p)
	if errors.Is(err, io.EOF) {
		err = errors.New("checksum error")
	}
	return n, err
}
