package fleet_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vbo365/vbo365-go/api"
	"github.com/vbo365/vbo365-go/api/apitest"

	"github.com/vbo365/vbo365-go/fleet"
)

const organization = "example.onmicrosoft.com"

// organizations has one organization with so many OneDrives, of user0@example.com and so on.
func organizations(drives int) []apitest.Organization {
	o := apitest.Organization{Name: organization}
	for i := range drives {
		o.OneDrives = append(o.OneDrives, drive(fmt.Sprintf("user%d@example.com", i), fmt.Sprintf("User %d", i)))
	}
	return []apitest.Organization{o}
}

// open opens an engine for a test.
func open(t *testing.T, config fleet.Config) *fleet.Engine {
	t.Helper()
	if config.Backoff == nil {
		config.Backoff = func(int) time.Duration { return 10 * time.Millisecond }
	}
	engine, err := fleet.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

// planOf makes a plan of a list.
func planOf(t *testing.T, servers *fleet.Servers, name string, rows ...string) string {
	t.Helper()
	list := "server,organization,owner,path,action,target,options\n" + strings.Join(rows, "\n") + "\n"
	checker := fleet.NewChecker(servers, time.Now())
	var items []fleet.Item
	for item, err := range checker.All(t.Context(), "list.csv", fleet.ReadCSV("list.csv", strings.NewReader(list))) {
		if err != nil {
			t.Fatal(err)
		}
		items = append(items, item)
	}
	if err := checker.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	file, _ := writePlan(t, name, items...)
	return file
}

// carryOut begins a plan and runs it to its end.
func carryOut(t *testing.T, config fleet.Config, file string) map[int]fleet.Result {
	t.Helper()
	engine := open(t, config)
	defer func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	}()
	plan, err := engine.Begin(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	if err := engine.Run(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
	return results(t, engine)
}

func results(t *testing.T, engine *fleet.Engine) map[int]fleet.Result {
	t.Helper()
	results := map[int]fleet.Result{}
	for result, err := range engine.Results(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		results[result.Number] = result
	}
	return results
}

func database(t *testing.T) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "fleet.db")
}

// TestActionsOfAPlan has all four actions, in all versions.
func TestActionsOfAPlan(t *testing.T) {
	t.Parallel()
	for _, version := range api.Versions() {
		t.Run(version.String(), func(t *testing.T) {
			t.Parallel()
			mailbox, err := apitest.StartMailbox("")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = mailbox.Close() })
			server := apitest.NewServer(t, apitest.Config{
				Organizations: organizations(3), APIVersions: []string{version.String()}, SMTP: mailbox.Addr,
			})
			all := servers(t, map[string]*apitest.Server{"b1": server})
			target := "file://" + filepath.ToSlash(t.TempDir())
			file := planOf(t, all, "all",
				"b1,"+organization+",user0@example.com,,save,"+target+",",
				"b1,"+organization+",user0@example.com,Documents/Report.txt,save,"+target+",",
				"b1,"+organization+",User 0,Documents,restore,,documentAction=overwrite",
				"b1,"+organization+",user1@example.com,,restore,,",
				"b1,"+organization+",user1@example.com,Music,copy,user2@example.com,folder=From User 1",
				"b1,"+organization+",user2@example.com,Music/Song.txt,send,somebody@example.com,subject=Song;from=b@example.com",
			)
			db := database(t)
			got := carryOut(t, fleet.Config{Database: db, Servers: all}, file)
			if len(got) != 6 {
				t.Fatalf("got %+v", got)
			}
			for number, result := range got {
				if result.State != fleet.Done || result.Error != "" || result.Session == "" || result.Attempts != 1 {
					t.Errorf("item %d: got %+v", number, result)
				}
			}
			path := filepath.Join(strings.TrimPrefix(target, "file://"), filepath.FromSlash(got[2].Object))
			content, err := os.ReadFile(path)
			sum := sha256.Sum256(content)
			if err != nil || string(content) != "report of user0@example.com" || got[2].SHA256 != hex.EncodeToString(sum[:]) {
				t.Errorf("got %q, %v, %+v", content, err, got[2])
			}
			if got := server.Executions(); got["restoreToOriginalLocation"] != 2 || got["copyTo"] != 1 || got["sendTo"] != 1 ||
				got["explore"] != 2 || got["stop"] != 2 {
				t.Errorf("got %v", got)
			}
			if song, err := os.ReadFile(filepath.Join(server.Drives()[2].Production, "From User 1/Music/Song.txt")); err != nil {
				t.Errorf("got %q, %v", song, err)
			}

			before, written := server.Executions(), modified(t, path)
			carryOut(t, fleet.Config{Database: db, Servers: all}, file) // once more
			if after := server.Executions(); !maps.Equal(after, before) || modified(t, path) != written {
				t.Errorf("got %v", after)
			}
		})
	}
}

func modified(t *testing.T, file string) time.Time {
	t.Helper()
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	return info.ModTime()
}

func TestManifest(t *testing.T) {
	t.Parallel()
	server := apitest.NewServer(t, apitest.Config{Organizations: organizations(2)})
	all := servers(t, map[string]*apitest.Server{"b1": server})
	directory := t.TempDir()
	target := "file://" + filepath.ToSlash(directory)
	file := planOf(t, all, "all", "b1,"+organization+",user0@example.com,,save,"+target+",",
		"b1,"+organization+",user1@example.com,Documents/Report.txt,save,"+target+",")
	db := database(t)
	carryOut(t, fleet.Config{Database: db, Servers: all}, file)
	engine := open(t, fleet.Config{Database: db})
	defer func() { _ = engine.Close() }()
	names, err := engine.WriteManifests(t.Context(), "all")
	if err != nil || len(names) != 1 {
		t.Fatalf("got %v, %v", names, err)
	}
	content, err := os.ReadFile(strings.TrimPrefix(names[0], "file://"))
	lines := strings.Split(strings.TrimSpace(string(content)), "\n")
	if err != nil || len(lines) != 2 {
		t.Fatalf("got %q, %v", content, err)
	}
	for _, line := range lines {
		digest, name, _ := strings.Cut(line, "  ")
		content, err := os.ReadFile(filepath.Join(directory, name))
		if sum := sha256.Sum256(content); err != nil || digest != hex.EncodeToString(sum[:]) {
			t.Errorf("%s: got %v", line, err)
		}
	}
}

func TestItemsThatFail(t *testing.T) {
	t.Parallel()
	server := apitest.NewServer(t, apitest.Config{Organizations: organizations(4)})
	all := servers(t, map[string]*apitest.Server{"b1": server}, api.WithAttempts(1))
	target := "file://" + filepath.ToSlash(t.TempDir())
	file := planOf(t, all, "all",
		"b1,"+organization+",user0@example.com,,save,"+target+",",
		"b1,"+organization+",user1@example.com,,restore,,",
	)
	for _, fault := range []string{"500@save", "400@restoreToOriginalLocation"} {
		parsed, err := apitest.ParseFault(fault)
		if err != nil {
			parsed, err = apitest.ParseFault("429@restoreToOriginalLocation")
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := server.Inject(parsed); err != nil {
			t.Fatal(err)
		}
	}
	db := database(t)
	config := fleet.Config{Database: db, Servers: all}
	got := carryOut(t, config, file)
	if got[1].State != fleet.Failed || got[1].Attempts != 3 || got[1].Error == "" {
		t.Errorf("got %+v", got[1])
	}
	if got[2].State == fleet.Done {
		t.Errorf("got %+v", got[2])
	}
	server.RemoveFaults()
	engine := open(t, config)
	count, err := engine.Retry(t.Context(), "", fleet.Failed)
	if err != nil || count < 1 {
		t.Errorf("got %d, %v", count, err)
	}
	for number, result := range results(t, engine) {
		if result.State == fleet.Unknown {
			if err := engine.Resolve(t.Context(), "all", number, true); err != nil {
				t.Error(err)
			}
		}
	}
	if err := engine.Close(); err != nil {
		t.Error(err)
	}
	got = carryOut(t, config, file)
	if got[1].State != fleet.Done || got[2].State != fleet.Done {
		t.Errorf("got %+v", got)
	}
}

// TestUnknownOutcome has a restore that is carried out, without a response: the events of its session tell what became
// of it.
func TestUnknownOutcome(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault string
		want  fleet.State
		runs  int
	}{
		"carried out":     {"reset@restoreToOriginalLocation/after", fleet.Done, 1},
		"not carried out": {"reset@restoreToOriginalLocation", fleet.Unknown, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := apitest.NewServer(t, apitest.Config{Organizations: organizations(1), APIVersions: []string{"v6"}})
			all := servers(t, map[string]*apitest.Server{"b1": server})
			fault, err := apitest.ParseFault(test.fault + "x1")
			if err != nil {
				t.Fatal(err)
			}
			if err := server.Inject(fault); err != nil {
				t.Fatal(err)
			}
			file := planOf(t, all, "one", "b1,"+organization+",user0@example.com,Documents,restore,,")
			db := database(t)
			got := carryOut(t, fleet.Config{Database: db, Servers: all}, file)
			if got[1].State != test.want || server.Executions()["restoreToOriginalLocation"] != test.runs {
				t.Errorf("got %+v, %v", got[1], server.Executions())
			}
			if test.want != fleet.Unknown {
				return
			}
			engine := open(t, fleet.Config{Database: db})
			defer func() { _ = engine.Close() }()
			if count, err := engine.Retry(t.Context(), "one", fleet.Failed); count != 0 || err != nil {
				t.Errorf("got %d, %v", count, err)
			}
			if err := engine.Resolve(t.Context(), "one", 1, false); err != nil {
				t.Error(err)
			}
			if got := results(t, engine)[1]; got.State != fleet.Done || got.Resolved != "done" {
				t.Errorf("got %+v", got)
			}
			if err := engine.Resolve(t.Context(), "one", 1, true); err == nil || !strings.Contains(err.Error(), "is done") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestPlansThatTheDatabaseRefuses(t *testing.T) {
	t.Parallel()
	db := database(t)
	engine := open(t, fleet.Config{Database: db})
	defer func() { _ = engine.Close() }()
	first, _ := writePlan(t, "attack", fleet.Item{Server: "b1", Owner: "alice", Action: fleet.Restore})
	second, _ := writePlan(t, "attack", fleet.Item{Server: "b1", Owner: "bob", Action: fleet.Restore})
	for range 2 {
		if _, err := engine.Begin(t.Context(), first); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := engine.Begin(t.Context(), second); err == nil || !strings.Contains(err.Error(), `"attack" was begun on`) {
		t.Errorf("got %v", err)
	}
	if got := results(t, engine); len(got) != 1 || got[1].State != fleet.Waiting {
		t.Errorf("got %+v", got)
	}
}

func TestTwoProcessesWithSQLite(t *testing.T) {
	t.Parallel()
	server := apitest.NewServer(t, apitest.Config{Organizations: organizations(1)})
	all := servers(t, map[string]*apitest.Server{"b1": server})
	db := database(t)
	first := open(t, fleet.Config{Database: db, Servers: all})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- first.Run(ctx, fleet.Plan{}) }()
	second := open(t, fleet.Config{Database: db, Servers: all})
	defer func() { _ = second.Close() }()
	for deadline := time.Now().Add(20 * time.Second); !second.Alive(t.Context(), t); {
		if time.Now().After(deadline) {
			t.Fatal("the first process does not work")
		}
		runtime.Gosched()
	}
	if err := second.Run(t.Context(), fleet.Plan{}); err == nil || !strings.Contains(err.Error(), "another process works with") {
		t.Errorf("got %v", err)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if err := first.Close(); err != nil {
		t.Error(err)
	}
}

func TestDatabaseOfANewerVersion(t *testing.T) {
	t.Parallel()
	db := database(t)
	engine := open(t, fleet.Config{Database: db})
	if err := engine.SetSchema(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	if err := engine.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := fleet.Open(t.Context(), fleet.Config{Database: db}); err == nil ||
		!strings.Contains(err.Error(), "newer vbo365-fleet") {
		t.Errorf("got %v", err)
	}
}

// TestServerThatIsDown has a server that refuses everything for a while: its items wait, and then succeed. Those of the
// other server go on meanwhile.
func TestServerThatIsDown(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"401@save", "503x30", "tls:reset"} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			down := apitest.NewServer(t, apitest.Config{Organizations: organizations(20)})
			up := apitest.NewServer(t, apitest.Config{Organizations: organizations(20)})
			named := map[string]*apitest.Server{"down": down, "up": up}
			target := "file://" + filepath.ToSlash(t.TempDir())
			rows := []string{}
			for i := range 40 {
				rows = append(rows, fmt.Sprintf("%s,%s,user%d@example.com,,save,%s,",
					[]string{"down", "up"}[i%2], organization, i/2, target))
			}
			file := planOf(t, servers(t, named), "all", rows...)
			fault, err := apitest.ParseFault(text)
			if err == nil {
				err = down.Inject(fault)
			}
			if err != nil {
				t.Fatal(err)
			}
			var mu sync.Mutex
			waits, upEnded := 0, 0
			got := carryOut(t, fleet.Config{
				Database: database(t),
				Servers:  servers(t, named, api.WithAttempts(1)),
				OnServerDown: func(server string, _ time.Time, why string) {
					mu.Lock()
					defer mu.Unlock()
					waits++
					if server != "down" || why == "" {
						t.Errorf("server %s waits: %s", server, why)
					}
				},
				OnItem: func(item fleet.Item, _ fleet.Outcome) {
					mu.Lock()
					defer mu.Unlock()
					if item.Server == "up" {
						if upEnded++; upEnded == 20 {
							down.RemoveFaults()
						}
					}
				},
				Backoff: func(int) time.Duration { return 100 * time.Millisecond },
			}, file)
			for number, result := range got {
				if result.State != fleet.Done || result.Attempts != 1 {
					t.Errorf("item %d: got %+v", number, result.Outcome)
				}
			}
			if waits == 0 || len(got) != 40 {
				t.Errorf("%d waits, %d items", waits, len(got))
			}
		})
	}
}

func TestPatience(t *testing.T) {
	t.Parallel()
	server := apitest.NewServer(t, apitest.Config{Organizations: organizations(2)})
	named := map[string]*apitest.Server{"b1": server}
	target := "file://" + filepath.ToSlash(t.TempDir())
	file := planOf(t, servers(t, named), "all", "b1,"+organization+",user0@example.com,,save,"+target+",",
		"b1,"+organization+",user1@example.com,,restore,,")
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	engine := open(t, fleet.Config{
		Database: database(t), Servers: servers(t, named, api.WithAttempts(1)), Patience: 50 * time.Millisecond,
	})
	defer func() { _ = engine.Close() }()
	plan, err := engine.Begin(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	if err := engine.Run(t.Context(), plan); err != nil {
		t.Error(err) // no session was started that could be left
	}
	for number, result := range results(t, engine) {
		if result.State != fleet.Failed || result.Error == "" {
			t.Errorf("item %d: got %+v", number, result.Outcome)
		}
	}
}

// TestDrain ends the context of a run while a restore is under way: that ends, and nothing else begins. Another run
// goes on.
func TestDrain(t *testing.T) {
	t.Parallel()
	server := apitest.NewServer(t, apitest.Config{Organizations: organizations(3), APIVersions: []string{"v6"}})
	all := servers(t, map[string]*apitest.Server{"b1": server})
	rows := []string{}
	for i := range 3 {
		rows = append(rows, fmt.Sprintf("b1,%s,user%d@example.com,,restore,,", organization, i))
	}
	file := planOf(t, all, "all", rows...)
	fault, err := apitest.ParseFault("latency:1s@restoreToOriginalLocation")
	if err == nil {
		err = server.Inject(fault)
	}
	if err != nil {
		t.Fatal(err)
	}
	db := database(t)
	engine := open(t, fleet.Config{Database: db, Servers: all})
	plan, err := engine.Begin(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for server.Faults()[apitest.FaultLatency] == 0 {
			runtime.Gosched()
		}
		cancel()
	}()
	if err := engine.Run(ctx, plan); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	states := map[fleet.State]int{}
	for _, result := range results(t, engine) {
		states[result.State]++
	}
	if states[fleet.Done] != 1 || states[fleet.Done]+states[fleet.Waiting]+states[fleet.Running] != 3 {
		t.Errorf("got %v", states)
	}
	if err := engine.Close(); err != nil {
		t.Error(err)
	}
	server.RemoveFaults()
	if got := server.Executions(); got["restoreToOriginalLocation"] != 1 || got["explore"] != got["stop"] {
		t.Errorf("got %v", got)
	}
	for number, result := range carryOut(t, fleet.Config{Database: db, Servers: all}, file) {
		if result.State != fleet.Done {
			t.Errorf("item %d: got %+v", number, result.Outcome)
		}
	}
	if got := server.Executions(); got["restoreToOriginalLocation"] != 3 || got["explore"] != got["stop"] {
		t.Errorf("got %v", got)
	}
}

// TestDownloadsThatAreCut has saves that end early, some of them in valid HTTP: an object is complete or absent.
func TestDownloadsThatAreCut(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"cut-length:10@save", "short-length:10@save", "short-chunked:5@save", "206:4@save", "cut-close:3@save"} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			server := apitest.NewServer(t, apitest.Config{Organizations: organizations(1)})
			all := servers(t, map[string]*apitest.Server{"b1": server}, api.WithAttempts(1))
			directory := t.TempDir()
			target := "file://" + filepath.ToSlash(directory)
			file := planOf(t, all, "all", "b1,"+organization+",user0@example.com,,save,"+target+",",
				"b1,"+organization+",user0@example.com,Documents/Report.txt,save,"+target+",")
			fault, err := apitest.ParseFault(text)
			if err == nil {
				err = server.Inject(fault)
			}
			if err != nil {
				t.Fatal(err)
			}
			db := database(t)
			for number, result := range carryOut(t, fleet.Config{Database: db, Servers: all}, file) {
				if result.State != fleet.Failed || result.Attempts != 3 {
					t.Errorf("item %d: got %+v", number, result.Outcome)
				}
			}
			err = filepath.WalkDir(directory, func(name string, entry os.DirEntry, err error) error {
				if err == nil && !entry.IsDir() {
					t.Errorf("%s was left", name)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}
