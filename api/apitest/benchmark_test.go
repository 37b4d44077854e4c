package apitest_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/vbo365/vbo365-go/api/apitest"
	"github.com/vbo365/vbo365-go/api/apitest/internal/tenanttest"
)

// stream sends a save and copies the answer to w. It gives the announced length and the copied one.
func (b *bench) stream(w io.Writer) (announced, copied int64) {
	b.tb.Helper()
	request, err := http.NewRequestWithContext(b.tb.Context(), http.MethodPost,
		b.srv.URL+actionPath(b.session.ID, b.drive.ID, b.drive.RootFolderID), strings.NewReader(`{"save":null}`))
	if err != nil {
		b.tb.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+b.token)
	response, err := b.client.Do(request)
	if err != nil {
		b.tb.Fatal(err)
	}
	defer response.Body.Close()
	copied, err = io.Copy(w, response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		b.tb.Fatalf("answered %s: %v", response.Status, err)
	}
	return response.ContentLength, copied
}

// BenchmarkSave measures saves over TLS on the loopback interface, client and server in one process.
func BenchmarkSave(b *testing.B) {
	for _, tree := range []struct {
		name  string
		files int
		size  int64
	}{
		{"4x64MiB", 4, 64 << 20},
		{"4096x64KiB", 4096, 64 << 10},
		{"10000x4KiB", 10_000, 4 << 10},
	} {
		b.Run(tree.name, func(b *testing.B) {
			backup := b.TempDir()
			content := bytes.Repeat([]byte("0123456789abcdef"), int(tree.size/16))
			for i := range tree.files {
				folder := filepath.Join(backup, fmt.Sprint(i/100))
				if err := os.MkdirAll(folder, 0o755); err != nil {
					b.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(folder, fmt.Sprint(i)), content, 0o600); err != nil {
					b.Fatal(err)
				}
			}
			bench := newBench(b, apitest.Config{Organizations: oneDrive(b, os.DirFS(backup))})
			b.SetBytes(tree.size * int64(tree.files))
			b.ReportAllocs()
			for b.Loop() {
				if announced, copied := bench.stream(io.Discard); announced != copied {
					b.Fatalf("%d bytes are announced, %d came", announced, copied)
				}
			}
		})
	}
}

// BenchmarkSaveZIP64 saves a sparse file of 5 GiB and looks at the end of the archive.
func BenchmarkSaveZIP64(b *testing.B) {
	const size = 5 << 30
	backup := b.TempDir()
	file, err := os.Create(filepath.Join(backup, "a"))
	if err != nil {
		b.Fatal(err)
	}
	if err := errors.Join(file.Truncate(size), file.Close()); err != nil {
		b.Fatal(err)
	}
	write(b, backup, map[string]string{"b/c": "content"}) // begins beyond 4 GiB
	bench := newBench(b, apitest.Config{Organizations: oneDrive(b, os.DirFS(backup))})
	b.SetBytes(size)
	for b.Loop() {
		end := &tail{}
		announced, copied := bench.stream(end)
		if announced != copied {
			b.Fatalf("%d bytes are announced, %d came", announced, copied)
		}
		archive, err := zip.NewReader(end, copied)
		if err != nil {
			b.Fatal(err)
		}
		got := ""
		for _, file := range archive.File {
			got += fmt.Sprintf("%s %d, ", file.Name, file.UncompressedSize64)
		}
		if want := fmt.Sprintf("a %d, b/ 0, b/c 7, ", size); got != want {
			b.Fatalf("the archive has %s, want %s", got, want)
		}
	}
}

// tail keeps the end of what is written to it, where the directory of an archive is.
type tail struct {
	end     []byte
	written int64
}

func (t *tail) Write(p []byte) (int, error) {
	t.written += int64(len(p))
	t.end = append(t.end, p...)
	if keep := 64 << 10; len(t.end) > 2*keep {
		t.end = append(t.end[:0], t.end[len(t.end)-keep:]...)
	}
	return len(p), nil
}

func (t *tail) ReadAt(p []byte, offset int64) (int, error) {
	start := offset - (t.written - int64(len(t.end)))
	if start < 0 {
		return 0, fmt.Errorf("offset %d is not in the tail", offset)
	}
	n := copy(p, t.end[min(start, int64(len(t.end))):])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// BenchmarkBrowse lists all documents of generated OneDrives, a thousand in a folder, page by page over the wire.
func BenchmarkBrowse(b *testing.B) {
	const inFolder = 1000
	for _, documents := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(documents), func(b *testing.B) {
			var before, after runtime.MemStats
			requests := 0
			for b.Loop() {
				runtime.GC()
				runtime.ReadMemStats(&before)
				backup := tenanttest.NewGenerated(documents/inFolder, inFolder)
				bench := newBench(b, apitest.Config{Organizations: oneDrive(b, backup)})
				requests = 0
				for path := bench.drivePath("v5") + "/Documents?limit=1000"; path != ""; requests++ {
					var list struct {
						Links map[string]link `json:"_links"`
					}
					got := bench.send(http.MethodGet, path, "")
					if err := json.Unmarshal(got.body, &list); err != nil || got.status != http.StatusOK {
						b.Fatalf("%d: %v", got.status, err)
					}
					path = strings.TrimPrefix(list.Links["next"].Href, bench.srv.URL)
				}
				runtime.GC()
				runtime.ReadMemStats(&after)
				runtime.KeepAlive(bench)
			}
			b.ReportMetric(float64(b.N)*float64(documents)/b.Elapsed().Seconds(), "items/s")
			b.ReportMetric(float64(requests), "requests")
			b.ReportMetric(float64(int64(after.HeapAlloc)-int64(before.HeapAlloc))/1e6, "heap-MB")
		})
	}
}
