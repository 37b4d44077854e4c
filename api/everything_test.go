package api_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vbo365/vbo365-go/api"
	"github.com/vbo365/vbo365-go/api/apitest"
)

// everything is a simulator of two OneDrives with two restore points, and a client of a version.
type everything struct {
	server  *apitest.Server
	client  *api.Client
	session api.RestoreSession
	alice   api.OneDrive
	home    string // what Alice sees now
}

var (
	firstPoint  = time.Date(2026, 1, 10, 2, 0, 0, 0, time.UTC)
	secondPoint = time.Date(2026, 1, 11, 2, 0, 0, 0, time.UTC)
)

func newEverything(t *testing.T, version api.Version) everything {
	t.Helper()
	file := func(text string, day int) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(text), Mode: 0o644, ModTime: time.Date(2026, 1, day, 1, 0, 0, 0, time.UTC)}
	}
	first := fstest.MapFS{
		"root.txt": file("root", 1), "Documents/Report.docx": file("first", 2), "Documents/Plan.docx": file("plan", 3),
	}
	second := fstest.MapFS{
		"root.txt": file("root", 1), "Documents/Report.docx": file("second report", 10),
		"Documents/Plan.docx": file("plan", 3), "Documents/Deep/Report (2).docx": file("deep", 9), "Music/Song.mp3": file("la", 4),
	}
	home := t.TempDir()
	server, err := apitest.Start(apitest.Config{
		Organizations: []apitest.Organization{{Name: "example.onmicrosoft.com", OneDrives: []apitest.OneDrive{
			{
				Owner: "alice@example.com", Name: "Alice Example", Production: home,
				Backup: []apitest.RestorePoint{{Time: firstPoint, FS: first}, {Time: secondPoint, FS: second}},
			},
			{
				Owner: "bob@example.com", Name: "Bob Example", Production: t.TempDir(),
				Backup: []apitest.RestorePoint{{Time: secondPoint, FS: fstest.MapFS{"Report.docx": file("bob", 5)}}},
			},
		}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	e := everything{server: server, client: connect(t, server, api.WithAPIVersion(version)), home: home}
	for organization, err := range e.client.Organizations(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		options := api.ExploreOptions{ShowAllVersions: version > api.V2}
		if e.session, err = organization.StartRestoreSession(t.Context(), options); err != nil {
			t.Fatal(err)
		}
	}
	if e.alice, err = e.session.FindOneDrive(t.Context(), "alice@example.com"); err != nil {
		t.Fatal(err)
	}
	return e
}

// document returns a document by its path.
func (e everything) document(t *testing.T, path string) api.Document {
	t.Helper()
	item, err := e.alice.ItemByPath(t.Context(), path)
	if err != nil || item.Document == nil {
		t.Fatalf("%s: got %v, %v", path, item, err)
	}
	return *item.Document
}

func (e everything) sees(t *testing.T, want map[string]string) {
	t.Helper()
	got := tree(t, os.DirFS(e.home))
	for name := range got {
		if strings.HasSuffix(name, "/") {
			delete(got, name)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Alice sees (-want +got):\n%s", diff)
	}
}

// inEveryVersion runs a test with a simulator of its own in each version.
func inEveryVersion(t *testing.T, test func(*testing.T, api.Version, everything)) {
	t.Helper()
	for _, version := range api.Versions() {
		t.Run(version.String(), func(t *testing.T) {
			t.Parallel()
			test(t, version, newEverything(t, version))
		})
	}
}

// TestWholeOneDrive saves and restores a OneDrive with the documents at its root.
func TestWholeOneDrive(t *testing.T) {
	t.Parallel()
	inEveryVersion(t, func(t *testing.T, _ api.Version, e everything) {
		all := map[string]string{
			"root.txt": "root", "Documents/Report.docx": "second report", "Documents/Plan.docx": "plan",
			"Documents/Deep/Report (2).docx": "deep", "Music/Song.mp3": "la",
		}
		name := filepath.Join(t.TempDir(), "all.zip")
		if _, err := e.alice.SaveFile(t.Context(), name); err != nil {
			t.Fatal(err)
		}
		e.home = extract(t, name)
		e.sees(t, all)
		e.home = e.server.Drives()[0].Production
		result, err := e.alice.RestoreToOriginalLocation(t.Context(), alicePassword)
		if err != nil || result.RestoredItemsCount != 5 {
			t.Errorf("got %+v, %v", result, err)
		}
		e.sees(t, all)
	})
}

// TestDocuments saves a document as it is, and several as an archive, and restores both.
func TestDocuments(t *testing.T) {
	t.Parallel()
	inEveryVersion(t, func(t *testing.T, version api.Version, e everything) {
		report, song := e.document(t, "Documents/Report.docx"), e.document(t, `music\song.mp3`)
		directory := t.TempDir()
		saved, err := report.SaveFile(t.Context(), directory) // under the name that the server sends
		if err != nil {
			t.Fatal(err)
		}
		if content, err := os.ReadFile(filepath.Join(directory, "Report.docx")); string(content) != "second report" ||
			saved.Size != 13 || saved.Name != filepath.Join(directory, "Report.docx") {
			t.Errorf("got %q, %+v, %v", content, saved, err)
		}
		set, archive := e.alice.DocumentSet(report.ID(), song.ID()), filepath.Join(t.TempDir(), "two.zip")
		wanted := map[string]string{"Report.docx": "second report", "Song.mp3": "la"}
		if version == api.V2 { // which has no sets
			if _, err := set.SaveFile(t.Context(), archive); !errors.Is(err, api.ErrInvalid) {
				t.Errorf("got %v", err)
			}
			set = e.alice.DocumentSet(report.ID())
			delete(wanted, "Song.mp3")
		}
		if _, err := set.SaveFile(t.Context(), archive); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(wanted, tree(t, os.DirFS(extract(t, archive)))); diff != "" {
			t.Error(diff)
		}
		if _, err := report.RestoreToOriginalLocation(t.Context(), alicePassword); err != nil {
			t.Error(err)
		}
		e.sees(t, map[string]string{"Documents/Report.docx": "second report"})
		plan := e.document(t, "Documents/Plan.docx")
		result, err := e.alice.DocumentSet(song.ID(), plan.ID()).RestoreToOriginalLocation(t.Context(), alicePassword)
		if err != nil || result.RestoredItemsCount != 2 || (result.Requests == 2) != (version == api.V2) {
			t.Errorf("got %+v, %v", result, err)
		}
		e.sees(t, map[string]string{
			"Documents/Report.docx": "second report", "Music/Song.mp3": "la", "Documents/Plan.docx": "plan",
		})
	})
}

// TestVersionsOfItems lists and restores the previous versions of a document and of a folder.
func TestVersionsOfItems(t *testing.T) {
	t.Parallel()
	inEveryVersion(t, func(t *testing.T, version api.Version, e everything) {
		report := e.document(t, "Documents/Report.docx")
		var versions []api.PreviousDocument
		for previous, err := range report.Versions(t.Context()) {
			if err != nil {
				if version >= api.V6 || !errors.Is(err, api.ErrInvalid) {
					t.Error(err)
				}
				return
			}
			versions = append(versions, previous)
		}
		if len(versions) != 1 || versions[0].Size() != 5 || versions[0].ID() != 1 {
			t.Fatalf("got %+v", versions)
		}
		name := filepath.Join(t.TempDir(), "report")
		if _, err := report.Version(1).SaveFile(t.Context(), name); err != nil {
			t.Error(err)
		}
		if content, _ := os.ReadFile(name); string(content) != "first" {
			t.Errorf("got %q", content)
		}
		folder, err := e.alice.FolderByPath(t.Context(), "Documents")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := folder.Version(1).RestoreToOriginalLocation(t.Context(), alicePassword); err != nil {
			t.Error(err)
		}
		e.sees(t, map[string]string{"Documents/Report.docx": "first", "Documents/Plan.docx": "plan"})
	})
}

// TestSearch searches in each scope, on servers that search and on others.
func TestSearch(t *testing.T) {
	t.Parallel()
	inEveryVersion(t, func(t *testing.T, version api.Version, e everything) {
		documents, err := e.alice.FolderByPath(t.Context(), "Documents")
		if err != nil {
			t.Fatal(err)
		}
		names := func(items func(func(api.Item, error) bool)) (found []string) {
			for item, err := range items {
				if err != nil {
					found = append(found, err.Error())
					break
				}
				owner := ""
				if item.Folder != nil {
					owner = item.Folder.OneDrive().ID()
				} else {
					owner = item.Document.OneDrive().ID()
				}
				if owner != e.alice.ID() {
					owner = "bob:"
				} else {
					owner = ""
				}
				found = append(found, owner+item.Name())
			}
			slices.Sort(found)
			return found
		}
		for name, test := range map[string]struct {
			items func(func(api.Item, error) bool)
			want  []string
		}{
			"all OneDrives": {
				e.session.Search(t.Context(), api.Query{Name: "report*.DOCX"}),
				[]string{"Report (2).docx", "Report.docx", "bob:Report.docx"},
			},
			"one OneDrive": {
				e.alice.Search(t.Context(), api.Query{Name: "?o*"}), []string{"Documents", "Song.mp3", "root.txt"},
			},
			"documents": {
				e.alice.Search(t.Context(), api.Query{Name: "?o*", Documents: true}), []string{"Song.mp3", "root.txt"},
			},
			"a folder": {documents.Search(t.Context(), api.Query{}), []string{"Deep", "Plan.docx", "Report (2).docx", "Report.docx"}},
			"with a space": {
				documents.Search(t.Context(), api.Query{Name: "report (2).docx"}), []string{"Report (2).docx"},
			},
			"modified": {
				e.alice.Search(t.Context(), api.Query{
					ModifiedSince: time.Date(2026, 1, 9, 0, 0, 0, 0, time.UTC), Documents: true,
				}),
				[]string{"Report (2).docx", "Report.docx"},
			},
		} {
			if diff := cmp.Diff(test.want, names(test.items)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		raw := names(e.alice.Search(t.Context(), api.Query{Raw: "filename:song"}))
		if version < api.V4 {
			if len(raw) != 1 || !strings.Contains(raw[0], "a raw query is not supported") {
				t.Errorf("raw: got %v", raw)
			}
		} else if diff := cmp.Diff([]string{"Song.mp3"}, raw); diff != "" {
			t.Errorf("raw: %s", diff)
		}
		wrong := names(e.alice.Search(t.Context(), api.Query{Name: `a" OR "b`}))
		if len(wrong) != 1 || !strings.Contains(wrong[0], "has a character that no item has") {
			t.Errorf("got %v", wrong)
		}
	})
}

// TestRestoreOneDrives restores two OneDrives with one request.
func TestRestoreOneDrives(t *testing.T) {
	t.Parallel()
	inEveryVersion(t, func(t *testing.T, _ api.Version, e everything) {
		bob, err := e.session.FindOneDrive(t.Context(), "bob@example.com")
		if err != nil {
			t.Fatal(err)
		}
		options := api.RestoreOneDrives{OfficeUsername: "admin@example.com", OfficePassword: "secret"}
		if _, err := e.session.RestoreOneDrives(t.Context(), nil, options); !errors.Is(err, api.ErrInvalid) {
			t.Errorf("got %v", err)
		}
		both := []api.OneDrive{e.alice, bob}
		result, err := e.session.RestoreOneDrives(t.Context(), both, options)
		if err != nil || len(result.OneDrives) != 2 || result.OneDrives[1].OneDrive.ID != bob.ID() {
			t.Errorf("got %+v, %v", result, err)
		}
		if content, err := os.ReadFile(filepath.Join(e.server.Drives()[1].Production, "Report.docx")); string(content) != "bob" {
			t.Errorf("got %q, %v", content, err)
		}
		// A file where a folder is due makes one of the two fail.
		blocked := filepath.Join(e.home, "Music")
		if err := errors.Join(os.RemoveAll(blocked), os.WriteFile(blocked, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
		result, err = e.session.RestoreOneDrives(t.Context(), both, options)
		if !errors.Is(err, api.ErrIncomplete) {
			t.Errorf("got %+v, %v", result, err)
		}
	})
}

// TestRestorePoints lists them, and starts sessions of them.
func TestRestorePoints(t *testing.T) {
	t.Parallel()
	inEveryVersion(t, func(t *testing.T, version api.Version, e everything) {
		organization, err := e.client.FindOrganization(t.Context(), "example.onmicrosoft.com")
		if err != nil {
			t.Fatal(err)
		}
		times := func(options api.RestorePointOptions) (got []string) {
			for point, err := range organization.RestorePoints(t.Context(), options) {
				if err != nil {
					return []string{err.Error()}
				}
				got = append(got, point.BackupTime.UTC().Format(time.DateOnly))
			}
			slices.Sort(got)
			return got
		}
		if diff := cmp.Diff([]string{"2026-01-10", "2026-01-11"}, times(api.RestorePointOptions{})); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"2026-01-11"}, times(api.RestorePointOptions{From: secondPoint})); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"2026-01-10"}, times(api.RestorePointOptions{To: secondPoint.Add(-1)})); diff != "" {
			t.Error(diff)
		}
		point, err := e.session.RestorePoint(t.Context())
		if err != nil || !point.BackupTime.Equal(secondPoint) {
			t.Errorf("got %v, %v", point.BackupTime, err)
		}
		point, err = organization.RestorePointAt(t.Context(), secondPoint.Add(-time.Hour))
		if version < api.V6 { // only the bounds are known
			if !errors.Is(err, api.ErrNotFound) {
				t.Errorf("got %v, %v", point, err)
			}
			point = api.RestorePoint{BackupTime: organization.Properties.FirstBackupTime}
		} else if err != nil || !point.BackupTime.Equal(firstPoint) {
			t.Errorf("got %v, %v", point.BackupTime, err)
		}
		if _, err := organization.RestorePointAt(t.Context(), firstPoint.Add(-1)); !errors.Is(err, api.ErrNotFound) {
			t.Errorf("got %v", err)
		}
		err = organization.Explore(t.Context(), api.ExploreOptions{RestorePoint: point},
			func(ctx context.Context, session api.RestoreSession) error {
				shown, err := session.RestorePoint(ctx)
				if err != nil || !shown.BackupTime.Equal(firstPoint) {
					return fmt.Errorf("the session shows %v: %w", shown.BackupTime, err)
				}
				drive, err := session.FindOneDrive(ctx, "alice@example.com")
				if err != nil {
					return err
				}
				if _, err = drive.FolderByPath(ctx, "Music"); !errors.Is(err, api.ErrNotFound) {
					return fmt.Errorf("got %w", err)
				}
				return nil
			})
		if err != nil {
			t.Error(err)
		}
		if _, err := e.client.RestoreSession("x").RestorePoint(t.Context()); !errors.Is(err, api.ErrInvalid) {
			t.Errorf("got %v", err)
		}
	})
}
