package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/vbo365/vbo365-go/api"
	"github.com/vbo365/vbo365-go/api/apitest"
	"github.com/vbo365/vbo365-go/gen"

	"github.com/vbo365/vbo365-go/fleet"
)

var (
	killDrives = flag.Int("drives", 40, "OneDrives of TestKill, each with four items")
	kills      = flag.Int("kills", 5, "how often TestKill kills the process")
	killFaults = flag.String("faults", "", "faults of the servers of TestKill, separated by spaces")
)

// TestMain is the command itself in a process that a test starts.
func TestMain(m *testing.M) {
	if os.Getenv("VBO365_FLEET_TEST_MAIN") != "" {
		os.Exit(Main())
	}
	os.Exit(m.Run())
}

// command starts the command in a process of its own.
func command(t *testing.T, directory string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), os.Args[0], args...)
	cmd.Dir = directory
	cmd.Env = append(os.Environ(), "VBO365_FLEET_TEST_MAIN=1", "VBO365_FLEET_CREDENTIALS=credentials.json")
	return cmd
}

const secret = "canary-of-a-password"

// A simulator is a server with the mailbox that it sends to.
type simulator struct {
	*apitest.Server
	mailbox *apitest.Mailbox
}

// simulators starts two servers, of which the first has v8 and the second up to v6, and writes their credentials.
func simulators(t *testing.T, directory string, drives int) map[string]simulator {
	t.Helper()
	at := time.Date(2026, 1, 10, 2, 0, 0, 0, time.UTC)
	found, accounts := map[string]simulator{}, map[string]map[string]string{}
	for n, name := range []string{"berlin", "hamburg"} {
		config := apitest.Config{Username: `EXAMPLE\operator`, Password: secret + "-" + name}
		if n == 1 {
			config.APIVersions = []string{"v5", "v6"}
		}
		mailbox, err := apitest.StartMailbox("")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = mailbox.Close() })
		config.SMTP = mailbox.Addr
		for o := range 2 {
			organization := apitest.Organization{Name: fmt.Sprintf("org%d.onmicrosoft.com", o)}
			for i := o; i < drives; i += 2 {
				if i%4/2 != n {
					continue
				}
				owner := fmt.Sprintf("user%d@example.com", i)
				organization.OneDrives = append(organization.OneDrives, apitest.OneDrive{
					Owner: owner, Name: fmt.Sprintf("User %d", i), Backup: []apitest.RestorePoint{{Time: at, FS: fstest.MapFS{
						"Documents/Report.txt": {Data: []byte("report of " + owner), ModTime: at},
						"Music/Song.txt":       {Data: []byte("la of " + owner), ModTime: at},
					}}},
				})
			}
			config.Organizations = append(config.Organizations, organization)
		}
		server := apitest.NewServer(t, config)
		found[name] = simulator{server, mailbox}
		accounts[name] = map[string]string{
			"url": server.URL, "username": server.Username, "password": server.Password, "fingerprint": server.Fingerprint,
			"userName": "admin@example.com", "userPassword": secret + "-of-a-user",
		}
	}
	content, err := json.Marshal(accounts)
	if err == nil {
		err = os.WriteFile(filepath.Join(directory, "credentials.json"), content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// mixed writes a list with four items for each OneDrive: two saves, a restore, and a copy or a message.
func mixed(t *testing.T, directory string, drives int) {
	t.Helper()
	list := "server,organization,owner,path,action,target,options\n"
	for i := range drives {
		place := fmt.Sprintf("%s,org%d.onmicrosoft.com,user%d@example.com", []string{"berlin", "hamburg"}[i%4/2], i%2, i)
		target := "file://" + filepath.ToSlash(filepath.Join(directory, "saved"))
		list += place + ",,save," + target + ",\n" + place + ",Documents,save," + target + ",\n" +
			place + ",Documents/Report.txt,restore,,\n"
		if i%8 < 4 {
			list += place + fmt.Sprintf(",Music,copy,user%d@example.com,folder=from %d\n", (i+4)%drives/4*4+i%4, i)
		} else {
			list += place + fmt.Sprintf(",Music/Song.txt,send,x@example.com,from=b@example.com;subject=item of %d\n", i)
		}
	}
	if err := os.WriteFile(filepath.Join(directory, "list.csv"), []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestKill kills the process that carries out a plan again and again. In the end no item is lost, none was carried out
// twice, the unknown ones are named, and all restore sessions are stopped. Flags make it larger: scripts/kill.sh.
func TestKill(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	drives := *killDrives / 8 * 8
	servers := simulators(t, directory, drives)
	mixed(t, directory, drives)
	if out, err := command(t, directory, "plan", "list.csv", "-o", "all.plan").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, server := range servers {
		for text := range strings.FieldsSeq(*killFaults) {
			fault, err := apitest.ParseFault(text)
			if err == nil {
				err = server.Inject(fault)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	killed := 0
	for killed < *kills {
		cmd := command(t, directory, "run", "all.plan", "--log", "log.jsonl")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		wait := time.Duration(600+rand.IntN(1200)) * time.Millisecond
		select {
		case err := <-ended:
			t.Logf("the plan was done after %d kills (%v); give it more -drives", killed, err)
		case <-time.After(wait):
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			if err := <-ended; err == nil {
				break // it was done just before
			}
			killed++
			continue
		}
		break
	}
	cmd := command(t, directory, "run", "all.plan", "--log", "log.jsonl")
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != exitUnknown && exit.ExitCode() != exitFailed) {
		t.Fatalf("%v: %s", err, out)
	}
	verify(t, "sqlite:"+filepath.Join(directory, "vbo365-fleet.db"), directory, servers, 4*drives, killed)
	canaries(t, directory, out)
}

// verify counts what the servers have carried out, and compares it with what the database says.
func verify(t *testing.T, database, directory string, servers map[string]simulator, items, killed int) {
	t.Helper()
	for _, server := range servers {
		server.RemoveFaults()
	}
	engine, err := fleet.Open(t.Context(), fleet.Config{Database: database})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = engine.Close() }()
	done := executions(t, servers)
	states := map[fleet.State]int{}
	lost, twice, count := 0, 0, 0
	for result, err := range engine.Results(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		count++
		states[result.State]++
		times := 0
		switch result.Action {
		case fleet.Save:
			content, err := os.ReadFile(filepath.Join(directory, "saved", filepath.FromSlash(result.Object)))
			sum := sha256.Sum256(content)
			if result.State == fleet.Done && err == nil && hex.EncodeToString(sum[:]) == result.SHA256 {
				times = 1
			}
		case fleet.Send:
			times = done[result.Options["subject"]]
		default:
			name := strings.Replace(strings.TrimSuffix(result.Owner, "@example.com"), "user", "User ", 1)
			times = done[string(result.Action)+" "+name]
		}
		switch {
		case times > 1:
			twice++
			t.Errorf("carried out %d times: %s", times, describe(result))
		case result.State == fleet.Done && times == 0, !result.State.Ended():
			lost++
			t.Errorf("lost: %s", describe(result))
		case result.State == fleet.Failed && *killFaults == "":
			t.Errorf("failed: %s", describe(result))
		}
	}
	if count != items {
		t.Errorf("%d of %d items", count, items)
	}
	open := openSessions(t, servers)
	if len(open) > 0 {
		t.Errorf("restore sessions are open: %v", open)
	}
	t.Logf("%d items, %d kills: %v, %d lost, %d twice, %d sessions open; executed %d",
		count, killed, states, lost, twice, len(open), len(done))
}

// executions counts what the servers carried out: restores and copies by the events of all sessions, messages by their
// subjects.
func executions(t *testing.T, servers map[string]simulator) map[string]int {
	t.Helper()
	counts, seen := map[string]int{}, map[string]bool{}
	for _, server := range servers {
		for session, err := range client(t, server.Server).RestoreSessions(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			for event, err := range session.Events(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				if event.Type != gen.EventTypeRestore || seen[event.ID] {
					continue
				}
				seen[event.ID] = true
				owner, _, _ := strings.Cut(event.Source, "/")
				action := fleet.Restore
				if event.ItemName == "Music" {
					action = fleet.Copy
				}
				counts[string(action)+" "+owner]++
			}
		}
		for _, message := range server.mailbox.Messages() {
			content, err := message.Open()
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(content)
			_ = content.Close()
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(string(text)) {
				if subject, found := strings.CutPrefix(strings.TrimSpace(line), "Subject: "); found {
					counts[subject]++
					break
				}
			}
		}
	}
	return counts
}

func client(t *testing.T, server *apitest.Server) *api.Client {
	t.Helper()
	client, err := api.NewClient(server.URL, api.WithPassword(server.Username, server.Password),
		api.WithCertificateFingerprint(server.Fingerprint), api.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	return client
}

func openSessions(t *testing.T, servers map[string]simulator) (open []string) {
	t.Helper()
	for name, server := range servers {
		for session, err := range client(t, server.Server).RestoreSessions(context.WithoutCancel(t.Context())) {
			if err != nil {
				t.Fatal(err)
			}
			if session.Properties.State == api.RestoreSessionWorking {
				open = append(open, name+" "+session.ID())
			}
		}
	}
	return open
}

// canaries looks for secrets in all that a run has left: database, log, plan, reports, output.
func canaries(t *testing.T, directory string, output []byte) {
	t.Helper()
	for _, kind := range []string{"csv", "json", "html"} {
		if out, err := command(t, directory, "report", "--"+kind, "report."+kind).CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	}
	entries, err := os.ReadDir(directory)
	if err != nil {
		t.Fatal(err)
	}
	files := 0
	for _, entry := range entries {
		if entry.IsDir() || entry.Name() == "credentials.json" {
			continue
		}
		content, err := os.ReadFile(filepath.Join(directory, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if files++; strings.Contains(string(content), secret) {
			t.Errorf("%s has a secret", entry.Name())
		}
	}
	if strings.Contains(string(output), secret) || files < 6 {
		t.Errorf("the output has a secret, or there are only %d files", files)
	}
}
