package tenant

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/vbo365/vbo365-go/api/apitest/internal/tenanttest"
)

// newTestDrive makes a OneDrive with a restore point for each file system.
func newTestDrive(points ...fs.FS) *Drive {
	d := NewOrganization("o", slog.New(slog.DiscardHandler)).AddDrive("a@x", "A", NewProduction(""))
	repository := NewRepository("r", false, false)
	for i, fsys := range points {
		d.AddPoint(time.Unix(int64(i), 0), fsys, repository)
	}
	return d
}

func newTestPoint(fsys fs.FS) *point { return newTestDrive(fsys).points[0] }

// TestListingIsRemembered sees that a large folder is read once for all its pages, and that only what is on a page is
// looked at more closely.
func TestListingIsRemembered(t *testing.T) {
	t.Parallel()
	const documents, limit = 100_000, 1000
	g := tenanttest.NewGenerated(3, documents)
	d := newTestDrive(g)
	view, _ := d.At(time.Time{}, false)

	d.points[0].index()
	if stats, reads := g.Stats.Swap(0), g.Reads.Swap(0); stats != 0 || reads != 4 {
		t.Errorf("%d reads, %d stats for the index", reads, stats)
	}
	in, err := d.points[0].list("folder0000001")
	if err != nil {
		t.Fatal(err)
	}
	for offset := 0; offset < documents; offset += limit {
		again, err := d.points[0].list("folder0000001")
		if err != nil || len(again.documents) != documents || &again.documents[0] != &in.documents[0] {
			t.Fatal("the folder was read again")
		}
	}
	paths, err := d.points[0].allDocuments(documents*2-limit/2, limit)
	if err != nil || len(paths) != limit || paths[0] != "folder0000001/document0099500" ||
		paths[limit-1] != "folder0000002/document0000499" {
		t.Errorf("%d documents, %v", len(paths), err)
	}
	if stats, reads := g.Stats.Swap(0), g.Reads.Swap(0); stats != 0 || reads != 2 {
		t.Errorf("%d reads, %d stats for the listings", reads, stats)
	}
	id := DocumentID(d.ID, "folder0000001/document0099999").String()
	if found, ok, err := view.Document(id); err != nil || !ok || found.path != "folder0000001/document0099999" {
		t.Errorf("found %s, %v", found.path, err)
	}
	if stats, reads := g.Stats.Load(), g.Reads.Load(); stats != 0 || reads > 1 {
		t.Errorf("%d reads, %d stats to find a document", reads, stats)
	}
}

// TestListingsAreBounded sees that the listings used last are remembered, as many as the bounds allow.
func TestListingsAreBounded(t *testing.T) {
	t.Parallel()
	point := newTestPoint(tenanttest.NewGenerated(maxListings+1, 1))
	ls := &listings{}
	list := func(folder string) {
		t.Helper()
		if _, err := ls.of(point, folder); err != nil {
			t.Fatal(err)
		}
	}
	for i := range maxListings {
		list(fmt.Sprintf("folder%07d", i))
	}
	list("folder0000000") // so that another one is the oldest
	list(fmt.Sprintf("folder%07d", maxListings))
	has := func(folder string) bool {
		return slices.ContainsFunc(ls.recent, func(r recentListing) bool { return r.folder == folder })
	}
	if len(ls.recent) != maxListings || ls.names != maxListings || !has("folder0000000") || has("folder0000001") {
		t.Errorf("%d listings with %d names are remembered", len(ls.recent), ls.names)
	}
	large := newTestPoint(tenanttest.NewGenerated(3, maxListedNames/2))
	for _, folder := range []string{"folder0000000", "folder0000001", "folder0000002"} {
		if _, err := ls.of(large, folder); err != nil {
			t.Fatal(err)
		}
	}
	if len(ls.recent) != 2 || ls.names != maxListedNames || ls.recent[1].folder != "folder0000002" {
		t.Errorf("%d listings with %d names are remembered", len(ls.recent), ls.names)
	}
	if _, err := ls.of(newTestPoint(tenanttest.NewGenerated(1, maxListedNames+1)), "folder0000000"); err != nil ||
		len(ls.recent) != 1 {
		t.Errorf("%d listings are remembered, %v", len(ls.recent), err)
	}
}

// TestChangedBackup sees that pages fit together even if a folder has changed since it was indexed.
func TestChangedBackup(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"a/1": {}, "a/2": {}, "b/1": {}}
	point := newTestPoint(files)
	point.index()
	files["a/0"], files["a/3"] = &fstest.MapFile{}, &fstest.MapFile{}
	delete(files, "b/1")
	files["b"] = &fstest.MapFile{Mode: fs.ModeDir}
	for offset, want := range [][]string{{"a/0", "a/1"}, {"a/1"}, nil, nil} {
		if got, err := point.allDocuments(int64(offset), 3); err != nil || !slices.Equal(got, want) {
			t.Errorf("from %d: %q, %v", offset, got, err)
		}
	}
	files["a"] = &fstest.MapFile{} // a document now
	point.drive.organization.listings = listings{}
	if _, err := point.allDocuments(0, 3); err == nil {
		t.Error("a folder that is gone was listed")
	}
}

// TestMerge sees that the newest restore point wins, also where folders and documents took turns.
func TestMerge(t *testing.T) {
	t.Parallel()
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	d := newTestDrive(
		fstest.MapFS{
			"a": file("1"), "turn/x": file("1"), "back/y": file("1"), "gone/z": file("1"),
			"link": {Mode: fs.ModeSymlink}, "unfit": file("1"),
		},
		fstest.MapFS{"a": file("2"), "turn": file("2"), "back": file("2"), ".versions/v": file("2")},
		fstest.MapFS{"b": file("3"), "back/w": file("3"), "unfit": {Mode: fs.ModeSymlink}},
	)
	merged := d.withDeleted[2]()
	got := map[string]string{}
	err := merged.walk(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(merged.fs, name)
		got[name] = string(text)
		return err
	})
	want := map[string]string{
		"a": "2", "b": "3", "turn": "2", "back/w": "3", "back/y": "1", "gone/z": "1",
		"unfit": "1",
	}
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, %v", got, err)
	}
	for name, there := range map[string]bool{
		"a": true, "back/y": true, "turn/x": false, "link": false,
		".versions/v": false, "nowhere": false,
	} {
		if merged.hasDocument(name) != there {
			t.Errorf("%s is there: %t", name, !there)
		}
	}
	if _, err := fs.Stat(merged.fs, "nowhere"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if n := len(merged.index().folders); n != 3 || merged.index().total != 7 {
		t.Errorf("%d folders, %d documents", n, merged.index().total)
	}
}
