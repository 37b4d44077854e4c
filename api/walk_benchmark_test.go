package api_test

import (
	"fmt"
	"io/fs"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/vbo365/vbo365-go/api/apitest"
)

// manyFiles is a file system that is made up while it is read: folders with the same number of documents in each.
type manyFiles struct{ folders, documents int }

func (m manyFiles) Open(name string) (fs.File, error) {
	info, err := m.Stat(name)
	if err != nil {
		return nil, err
	}
	return madeUpFile{m, name, info}, nil
}

func (m manyFiles) Stat(name string) (fs.FileInfo, error) {
	if !fs.ValidPath(name) || strings.Count(name, "/") > 1 {
		return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
	}
	base := name[strings.LastIndexByte(name, '/')+1:]
	return madeUpInfo{base, !strings.HasPrefix(base, "document")}, nil
}

func (m manyFiles) ReadDir(name string) ([]fs.DirEntry, error) {
	n, pattern := m.documents, "document%06d.txt"
	if name == "." {
		n, pattern = m.folders, "folder%06d"
	}
	entries := make([]fs.DirEntry, n)
	for i := range entries {
		entries[i] = fs.FileInfoToDirEntry(madeUpInfo{fmt.Sprintf(pattern, i), name == "."})
	}
	return entries, nil
}

type madeUpFile struct {
	m    manyFiles
	name string
	info fs.FileInfo
}

func (f madeUpFile) Stat() (fs.FileInfo, error)         { return f.info, nil }
func (f madeUpFile) Read([]byte) (int, error)           { return 0, fs.ErrInvalid }
func (f madeUpFile) Close() error                       { return nil }
func (f madeUpFile) ReadDir(int) ([]fs.DirEntry, error) { return f.m.ReadDir(f.name) }

type madeUpInfo struct {
	name   string
	folder bool
}

func (i madeUpInfo) Name() string       { return i.name }
func (i madeUpInfo) Size() int64        { return 0 }
func (i madeUpInfo) ModTime() time.Time { return time.Unix(1767225600, 0) }
func (i madeUpInfo) IsDir() bool        { return i.folder }
func (i madeUpInfo) Sys() any           { return nil }
func (i madeUpInfo) Mode() fs.FileMode {
	if i.folder {
		return fs.ModeDir | 0o755
	}
	return 0o644
}

// BenchmarkWalk lists every folder and document of a OneDrive, folder by folder. Client and simulator are one process, so the
// heap is that of both; what the simulator keeps is an index of the folders.
//
//	go test -run '^$' -bench Walk -benchtime 1x ./api
func BenchmarkWalk(b *testing.B) {
	for _, size := range []manyFiles{{10, 999}, {100, 999}, {1000, 999}, {1, 100_000}, {10, 100_000}} {
		b.Run(fmt.Sprintf("%dx%d", size.folders, size.documents), func(b *testing.B) {
			server := apitest.NewServer(b, apitest.Config{Organizations: []apitest.Organization{{
				Name: "example",
				OneDrives: []apitest.OneDrive{{
					Owner: "alice@example.com", Backup: []apitest.RestorePoint{{Time: time.Now(), FS: size}},
				}},
			}}})
			session, err := server.StartRestoreSession("", time.Time{})
			if err != nil {
				b.Fatal(err)
			}
			drive := connect(b, server).RestoreSession(session.ID).OneDrive(server.Drives()[0].ID)
			items, peak := 0, uint64(0)
			var memory runtime.MemStats
			count := func() {
				if items++; items%1000 == 0 {
					runtime.ReadMemStats(&memory)
					peak = max(peak, memory.HeapAlloc)
				}
			}
			before := len(server.Requests())
			b.ResetTimer()
			for b.Loop() {
				for folder, err := range drive.Folders(b.Context()) {
					if err != nil {
						b.Fatal(err)
					}
					count()
					for item, err := range folder.Children(b.Context()) {
						if err != nil {
							b.Fatal(err)
						}
						_ = item
						count()
					}
				}
			}
			b.StopTimer()
			if want := b.N * size.folders * (1 + size.documents); items != want {
				b.Fatalf("%d items, not %d", items, want)
			}
			b.ReportMetric(float64(items)/b.Elapsed().Seconds(), "items/s")
			b.ReportMetric(float64(len(server.Requests())-before)/float64(b.N), "requests/op")
			b.ReportMetric(float64(peak)/(1<<20), "peak-heap-MiB")
		})
	}
}
