package api_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vbo365/vbo365-go/api"
	"github.com/vbo365/vbo365-go/api/apitest"
)

// twoOrganizations is a server with more than one of everything.
func twoOrganizations(t *testing.T) *apitest.Server {
	t.Helper()
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	backup := func(names ...string) []apitest.RestorePoint {
		files := make(fstest.MapFS)
		for _, name := range names {
			files[name] = &fstest.MapFile{Data: []byte(name), Mode: 0o644, ModTime: at}
		}
		return []apitest.RestorePoint{{Time: at, FS: files}}
	}
	return apitest.NewServer(t, apitest.Config{Organizations: []apitest.Organization{
		{Name: "example.onmicrosoft.com", OneDrives: []apitest.OneDrive{
			{
				Owner: "alice@example.com", Name: "Alex Example",
				Backup: backup("Reports/a.txt", "reports/b.txt", "Music/c.txt", "d.txt"),
			},
			{Owner: "alex@example.com", Name: "Alex Example", Backup: backup("e.txt")},
			{Owner: "Bob.Builder+x@example.com", Name: "Bob Builder", Backup: backup("f/g/h.txt")},
		}},
		{Name: "other.onmicrosoft.com", OneDrives: []apitest.OneDrive{
			{Owner: "carol@other.com", Name: "Carol Other", Backup: backup("i.txt")},
		}},
		{Name: "new.onmicrosoft.com", OneDrives: []apitest.OneDrive{{Owner: "dora@new.com"}}},
	}})
}

// explore calls work with a session of the first organization.
func explore(t *testing.T, client *api.Client, work func(context.Context, api.RestoreSession) error) {
	t.Helper()
	organization, err := client.FindOrganization(t.Context(), "example.onmicrosoft.com")
	if err == nil {
		err = organization.Explore(t.Context(), api.ExploreOptions{}, work)
	}
	if err != nil {
		t.Error(err)
	}
}

func TestFindOrganization(t *testing.T) {
	t.Parallel()
	client := connect(t, twoOrganizations(t))
	organization, err := client.FindOrganization(t.Context(), "OTHER.onmicrosoft.com")
	if err != nil || organization.Properties.Name != "other.onmicrosoft.com" || organization.ID() == "" {
		t.Errorf("got %+v, %v", organization.Properties, err)
	}
	again, err := client.Organization(organization.ID()).Get(t.Context())
	if diff := cmp.Diff(organization.Properties, again.Properties,
		cmp.Comparer(func(a, b api.Time) bool { return a.Equal(b.Time) })); err != nil || diff != "" {
		t.Errorf("got %v, %s", err, diff)
	}
	_, err = client.FindOrganization(t.Context(), "othr.onmicrosoft.com")
	if want := `find organization: not found: there is no organization "othr.onmicrosoft.com"; similar: ` +
		`"other.onmicrosoft.com"`; err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
	fresh, err := client.FindOrganization(t.Context(), "new.onmicrosoft.com")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fresh.StartRestoreSession(t.Context(), api.ExploreOptions{}); !errors.Is(err, api.ErrInvalid) ||
		!strings.Contains(err.Error(), "never been backed up") {
		t.Errorf("got %v", err)
	}
	early := api.ExploreOptions{At: time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC)}
	if _, err := organization.StartRestoreSession(t.Context(), early); !errors.Is(err, api.ErrInvalid) {
		t.Errorf("got %v", err)
	}
}

// TestOnlyOrganization finds the organization without its name if there is only one.
func TestOnlyOrganization(t *testing.T) {
	t.Parallel()
	single := connect(t, apitest.NewServer(t, apitest.Config{}))
	if only, err := single.FindOrganization(t.Context(), ""); err != nil ||
		only.Properties.Name != "example.onmicrosoft.com" {
		t.Errorf("got %+v, %v", only.Properties, err)
	}
	none, err := connect(t, twoOrganizations(t)).FindOrganization(t.Context(), "")
	want := `find organization: ambiguous: there are several: "example.onmicrosoft.com", ` +
		`"other.onmicrosoft.com", "new.onmicrosoft.com"`
	if !errors.Is(err, api.ErrAmbiguous) || err.Error() != want || none.ID() != "" {
		t.Errorf("got %q, %v", none.ID(), err)
	}
}

func TestFindOneDrive(t *testing.T) {
	t.Parallel()
	server := twoOrganizations(t)
	explore(t, connect(t, server), func(ctx context.Context, session api.RestoreSession) error {
		for owner, want := range map[string]string{
			"alice@example.com":                           server.Drives()[0].ID,
			"ALEX@example.com":                            server.Drives()[1].ID,
			"bob.builder+X@example.com":                   server.Drives()[2].ID,
			"bob builder":                                 server.Drives()[2].ID,
			server.Drives()[1].URL:                        server.Drives()[1].ID,
			strings.ToUpper(server.Drives()[0].URL) + "/": server.Drives()[0].ID,
		} {
			if drive, err := session.FindOneDrive(ctx, owner); err != nil || drive.ID() != want {
				t.Errorf("%s: got %s, %v", owner, drive.ID(), err)
			}
		}
		if _, err := session.FindOneDrive(ctx, "Alex Example"); !errors.Is(err, api.ErrAmbiguous) {
			t.Errorf("got %v", err)
		}
		for owner, hint := range map[string]string{
			"Bob Bulider":       `; similar: "Bob Builder"`,
			"builder":           `; similar: "Bob Builder"`,
			"nobody@nowhere.io": `"nobody@nowhere.io"`,
			"":                  `""`,
		} {
			if _, err := session.FindOneDrive(ctx, owner); !errors.Is(err, api.ErrNotFound) ||
				!strings.HasSuffix(err.Error(), hint) {
				t.Errorf("%q: got %v", owner, err)
			}
		}
		organization, err := session.Organization(ctx)
		if err != nil || organization.Properties.Name != "example.onmicrosoft.com" {
			t.Errorf("got %+v, %v", organization.Properties, err)
		}
		return nil
	})
}

func TestFolderByPath(t *testing.T) {
	t.Parallel()
	server := twoOrganizations(t)
	explore(t, connect(t, server), func(ctx context.Context, session api.RestoreSession) error {
		alice, bob := session.OneDrive(server.Drives()[0].ID), session.OneDrive(server.Drives()[2].ID)
		before := len(server.Requests())
		folder, err := bob.FolderByPath(ctx, `/F\G/`)
		if err != nil || folder.ID() != server.Drives()[2].FolderID("f/g") {
			t.Errorf("got %s, %v", folder.ID(), err)
		}
		if got := len(server.Requests()) - before; got != 2 {
			t.Errorf("%d requests for two levels", got)
		}
		// Only the letter case tells the two apart.
		for _, name := range []string{"Reports", "reports"} {
			if folder, err := alice.FolderByPath(ctx, name); err != nil ||
				folder.ID() != server.Drives()[0].FolderID(name) {
				t.Errorf("%s: got %s, %v", name, folder.ID(), err)
			}
		}
		if _, err := alice.FolderByPath(ctx, "REPORTS"); !errors.Is(err, api.ErrAmbiguous) {
			t.Errorf("got %v", err)
		}
		for path, want := range map[string]string{
			"Musik/x": `find folder: not found: there is no folder "Musik"; similar: "Music"`,
			"f/x":     `find folder: not found: there is no folder f/ "x"`,
		} {
			drive := alice
			if path[0] == 'f' {
				drive = bob
			}
			if _, err := drive.FolderByPath(ctx, path); !errors.Is(err, api.ErrNotFound) || err.Error() != want {
				t.Errorf("got %v", err)
			}
		}
		for _, path := range []string{"", "/", "a//b", "a/../b", "./a", `..\a`} {
			if _, err := alice.FolderByPath(ctx, path); !errors.Is(err, api.ErrInvalid) {
				t.Errorf("%q: got %v", path, err)
			}
		}
		return nil
	})
}

func TestListsOfAFolder(t *testing.T) {
	t.Parallel()
	server := twoOrganizations(t)
	explore(t, connect(t, server), func(ctx context.Context, session api.RestoreSession) error {
		alice := session.OneDrive(server.Drives()[0].ID)
		var got []string
		for item, err := range alice.Children(ctx) {
			if err != nil {
				return err
			}
			got = append(got, item.Name())
		}
		if want := []string{"Music", "Reports", "reports", "d.txt"}; !slices.Equal(got, want) {
			t.Errorf("got %q", got)
		}
		folder, err := alice.FolderByPath(ctx, "Music")
		if err != nil {
			return err
		}
		page, err := folder.DocumentsPage(ctx, api.PageOptions{Limit: 5})
		if err != nil || len(page.Items) != 1 || page.More || page.Items[0].Size() != int64(len("Music/c.txt")) {
			t.Errorf("got %+v, %v", page, err)
		}
		document, err := page.Items[0].Get(ctx)
		if err != nil || document.Properties.Name != "c.txt" {
			t.Errorf("got %+v, %v", document.Properties, err)
		}
		all := 0
		for _, err := range alice.AllDocuments(ctx) {
			if err != nil {
				return err
			}
			all++
		}
		for _, err := range alice.AllFolders(ctx) {
			if err != nil {
				return err
			}
			all++
		}
		if all != 4+3 {
			t.Errorf("%d items in all", all)
		}
		// An empty id would list everything.
		for _, err := range alice.Folder("").Documents(ctx) {
			if !errors.Is(err, api.ErrInvalid) {
				t.Errorf("got %v", err)
			}
		}
		return nil
	})
}

// working counts the sessions that can be used.
func working(t *testing.T, client *api.Client) int {
	t.Helper()
	n := 0
	for session, err := range client.RestoreSessions(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if session.Properties.State == api.RestoreSessionWorking {
			n++
		}
	}
	return n
}

func TestExploreStopsItsSessionWhateverHappens(t *testing.T) {
	t.Parallel()
	client := connect(t, apitest.NewServer(t, apitest.Config{}))
	organization, err := client.FindOrganization(t.Context(), "example.onmicrosoft.com")
	if err != nil {
		t.Fatal(err)
	}
	failure := errors.New("failure")
	ctx, cancel := context.WithCancel(t.Context())
	for name, work := range map[string]func(context.Context, api.RestoreSession) error{
		"success":   func(context.Context, api.RestoreSession) error { return nil },
		"failure":   func(context.Context, api.RestoreSession) error { return failure },
		"cancelled": func(ctx context.Context, _ api.RestoreSession) error { cancel(); return ctx.Err() },
		"stopped":   func(ctx context.Context, session api.RestoreSession) error { return session.Stop(ctx) },
		"panic":     func(context.Context, api.RestoreSession) error { panic(failure) },
	} {
		n := 0
		func() {
			defer func() {
				if r := recover(); (r != nil) != (name == "panic") {
					t.Errorf("%s: %v", name, r)
				}
			}()
			use := t.Context()
			if name == "cancelled" {
				use = ctx
			}
			err := organization.Explore(use, api.ExploreOptions{},
				func(ctx context.Context, session api.RestoreSession) error {
					n = working(t, client)
					return work(ctx, session)
				})
			if (err == nil) != (name == "success" || name == "stopped") ||
				name == "failure" && !errors.Is(err, failure) || name == "cancelled" &&
				!errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v", name, err)
			}
		}()
		if after := working(t, client); n != 1 || after != 0 {
			t.Errorf("%s: %d sessions during, %d after", name, n, after)
		}
	}
}

func TestASessionThatHasEndedIsTold(t *testing.T) {
	t.Parallel()
	server := apitest.NewServer(t, apitest.Config{})
	client := connect(t, server)
	explore(t, client, func(ctx context.Context, session api.RestoreSession) error {
		drive := session.OneDrive(server.Drives()[0].ID)
		if err := client.RestoreSession(session.ID()).Stop(ctx); err != nil {
			return err
		}
		for _, err := range session.OneDrives(ctx) {
			if !errors.Is(err, api.ErrSessionEnded) || !errors.Is(err, api.ErrServer) {
				t.Errorf("list: %v", err)
			}
		}
		if _, err := drive.FolderByPath(ctx, "Documents"); !errors.Is(err, api.ErrSessionEnded) {
			t.Errorf("path: %v", err)
		}
		if _, err := drive.Folder("x").Save(ctx); !errors.Is(err, api.ErrSessionEnded) {
			t.Errorf("save: %v", err)
		}
		now, err := session.Get(ctx)
		if err != nil || now.Properties.State != api.RestoreSessionStopped || now.Properties.EndTime.IsZero() {
			t.Errorf("got %+v, %v", now.Properties, err)
		}
		return nil
	})
	// A 500 of a session that works is something else.
	working, err := server.StartRestoreSession("", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	drive := server.Drives()[0]
	err = client.RestoreSession(working.ID).OneDrive(drive.ID).Folder(drive.RootFolderID).
		SendTo(t.Context(), api.SendTo{From: "a@example.com", To: "b@example.com"})
	if !errors.Is(err, api.ErrServer) || errors.Is(err, api.ErrSessionEnded) {
		t.Errorf("got %v", err)
	}
}

func TestEmailSettings(t *testing.T) {
	t.Parallel()
	mailbox, err := apitest.StartMailbox("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = mailbox.Close() })
	server := apitest.NewServer(t, apitest.Config{})
	folder := rootFolder(t, server)
	client := connect(t, server)
	message := api.SendTo{From: "a@example.com", To: "b@example.com"}
	if err := folder.SendTo(t.Context(), message); !errors.Is(err, api.ErrServer) {
		t.Errorf("before: %v", err)
	}
	host, port := splitPort(t, mailbox.Addr)
	if err := client.SetEmailSettings(t.Context(), api.EmailSettingsChange{Server: host, Port: &port}); err != nil {
		t.Fatal(err)
	}
	settings, err := client.EmailSettings(t.Context())
	if err != nil || settings.Server != host || settings.Port != port {
		t.Errorf("got %+v, %v", settings, err)
	}
	if err := folder.SendTo(t.Context(), message); err != nil || len(mailbox.Messages()) != 1 {
		t.Errorf("after: %v, %d messages", err, len(mailbox.Messages()))
	}
}

func TestFollowEvents(t *testing.T) {
	t.Parallel()
	server := apitest.NewServer(t, apitest.Config{})
	client := connect(t, server)
	explore(t, client, func(ctx context.Context, session api.RestoreSession) error {
		drive := server.Drives()[0]
		folder := session.OneDrive(drive.ID).Folder(drive.RootFolderID)
		if _, err := folder.RestoreToOriginalLocation(ctx, alicePassword); err != nil {
			return err
		}
		var got []string
		for event, err := range session.FollowEvents(ctx, 10*time.Millisecond) {
			if err != nil {
				return err
			}
			got = append(got, string(event.Type)+" "+string(event.Status))
			switch len(got) {
			case 2: // what has happened; now something happens
				if _, err := folder.RestoreToOriginalLocation(ctx, alicePassword); err != nil {
					return err
				}
			case 3:
				if err := session.Stop(ctx); err != nil {
					return err
				}
			}
		}
		if want := []string{"None Success", "Restore Success", "Restore Success", "None Success"}; !slices.Equal(got, want) {
			t.Errorf("got %q", got)
		}
		for _, err := range session.FollowEvents(ctx, 0) {
			if !errors.Is(err, api.ErrInvalid) {
				t.Errorf("got %v", err)
			}
		}
		return nil
	})
}
