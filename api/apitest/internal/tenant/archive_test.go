package tenant

import (
	"io"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// large is a file system with files of zeros, whose content takes no memory.
type large struct {
	fstest.MapFS
	sizes map[string]int64
}

func (l large) Open(name string) (fs.File, error) {
	file, err := l.MapFS.Open(name)
	if size, ok := l.sizes[name]; ok && err == nil {
		return &largeFile{file, size, size}, nil
	}
	return file, err
}

func (l large) Lstat(name string) (fs.FileInfo, error) {
	info, err := l.MapFS.Lstat(name)
	return largeInfo{info, l.sizes[name]}, err
}

func (l large) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := l.MapFS.ReadDir(name)
	for i, entry := range entries {
		if info, err := entry.Info(); err == nil && !entry.IsDir() {
			entries[i] = fs.FileInfoToDirEntry(
				largeInfo{info, l.sizes[strings.TrimPrefix(name+"/"+entry.Name(), "./")]})
		}
	}
	return entries, err
}

type largeInfo struct {
	fs.FileInfo
	size int64
}

func (i largeInfo) Size() int64 { return i.size }

type largeFile struct {
	fs.File
	size, left int64
}

func (f *largeFile) Stat() (fs.FileInfo, error) {
	info, err := f.File.Stat()
	return largeInfo{info, f.size}, err
}

func (f *largeFile) Read(p []byte) (int, error) {
	if f.left == 0 {
		return f.File.Read(p) // its end
	}
	n := int(min(f.left, int64(len(p))))
	f.left -= int64(n)
	return n, nil
}

// TestArchiveSize sees that archives are as long as was computed, also where their format changes: at 4 GiB, in a
// document and behind it.
func TestArchiveSize(t *testing.T) {
	t.Parallel()
	dated := &fstest.MapFile{ModTime: time.Unix(1, 0)}
	for name, sizes := range map[string]map[string]int64{
		"nothing":      {},
		"small":        {"a": 0, "b": 1, "c/dated": 1 << 20, "d/e/ä/日本語": 7, "f/" + strings.Repeat("x", 1000): 5},
		"almost large": {"a": 1<<32 - 2},
		"large":        {"a": 1<<32 - 1, "b/c": 0, "d": 1, "dated": 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fsys := large{fstest.MapFS{}, sizes}
			for file := range sizes {
				fsys.MapFS[file] = &fstest.MapFile{}
				if strings.HasSuffix(file, "dated") {
					fsys.MapFS[file] = dated
				}
			}
			view, _ := newTestDrive(fsys).At(time.Time{}, false)
			chosen := view.Root().Select()
			size, err := chosen.ArchiveSize(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var documents int
			written, err := chosen.WriteArchive(t.Context(), io.Discard, func(int64) { documents++ })
			if err != nil {
				t.Fatal(err)
			}
			if size != written || documents != len(sizes) {
				t.Errorf("computed %d, the archive has %d with %d documents", size, written, documents)
			}
		})
	}
}
