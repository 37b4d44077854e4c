package apitest_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/vbo365/vbo365-go/api/apitest"
)

func TestLoad(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"one.example/a@one.example/backup/2026-01-10/f/x":           "first",
		"one.example/a@one.example/backup/2026-01-10T12-30-00Z/f/x": "second",
		"one.example/a@one.example/production/f/x":                  "now",
		"one.example/b@one.example/":                                "",
		"two.example/.hidden":                                       "",
		"two.example/c@two.example/backup/":                         "",
		".git/config":                                               "",
	})
	organizations, err := apitest.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t, apitest.Config{Organizations: organizations})
	var got []string
	for _, drive := range b.srv.Drives() {
		got = append(got, drive.Organization+" "+drive.Owner+" "+drive.Name)
	}
	wantSame(t, "drives", []string{
		"one.example a@one.example a@one.example", "one.example b@one.example b@one.example", "two.example " +
			"c@two.example c@two.example",
	}, got)
	wantSame(t, "production", map[string]string{"f/": "", "f/x": "now"}, tree(t, b.drive.Production))
	for at, want := range map[time.Time]string{
		time.Date(2026, 1, 10, 12, 29, 59, 0, time.UTC): "first", time.Date(2026, 1, 10, 12, 30, 0, 0,
			time.UTC): "second", {}: "second",
	} {
		b.session = b.startSession(at)
		wantSame(t, "archive", map[string]string{"x": want}, b.act("f", `{"save": null}`).archived(t))
	}
	b.session = b.startSession(time.Date(2026, 1, 9, 23, 59, 59, 0, time.UTC))
	b.act("f", `{"save": null}`).wantMessage(t, 404, "")
}

// TestLoadDeletedUser sees that a directory says that a user does not exist any more.
func TestLoadDeletedUser(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, map[string]string{"o/a@x/backup/2026-01-10/f": "first", "o/a@x/deleted/": ""})
	organizations, err := apitest.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t, apitest.Config{Organizations: organizations})
	got := b.restoreSeveral("v7", `, "skipUnresolved": true`, 0).bulkStatistics(t)
	if got.Status != "Warning" || !strings.Contains(got.Details[0].Error, "a@x does not exist any more") {
		t.Errorf("got %+v", got)
	}
	wantSame(t, "data directory", map[string]string{
		"o/": "", "o/a@x/": "", "o/a@x/backup/": "", "o/a@x/backup/2026-01-10/": "", "o/a@x/backup/2026-01-10/f": "first",
		"o/a@x/deleted/": "",
	}, tree(t, dir))
}

// TestLoadSample sees that the sample organization is a data directory.
func TestLoadSample(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	sample, err := apitest.SampleOrganization(dir)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := apitest.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	for i := range sample.OneDrives {
		if sample.OneDrives[i].Name == "" {
			t.Errorf("%s has no display name", sample.OneDrives[i].Owner)
		}
		sample.OneDrives[i].Name = ""
	}
	wantSame(t, "sample", loaded, []apitest.Organization{sample})
	if len(sample.OneDrives) != 2 || len(sample.OneDrives[0].Backup) != 2 {
		t.Errorf("got %+v", sample)
	}
}

func TestLoadErrors(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		content map[string]string
		message string
	}{
		"empty":                      {nil, "has no organizations"},
		"a file for an organization": {map[string]string{"o": "x"}, "o: not a directory"},
		"a file for an owner":        {map[string]string{"o/a@x": "x"}, "a@x: not a directory"},
		"an owner without an address": {
			map[string]string{"o/alice/": ""},
			"alice: the name is not an e-mail address",
		},
		"something else": {
			map[string]string{"o/a@x/backups/": ""},
			"backups: neither backup nor production",
		},
		"a deleted user with a production directory": {
			map[string]string{"o/a@x/deleted/": "", "o/a@x/production/": ""},
			"a@x: both production and deleted",
		},
		"a file for the production": {map[string]string{"o/a@x/production": ""}, "production: not a directory"},
		"a file for a restore point": {
			map[string]string{"o/a@x/backup/2026-01-10": ""},
			"2026-01-10: not a directory",
		},
		"a restore point without a time": {
			map[string]string{"o/a@x/backup/latest/": ""},
			"latest: the name is not a time like",
		},
		"a restore point with a bad time": {
			map[string]string{"o/a@x/backup/2026-02-30/": ""},
			"2026-02-30: the name is not a time like",
		},
		"a restore point in local time": {
			map[string]string{"o/a@x/backup/2026-01-10T02-00-00/": ""},
			"the name is not a time like",
		},
	} {
		dir := t.TempDir()
		write(t, dir, test.content)
		_, err := apitest.Load(dir)
		if err == nil || !strings.HasPrefix(err.Error(), "load data directory: ") ||
			!strings.Contains(err.Error(), test.message) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := apitest.Load(filepath.Join(t.TempDir(), "nowhere")); err == nil {
		t.Error("a missing directory was loaded")
	}
	// Two names of one time.
	dir := t.TempDir()
	write(t, dir, map[string]string{"o/a@x/backup/2026-01-10/": "", "o/a@x/backup/2026-01-10T00-00-00Z/": ""})
	organizations, err := apitest.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := apitest.Start(apitest.Config{Organizations: organizations}); err == nil ||
		!strings.Contains(err.Error(), "two restore points") {
		t.Errorf("got %v", err)
	}
	if runtime.GOOS != "linux" {
		return // links need rights elsewhere, and names may not have everything in them
	}
	named := t.TempDir()
	write(t, named, map[string]string{"o/Alice <a@x>/": ""})
	if _, err := apitest.Load(named); err == nil ||
		!strings.Contains(err.Error(), "the name is not an e-mail address") {
		t.Errorf("an owner with a display name: %v", err)
	}
	write(t, dir, map[string]string{"o/b@x/production/inside/": "", "o/b@x/backup/": ""})
	if err := os.Symlink(filepath.Join(dir, "o/b@x/production/inside"),
		filepath.Join(dir, "o/b@x/backup/2026-01-10")); err != nil {
		t.Fatal(err)
	}
	if _, err := apitest.Load(dir); err == nil || !strings.Contains(err.Error(), "is inside") {
		t.Errorf("a restore point in the production directory: %v", err)
	}
}
