package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/metrics"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vbo365/vbo365-go/api"
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

// walkServer is the variable that makes this test program the server of BenchmarkWalk and BenchmarkTree.
const walkServer = "VBO365_WALK_SERVER"

// A manyFilesServer says where to find a simulator in another process.
type manyFilesServer struct {
	URL         string `json:"url"`
	Fingerprint string `json:"fingerprint"`
	Password    string `json:"password"`
	Session     string `json:"session"`
	Drive       string `json:"drive"`
}

// serveManyFiles serves manyFiles, given as 10x999, or the subdirectory backup of a directory, until standard input
// ends. What is restored goes to the subdirectory production.
func serveManyFiles(content string) {
	drive := apitest.OneDrive{Owner: "alice@example.com"}
	var backup fs.FS
	if filepath.IsAbs(content) {
		backup, drive.Production = os.DirFS(filepath.Join(content, "backup")), filepath.Join(content, "production")
	} else {
		var files manyFiles
		if _, err := fmt.Sscanf(content, "%dx%d", &files.folders, &files.documents); err != nil {
			log.Fatal(err)
		}
		backup = files
	}
	drive.Backup = []apitest.RestorePoint{{Time: time.Now(), FS: backup}}
	server, err := apitest.Start(apitest.Config{Organizations: []apitest.Organization{{
		Name: "example", OneDrives: []apitest.OneDrive{drive},
	}}})
	if err != nil {
		log.Fatal(err)
	}
	session, err := server.StartRestoreSession("", time.Time{})
	if err != nil {
		log.Fatal(err)
	}
	err = json.NewEncoder(os.Stdout).Encode(manyFilesServer{
		server.URL, server.Fingerprint, server.Password, session.ID, server.Drives()[0].ID,
	})
	_, _ = io.Copy(io.Discard, os.Stdin)
	if err := errors.Join(err, server.Close()); err != nil {
		log.Fatal(err)
	}
}

// startManyFiles starts this program as a server of the content, and returns its OneDrive.
func startManyFiles(b *testing.B, content string, opts ...api.Option) api.OneDrive {
	b.Helper()
	command := exec.CommandContext(context.WithoutCancel(b.Context()), os.Args[0])
	command.Env = append(os.Environ(), walkServer+"="+content)
	command.Stderr = os.Stderr
	in, inErr := command.StdinPipe()
	out, outErr := command.StdoutPipe()
	if err := errors.Join(inErr, outErr, command.Start()); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := errors.Join(in.Close(), command.Wait()); err != nil {
			b.Error(err)
		}
	})
	var server manyFilesServer
	if err := json.NewDecoder(out).Decode(&server); err != nil {
		b.Fatal(err)
	}
	client, err := api.NewClient(server.URL, append([]api.Option{
		api.WithPassword(`EXAMPLE\operator`, server.Password), api.WithCertificateFingerprint(server.Fingerprint),
		api.WithLogger(slog.New(requests)),
	}, opts...)...)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(client.CloseIdleConnections)
	return client.RestoreSession(server.Session).OneDrive(server.Drive)
}

// requests counts the lines that the client logs: one a request.
var requests = new(counter)

type counter struct{ n atomic.Int64 }

func (*counter) Enabled(context.Context, slog.Level) bool    { return true }
func (c *counter) Handle(context.Context, slog.Record) error { c.n.Add(1); return nil }
func (c *counter) WithAttrs([]slog.Attr) slog.Handler        { return c }
func (c *counter) WithGroup(string) slog.Handler             { return c }

// BenchmarkWalk lists every folder and document of a OneDrive, folder by folder, from a simulator in another process.
// It reports the largest live heap that a garbage collection has found.
//
//	go test -run '^$' -bench Walk -benchtime 1x ./api
func BenchmarkWalk(b *testing.B) {
	for _, size := range []string{"10x999", "100x999", "1000x999", "1x100000", "10x100000"} {
		b.Run(size, func(b *testing.B) {
			drive := startManyFiles(b, size)
			items, peak := 0, uint64(0)
			live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
			count := func() {
				if items++; items%1000 == 0 {
					metrics.Read(live)
					peak = max(peak, live[0].Value.Uint64())
				}
			}
			before := requests.n.Load()
			b.ResetTimer()
			for b.Loop() {
				for folder, err := range drive.Folders(b.Context()) {
					if err != nil {
						b.Fatal(err)
					}
					count()
					for _, err := range folder.Children(b.Context()) {
						if err != nil {
							b.Fatal(err)
						}
						count()
					}
				}
			}
			b.StopTimer()
			var folders, documents int
			_, _ = fmt.Sscanf(size, "%dx%d", &folders, &documents)
			if want := b.N * folders * (1 + documents); items != want {
				b.Fatalf("%d items, not %d", items, want)
			}
			b.ReportMetric(float64(items)/b.Elapsed().Seconds(), "items/s")
			b.ReportMetric(float64(requests.n.Load()-before)/float64(b.N), "requests/op")
			b.ReportMetric(float64(peak)/(1<<20), "peak-live-heap-MiB")
		})
	}
}
