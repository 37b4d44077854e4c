package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/vbo365/vbo365-go/api/apitest"
)

// TestStopWhatWasLeft stops a session that was left, and not that of a running restore.
func TestStopWhatWasLeft(t *testing.T) {
	t.Parallel()
	server := apitest.NewServer(t, apitest.Config{RestorePace: time.Hour})
	flags := flags(t, server)
	do := func(want int, args ...string) (out, messages string) {
		t.Helper()
		var printed, said bytes.Buffer
		status := run(t.Context(), append(args, flags...), terminal{in: os.Stdin, out: &printed, err: &said})
		if status != want {
			t.Fatalf("%q: exit status %d, %s", args, status, said.String())
		}
		return printed.String(), said.String()
	}
	left, _ := do(0, "sessions", "start")
	left = strings.TrimSpace(left)
	begun, _ := do(0, "restore", "--json", "--detach", "--session", left,
		"--owner", "alice@example.com", "--path", "Documents",
		"--user-code", "CODE")
	var line struct {
		SessionID string `json:"workSession"`
	}
	if err := json.Unmarshal([]byte(begun), &line); err != nil {
		t.Fatalf("%v: %s", err, begun)
	}
	idle, _ := do(0, "sessions", "start")
	idle = strings.TrimSpace(idle)

	stopped, said := do(0, "sessions", "stop", "--older-than", "1ns")
	if stopped != "sessions stop: "+idle+"\n" {
		t.Errorf("stopped: %s", stopped)
	}
	// The session that received the request has an event of the restore, too.
	for _, id := range []string{left, line.SessionID} {
		if !strings.Contains(said, "session "+id+" is left alone: something is running in it") {
			t.Errorf("session %s: %s", id, said)
		}
	}
	all, _ := do(0, "sessions", "--json")
	if strings.Count(all, `"state":"Working"`) != 2 || strings.Count(all, `"state":"Stopped"`) != 1 {
		t.Errorf("sessions: %s", all)
	}
}
