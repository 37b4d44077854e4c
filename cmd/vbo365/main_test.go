package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"

	"github.com/vbo365/vbo365-go/api"
	"github.com/vbo365/vbo365-go/api/apitest"
)

func TestMain(m *testing.M) {
	testscript.Main(leakChecked{m}, map[string]func(){"vbo365": checkedMain})
}

// leakChecked runs the tests and fails if goroutines are left.
type leakChecked struct{ m *testing.M }

func (l leakChecked) Run() int {
	status := l.m.Run()
	if err := goleak.Find(); status == 0 && err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return status
}

const testPassword = "canary-password"

// TestScripts runs the scripts in testdata, with no version of the API set.
func TestScripts(t *testing.T) {
	t.Parallel()
	runScripts(t, "testdata", "")
}

// TestScriptsInEveryVersion runs the scripts in testdata/everyversion in each version of the API.
func TestScriptsInEveryVersion(t *testing.T) {
	t.Parallel()
	for _, version := range api.Versions() {
		t.Run(version.String(), func(t *testing.T) {
			t.Parallel()
			runScripts(t, "testdata/everyversion", version.String())
		})
	}
}

// runScripts runs the scripts of a directory. Each has its own simulator with the sample organization. $ALICE and $BOB
// are the production directories of the two users, $SESSION is a session, $STOPPED a stopped one, $NEXT_VERSION the
// version of the API after the newest. The file ca.pem has the certificate of the simulator.
func runScripts(t *testing.T, directory, version string) {
	t.Helper()
	testscript.Run(t, testscript.Params{
		Dir: directory,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "capture": capture, "fault": fault, "nofaults": noFaults,
			"simulate": simulate,
		},
		Setup: func(env *testscript.Env) error {
			mailbox, err := apitest.StartMailbox(filepath.Join(env.WorkDir, "mail"))
			if err != nil {
				return err
			}
			env.Defer(func() { _ = mailbox.Close() })
			organization, err := apitest.SampleOrganization(filepath.Join(env.WorkDir, "data"))
			if err != nil {
				return err
			}
			server, err := apitest.Start(apitest.Config{
				Organizations: []apitest.Organization{organization},
				Password:      testPassword,
				SMTP:          mailbox.Addr,
				Assertions:    map[string]string{"bob.tenant": "canary-access", "tenant": `{"access_token":"canary-access"}`},
				Operators: map[string]apitest.Operator{
					"bob.tenant": {User: "bob@example.com", Scope: []string{"alice@example.com"}},
				},
			})
			if err != nil {
				return err
			}
			env.Defer(func() { _ = server.Close() })
			session, err := server.StartRestoreSession("", time.Time{})
			if err != nil {
				return err
			}
			stopped, err := server.StartRestoreSession("", time.Time{})
			if err != nil {
				return err
			}
			if err := server.StopRestoreSession(stopped.ID); err != nil {
				return err
			}
			env.Values[serverKey{}] = server
			alice, bob := server.Drives()[0], server.Drives()[1]
			certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate.Raw})
			if err := os.WriteFile(filepath.Join(env.WorkDir, "ca.pem"), certificate, 0o600); err != nil {
				return err
			}
			for name, value := range map[string]string{
				"VBO365_SERVER":      server.URL,
				"VBO365_USERNAME":    server.Username,
				"VBO365_FINGERPRINT": server.Fingerprint,
				"VBO365_PASSWORD":    testPassword,
				"VBO365_ATTEMPTS":    "1",
				"HTTP_SERVER":        strings.Replace(server.URL, "https", "http", 1),
				"NEXT_VERSION":       (slices.Max(api.Versions()) + 1).String(),
				"SESSION":            session.ID,
				"STOPPED":            stopped.ID,
				"DRIVE":              alice.ID,
				"FOLDER":             alice.FolderID("Documents"),
				"ALICE":              alice.Production,
				"BOB":                bob.Production,
				"BOB_DRIVE":          bob.ID,
				"BACKUP": filepath.Join(
					env.WorkDir, "data", organization.Name, alice.Owner, "backup", "2026-01-11T02-00-00Z"),
			} {
				env.Setenv(name, value)
			}
			if version != "" {
				env.Setenv("VBO365_API_VERSION", version)
			}
			return nil
		},
	})
}

// exits runs a command and expects an exit status: exits 2 vbo365 save.
func exits(script *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) < 2 {
		script.Fatalf("usage: exits status command [arguments]")
	}
	status := 0
	if err := script.Exec(args[1], args[2:]...); err != nil {
		failure, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			script.Fatalf("%v", err)
		}
		status = failure.ExitCode()
	}
	if strconv.Itoa(status) != args[0] {
		script.Fatalf("exit status %d, not %s", status, args[0])
	}
}

// capture matches the last standard output with a regular expression, and sets a variable to the match of its group:
// capture ID "id":"(.+)".
func capture(script *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) != 2 {
		script.Fatalf("usage: capture variable expression")
	}
	match := regexp.MustCompile(args[1]).FindStringSubmatch(script.ReadFile("stdout"))
	if len(match) != 2 {
		script.Fatalf("standard output does not match %s", args[1])
	}
	script.Setenv(args[0], match[1])
}

type serverKey struct{}

// fault injects a fault into the simulator of the script: fault 503@stop.
func fault(script *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) != 1 {
		script.Fatalf("usage: fault KIND[:ARG][@OPERATION][/after][xTIMES]")
	}
	parsed, err := apitest.ParseFault(args[0])
	script.Check(err)
	script.Check(script.Value(serverKey{}).(*apitest.Server).Inject(parsed))
}

func noFaults(script *testscript.TestScript, _ bool, _ []string) {
	script.Value(serverKey{}).(*apitest.Server).RemoveFaults()
}

// simulate starts the command simulate with the arguments, and sets VBO365_SERVER and VBO365_FINGERPRINT.
func simulate(script *testscript.TestScript, negated bool, args []string) {
	if negated {
		script.Fatalf("usage: simulate arguments")
	}
	for i := range args { // the directories are those of the script
		if at, dir, ok := strings.Cut(args[i], "="); ok {
			args[i] = at + "=" + script.MkAbs(dir)
		}
	}
	ctx, interrupt := context.WithCancel(context.Background())
	out, in := io.Pipe()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		run(ctx, append([]string{"simulate", "--listen", "127.0.0.1:0"}, args...),
			terminal{in: os.Stdin, out: in, err: io.Discard})
		_ = in.Close()
	}()
	script.Defer(func() { interrupt(); <-ended })
	var line readyLine
	script.Check(json.NewDecoder(out).Decode(&line))
	script.Setenv("VBO365_SERVER", line.URL)
	script.Setenv("VBO365_FINGERPRINT", line.Fingerprint)
	script.Setenv("VBO365_PASSWORD", line.Password)
}

// TestOutputThatIsNotReadToTheEnd ends a list as head does. The session must still be stopped.
func TestOutputThatIsNotReadToTheEnd(t *testing.T) {
	t.Parallel()
	server := apitest.NewServer(t, apitest.Config{})
	flags := flags(t, server)
	var messages, sessions bytes.Buffer
	status := run(t.Context(), append([]string{"tree", "--owner", "alice@example.com"}, flags...),
		terminal{in: os.Stdin, out: closedPipe{}, err: &messages})
	if status != exitFailure || strings.Count(messages.String(), "\n") != 1 { // with the restore point
		t.Errorf("exit status %d, %s", status, messages.String())
	}
	status = run(t.Context(), append([]string{"sessions", "--json"}, flags...),
		terminal{in: os.Stdin, out: &sessions, err: &messages})
	got := sessions.String()
	if status != 0 || !strings.Contains(got, `"state":"Stopped"`) || strings.Contains(got, "Working") {
		t.Errorf("exit status %d, %s", status, got)
	}
}

type closedPipe struct{}

func (closedPipe) Write([]byte) (int, error) {
	return 0, &os.PathError{Op: "write", Path: "|1", Err: syscall.EPIPE}
}

// TestSimulate starts the simulator as a program would: it waits for the line, uses its values, and interrupts it.
//
//nolint:paralleltest // it looks for goroutines that are left behind
func TestSimulate(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	backup, production := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(backup, "a.txt"), []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, interrupt := context.WithCancel(t.Context())
	out, in := io.Pipe()
	status := make(chan int)
	var messages bytes.Buffer
	go func() {
		status <- run(ctx, []string{
			"simulate", "--backup", backup, "--production", production, "--listen", "127.0.0.1:0",
		}, terminal{in: os.Stdin, out: in, err: &messages})
	}()
	var line readyLine
	text, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(text, &line)
	}
	if err != nil || line.Password == "" {
		t.Fatalf("%v: %s", err, text)
	}
	password := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte(line.Password+"\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	saved := run(t.Context(), []string{
		"restore", "--server", line.URL, "--username", line.Username, "--password-file", password,
		"--fingerprint", line.Fingerprint, "--session", line.SessionID, "--drive", line.OneDriveID, "--folder", line.FolderID,
		"--user-name", "alice@example.com", "--user-password-file", password,
	}, terminal{in: os.Stdin, out: io.Discard, err: io.Discard})
	content, err := os.ReadFile(filepath.Join(production, "a.txt"))
	if saved != 0 || err != nil || string(content) != "content" {
		t.Errorf("restore ended with %d and wrote %q, %v", saved, content, err)
	}
	interrupt()
	if got := <-status; got != 0 {
		t.Errorf("simulate ended with %d", got)
	}
	want := "vbo365: for other terminals: " + line.export(runtime.GOOS) + "\n"
	if !strings.HasPrefix(messages.String(), want) {
		t.Errorf("simulate printed %s, not %s", messages.String(), want)
	}
}

// TestExport quotes for the shells of the systems.
func TestExport(t *testing.T) {
	t.Parallel()
	line := readyLine{URL: "u", Username: `EXAMPLE\o'n`, Fingerprint: "9f86"}
	for system, want := range map[string]string{
		"linux":   `export VBO365_SERVER='u' VBO365_USERNAME='EXAMPLE\o'\''n' VBO365_FINGERPRINT='9f86'`,
		"windows": `$env:VBO365_SERVER = 'u'; $env:VBO365_USERNAME = 'EXAMPLE\o''n'; $env:VBO365_FINGERPRINT = '9f86'`,
	} {
		if got := line.export(system); got != want {
			t.Errorf("%s: got %s, want %s", system, got, want)
		}
	}
}
