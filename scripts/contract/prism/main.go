// Command prism runs the four actions of package api against a Prism mock server, which it starts with the given
// command, and checks that each is answered as the examples of the document say.
//
//	prism -- node_modules/.bin/prism mock --errors --port 0 openapi.yaml
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"strings"
	"time"

	"github.com/vbo365/vbo365-go/api"
)

// limit bounds everything.
const limit = time.Minute

func main() {
	log.SetFlags(0)
	if len(os.Args) < 3 || os.Args[1] != "--" {
		log.Fatal("usage: prism -- COMMAND ARGUMENT…")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if err := run(ctx, os.Args[2:]); err != nil {
		log.Fatalf("prism: %v", err) //nolint:gocritic // the process ends, and its context with it
	}
}

func run(ctx context.Context, command []string) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	mock := exec.CommandContext(ctx, command[0], command[1:]...) //nolint:gosec // that is what it is for
	mock.Stderr = os.Stderr
	output, err := mock.StdoutPipe()
	if err != nil {
		cancel()
		return err
	}
	if err := mock.Start(); err != nil {
		cancel()
		return fmt.Errorf("start mock server: %w", err)
	}
	lines := &transcript{scanner: bufio.NewScanner(output)}
	defer func() {
		cancel()
		lines.rest()
		_ = mock.Wait() // it was killed
		if err != nil {
			err = fmt.Errorf("%w\n%s", err, lines.text)
		}
	}()
	address, err := lines.address()
	if err != nil {
		return err
	}

	// Prism serves the paths of the document without the API version that the server URL adds.
	front := httptest.NewServer(http.StripPrefix("/v2", &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(address) },
	}))
	defer front.Close()
	if err := validates(ctx, front); err != nil {
		return err
	}
	return actions(ctx, front.URL)
}

// validates sees that the mock server refuses what the document does not allow; otherwise its consent means nothing.
func validates(ctx context.Context, front *httptest.Server) error {
	const twoActions = `{"save":null,"sendTo":{}}`
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, front.URL+
		"/v2/RestoreSessions/s/Organization/OneDrives/d/Folders/f/Action", strings.NewReader(twoActions))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer token")
	request.Header.Set("Content-Type", "application/json")
	response, err := front.Client().Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode < 400 || response.StatusCode >= 500 {
		return fmt.Errorf("two actions in one body: got %s", response.Status)
	}
	return nil
}

// transcript is what the mock server says.
type transcript struct {
	scanner *bufio.Scanner
	text    []byte
}

var listening = regexp.MustCompile(`Prism is listening on (http://127\.0\.0\.1:\d+)`)

// address waits for the line that says where the mock server listens.
func (t *transcript) address() (*url.URL, error) {
	for t.next() {
		if found := listening.FindSubmatch(t.scanner.Bytes()); found != nil {
			return url.Parse(string(found[1]))
		}
	}
	return nil, errors.Join(errors.New("the mock server did not start"), t.scanner.Err())
}

// rest reads what is left, to its end.
func (t *transcript) rest() {
	for t.next() {
	}
}

func (t *transcript) next() bool {
	ok := t.scanner.Scan()
	t.text = append(append(t.text, t.scanner.Bytes()...), '\n')
	return ok
}

// actions runs the four actions and compares the answers with the examples of the document.
func actions(ctx context.Context, server string) error {
	client, err := api.NewClient(server, api.WithPassword(`EXAMPLE\operator`, "correct horse battery staple"))
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	folder := client.RestoreSession("61954db6-7278-4d26-86f7-888bda5a4ec4").
		OneDrive("b3184e77-b95b-45f7-96cc-180a20b61cbd8507931c-4561-4ddf-bc90-411aba44bb39").
		Folder("3dfb16ea-0dd1-43d0-becf-ee47713afb67")

	download, err := folder.Save(ctx)
	if err != nil {
		return err
	}
	archive, err := io.ReadAll(download)
	if err = errors.Join(err, download.Close()); err != nil {
		return fmt.Errorf("read the archive: %w", err)
	}
	if string(archive) != "PK…" {
		return fmt.Errorf("save: got %q", archive)
	}
	log.Printf("save: %d bytes", len(archive))

	restored, err := folder.RestoreToOriginalLocation(ctx, api.RestoreToOriginalLocation{
		UserName:        "alice@example.com",
		UserPassword:    "correct horse battery staple",
		DocumentVersion: api.DocumentVersionLast,
		DocumentAction:  api.DocumentActionOverwrite,
	})
	if err := check("restoreToOriginalLocation", restored, err); err != nil {
		return err
	}
	copied, err := folder.CopyTo(ctx, api.CopyTo{
		UserName:     "bob@example.com",
		UserPassword: "correct horse battery staple",
		OneDrive:     &api.OneDriveProperties{ID: "b3184e77-b95b-45f7-96cc-180a20b61cbd8507931c-4561-4ddf-bc90-411aba44bb39"},
		Folder:       "From Alice",
		ChangedItems: new(true),
	})
	if err := check("copyTo", copied, err); err != nil {
		return err
	}

	err = folder.SendTo(ctx, api.SendTo{From: "backup@example.com", To: "alice@example.com", Subject: "Your invoices"})
	if err != nil {
		return err
	}
	log.Print("sendTo: accepted")
	return nil
}

// check compares statistics with those of the example, in which one item has failed.
func check(action string, got api.RestoreResult, err error) error {
	if !errors.Is(err, api.ErrIncomplete) {
		return fmt.Errorf("%s: got %+v and error %w", action, got, err)
	}
	if got.TotalItemsCount != 12 || got.RestoredItemsCount != 10 || len(got.RestoreIssues) != 1 {
		return fmt.Errorf("%s: got %+v", action, got)
	}
	log.Printf("%s: %d of %d items", action, got.RestoredItemsCount, got.TotalItemsCount)
	return nil
}
