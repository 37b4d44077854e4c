//go:build postgres

package main

import (
	"context"
	"errors"
	"flag"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
	"time"
)

var postgres = flag.String("postgres", "", "address of an empty PostgreSQL database for TestWorkers")

// TestWorkers has three processes on one PostgreSQL database, of which one is killed again and again.
// scripts/postgres.sh runs it.
func TestWorkers(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	drives := *killDrives / 8 * 8
	servers := simulators(t, directory, drives)
	mixed(t, directory, drives)
	if out, err := command(t, directory, "plan", "list.csv", "-o", "all.plan").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var messages strings.Builder
	start := func(name string, args ...string) *exec.Cmd {
		cmd := command(t, directory, append(args, "--database", *postgres, "--executor", name, "--log", name+".jsonl")...)
		if args[0] == "run" {
			cmd.Stderr = &messages
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	run := start("first", "run", "all.plan")
	ended := make(chan error, 1)
	go func() { ended <- run.Wait() }()
	workers := map[string]*exec.Cmd{"second": start("second", "worker"), "third": start("third", "worker")}
	killed := 0
	var err error
	for running := true; running; {
		select {
		case err = <-ended:
			running = false
		case <-time.After(time.Duration(500+rand.IntN(1000)) * time.Millisecond):
			if killed >= *kills {
				continue
			}
			name := []string{"second", "third"}[killed%2]
			if err := workers[name].Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = workers[name].Wait()
			killed++
			workers[name] = start(name, "worker")
		case <-ctx.Done():
			t.Fatal(ctx.Err())
		}
	}
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != exitUnknown) {
		t.Errorf("got %v: %s", err, messages.String())
	}
	for _, worker := range workers {
		if err := worker.Process.Kill(); err != nil {
			t.Error(err)
		}
		_ = worker.Wait()
	}
	verify(t, *postgres, directory, servers, 4*drives, killed)
}
