package fleet_test

import (
	"encoding/json"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/vbo365/vbo365-go/api"
	"github.com/vbo365/vbo365-go/api/apitest"

	"github.com/vbo365/vbo365-go/fleet"
)

var backupTime = time.Date(2026, 1, 10, 2, 0, 0, 0, time.UTC)

// drive makes a OneDrive with a small backup.
func drive(owner, name string) apitest.OneDrive {
	return apitest.OneDrive{Owner: owner, Name: name, Backup: []apitest.RestorePoint{{
		Time: backupTime,
		FS: fstest.MapFS{
			"Documents/Report.txt":           {Data: []byte("report of " + owner), ModTime: backupTime},
			"Documents/Invoices/Invoice.txt": {Data: []byte("invoice"), ModTime: backupTime},
			"Music/Song.txt":                 {Data: []byte("la"), ModTime: backupTime},
		},
	}}}
}

// credentials writes a file of credentials for servers by name.
func credentials(t *testing.T, servers map[string]*apitest.Server) string {
	t.Helper()
	accounts := map[string]map[string]string{}
	for name, server := range servers {
		accounts[name] = map[string]string{
			"url": server.URL, "username": server.Username, "password": server.Password, "fingerprint": server.Fingerprint,
			"userName": "admin@example.com", "userPassword": "canary of the other password",
		}
	}
	content, err := json.Marshal(accounts)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "credentials.json")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func servers(t *testing.T, named map[string]*apitest.Server, options ...api.Option) *fleet.Servers {
	t.Helper()
	servers, err := fleet.NewServers(credentials(t, named), slog.New(slog.DiscardHandler), options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(servers.Close)
	return servers
}

func TestCheck(t *testing.T) {
	t.Parallel()
	server := apitest.NewServer(t, apitest.Config{Organizations: []apitest.Organization{{
		Name: "example.onmicrosoft.com", OneDrives: []apitest.OneDrive{
			drive("alice@example.com", "Alice"), drive("alex@example.com", "Alex"), drive("alex2@example.com", "Alex"),
			{Owner: "old@example.com", Name: "Old", Backup: []apitest.RestorePoint{{
				Time: backupTime, FS: fstest.MapFS{"a.txt": {Data: []byte("a")}}, Repository: "tape",
			}}},
		},
	}}, Repositories: []apitest.Repository{{Name: "disk"}, {Name: "tape", Archive: true}}})
	all := servers(t, map[string]*apitest.Server{"b1": server})
	list := strings.Join([]string{
		"server,organization,owner,path,action,target",
		"b1,example.onmicrosoft.com,alice@example.com,,save,file:///x",
		"b1,example.onmicrosoft.com,alice@example.com,Documents/Report.txt,restore,",
		"b1,example.onmicrosoft.com,ALICE,documents,copy,alex@example.com",
		"b1,example.onmicrosoft.com,Alex,,restore,",
		"b1,example.onmicrosoft.com,nobody@example.com,,restore,",
		"b1,example.onmicrosoft.com,alex2@example.com,Documents/Missing,restore,",
		"b1,other.onmicrosoft.com,alice@example.com,Music,restore,",
		"b1,example.onmicrosoft.com,old@example.com,,restore,",
		"b1,example.onmicrosoft.com,alex@example.com,,copy,Alex",
		"b1,example.onmicrosoft.com,alice,Documents/Report.txt,restore,",
		"b2,example.onmicrosoft.com,alice,,restore,",
	}, "\n")
	checker := fleet.NewChecker(all, time.Now())
	checker.Count = true
	before := server.Executions()
	var items []fleet.Item
	failed := map[int]string{}
	for item, err := range checker.All(t.Context(), "list.csv", fleet.ReadCSV("list.csv", strings.NewReader(list))) {
		if err != nil {
			failed[item.Line] = err.Error()
			continue
		}
		items = append(items, item)
	}
	if len(items) != 3 {
		t.Fatalf("got %+v, %v", items, failed)
	}
	if i := items[0]; i.DriveID != server.Drives()[0].ID || i.Documents != 3 || i.Bytes != int64(len("report of alice@example.com")+9) ||
		i.At.IsZero() {
		t.Errorf("got %+v", i)
	}
	if i := items[1]; i.Documents != 1 || i.Bytes != int64(len("report of alice@example.com")) {
		t.Errorf("got %+v", i)
	}
	if i := items[2]; i.TargetURL != server.Drives()[1].URL || i.Documents != 2 {
		t.Errorf("got %+v", i)
	}
	for line, want := range map[int]string{
		5: `owner: 2 OneDrives of "Alex", write the URL of one: https://`, 6: `owner: no OneDrive of "nobody@example.com"`,
		7: "path: ", 8: "organization: ", 9: "if its backup is in an archive, retrieve it first", 10: "target: 2 OneDrives",
		11: "is in line 3 already", 12: "server: server b2: no credentials: set VBO365_USERNAME_B2 and VBO365_PASSWORD_B2",
	} {
		if !strings.Contains(failed[line], want) {
			t.Errorf("line %d: got %q, want %q", line, failed[line], want)
		}
	}
	if err := checker.Close(t.Context()); err != nil {
		t.Error(err)
	}
	got := server.Executions()
	if got["explore"] != 1 || got["stop"] != 1 {
		t.Errorf("got %v", got)
	}
	delete(got, "explore")
	delete(got, "stop")
	delete(got, "Token")
	for name := range maps.Clone(got) {
		if strings.Contains(strings.ToLower(name), "token") {
			delete(got, name)
		}
	}
	if len(got) != len(before) {
		t.Errorf("the check changed something: %v", got)
	}
}

func TestCredentialsThatOthersCanRead(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "credentials.json")
	for content, want := range map[string]string{
		`{"b1": {"pasword": "canary"}}`:     `unknown setting "pasword"`,
		`{"b1": {"password": "canary}`:      "no JSON after",
		`{"b1": {"password": {"canary":1}}`: "no JSON after",
		`{"b1": "canary"}`:                  "not an object",
	} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := fleet.NewServers(file, nil)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: got %v", content, err)
		}
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := fleet.NewServers(file, nil); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("got %v", err)
	}
}
