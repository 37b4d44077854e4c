package apitest_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/vbo365/vbo365-go/api/apitest"
)

func restore(version, action string) string {
	body := `{"restoreToOriginalLocation": {"userCode": "CK7WB2HJD"`
	if version != "" {
		body += `, "documentVersion": "` + version + `"`
	}
	if action != "" {
		body += `, "documentAction": "` + action + `"`
	}
	return body + "}}"
}

const (
	reportOne, reportTwo = "Report, first version\n", "Report, second version, somewhat longer\n"
	spoiled              = "Report, spoiled\n"
)

// restored is what Documents of the sample must contain after a restore, apart from the report.
func restored(more map[string]string) map[string]string {
	content := map[string]string{
		"Documents/":                                      "",
		"Documents/Empty.txt":                             "",
		"Documents/Invoices/":                             "",
		"Documents/Invoices/2025/":                        "",
		"Documents/Invoices/2025/Invoice 1001.txt":        "Invoice 1001\nTwelve chairs\n",
		"Documents/Invoices/2025/Invoice 1002 (café).txt": "Invoice 1002\nOne espresso machine\n",
		"Documents/Invoices/2026/":                        "",
		"Pictures/":                                       "",
		"Pictures/Holiday.txt":                            "A picture of the sea\n",
		"Start.txt":                                       "Welcome, Alice\n",
	}
	for name, text := range more {
		content[name] = text
	}
	return content
}

func TestRestore(t *testing.T) {
	t.Parallel()
	versions := map[string]string{
		".versions/": "", ".versions/Documents/": "", ".versions/Documents/Report.txt/": "",
		".versions/Documents/Report.txt/1.0": reportOne,
	}
	with := func(maps ...map[string]string) map[string]string {
		all := map[string]string{}
		for _, m := range maps {
			for name, text := range m {
				all[name] = text
			}
		}
		return all
	}
	keptVersions := map[string]string{
		".versions/": "", ".versions/Documents/": "", ".versions/Documents/Report (restored).txt/": "",
		".versions/Documents/Report (restored).txt/1.0": reportOne,
	}
	overwritten := map[string]string{"Documents/Report.txt": reportTwo}
	kept := map[string]string{"Documents/Report.txt": spoiled, "Documents/Report (restored).txt": reportTwo}
	keptTwice := with(kept, map[string]string{"Documents/Report (restored 2).txt": reportTwo})

	for _, test := range []struct {
		version, action string
		want, again     map[string]string // after the first and the second time
		restoredAgain   int
	}{
		{"last", "overwrite", overwritten, overwritten, 0},
		{"all", "overwrite", with(overwritten, versions), with(overwritten, versions), 0},
		{"last", "keep", kept, keptTwice, 1},
		{"all", "keep", with(kept, keptVersions), with(keptTwice, keptVersions, map[string]string{
			".versions/Documents/Report (restored 2).txt/": "", ".versions/Documents/Report (restored 2).txt/1.0": reportOne,
		}), 1},
		{"", "", kept, keptTwice, 1},
		{"Last", "OVERWRITE", overwritten, overwritten, 0},
	} {
		t.Run(test.version+" "+test.action, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, apitest.Config{})
			want := statistics{
				TotalItemsCount: 4, RestoredItemsCount: 3, SkippedItemsByNoChangesCount: 1,
				RestoreIssues: []issue{},
			}
			wantSame(t, "statistics", want, b.mustAct("Documents", restore(test.version, test.action)))
			wantSame(t, "production", restored(test.want), tree(t, b.drive.Production))
			want.RestoredItemsCount = test.restoredAgain
			want.SkippedItemsByNoChangesCount = 4 - test.restoredAgain
			wantSame(t, "statistics of the second time", want,
				b.mustAct("Documents", restore(test.version, test.action)))
			wantSame(t, "production after the second time", restored(test.again), tree(t, b.drive.Production))
		})
	}
}

func TestRestoreKeepsTimesAndPermissions(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{})
	b.mustAct("", restore("last", "overwrite"))
	info, err := os.Stat(filepath.Join(b.drive.Production, "Documents", "Invoices", "2025", "Invoice 1001.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if want := time.Date(2025, 1, 10, 2, 0, 0, 0, time.UTC); !info.ModTime().Equal(want) {
		t.Errorf("the time is %s, want %s", info.ModTime(), want)
	}
	if runtime.GOOS != "windows" && info.Mode() != 0o644 {
		t.Errorf("the mode is %s", info.Mode())
	}
}

// TestRestoreAsOf sees that only restore points up to the session's count.
func TestRestoreAsOf(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{})
	b.session = b.startSession(time.Date(2026, 1, 10, 12, 0, 0, 0, time.UTC))
	b.mustAct("Documents", restore("all", "overwrite"))
	want := restored(
		map[string]string{"Documents/Report.txt": reportOne, "Documents/Draft.txt": "A draft that was thrown away\n"})
	wantSame(t, "production", want, tree(t, b.drive.Production))
}

// TestRestoreFolderOnly sees that nothing but the folder is touched.
func TestRestoreFolderOnly(t *testing.T) {
	t.Parallel()
	b := newBench(t, apitest.Config{})
	want := tree(t, b.drive.Production)
	for _, name := range []string{
		"Documents/Invoices/", "Documents/Invoices/2025/", "Documents/Invoices/2025/Invoice 1001.txt",
		"Documents/Invoices/2025/Invoice 1002 (café).txt",
	} {
		want[name] = restored(nil)[name]
	}
	if stats := b.mustAct("Documents/Invoices/2025", restore("", "")); stats.RestoredItemsCount != 2 {
		t.Errorf("got %+v", stats)
	}
	wantSame(t, "production", want, tree(t, b.drive.Production))
}

// TestRestoreVersions has more versions than two, unchanged ones, and a history that is there already.
func TestRestoreVersions(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return time.Date(2026, 3, n, 0, 0, 0, 0, time.UTC) }
	// in any order
	points := []apitest.RestorePoint{{Time: day(4), FS: fstest.MapFS{"f/a": {Data: []byte("three"), Mode: 0o600}}}}
	for n, text := range map[int]string{1: "one", 2: "two", 3: "two", 5: "one"} {
		points = append(points,
			apitest.RestorePoint{Time: day(n), FS: fstest.MapFS{"f/a": {Data: []byte(text), Mode: 0o600}}})
	}
	production := t.TempDir()
	b := newBench(t, apitest.Config{Organizations: []apitest.Organization{{Name: "o", OneDrives: []apitest.OneDrive{
		{Owner: "alice@example.com", Backup: points, Production: production},
	}}}})
	write(t, production,
		map[string]string{".versions/f/a/2.0": "two", ".versions/f/a/7.0": "seven", ".versions/f/a/x": "no version"})
	want := map[string]string{
		"f/": "", "f/a": "one", ".versions/": "", ".versions/f/": "", ".versions/f/a/": "", ".versions/f/a/x": "no version",
		".versions/f/a/2.0": "two", ".versions/f/a/7.0": "seven", ".versions/f/a/8.0": "one", ".versions/f/a/9.0": "three",
	}
	if stats := b.mustAct("f", restore("all", "overwrite")); stats.RestoredItemsCount != 1 {
		t.Errorf("got %+v", stats)
	}
	wantSame(t, "production", want, tree(t, production))

	// A document that is as in the backup, but lacks its history, gets it.
	if err := os.RemoveAll(filepath.Join(production, ".versions")); err != nil {
		t.Fatal(err)
	}
	if stats := b.mustAct("f", restore("last", "overwrite")); stats.SkippedItemsByNoChangesCount != 1 {
		t.Errorf("last: got %+v", stats)
	}
	if stats := b.mustAct("f", restore("all", "keep")); stats.RestoredItemsCount != 1 {
		t.Errorf("all: got %+v", stats)
	}
	wantSame(t, "production", map[string]string{
		"f/": "", "f/a": "one", ".versions/": "", ".versions/f/": "", ".versions/f/a/": "",
		".versions/f/a/1.0": "one", ".versions/f/a/2.0": "two", ".versions/f/a/3.0": "three",
	}, tree(t, production))
}

func TestRestoreKeepNames(t *testing.T) {
	t.Parallel()
	backup := fstest.MapFS{}
	for _, name := range []string{"a.txt", "b.tar.gz", "no extension", ".profile", "d/é.txt"} {
		backup[name] = &fstest.MapFile{Data: []byte("backup")}
	}
	b := newBench(t, apitest.Config{Organizations: oneDrive(t, backup)})
	for name := range backup {
		write(t, b.drive.Production, map[string]string{name: "production"})
	}
	write(t, b.drive.Production, map[string]string{"a (restored).txt": "", "a (restored 2).txt/": ""})
	b.mustAct("", restore("", "keep"))
	for _, name := range []string{
		"a (restored 3).txt", "b.tar (restored).gz", "no extension (restored)",
		".profile (restored)", "d/é (restored).txt",
	} {
		if got := tree(t, b.drive.Production)[name]; got != "backup" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestRestoreFailures sees that an item that fails is reported, and the rest goes on.
func TestRestoreFailures(t *testing.T) {
	t.Parallel()
	backup := brokenFS{MapFS: fstest.MapFS{
		"f/folder in the way.txt":       {Data: []byte("1")},
		"f/document in the way/a":       {Data: []byte("2")},
		"f/document in the way/b":       {Data: []byte("3")},
		"f/link out/a":                  {Data: []byte("4")},
		"f/link.txt":                    {Data: []byte("5")},
		"f/unreadable":                  {Data: []byte("6")},
		"f/good":                        {Data: []byte("7")},
		"f/z/good":                      {Data: []byte("8")},
		"f/" + strings.Repeat("x", 300): {Data: []byte("9")},
	}, broken: "f/unreadable"}
	b := newBench(t, apitest.Config{Organizations: oneDrive(t, backup)})
	write(t, b.drive.Production, map[string]string{"f/folder in the way.txt/": "", "f/document in the way": "here"})
	outside := t.TempDir()
	write(t, outside, map[string]string{"file": "outside"})
	for name, target := range map[string]string{"f/link out": outside, "f/link.txt": filepath.Join(outside, "file")} {
		if err := os.Symlink(target, filepath.Join(b.drive.Production, filepath.FromSlash(name))); err != nil {
			t.Fatal(err)
		}
	}

	stats := b.mustAct("f", restore("last", "overwrite"))
	got := map[string]string{}
	for _, issue := range stats.RestoreIssues {
		got[issue.Path] = issue.Title + " " + issue.Type
		if issue.ID == "" || issue.Error == "" || issue.Warnings == nil ||
			strings.Contains(issue.Error, b.drive.Production) {
			t.Errorf("issue %+v", issue)
		}
	}
	wantSame(t, "issues", map[string]string{
		"f/folder in the way.txt":       "folder in the way.txt Item",
		"f/document in the way":         "document in the way Item",
		"f/document in the way/a":       "a Item",
		"f/document in the way/b":       "b Item",
		"f/link out":                    "link out Item",
		"f/link out/a":                  "a Item",
		"f/link.txt":                    "link.txt Item",
		"f/unreadable":                  "unreadable Item",
		"f/" + strings.Repeat("x", 300): strings.Repeat("x", 300) + " Item",
	}, got)
	want := statistics{TotalItemsCount: 9, RestoredItemsCount: 2, FailedItemsCount: 7}
	if diff := cmp.Diff(want, stats, cmpopts.IgnoreFields(statistics{}, "RestoreIssues")); diff != "" {
		t.Errorf("statistics (-want +got):\n%s", diff)
	}
	wantSame(t, "outside", map[string]string{"file": "outside"}, tree(t, outside))
	entries, err := os.ReadDir(filepath.Join(b.drive.Production, "f"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	wantSame(t, "names", []string{"document in the way", "folder in the way.txt", "good", "link out", "link.txt", "z"},
		names)
}

// TestRestoreLinks sees that symbolic links of older restore points are not followed for their versions.
func TestRestoreLinks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, map[string]string{"outside/a": "secret", "old/x": "x", "new/a": "new", "new/f/a": "new"})
	for name, target := range map[string]string{"old/a": "../outside/a", "old/f": "../outside", "old/d": "../outside"} {
		if err := os.Symlink(target, filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			t.Fatal(err)
		}
	}
	production := t.TempDir()
	now := time.Now()
	b := newBench(t, apitest.Config{Organizations: []apitest.Organization{{Name: "o", OneDrives: []apitest.OneDrive{{
		Owner: "a", Name: "A", Production: production, Backup: []apitest.RestorePoint{
			{Time: now.Add(-time.Hour), FS: os.DirFS(filepath.Join(dir, "old"))},
			{Time: now, FS: os.DirFS(filepath.Join(dir, "new"))},
		},
	}}}}})
	b.mustAct("", copyTo(`"oneDrive": {"name": "A"}, "deletedItems": true, "changedItems": true`))
	wantSame(t, "production", map[string]string{"a": "new", "f/": "", "f/a": "new", "x": "x"}, tree(t, production))
}

// TestRestoreChangingBackup sees that a document that is not what it was said to be does not get into production.
func TestRestoreChangingBackup(t *testing.T) {
	t.Parallel()
	for _, backup := range []brokenFS{
		{MapFS: fstest.MapFS{"a": {Data: []byte("a")}, "b": {Data: []byte("b")}}, broken: "a", grows: true},
		{MapFS: fstest.MapFS{"a": {Data: []byte("a")}, "b": {Data: []byte("b")}}, broken: "a", reads: true},
	} {
		b := newBench(t, apitest.Config{Organizations: oneDrive(t, backup)})
		if stats := b.mustAct("", restore("", "")); stats.FailedItemsCount != 1 || stats.RestoredItemsCount != 1 {
			t.Errorf("got %+v", stats)
		}
		wantSame(t, "production", map[string]string{"b": "b"}, tree(t, b.drive.Production))
	}
}

// TestRestoreConcurrently sees that actions on one production directory do not disturb each other, also where several
// OneDrives share it.
func TestRestoreConcurrently(t *testing.T) {
	t.Parallel()
	backup := fstest.MapFS{}
	for i := range 20 {
		backup[fmt.Sprintf("f/%d.txt", i)] = &fstest.MapFile{Data: []byte("backup")}
	}
	production := t.TempDir()
	points := []apitest.RestorePoint{{Time: time.Now(), FS: backup}}
	b := newBench(t, apitest.Config{Organizations: []apitest.Organization{{Name: "o", OneDrives: []apitest.OneDrive{
		{Owner: "a@x", Backup: points, Production: production},
		{Owner: "b@x", Backup: points, Production: production + "/."},
	}}}})
	for i := range 20 {
		write(t, production, map[string]string{fmt.Sprintf("f/%d.txt", i): "production"})
	}
	const times = 8
	var wg sync.WaitGroup
	for i := range times {
		drive := b.srv.Drives()[i%2]
		wg.Go(func() {
			got := b.send(http.MethodPost, actionPath(b.session.ID, drive.ID, drive.FolderID("f")),
				restore("last", "keep"))
			if got.status != http.StatusOK {
				t.Errorf("got %d %s", got.status, got.body)
			}
		})
	}
	wg.Wait()
	files := tree(t, production)
	if want := 1 + 20*(1+times); len(files) != want {
		t.Errorf("%d files and folders, want %d", len(files), want)
	}
	for i := range 20 {
		if got := files[fmt.Sprintf("f/%d (restored %d).txt", i, times)]; got != "backup" {
			t.Errorf("the last one of %d is %q", i, got)
		}
	}
}

// TestRestoreNames takes the names that hurt to production and back.
func TestRestoreNames(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Log("file systems elsewhere do not know some of the names; they are left to Linux")
		return
	}
	backup := t.TempDir()
	write(t, backup, painful)
	b := newBench(t, apitest.Config{Organizations: oneDrive(t, os.DirFS(backup))})
	before := tree(t, backup)
	for range 2 {
		b.mustAct("", restore("all", "overwrite"))
		wantSame(t, "production", before, tree(t, b.drive.Production))
	}
	wantSame(t, "backup", before, tree(t, backup))
}
