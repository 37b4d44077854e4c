//go:build unix

package main

import (
	"bufio"
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/vbo365/vbo365-go/api/apitest"
)

// slowServer starts a simulator of a large OneDrive that delays every response.
func slowServer(t *testing.T, faults ...string) *apitest.Server {
	t.Helper()
	point := apitest.RestorePoint{
		Time: time.Now().Add(-time.Hour),
		FS:   fstest.MapFS{"Documents/Large.bin": {Data: make([]byte, 4<<20)}},
	}
	server := apitest.NewServer(t, apitest.Config{Organizations: []apitest.Organization{{
		Name:      "example.onmicrosoft.com",
		OneDrives: []apitest.OneDrive{{Owner: "alice@example.com", Backup: []apitest.RestorePoint{point}}},
	}}})
	for _, text := range faults {
		fault, err := apitest.ParseFault(text)
		if err == nil {
			err = server.Inject(fault)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return server
}

// start starts the command as a separate process.
func start(t *testing.T, server *apitest.Server, args ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	var messages bytes.Buffer
	command := exec.CommandContext(t.Context(), "vbo365", append(args, flags(t, server)...)...)
	command.Stderr = &messages
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	return command, &messages
}

// exitCode waits for the end of a process, and returns its exit status, or -1 if a signal ended it.
func exitCode(t *testing.T, command *exec.Cmd) int {
	t.Helper()
	err := command.Wait()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		t.Fatal(err)
	}
	return command.ProcessState.ExitCode()
}

// TestSignals ends saves at random moments, with each signal that ends programs. No restore session and no partial file
// is left.
func TestSignals(t *testing.T) {
	t.Parallel()
	server := slowServer(t, "latency:100ms@startRestoreSession/after", "latency:100ms@save", "latency:5ms")
	dir := t.TempDir()
	save := func(name string) *exec.Cmd {
		command, _ := start(t, server,
			"save", "--owner", "alice@example.com", "--path", "Documents", "-o", filepath.Join(dir, name))
		return command
	}
	var whole time.Duration // of a complete save; the first one takes longer
	for _, name := range []string{"first.zip", "second.zip"} {
		began := time.Now()
		if status := exitCode(t, save(name)); status != 0 {
			t.Fatalf("exit status %d", status)
		}
		whole = time.Since(began)
	}
	const kills = 30
	ended := make(map[int]int) // number of kills by exit status
	for i := range kills {
		command := save(strconv.Itoa(i) + ".zip")
		<-time.After(rand.N(whole))
		sig := []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP}[i%3]
		if err := command.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		status := exitCode(t, command)
		ended[status]++
		// A signal ends the process before it handles signals. Nothing was sent then.
		if status != exitInterrupted && status != exitDone && status != -1 {
			t.Errorf("%v: exit status %d", sig, status)
		}
	}
	partial, err := filepath.Glob(filepath.Join(dir, ".vbo365-*"))
	if err != nil {
		t.Fatal(err)
	}
	sessions, working := sessionsOf(t, server)
	t.Logf("%d kills within %v, by exit status: %v; %d sessions, of which %d are left; %d partial files are left",
		kills, whole.Round(time.Millisecond), ended, sessions, working, len(partial))
	if working > 0 || len(partial) > 0 {
		t.Error("something is left")
	}
	if ended[exitInterrupted] == 0 {
		t.Error("no signal came in time")
	}
}

// TestSecondInterrupt presses Ctrl-C again while the command waits for its session to be stopped. It ends at once.
func TestSecondInterrupt(t *testing.T) {
	t.Parallel()
	server := slowServer(t, "latency:1h@save", "latency:1h@stop")
	command, messages := start(t, server, "save", "--owner", "alice@example.com", "--path", "Documents",
		"-o", filepath.Join(t.TempDir(), "out.zip"))
	ended := make(chan int, 1)
	for _, action := range []string{"saveOneDriveFolder", "stop"} {
		waitForRequest(t, server, action)
		if err := command.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
	}
	go func() { ended <- exitCode(t, command) }()
	select {
	case status := <-ended:
		if status != exitInterrupted {
			t.Errorf("exit status %d, %s", status, messages)
		}
	case <-time.After(10 * time.Second):
		_ = command.Process.Kill()
		<-ended
		t.Error("the command goes on")
	}
}

// TestTextBeforeTheEnd reads the result of a save while the server does not stop the session: the result must not be
// lost if somebody loses patience then.
func TestTextBeforeTheEnd(t *testing.T) {
	t.Parallel()
	server := slowServer(t, "latency:1h@stop")
	args := []string{
		"save", "--owner", "alice@example.com", "--path", "Documents", "-o", filepath.Join(t.TempDir(), "out.zip"),
	}
	command := exec.CommandContext(t.Context(), "vbo365", append(args, flags(t, server)...)...)
	out, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "save: ") {
		t.Errorf("%q, %v", line, err)
	}
	_ = command.Process.Kill()
	_ = command.Wait()
}
