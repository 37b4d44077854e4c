package api

import (
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDocumentsThatAreCut saves a document of five bytes from servers that send less or something else. None of them
// leaves a file.
func TestDocumentsThatAreCut(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		header, body string
		known        bool  // whether the properties of the document have been read
		want         error // nil if the document is complete
	}{
		"whole":                  {"Content-Length: 5\r\n", "12345", true, nil},
		"whole, nothing known":   {"Content-Length: 5\r\n", "12345", false, nil},
		"whole, without length":  {"", "12345", true, nil},
		"chunked":                {"Transfer-Encoding: chunked\r\n", "5\r\n12345\r\n0\r\n\r\n", false, nil},
		"cut":                    {"Content-Length: 5\r\n", "123", false, ErrTruncated},
		"cut chunks":             {"Transfer-Encoding: chunked\r\n", "5\r\n123", true, ErrTruncated},
		"cut without length":     {"", "123", true, ErrTruncated},
		"cut by a proxy":         {"Content-Length: 3\r\n", "123", true, ErrTruncated},
		"no length, nothing":     {"", "12345", false, ErrTruncated},
		"longer than the list":   {"Content-Length: 6\r\n", "123456", true, ErrTruncated},
		"an error, not a stream": {"Content-Type: application/json\r\nContent-Length: 16\r\n", `{"message":"no"}`, true, ErrUnexpected},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := newTestClient(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodGet {
					w.Header().Set("Content-Type", "application/json")
					_, _ = io.WriteString(w, `{"id":"d","name":"a.txt","sizeBytes":5}`)
					return
				}
				connection, out, err := http.NewResponseController(w).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				header := "HTTP/1.1 200 OK\r\nConnection: close\r\n" + test.header
				if !strings.Contains(header, "Content-Type") {
					header += "Content-Type: application/octet-stream\r\n"
				}
				_, _ = out.WriteString(header + "\r\n" + test.body)
				_ = out.Flush()
				_ = connection.Close()
			}, WithAPIVersion(V5))
			document := client.RestoreSession("s").OneDrive("o").Document("d")
			if test.known {
				var err error
				if document, err = document.Get(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			file := filepath.Join(t.TempDir(), "a.txt")
			_, err := document.SaveFile(t.Context(), file)
			if !errors.Is(err, test.want) || (err == nil) != (test.want == nil) {
				t.Errorf("got %v", err)
			}
			if entries, _ := os.ReadDir(filepath.Dir(file)); (len(entries) == 0) != (test.want != nil) {
				t.Errorf("left: %v", entries)
			}
		})
	}
}

// TestFileNamesOfServers saves to a directory under names that a server sends. None leads out of it.
func TestFileNamesOfServers(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		`attachment; filename="report 1.docx"`:                      "report 1.docx",
		`attachment; filename=plain.txt`:                            "plain.txt",
		`attachment; filename="x.txt"; filename*=UTF-8''%C3%A4.txt`: "ä.txt",
		`attachment; filename="../../etc/passwd"`:                   "passwd",
		`attachment; filename="C:\Users\a.txt"`:                     "a.txt",
		`attachment; filename=".."`:                                 "document",
		`attachment`:                                                "document",
		``:                                                          "document",
	} {
		client := newTestClient(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/octet-stream")
			w.Header().Set("Content-Disposition", header)
			_, _ = io.WriteString(w, "12345")
		}, WithAPIVersion(V8))
		directory := t.TempDir()
		report, err := client.RestoreSession("s").OneDrive("o").Document("d").SaveFile(t.Context(), directory)
		if err != nil || report.Name != filepath.Join(directory, want) {
			t.Errorf("%s: got %s, %v", header, report.Name, err)
		}
		if _, err := os.Stat(filepath.Join(directory, want)); err != nil {
			t.Error(err)
		}
	}
}
