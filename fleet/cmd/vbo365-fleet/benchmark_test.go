package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/vbo365/vbo365-go/api/apitest"
)

// many starts a server with many OneDrives, writes its credentials, and writes a list with one item for each OneDrive.
func many(b *testing.B, directory string, drives int, rest string) *apitest.Server {
	b.Helper()
	at := time.Date(2026, 1, 10, 2, 0, 0, 0, time.UTC)
	organization := apitest.Organization{Name: "example.onmicrosoft.com"}
	list := "server,organization,owner,path,action,target\n"
	backup := fstest.MapFS{"Documents/Report.txt": {Data: []byte("report"), ModTime: at}}
	for i := range drives {
		owner := fmt.Sprintf("user%d@example.com", i)
		organization.OneDrives = append(organization.OneDrives, apitest.OneDrive{
			Owner: owner, Backup: []apitest.RestorePoint{{Time: at, FS: backup}},
		})
		list += "b1,example.onmicrosoft.com," + owner + "," + rest + "\n"
	}
	server := apitest.NewServer(b, apitest.Config{Organizations: []apitest.Organization{organization}})
	content := fmt.Sprintf(`{"b1": {"url": %q, "username": %q, "password": %q, "fingerprint": %q, "userName": "a@example.com",
		"userPassword": "p"}}`, server.URL, server.Username, server.Password, server.Fingerprint)
	for name, content := range map[string]string{"credentials.json": content, "list.csv": list} {
		if err := os.WriteFile(filepath.Join(directory, name), []byte(content), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	return server
}

// execute runs the command, and returns its process.
func execute(b *testing.B, directory string, args ...string) *os.ProcessState {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), os.Args[0], args...)
	cmd.Dir = directory
	cmd.Env = append(os.Environ(), "VBO365_FLEET_TEST_MAIN=1", "VBO365_FLEET_CREDENTIALS=credentials.json")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	return cmd.ProcessState
}

func cpu(state *os.ProcessState) time.Duration { return state.UserTime() + state.SystemTime() }

// BenchmarkItems saves 10,000 small folders. It reports the CPU time of the process for each, all in all, and its
// memory.
func BenchmarkItems(b *testing.B) {
	const drives = 10_000
	for b.Loop() {
		directory := b.TempDir()
		many(b, directory, drives, "Documents,save,file://"+filepath.ToSlash(directory)+"/saved")
		plan := execute(b, directory, "plan", "list.csv", "-o", "all.plan")
		run := execute(b, directory, "run", "all.plan", "--concurrency", "16")
		b.ReportMetric(cpu(plan).Seconds()*1000/drives, "plan-cpu-ms/item")
		b.ReportMetric(cpu(run).Seconds()*1000/drives, "run-cpu-ms/item")
		b.ReportMetric(memory(plan), "plan-MiB")
		b.ReportMetric(memory(run), "run-MiB")
		info, err := os.Stat(filepath.Join(directory, "vbo365-fleet.db"))
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(info.Size())/drives, "db-B/item")
	}
}

// BenchmarkPlan plans 30,000 rows.
func BenchmarkPlan(b *testing.B) {
	const drives = 30_000
	for b.Loop() {
		directory := b.TempDir()
		many(b, directory, drives, ",save,file:///saved")
		began := time.Now()
		plan := execute(b, directory, "plan", "list.csv", "-o", "all.plan")
		b.ReportMetric(time.Since(began).Seconds(), "s")
		b.ReportMetric(cpu(plan).Seconds()*1000/drives, "cpu-ms/row")
		b.ReportMetric(memory(plan), "MiB")
	}
}

// BenchmarkLoop restores a folder in each of 300 OneDrives, with a loop around the command vbo365, and with a plan.
func BenchmarkLoop(b *testing.B) {
	const drives = 300
	for b.Loop() {
		directory := b.TempDir()
		server := many(b, directory, drives, "Documents,restore,")
		binary := filepath.Join(directory, "vbo365")
		if out, err := exec.CommandContext(b.Context(), "go", "-C", "../../..", "build", "-o", binary, "./cmd/vbo365").CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, out)
		}
		began := time.Now()
		for i := range drives {
			cmd := exec.CommandContext(b.Context(), binary, "restore", "--server", server.URL, "--username", server.Username,
				"--fingerprint", server.Fingerprint, "--owner", fmt.Sprintf("user%d@example.com", i), "--path", "Documents",
				"--user-name", "a@example.com")
			cmd.Env = append(os.Environ(), "VBO365_PASSWORD="+server.Password, "VBO365_USER_PASSWORD=p")
			if out, err := cmd.CombinedOutput(); err != nil {
				b.Fatalf("%v: %s", err, out)
			}
		}
		b.ReportMetric(time.Since(began).Seconds(), "loop-s")
		requests, logins := counts(server)
		b.ReportMetric(float64(requests), "loop-requests")
		b.ReportMetric(float64(logins), "loop-log-ins")
		began = time.Now()
		execute(b, directory, "plan", "list.csv", "-o", "all.plan")
		planned, plannedLogins := counts(server)
		execute(b, directory, "run", "all.plan")
		b.ReportMetric(time.Since(began).Seconds(), "fleet-s")
		all, allLogins := counts(server)
		b.ReportMetric(float64(planned-requests), "plan-requests")
		b.ReportMetric(float64(all-planned), "run-requests")
		b.ReportMetric(float64(plannedLogins-logins), "plan-log-ins")
		b.ReportMetric(float64(allLogins-plannedLogins), "run-log-ins")
		if done := server.Executions()["restoreToOriginalLocation"]; done != 2*drives {
			b.Errorf("%d restores", done)
		}
	}
}

func counts(server *apitest.Server) (requests, logins int) {
	for _, request := range server.Requests() {
		requests++
		if strings.HasSuffix(strings.ToLower(request.Path), "/token") {
			logins++
		}
	}
	return requests, logins
}
