package api

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// answer writes an HTTP response by hand and closes the connection.
func answer(t *testing.T, response string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		// Closing a connection with something unread in it resets it.
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			t.Error(err)
		}
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = connection.Close() }()
		out := bufio.NewWriter(connection)
		_, _ = out.WriteString("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/octet-stream\r\n" +
			response)
		_ = out.Flush()
	}
}

func TestStreams(t *testing.T) {
	t.Parallel()
	whole := string(archive(t, strings.Repeat("content ", 20000)))
	half := whole[:len(whole)/2]
	for name, test := range map[string]struct {
		response string
		size     int64
		is       error
	}{
		"with a length": {
			fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(whole), whole), int64(len(whole)),
			nil,
		},
		"with a length, cut": {
			fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(whole), half), int64(len(whole)),
			ErrTruncated,
		},
		"with a length, nothing": {
			fmt.Sprintf("Content-Length: %d\r\n\r\n", len(whole)), int64(len(whole)),
			ErrTruncated,
		},
		"chunked": {
			fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(whole), whole), -1, nil,
		},
		"chunked, cut": {
			fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s", len(whole), half), -1,
			ErrTruncated,
		},
		"chunked, no last chunk": {
			fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", len(whole), whole), -1,
			ErrTruncated,
		},
		"until close":            {"\r\n" + whole, -1, nil},
		"until close, cut":       {"\r\n" + half, -1, ErrTruncated},
		"until close, last byte": {"\r\n" + whole[:len(whole)-1], -1, ErrTruncated},
		"until close, nothing":   {"\r\n", -1, ErrTruncated},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := newFolder(t, answer(t, test.response))
			download, err := folder.Save(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = download.Close() }()
			if download.Size != test.size {
				t.Errorf("size %d, want %d", download.Size, test.size)
			}
			got, err := io.ReadAll(download)
			if !errors.Is(err, test.is) {
				t.Errorf("got %v, want %v", err, test.is)
			}
			if err == nil && string(got) != whole {
				t.Error("the archive has changed on its way")
			}
			if _, again := download.Read(make([]byte, 1)); test.is != nil && !errors.Is(again, test.is) {
				t.Errorf("reading again: %v", again)
			}

			// The same stream into a file that exists already.
			name := filepath.Join(t.TempDir(), "folder.zip")
			if err := os.WriteFile(name, []byte("old"), 0o600); err != nil {
				t.Fatal(err)
			}
			report, err := folder.SaveFile(t.Context(), name)
			if !errors.Is(err, test.is) {
				t.Errorf("file: got %v, want %v", err, test.is)
			}
			want := "old"
			if err == nil {
				want = whole
				if report.Size != int64(len(whole)) || report.Entries != 1 || len(report.SHA256) != 64 {
					t.Errorf("report %+v", report)
				}
			}
			checkOnlyFile(t, name, want)
		})
	}
}

// checkOnlyFile verifies that a directory holds this file with this content and nothing else.
func checkOnlyFile(t *testing.T, name, want string) {
	t.Helper()
	if got, err := os.ReadFile(name); err != nil || string(got) != want {
		t.Errorf("%s has %d bytes, want %d: %v", name, len(got), len(want), err)
	}
	entries, err := os.ReadDir(filepath.Dir(name))
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

func TestSaveRefusesWhatIsNotAnArchive(t *testing.T) {
	t.Parallel()
	for contentType, body := range map[string]string{
		"application/json": `{"message":"Export has failed."}`,
		"text/html":        "<h1>Export has failed.</h1>",
		"":                 "Export has failed.",
	} {
		folder := newFolder(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = []string{contentType}
			_, _ = io.WriteString(w, body)
		})
		_, err := folder.Save(t.Context())
		if !errors.Is(err, ErrUnexpected) || !strings.Contains(err.Error(), "Export has failed.") {
			t.Errorf("%s: got %v", contentType, err)
		}
	}
}

func TestSaveFileVerifiesTheArchive(t *testing.T) {
	t.Parallel()
	folder := newFolder(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = w.Write(bytes.Repeat([]byte("not an archive "), 10000))
	})
	name := filepath.Join(t.TempDir(), "folder.zip")
	_, err := folder.SaveFile(t.Context(), name)
	if !errors.Is(err, ErrTruncated) || !strings.Contains(err.Error(), "no end record") {
		t.Errorf("got %v", err)
	}
	if entries, _ := os.ReadDir(filepath.Dir(name)); len(entries) != 0 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestSaveFileSendsNothingWhereItCannotWrite(t *testing.T) {
	t.Parallel()
	folder := newFolder(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("sent %s", r.URL) })
	directory := t.TempDir()
	for _, name := range []string{
		filepath.Join(directory, "missing", "folder.zip"), // no such directory
		filepath.Join(directory, "missing") + string(filepath.Separator),
		os.DevNull, // not a file
	} {
		if _, err := folder.SaveFile(t.Context(), name); err == nil ||
			!strings.HasPrefix(err.Error(), "save folder: ") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestSaveFileReportsProgress(t *testing.T) {
	t.Parallel()
	whole := archive(t, strings.Repeat("0123456789abcdef", 1<<16))
	folder := newFolder(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Length", fmt.Sprint(len(whole)))
		_, _ = w.Write(whole)
	})
	var last SaveProgress
	name := filepath.Join(t.TempDir(), "folder.zip")
	_, err := folder.SaveFile(t.Context(), name, WithProgress(func(p SaveProgress) {
		if p.Written <= last.Written {
			t.Errorf("%d after %d", p.Written, last.Written)
		}
		last = p
	}))
	if diff := cmp.Diff(SaveProgress{int64(len(whole)), int64(len(whole))}, last); diff != "" || err != nil {
		t.Errorf("%v, %s", err, diff)
	}
	checkOnlyFile(t, name, string(whole))
}

func TestSaveFileIsCancelled(t *testing.T) {
	t.Parallel()
	released := make(chan struct{})
	folder := newFolder(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = w.Write(make([]byte, 2*chunkSize))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done() // stalls until the client goes away
		close(released)
	})
	ctx, cancel := context.WithCancel(t.Context())
	name := filepath.Join(t.TempDir(), "folder.zip")
	_, err := folder.SaveFile(ctx, name, WithProgress(func(SaveProgress) { cancel() }))
	if !errors.Is(err, ctx.Err()) {
		t.Errorf("got %v", err)
	}
	<-released
	if entries, _ := os.ReadDir(filepath.Dir(name)); len(entries) != 0 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestSaveFileAsksAgainForAStreamThatEndsEarly(t *testing.T) {
	t.Parallel()
	whole := archive(t, strings.Repeat("content ", 20000))
	var calls atomic.Int64
	folder := newFolder(t, func(w http.ResponseWriter, r *http.Request) {
		call := calls.Add(1)
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Length", fmt.Sprint(len(whole)))
		if call == 1 {
			_, _ = w.Write(whole[:len(whole)/2])
			panic(http.ErrAbortHandler)
		}
		_, _ = w.Write(whole)
	}, WithAttempts(2))
	name := filepath.Join(t.TempDir(), "folder.zip")
	report, err := folder.SaveFile(t.Context(), name, WithVerifyChecksums())
	if err != nil || report.Size != int64(len(whole)) || calls.Load() != 2 {
		t.Errorf("got %+v, %v after %d calls", report, err, calls.Load())
	}
	checkOnlyFile(t, name, string(whole))
}

func TestSaveFileKeepsWhatHasArrived(t *testing.T) {
	t.Parallel()
	folder := newFolder(t, answer(t, "Content-Length: 100\r\n\r\nhalf"))
	directory := t.TempDir()
	_, err := folder.SaveFile(t.Context(), filepath.Join(directory, "folder.zip"), WithKeepPartial())
	entries, _ := os.ReadDir(directory)
	if !errors.Is(err, ErrTruncated) || len(entries) != 1 || !strings.Contains(err.Error(), entries[0].Name()) {
		t.Fatalf("got %v and %v", err, entries)
	}
	checkOnlyFile(t, filepath.Join(directory, entries[0].Name()), "half")
}

func TestSaveFileVerifiesChecksums(t *testing.T) {
	t.Parallel()
	damaged := bytes.Replace(archive(t, "\x00 random \x00 "), []byte("random"), []byte("ramdon"), 1)
	folder := newFolder(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = w.Write(damaged)
	})
	name := filepath.Join(t.TempDir(), "folder.zip")
	if _, err := folder.SaveFile(t.Context(), name); err != nil {
		t.Errorf("without: %v", err)
	}
	_, err := folder.SaveFile(t.Context(), name, WithVerifyChecksums())
	if !errors.Is(err, ErrTruncated) || !strings.Contains(err.Error(), `"invoices/2026.txt"`) {
		t.Errorf("got %v", err)
	}
}

func TestSaveFileWhoseDirectoryVanishes(t *testing.T) {
	t.Parallel()
	whole := archive(t, strings.Repeat("0123456789abcdef", 1<<16))
	var calls atomic.Int64
	folder := newFolder(t, func(w http.ResponseWriter, _ *http.Request) {
		calls.Add(1)
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = w.Write(whole)
	}, WithAttempts(3))
	directory := filepath.Join(t.TempDir(), "directory")
	if err := os.Mkdir(directory, 0o755); err != nil {
		t.Fatal(err)
	}
	_, err := folder.SaveFile(t.Context(), filepath.Join(directory, "folder.zip"), WithProgress(func(p SaveProgress) {
		if p.Written == int64(len(whole)) {
			_ = os.Rename(directory, directory+" elsewhere")
		}
	}))
	if !errors.Is(err, os.ErrNotExist) || calls.Load() != 1 || !strings.Contains(err.Error(), "folder.zip") {
		t.Errorf("got %v after %d calls", err, calls.Load())
	}
}

// fullDisk is a file on a disk that has no room left after some bytes.
type fullDisk struct{ room int }

func (d *fullDisk) Write(p []byte) (int, error) {
	if d.room < len(p) {
		return d.room, &os.PathError{Op: "write", Path: "folder.zip", Err: syscall.ENOSPC}
	}
	d.room -= len(p)
	return len(p), nil
}

func TestADiskThatIsFullIsNoReasonToAskAgain(t *testing.T) {
	t.Parallel()
	ended := make(chan struct{})
	folder := newFolder(t, func(w http.ResponseWriter, r *http.Request) {
		defer close(ended)
		w.Header().Set("Content-Type", "application/octet-stream")
		for r.Context().Err() == nil { // for ever, if nobody ends it
			if _, err := w.Write(make([]byte, chunkSize)); err != nil {
				return
			}
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	download, err := folder.Save(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = download.Close() }()
	written, _, err := writeDownload(&fullDisk{room: 3*chunkSize + 1}, download, cancel, nil)
	if !errors.Is(err, syscall.ENOSPC) || transient(err) || written != 3*chunkSize {
		t.Errorf("got %v after %d bytes", err, written)
	}
	<-ended
}

// TestArchivesThatAreCutInSilence has servers and proxies whose answer the transport takes for a whole one.
func TestArchivesThatAreCutInSilence(t *testing.T) {
	t.Parallel()
	whole := archive(t, strings.Repeat("content ", 20000))
	half := whole[:len(whole)/2]
	var zipped bytes.Buffer
	compressor := gzip.NewWriter(&zipped)
	_, writeErr := compressor.Write(whole)
	if err := errors.Join(writeErr, compressor.Close()); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		status  int
		header  [2]string
		body    []byte
		chunked bool
		is      error
	}{
		"a chunked stream that ends at half": {200, [2]string{}, half, true, ErrTruncated},
		"a length that was computed again":   {200, [2]string{}, half, false, ErrTruncated},
		"all but the last byte":              {200, [2]string{}, whole[:len(whole)-1], false, ErrTruncated},
		"nothing":                            {200, [2]string{}, nil, false, ErrTruncated},
		"nothing, chunked":                   {200, [2]string{}, nil, true, ErrTruncated},
		"a page as octet-stream": {
			200,
			[2]string{},
			[]byte("<html>Please log in</html>"), false,
			ErrTruncated,
		},
		"206": {
			206,
			[2]string{"Content-Range", "bytes 0-1/2"},
			half, false,
			ErrUnexpected,
		},
		"206 with everything": {206, [2]string{}, whole, false, ErrUnexpected},
		"gzip that was not asked for": {
			200,
			[2]string{"Content-Encoding", "gzip"},
			zipped.Bytes(), false,
			ErrUnexpected,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := newFolder(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/octet-stream")
				if test.header[0] != "" {
					w.Header().Set(test.header[0], test.header[1])
				}
				if !test.chunked {
					w.Header().Set("Content-Length", strconv.Itoa(len(test.body)))
				}
				w.WriteHeader(test.status)
				_, _ = w.Write(test.body)
				_ = http.NewResponseController(w).Flush()
			})
			download, err := folder.Save(t.Context())
			if err == nil {
				_, err = io.Copy(io.Discard, download)
				_ = download.Close()
			}
			if !errors.Is(err, test.is) {
				t.Errorf("Save: got %v", err)
			}
			name := filepath.Join(t.TempDir(), "a.zip")
			_, err = folder.SaveFile(t.Context(), name)
			if _, statErr := os.Stat(name); !errors.Is(err, test.is) || !os.IsNotExist(statErr) {
				t.Errorf("SaveFile: got %v, %v", err, statErr)
			}
		})
	}
}

// TestConnectionsLostInMidStream resets the connection in the middle of an archive, in the ways that are no plain end.
func TestConnectionsLostInMidStream(t *testing.T) {
	t.Parallel()
	whole := archive(t, strings.Repeat("content ", 20000))
	for name, lose := range map[string]func(net.Conn){
		"RST": func(c net.Conn) {
			_, _ = fmt.Fprintf(c,
				"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n%s", len(
					whole), whole[:1000])
			<-time.After(50 * time.Millisecond) // until it has arrived: a reset takes away what has not
			_ = c.(*net.TCPConn).SetLinger(0)
		},
		"a chunk that is none": func(c net.Conn) {
			_, _ = io.WriteString(c,
				"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nTransfer-Encoding: "+
					"chunked\r\n\r\n5\r\nhello\r\nxyz\r\n")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int64
			folder := newFolder(t, func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				if calls.Add(1)%2 == 0 {
					w.Header().Set("Content-Type", "application/octet-stream")
					_, _ = w.Write(whole)
					return
				}
				connection, _, err := http.NewResponseController(w).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				lose(connection)
				_ = connection.Close()
			}, WithAttempts(2), WithPause(func(context.Context, time.Duration) error { return nil }))
			download, err := folder.Save(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			_, err = io.Copy(io.Discard, download)
			_ = download.Close()
			if !errors.Is(err, ErrTruncated) {
				t.Errorf("got %v", err)
			}
			calls.Store(0)
			if _, err := folder.SaveFile(t.Context(), filepath.Join(t.TempDir(), "a.zip")); err != nil ||
				calls.Load() != 2 {
				t.Errorf("got %v after %d calls", err, calls.Load())
			}
		})
	}
}

// TestTLSFailureInMidStream breaks the encryption in the middle of an archive: the peers answer that with an alert.
func TestTLSFailureInMidStream(t *testing.T) {
	t.Parallel()
	whole := archive(t, strings.Repeat("content ", 20000))
	var calls atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if calls.Add(1)%2 == 0 {
			w.Header().Set("Content-Type", "application/octet-stream")
			_, _ = w.Write(whole)
			return
		}
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = fmt.Fprintf(connection,
			"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n%s", len(
				whole), whole[:1000])
		if encrypted, ok := connection.(*tls.Conn); ok {
			_, _ = encrypted.NetConn().Write([]byte("\x17\x03\x03\x00\x20 this was never encrypted as it is."))
		}
		_ = connection.Close()
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	client, err := NewClient(server.URL, WithAPIVersion(V7), WithInsecureSkipCertificateVerification(), WithAttempts(2),
		WithTokens(func(context.Context, Secret) (Secret, error) { return canaryToken, nil }),
		WithPause(func(context.Context, time.Duration) error { return nil }))
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	folder := client.RestoreSession("s").OneDrive("d").Folder("f")
	download, err := folder.Save(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(io.Discard, download)
	_ = download.Close()
	if !errors.Is(err, ErrTruncated) || !strings.Contains(err.Error(), "tls") {
		t.Errorf("got %v", err)
	}
	calls.Store(0)
	if _, err := folder.SaveFile(t.Context(), filepath.Join(t.TempDir(), "a.zip")); err != nil || calls.Load() != 2 {
		t.Errorf("got %v after %d calls", err, calls.Load())
	}
}
