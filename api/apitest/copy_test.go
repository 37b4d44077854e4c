package apitest_test

import (
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"testing/fstest"
	"time"

	"github.com/vbo365/vbo365-go/api/apitest"
)

// newCopyBench has a history of backups to copy from, and two more OneDrives, one of them in another organization.
func newCopyBench(t *testing.T) (b *bench, bob, carol apitest.Drive) {
	t.Helper()
	day := func(n int) time.Time { return time.Date(2026, 3, n, 0, 0, 0, 0, time.UTC) }
	file := func(text string, mode os.FileMode) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(text), Mode: mode, ModTime: day(1)}
	}
	b = newBench(t, apitest.Config{Organizations: []apitest.Organization{
		{Name: "example.onmicrosoft.com", OneDrives: []apitest.OneDrive{
			{Owner: "alice@example.com", Name: "Alice", Production: t.TempDir(), Backup: []apitest.RestorePoint{
				{
					Time: day(1),
					FS: fstest.MapFS{
						"w/f/a": file("a1", 0o600), "w/f/gone": file("g1", 0o600),
						"w/f/old/x": file("x1", 0o644),
					},
				},
				{Time: day(2), FS: fstest.MapFS{"w/f/a": file("a2", 0o600), "w/f/gone": file("g2", 0o640)}},
				{
					Time: day(3),
					FS: fstest.MapFS{
						"w/f/a": file("a3", 0o600), "w/f/b/c": file("c", 0o755),
						"w/top": file("t", 0o644),
					},
				},
				{Time: day(4), FS: fstest.MapFS{"w/f/a": file("a4", 0o600)}},
			}},
			{Owner: "bob@example.com", Name: "Bob", Production: t.TempDir()},
		}},
		{Name: "other.onmicrosoft.com", OneDrives: []apitest.OneDrive{
			{Owner: "carol+x@example.com", Name: "Carol", Production: t.TempDir()},
			{Owner: "bob@example.com", Name: "bob", Production: t.TempDir()},
		}},
	}})
	b.session = b.startSession(day(3))
	return b, b.srv.Drives()[1], b.srv.Drives()[2]
}

func copyTo(options string) string { return `{"copyTo": {"userCode": "C", ` + options + `}}` }

func TestCopyTo(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, source, options string
		there, want           map[string]string
		stats                 statistics
	}{
		{
			"defaults, to the root", "w/f", ``, nil,
			map[string]string{"f/": "", "f/a": "a3", "f/b/": "", "f/b/c": "c"},
			statistics{TotalItemsCount: 2, RestoredItemsCount: 2},
		},
		{
			"the root of the OneDrive", "", `, "folder": "From Alice"`, nil,
			map[string]string{
				"From Alice/": "", "From Alice/w/": "", "From Alice/w/top": "t", "From Alice/w/f/": "", "From Alice/w/f/a": "a3",
				"From Alice/w/f/b/": "", "From Alice/w/f/b/c": "c",
			},
			statistics{TotalItemsCount: 3, RestoredItemsCount: 3},
		},
		{
			"nested folder", "w/f/b", `, "folder": "x\\y/z é"`, nil,
			map[string]string{"x/": "", "x/y/": "", "x/y/z é/": "", "x/y/z é/b/": "", "x/y/z é/b/c": "c"},
			statistics{TotalItemsCount: 1, RestoredItemsCount: 1},
		},
		{
			"merge", "w/f", `, "documentLastVersionAction": "merge"`,
			map[string]string{"f/a": "mine", "f/b/c": "c", "f/own": "own"},
			map[string]string{
				"f/": "", "f/a": "a3", "f/b/": "", "f/b/c": "c", "f/own": "own",
				".versions/": "", ".versions/f/": "", ".versions/f/a/": "", ".versions/f/a/1.0": "mine",
			},
			statistics{TotalItemsCount: 2, RestoredItemsCount: 1, SkippedItemsByNoChangesCount: 1},
		},
		{
			"merge is the default", "w/f", ``,
			map[string]string{"f/a": "mine", ".versions/f/a/3.0": "before"},
			map[string]string{
				"f/": "", "f/a": "a3", "f/b/": "", "f/b/c": "c",
				".versions/": "", ".versions/f/": "", ".versions/f/a/": "", ".versions/f/a/3.0": "before", ".versions/f/a/4.0": "mine",
			},
			statistics{TotalItemsCount: 2, RestoredItemsCount: 2},
		},
		{
			"overwrite", "w/f", `, "documentLastVersionAction": "overwrite"`,
			map[string]string{"f/a": "mine"},
			map[string]string{"f/": "", "f/a": "a3", "f/b/": "", "f/b/c": "c"},
			statistics{TotalItemsCount: 2, RestoredItemsCount: 2},
		},
		{
			"all versions", "w/f", `, "documentVersion": "all"`,
			map[string]string{"f/a": "mine"},
			map[string]string{
				"f/": "", "f/a": "a3", "f/b/": "", "f/b/c": "c", ".versions/": "", ".versions/f/": "", ".versions/f/a/": "",
				".versions/f/a/1.0": "mine", ".versions/f/a/2.0": "a1", ".versions/f/a/3.0": "a2",
			},
			statistics{TotalItemsCount: 2, RestoredItemsCount: 2},
		},
		{
			"changed items", "w/f", `, "changedItems": true, "documentLastVersionAction": "overwrite"`,
			map[string]string{"f/a": "mine"},
			map[string]string{
				"f/": "", "f/a": "a3", "f/b/": "", "f/b/c": "c", ".versions/": "", ".versions/f/": "", ".versions/f/a/": "",
				".versions/f/a/1.0": "a1", ".versions/f/a/2.0": "a2",
			},
			statistics{TotalItemsCount: 2, RestoredItemsCount: 2},
		},
		{
			"changed items as text", "w/f", `, "ChangedItems": "True"`, nil,
			map[string]string{
				"f/": "", "f/a": "a3", "f/b/": "", "f/b/c": "c", ".versions/": "", ".versions/f/": "", ".versions/f/a/": "",
				".versions/f/a/1.0": "a1", ".versions/f/a/2.0": "a2",
			},
			statistics{TotalItemsCount: 2, RestoredItemsCount: 2},
		},
		{
			"not all versions", "w/f", `, "documentVersion": "last", "changedItems": false, "deletedItems": "false"`, nil,
			map[string]string{"f/": "", "f/a": "a3", "f/b/": "", "f/b/c": "c"},
			statistics{TotalItemsCount: 2, RestoredItemsCount: 2},
		},
		{
			"deleted items", "w/f", `, "deletedItems": true`, nil,
			map[string]string{
				"f/": "", "f/a": "a3", "f/b/": "", "f/b/c": "c", "f/gone": "g2", "f/old/": "",
				"f/old/x": "x1",
			},
			statistics{TotalItemsCount: 4, RestoredItemsCount: 4},
		},
		{
			"deleted items with all versions", "w/f", `, "deletedItems": true, "changedItems": true`,
			map[string]string{"f/gone": "g2"},
			map[string]string{
				"f/": "", "f/a": "a3", "f/b/": "", "f/b/c": "c", "f/gone": "g2", "f/old/": "", "f/old/x": "x1",
				".versions/": "", ".versions/f/": "", ".versions/f/a/": "", ".versions/f/a/1.0": "a1", ".versions/f/a/2.0": "a2",
				".versions/f/gone/": "", ".versions/f/gone/1.0": "g1",
			},
			statistics{TotalItemsCount: 4, RestoredItemsCount: 4},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b, bob, _ := newCopyBench(t)
			write(t, bob.Production, test.there)
			test.stats.RestoreIssues = []issue{}
			body := copyTo(`"oneDrive": {"id": "` + bob.ID + `"}` + test.options)
			wantSame(t, "statistics", test.stats, b.mustAct(test.source, body))
			wantSame(t, "target", test.want, tree(t, bob.Production))

			// A second time nothing is left to do.
			again := statistics{
				TotalItemsCount:              test.stats.TotalItemsCount,
				SkippedItemsByNoChangesCount: test.stats.TotalItemsCount, RestoreIssues: []issue{},
			}
			wantSame(t, "statistics of the second time", again, b.mustAct(test.source, body))
			wantSame(t, "target after the second time", test.want, tree(t, bob.Production))
			wantSame(t, "own OneDrive", map[string]string{}, tree(t, b.drive.Production))
		})
	}
}

func TestCopyPermissions(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Log("there are no permission bits")
		return
	}
	b, bob, _ := newCopyBench(t)
	mode := func(name string) os.FileMode {
		info, err := os.Stat(filepath.Join(bob.Production, name))
		if err != nil {
			t.Fatal(err)
		}
		return info.Mode()
	}
	target := `"oneDrive": {"id": "` + bob.ID + `"}`
	for _, options := range []string{``, `, "restorePermissions": false`} {
		b.mustAct("w/f", copyTo(target+options))
		if mode("f/a") != 0o644 || mode("f/b/c") != 0o644 {
			t.Errorf("without permissions: %s, %s", mode("f/a"), mode("f/b/c"))
		}
	}
	// The content is there already, the permissions are not.
	if stats := b.mustAct("w/f", copyTo(target+`, "restorePermissions": true`)); stats.RestoredItemsCount != 2 {
		t.Errorf("got %+v", stats)
	}
	if mode("f/a") != 0o600 || mode("f/b/c") != 0o755 {
		t.Errorf("with permissions: %s, %s", mode("f/a"), mode("f/b/c"))
	}
	b.mustAct("w/f", copyTo(target+`, "restorePermissions": true, "folder": "new"`))
	if mode("new/f/a") != 0o600 || mode("new/f/b/c") != 0o755 {
		t.Errorf("new, with permissions: %s, %s", mode("new/f/a"), mode("new/f/b/c"))
	}
}

func TestCopyTarget(t *testing.T) {
	t.Parallel()
	b, bob, carol := newCopyBench(t)
	if carol.URL != "https://other-my.sharepoint.com/personal/carol_x_example_com" {
		t.Errorf("Carol's URL is %s", carol.URL)
	}
	for folder, target := range map[string]string{
		"id":            `{"id": "` + carol.ID + `"}`,
		"url":           `{"url": "` + carol.URL + `/"}`,
		"name":          `{"name": "CAROL"}`,
		"id before url": `{"id": "` + carol.ID + `", "url": "` + bob.URL + `", "name": "Bob"}`,
		"url over name": `{"url": "` + carol.URL + `", "name": "Bob"}`,
		"empty id":      `{"id": "", "url": "` + carol.URL + `"}`,
		"null id":       `{"id": null, "url": "` + carol.URL + `"}`,
	} {
		if stats := b.mustAct("w/f",
			copyTo(`"oneDrive": `+target+`, "folder": "`+folder+`"`)); stats.RestoredItemsCount != 2 {
			t.Errorf("%s: got %+v", folder, stats)
		}
		if got := tree(t, carol.Production)[folder+"/f/a"]; got != "a3" {
			t.Errorf("%s: got %q", folder, got)
		}
	}
	b.act("w/f", copyTo(`"oneDrive": {"name": "Bob"}`)).wantMessage(t, http.StatusBadRequest,
		"several OneDrives have this name")
	b.act("w/f", copyTo(`"oneDrive": {"id": "x", "url": "`+carol.URL+`"}`)).
		wantMessage(t, http.StatusNotFound, "there is no such OneDrive")
	wantSame(t, "Bob's OneDrive", map[string]string{}, tree(t, bob.Production))

	// Its own OneDrive is a target like any other.
	b.mustAct("w/f", copyTo(`"oneDrive": {"id": "`+b.drive.ID+`"}, "folder": "Copy"`))
	if got := tree(t, b.drive.Production)["Copy/f/a"]; got != "a3" {
		t.Errorf("got %q", got)
	}
}

// TestCopyFolderInTheWay sees that nothing is written where the target folder cannot be made.
func TestCopyFolderInTheWay(t *testing.T) {
	t.Parallel()
	b, bob, _ := newCopyBench(t)
	write(t, bob.Production, map[string]string{"taken": "document"})
	b.act("w/f", copyTo(`"oneDrive": {"id": "`+bob.ID+`"}, "folder": "taken/f"`)).
		wantMessage(t, http.StatusInternalServerError, "make the target folder")
	wantSame(t, "target", map[string]string{"taken": "document"}, tree(t, bob.Production))
}
