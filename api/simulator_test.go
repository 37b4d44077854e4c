package api_test

import (
	"archive/zip"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/vbo365/vbo365-go/api"
	"github.com/vbo365/vbo365-go/api/apitest"
)

func TestMain(m *testing.M) {
	if folders := os.Getenv(walkServer); folders != "" {
		serveManyFiles(folders)
		return
	}
	// Most tests wait for timeouts and not for a processor. Whoever says -parallel decides.
	if err := flag.Set("test.parallel", "32"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(audited{m})
}

// audited runs the tests and then looks for secrets in what all of them have logged.
type audited struct{ *testing.M }

func (a audited) Run() int {
	log.SetOutput(api.TestLogWriter{}) // package net/http writes to it
	code := a.M.Run()
	if err := api.CheckTestLog(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return max(code, 1)
	}
	return code
}

// connect returns a client of a simulator.
func connect(t testing.TB, server *apitest.Server, opts ...api.Option) *api.Client {
	t.Helper()
	client, err := api.NewClient(server.URL, append([]api.Option{
		api.WithPassword(server.Username, server.Password),
		api.WithCertificateFingerprint(server.Fingerprint),
		api.WithLogger(api.LogForTest(server.Password)),
	}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	return client
}

// rootFolder returns the whole of the first OneDrive of a simulator, in a session of its newest backup.
func rootFolder(t testing.TB, server *apitest.Server, opts ...api.Option) api.Folder {
	t.Helper()
	session, err := server.StartRestoreSession("", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	drive := server.Drives()[0]
	return connect(t, server, opts...).RestoreSession(session.ID).OneDrive(drive.ID).Folder(drive.RootFolderID)
}

var alicePassword = api.RestoreToOriginalLocation{UserName: "alice@example.com", UserPassword: "secret"}

// hurtfulTree makes a directory with names and contents that break careless code.
func hurtfulTree(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range map[string]string{
		"with space/ leading and trailing .txt":       "a",
		"unicode/caf\u00e9.txt":                       "composed",
		"unicode/cafe\u0301.txt":                      "decomposed",
		"unicode/日本語/ファイル.txt":                        "b",
		"signs/#1 100% a+b & c=d; [x] {y} ~!@$^'.txt": "c",
		"signs/%2F%2e%2e.txt":                         "d",
		strings.Repeat("n", 200) + ".txt":             "long",
		"empty.txt":                                   "",
		"deep/a/b/c/d/e/f/g.txt":                      "deep",
		"big.bin":                                     strings.Repeat("0123456789abcdef", 1<<16),
	} {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(root, "empty folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	return root
}

// tree reads a file system: content by path, folders with a slash at the end.
func tree(t *testing.T, fsys fs.FS) map[string]string {
	t.Helper()
	found := make(map[string]string)
	err := fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name == ".":
			return nil
		case entry.IsDir():
			found[name+"/"] = ""
			return nil
		}
		content, err := fs.ReadFile(fsys, name)
		found[name] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// extract unpacks an archive into a new directory. (The fs.FS of package zip refuses names that a ZIP may have.)
func extract(t testing.TB, name string) string {
	t.Helper()
	archive, err := zip.OpenReader(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = archive.Close() }()
	root := t.TempDir()
	for _, file := range archive.File {
		path := filepath.Join(root, filepath.FromSlash(file.Name))
		if strings.HasSuffix(file.Name, "/") {
			if err := os.MkdirAll(path, 0o755); err != nil {
				t.Fatal(err)
			}
			continue
		}
		content, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		bytes, err := io.ReadAll(content) // verifies the checksum
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, bytes, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	backup := hurtfulTree(t)
	want := tree(t, os.DirFS(backup))
	for name, config := range map[string]apitest.Config{
		"as usual":                          {},
		"without sizes, without statistics": {Chunked: true, EmptyAnswers: true, APIVersions: []string{"v5"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			production := t.TempDir()
			drive, err := apitest.NewOneDrive("alice@example.com", backup, production)
			if err != nil {
				t.Fatal(err)
			}
			config.Organizations = []apitest.Organization{{Name: "example", OneDrives: []apitest.OneDrive{
				drive, {Owner: "bob@example.com"},
			}}}
			server := apitest.NewServer(t, config)
			folder := rootFolder(t, server)

			saved := filepath.Join(t.TempDir(), "saved.zip")
			report, err := folder.SaveFile(t.Context(), saved)
			if err != nil || report.Entries != int64(len(want)) {
				t.Fatalf("save: %+v, %v", report, err)
			}
			if diff := cmp.Diff(want, tree(t, os.DirFS(extract(t, saved)))); diff != "" {
				t.Errorf("saved: %s", diff)
			}

			result, err := folder.RestoreToOriginalLocation(t.Context(), alicePassword)
			if err != nil || result.Reported == config.EmptyAnswers {
				t.Errorf("restore: %+v, %v", result, err)
			}
			if diff := cmp.Diff(want, tree(t, os.DirFS(production))); diff != "" {
				t.Errorf("restored: %s", diff)
			}

			bob := server.Drives()[1]
			result, err = folder.CopyTo(t.Context(), api.CopyTo{
				UserName: bob.Owner, UserPassword: "secret", OneDrive: &api.OneDriveProperties{
					URL: bob.URL,
				}, Folder: "a/b",
			})
			if err != nil || result.Reported == config.EmptyAnswers {
				t.Errorf("copy: %+v, %v", result, err)
			}
			if diff := cmp.Diff(want, tree(t, os.DirFS(filepath.Join(bob.Production, "a", "b")))); diff != "" {
				t.Errorf("copied: %s", diff)
			}
		})
	}
}

func TestFailuresOfTheServer(t *testing.T) {
	t.Parallel()
	server := apitest.NewServer(t, apitest.Config{})
	client := connect(t, server)
	drive := server.Drives()[0]
	working, err := server.StartRestoreSession("", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	stopped, err := server.StartRestoreSession("", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if err := server.StopRestoreSession(stopped.ID); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		session, drive, folder string
		is                     error
		status                 int
	}{
		"unknown session": {"61954db6-7278-4d26-86f7-888bda5a4ec4", drive.ID, drive.RootFolderID, api.ErrNotFound, 404},
		"unknown drive":   {working.ID, "none", drive.RootFolderID, api.ErrNotFound, 404},
		"unknown folder":  {working.ID, drive.ID, "a/../b", api.ErrNotFound, 404},
		"stopped session": {stopped.ID, drive.ID, drive.RootFolderID, api.ErrSessionEnded, 500},
	} {
		folder := client.RestoreSession(test.session).OneDrive(test.drive).Folder(test.folder)
		_, saveErr := folder.Save(t.Context())
		_, restoreErr := folder.RestoreToOriginalLocation(t.Context(), alicePassword)
		for _, err := range []error{saveErr, restoreErr} {
			failure, ok := errors.AsType[*api.Error](err)
			if !errors.Is(err, test.is) || !ok || failure.StatusCode != test.status || failure.Message == "" {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestAnExpiredTokenIsRenewedUnnoticed(t *testing.T) {
	t.Parallel()
	// The server's tokens live shorter than the client can know: every request meets an expired one.
	server := apitest.NewServer(t, apitest.Config{TokenLifetime: time.Nanosecond})
	folder := rootFolder(t, server)
	if _, err := folder.Save(t.Context()); !errors.Is(err, api.ErrUnauthorized) {
		t.Errorf("got %v", err)
	}
	// The question for the version, one log-in, the refused request, one more log-in, the refused request.
	if got := len(server.Requests()); got != 5 {
		t.Errorf("%d requests, want 5", got)
	}
}

func splitPort(t *testing.T, address string) (host string, port int32) {
	t.Helper()
	host, text, err := net.SplitHostPort(address)
	number, parseErr := strconv.ParseInt(text, 10, 32)
	if err := errors.Join(err, parseErr); err != nil {
		t.Fatal(err)
	}
	return host, int32(number)
}
