package main

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vbo365/vbo365-go/api/apitest"
)

// try runs the command, and returns its exit status and what it wrote.
func try(t *testing.T, directory string, args ...string) (status int, out, messages string) {
	t.Helper()
	cmd := command(t, directory, args...)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()
}

func write(t *testing.T, directory, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(directory, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func inject(t *testing.T, server *apitest.Server, text string) {
	t.Helper()
	fault, err := apitest.ParseFault(text)
	if err == nil {
		err = server.Inject(fault)
	}
	if err != nil {
		t.Fatal(err)
	}
}

const head = "server,organization,owner,path,action,target\n"

// TestCommand goes through the life of a plan, with each exit status.
func TestCommand(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	servers := simulators(t, directory, 8)
	expect := func(wantStatus int, want string, args ...string) (out string) {
		t.Helper()
		status, out, messages := try(t, directory, args...)
		if status != wantStatus || !strings.Contains(out+messages, want) {
			t.Fatalf("%v: got status %d, want %d and %q in:\n%s%s", args, status, wantStatus, want, out, messages)
		}
		return out
	}
	expect(exitUsage, "unknown flag --what", "run", "--what")
	expect(exitUsage, "name a list, or --server", "plan", "-o", "a.plan")
	expect(exitUsage, "this is no plan", "run", "credentials.json")
	expect(exitFailure, "no plan has been begun", "status")

	target := "file://" + filepath.ToSlash(filepath.Join(directory, "saved"))
	place := "berlin,org0.onmicrosoft.com,user0@example.com"
	write(t, directory, "list.csv", head+place+",,save,"+target+"\n"+place+",Documents,restore,\n"+
		place+",Missing,save,"+target+"\nberlin,org0.onmicrosoft.com,nobody@example.com,,restore,\n")
	expect(exitUsage, "list.csv:5: owner: no OneDrive of \"nobody@example.com\"", "plan", "list.csv", "-o", "a.plan")
	if _, err := os.Stat(filepath.Join(directory, "a.plan")); err == nil {
		t.Error("a plan was written in spite of errors")
	}
	expect(exitDone, "plan a: 2 items, 3 documents of 77 B", "plan", "list.csv", "-o", "a.plan", "--count", "--leave-out")

	inject(t, servers["berlin"].Server, "500@save")
	inject(t, servers["berlin"].Server, "reset@restoreToOriginalLocation")
	expect(exitUnknown, "plan a: 1 failed, 1 unknown of 2 items", "run", "a.plan", "--attempts", "1")
	expect(exitDone, "resolve 2 --done, or --again", "list", "--unknown")
	expect(exitUsage, "say --done or --again", "resolve", "2")
	servers["berlin"].RemoveFaults()
	expect(exitDone, "", "resolve", "2", "--again")
	expect(exitFailed, "plan a: 1 done, 1 failed of 2 items", "run", "a.plan")
	expect(exitDone, "1 items wait again", "retry")
	expect(exitDone, "", "cancel")
	expect(exitFailed, "plan a: 1 done, 1 cancelled of 2 items", "run", "a.plan")
	expect(exitDone, "", "continue")
	expect(exitDone, "1 items wait again", "retry", "--cancelled")
	expect(exitDone, "plan a: 2 done of 2 items", "run", "a.plan")
	if got := servers["berlin"].Executions()["restoreToOriginalLocation"]; got != 1 {
		t.Errorf("%d restores", got)
	}
	if open := openSessions(t, servers); len(open) > 0 {
		t.Errorf("restore sessions are open: %v", open)
	}

	var summary struct {
		Plan struct {
			Name string `json:"name"`
		} `json:"plan"`
		States map[string]int `json:"states"`
	}
	if err := json.Unmarshal([]byte(expect(exitDone, "", "status", "--json")), &summary); err != nil ||
		summary.Plan.Name != "a" || summary.States["done"] != 2 {
		t.Errorf("got %+v, %v", summary, err)
	}
	expect(exitDone, "report.html", "report", "--html", "report.html", "--csv", "report.csv", "--json", "report.json")
	page, err := os.ReadFile(filepath.Join(directory, "report.html"))
	if err != nil || !strings.Contains(string(page), "2 of 2 items have ended") || strings.Contains(string(page), "<script") {
		t.Errorf("got %s, %v", page, err)
	}
	report, err := os.ReadFile(filepath.Join(directory, "report.json"))
	if err != nil || !json.Valid(report) {
		t.Errorf("got %s, %v", report, err)
	}

	write(t, directory, "list.csv", head+place+",Music,restore,\n")
	expect(exitDone, "plan a: 1 items", "plan", "list.csv", "-o", "a.plan")
	expect(exitFailure, `the plan "a" was begun on`, "run", "a.plan")
	expect(exitDone, "plan b: 1 items", "plan", "list.csv", "-o", "a.plan", "--name", "b")
	expect(exitDone, "plan b: 1 done of 1 items", "run", "a.plan")
	expect(exitFailure, "several plans, name one: a, b", "status")
}

// TestListsFromServers has plans without a list.
func TestListsFromServers(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	simulators(t, directory, 16)
	save := []string{
		"plan", "--server", "berlin", "--server", "hamburg", "--action", "save", "--target", "file:///x", "-o", "a.plan",
	}
	status, out, messages := try(t, directory, append(save, "--all-owners")...)
	if status != exitDone || !strings.Contains(out, "plan a: 16 items") {
		t.Errorf("got %d, %s%s", status, out, messages)
	}
	status, out, messages = try(t, directory, append(save, "--all-owners", "--organization", "org1.onmicrosoft.com")...)
	if status != exitDone || !strings.Contains(out, "plan a: 8 items") {
		t.Errorf("got %d, %s%s", status, out, messages)
	}
	write(t, directory, "owners.txt", "user0@example.com\n\nuser2@example.com\nUser 3\nnobody\n")
	status, out, messages = try(t, directory, append(save, "--owners-from", "owners.txt", "--leave-out")...)
	if status != exitDone || !strings.Contains(out, "plan a: 3 items") || !strings.Contains(messages, "owners.txt:5: owner: no") {
		t.Errorf("got %d, %s%s", status, out, messages)
	}
}
