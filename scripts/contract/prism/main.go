// Command prism runs the four actions of package api against a Prism mock server of one API version, which it starts with the
// given command, and checks that each is answered as the examples of the document say.
//
//	prism v5 -- node_modules/.bin/prism mock --errors --port 0 openapi.v5.yaml
package main

import (
	"bufio"
	"bytes"
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
	if len(os.Args) < 4 || os.Args[2] != "--" {
		log.Fatal("usage: prism VERSION -- COMMAND ARGUMENT…")
	}
	version, err := api.ParseVersion(os.Args[1])
	if err != nil {
		log.Fatal("prism: ", err)
	}
	log.SetPrefix(version.String() + ": ")
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if err := run(ctx, version, os.Args[3:]); err != nil {
		log.Fatal(err) //nolint:gocritic // the process ends, and its context with it
	}
}

func run(ctx context.Context, version api.Version, command []string) (err error) {
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

	// Prism serves the paths of the document without the API version that the server URL adds. Other versions are not found,
	// as on a server that does not serve them.
	front := httptest.NewServer(http.StripPrefix("/"+version.String(), &httputil.ReverseProxy{
		Rewrite:        func(r *httputil.ProxyRequest) { r.SetURL(address) },
		ModifyResponse: stopped,
	}))
	defer front.Close()
	if err := validates(ctx, front, version); err != nil {
		return err
	}
	return actions(ctx, front.URL, version)
}

// stopped ends the session of the example, which works: whoever follows a restore of v8 would wait for its end.
func stopped(response *http.Response) error {
	if !session.MatchString(response.Request.URL.Path) {
		return nil
	}
	body, err := io.ReadAll(response.Body)
	if err = errors.Join(err, response.Body.Close()); err != nil {
		return err
	}
	body = bytes.Replace(body, []byte(`"state":"Working"`), []byte(`"state":"Stopped"`), 1)
	response.Body, response.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	response.Header.Del("Content-Length")
	return nil
}

var session = regexp.MustCompile(`^/RestoreSessions/[^/]+$`)

// validates sees that the mock server refuses what the document does not allow; otherwise its consent means nothing.
func validates(ctx context.Context, front *httptest.Server, version api.Version) error {
	path, body := "Action", `{"save":null,"sendTo":{}}`
	if version >= api.V6 {
		path, body = "restore", `{"documentAction":"overwrite"}` // which these versions write with a capital letter
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, front.URL+"/"+version.String()+
		"/RestoreSessions/s/Organization/OneDrives/d/Folders/f/"+path, strings.NewReader(body))
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
		return fmt.Errorf("%s, which the document does not allow: got %s", body, response.Status)
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

// actions lets the client find out the version, runs the four actions, and compares the answers with the examples of the
// document.
func actions(ctx context.Context, server string, version api.Version) error {
	client, err := api.NewClient(server, api.WithPassword(`EXAMPLE\operator`, "correct horse battery staple"))
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	if found, err := client.APIVersion(ctx); err != nil || found != version {
		return fmt.Errorf("the client has found %v and error %w", found, err)
	}
	folder := client.RestoreSession("61954db6-7278-4d26-86f7-888bda5a4ec4").
		OneDrive("b3184e77-b95b-45f7-96cc-180a20b61cbd8507931c-4561-4ddf-bc90-411aba44bb39").
		Folder("3dfb16ea-0dd1-43d0-becf-ee47713afb67")

	download, err := folder.Save(ctx)
	if err != nil {
		return err
	}
	archive, err := io.ReadAll(download)
	if closeErr := download.Close(); closeErr != nil {
		return closeErr
	}
	// The example is the beginning of an archive, and the client sees that it is no more than that.
	if string(archive) != "PK…" || !errors.Is(err, api.ErrTruncated) {
		return fmt.Errorf("save: got %q, %w", archive, err)
	}
	log.Print("save: the archive of the example")

	restored, err := folder.RestoreToOriginalLocation(ctx, api.RestoreToOriginalLocation{
		UserName:       "alice@example.com",
		UserPassword:   "correct horse battery staple",
		DocumentAction: api.DocumentActionOverwrite,
	})
	if err := check("restoreToOriginalLocation", restored, err); err != nil {
		return err
	}
	copied, err := folder.CopyTo(ctx, api.CopyTo{
		UserName:        "bob@example.com",
		UserPassword:    "correct horse battery staple",
		OneDrive:        &api.OneDriveProperties{ID: "b3184e77-b95b-45f7-96cc-180a20b61cbd8507931c-4561-4ddf-bc90-411aba44bb39"},
		Folder:          "From Alice",
		ChangedItems:    new(true),
		DocumentVersion: api.DocumentVersionLast,
	})
	if err := check("copyTo", copied, err); err != nil {
		return err
	}

	err = folder.SendTo(ctx, api.SendTo{From: "backup@example.com", To: "alice@example.com", Subject: "Your invoices"})
	switch {
	case version < api.V6 && errors.Is(err, api.ErrOutcomeUnknown):
		// Prism cannot tell the actions of one route apart, and answers the statistics of a restore, which say nothing of a message.
		log.Print("sendTo: the client does not take the answer to another action")
	case version < api.V6 || err != nil:
		return fmt.Errorf("sendTo: got %w", err)
	default:
		log.Print("sendTo: accepted")
	}
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
