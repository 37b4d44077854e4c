//go:build unix

package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/vbo365/vbo365-go/api/apitest"
)

// TestInterrupt interrupts a run while a restore is under way: the restore ends, and the next one does not begin.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	servers := simulators(t, directory, 8)
	place := "hamburg,org0.onmicrosoft.com,"
	write(t, directory, "list.csv", head+place+"user2@example.com,,restore,\n"+place+"user6@example.com,,restore,\n")
	if status, out, messages := try(t, directory, "plan", "list.csv", "-o", "a.plan"); status != exitDone {
		t.Fatalf("got %d, %s%s", status, out, messages)
	}
	server := servers["hamburg"]
	inject(t, server.Server, "latency:1s@restoreToOriginalLocation")
	cmd := command(t, directory, "run", "a.plan")
	var messages strings.Builder
	cmd.Stderr = &messages
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for server.Faults()[apitest.FaultLatency] == 0 {
		runtime.Gosched()
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitInterrupted ||
		!strings.Contains(messages.String(), "waiting for the items that have begun") {
		t.Errorf("got %d, %s", code, messages.String())
	}
	if got := server.Executions(); got["restoreToOriginalLocation"] != 1 || got["explore"] != got["stop"] {
		t.Errorf("got %v", got)
	}
	server.RemoveFaults()
	if status, out, messages := try(t, directory, "run", filepath.Join(directory, "a.plan")); status != exitDone ||
		!strings.Contains(out, "2 done of 2 items") {
		t.Errorf("got %d, %s%s", status, out, messages)
	}
	if got := server.Executions()["restoreToOriginalLocation"]; got != 2 {
		t.Errorf("%d restores", got)
	}
}
