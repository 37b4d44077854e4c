package api_test

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/vbo365/vbo365-go/api"
	"github.com/vbo365/vbo365-go/api/apitest"
)

// A place is the sample organization on a simulator that speaks all versions, and a client that is fixed to one.
type place struct {
	*testing.T
	version api.Version
	server  *apitest.Server
	mailbox *apitest.Mailbox
	client  *api.Client
	session api.RestoreSession // of the newest backup
	drive   api.OneDrive       // of Alice
	folder  api.Folder         // Documents
}

func newPlace(t *testing.T, version api.Version) *place {
	t.Helper()
	p := &place{T: t, version: version, mailbox: newMailbox(t)}
	p.server = apitest.NewServer(t, apitest.Config{SMTP: p.mailbox.Addr})
	p.client = connect(t, p.server, api.WithAPIVersion(version), api.WithAttempts(1))
	session, err := p.server.StartRestoreSession("", time.Time{})
	p.must(err)
	p.session = p.client.RestoreSession(session.ID)
	alice := p.server.Drives()[0]
	p.drive = p.session.OneDrive(alice.ID)
	p.folder = p.drive.Folder(alice.FolderID("Documents"))
	return p
}

func (p *place) must(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

func (p *place) wantIs(err, want error) {
	p.Helper()
	if !errors.Is(err, want) {
		p.Errorf("got %v, want %v", err, want)
	}
}

func (p *place) alice(name string) string {
	return filepath.Join(p.server.Drives()[0].Production, filepath.FromSlash(name))
}

func (p *place) bob(name string) string {
	return filepath.Join(p.server.Drives()[1].Production, filepath.FromSlash(name))
}

// wantFile checks the content of a file; "" stands for a file that must not be there.
func (p *place) wantFile(name, want string) {
	p.Helper()
	content, err := os.ReadFile(name)
	if want == "" && errors.Is(err, os.ErrNotExist) {
		return
	}
	if err != nil || string(content) != want {
		p.Errorf("%s: got %q, %v, want %q", name, content, err, want)
	}
}

// toBob copies to the folder In of Bob's OneDrive.
func (p *place) toBob() api.CopyTo {
	bob := p.server.Drives()[1]
	return api.CopyTo{
		UserName: bob.Owner, UserPassword: "secret", OneDrive: &api.OneDriveProperties{ID: bob.ID},
		Folder: "In",
	}
}

// What the sample organization has.
const (
	reportFirst   = "Report, first version\n"
	reportSecond  = "Report, second version, somewhat longer\n"
	reportSpoiled = "Report, spoiled\n"
	draft         = "A draft that was thrown away\n"
)

// Why a row does not apply to versions.
func before(version api.Version, why string) map[api.Version]string {
	return inVersions(api.Versions()[0], version-1, why)
}

func after(version api.Version, why string) map[api.Version]string {
	versions := api.Versions()
	return inVersions(version+1, versions[len(versions)-1], why)
}

func inVersions(from, to api.Version, why string) map[api.Version]string {
	reasons := map[api.Version]string{}
	for version := from; version <= to; version++ {
		reasons[version] = why
	}
	return reasons
}

// everyVersion is what holds in every version, through the same calls, except where a row says why not.
var everyVersion = []struct {
	name string
	not  map[api.Version]string // the versions that the row does not apply to, and why
	run  func(*place)
}{
	{"organizations", nil, func(p *place) {
		var names []string
		for organization, err := range p.client.Organizations(p.Context()) {
			p.must(err)
			names = append(names, organization.Properties.Name)
		}
		organization, err := p.client.FindOrganization(p.Context(), "example.onmicrosoft.com")
		p.must(err)
		again, err := p.client.Organization(organization.ID()).Get(p.Context())
		p.must(err)
		if len(names) != 1 || again.Properties.Name != names[0] || !bool(again.Properties.IsBackedUp) ||
			again.Properties.FirstBackupTime.IsZero() {
			p.Errorf("got %q, %+v", names, again.Properties)
		}
	}},
	{"explore and stop", nil, func(p *place) {
		organization, err := p.client.FindOrganization(p.Context(), "example.onmicrosoft.com")
		p.must(err)
		session, err := organization.StartRestoreSession(p.Context(), api.ExploreOptions{})
		p.must(err)
		if session.Properties.State != api.RestoreSessionWorking || session.Properties.Type != "Veod" ||
			session.Properties.CreationTime.IsZero() {
			p.Errorf("got %+v", session.Properties)
		}
		shown, err := session.Organization(p.Context())
		p.must(err)
		if shown.Properties.Name != "example.onmicrosoft.com" {
			p.Errorf("got %+v", shown.Properties)
		}
		p.must(session.Stop(p.Context()))
		p.must(session.Stop(p.Context())) // again is no error
		session, err = session.Get(p.Context())
		p.must(err)
		if session.Properties.State != api.RestoreSessionStopped || session.Properties.EndTime.IsZero() ||
			session.Properties.Result != "Success" {
			p.Errorf("got %+v", session.Properties)
		}
		for listed, err := range p.client.RestoreSessions(p.Context()) {
			p.must(err)
			if listed.ID() != session.ID() {
				p.Errorf("got %+v", listed.Properties)
			}
		}
	}},
	{"the own organization", nil, func(p *place) {
		own, err := p.client.OwnOrganization().Get(p.Context())
		p.must(err)
		if own.Properties.ID == "" || own.Properties.Name != "example.onmicrosoft.com" {
			p.Errorf("got %+v", own.Properties)
		}
		points := 0
		for _, err := range p.client.OwnOrganization().RestorePoints(p.Context(), api.RestorePointOptions{}) {
			p.must(err)
			points++
		}
		if points == 0 {
			p.Error("no restore points")
		}
		err = p.client.OwnOrganization().Explore(p.Context(), api.ExploreOptions{},
			func(ctx context.Context, s api.RestoreSession) error {
				_, err := s.FindOneDrive(ctx, "alice@example.com")
				return err
			})
		p.must(err)
	}},
	{"a point in time", nil, func(p *place) {
		at := api.ExploreOptions{At: time.Date(2026, 1, 10, 12, 0, 0, 0, time.UTC)}
		p.must(
			p.client.OwnOrganization().Explore(p.Context(), at, func(ctx context.Context, s api.RestoreSession) error {
				folder, err := s.OneDrive(p.drive.ID()).FolderByPath(ctx, "Documents")
				p.must(err)
				_, err = folder.SaveFile(ctx, filepath.Join(p.TempDir(), "a.zip"))
				p.must(err)
				var names []string
				for document, err := range folder.Documents(ctx) {
					p.must(err)
					names = append(names, document.Properties.Name)
				}
				if diff := cmp.Diff([]string{"Draft.txt", "Empty.txt", "Report.txt"}, names); diff != "" {
					p.Error(diff)
				}
				return nil
			}))
	}},
	{"deleted items", before(api.V3, "showDeleted arrived with v3 (spec/FACTS.md#3.1)"), func(p *place) {
		deleted := api.ExploreOptions{ShowDeleted: true, ShowAllVersions: true}
		p.must(
			p.client.OwnOrganization().Explore(p.Context(), deleted,
				func(ctx context.Context, s api.RestoreSession) error {
					folder, err := s.OneDrive(p.drive.ID()).FolderByPath(ctx, "Documents")
					p.must(err)
					page, err := folder.DocumentsPage(ctx, api.PageOptions{})
					p.must(err)
					if len(page.Items) != 3 {
						p.Errorf("%d documents", len(page.Items))
					}
					return nil
				}))
	}},
	{"browse", nil, func(p *place) {
		drive, err := p.session.FindOneDrive(p.Context(), "alice@example.com")
		p.must(err)
		if drive, err = drive.Get(p.Context()); err != nil || drive.Properties.Name != "Alice Example" {
			p.Errorf("got %+v, %v", drive.Properties, err)
		}
		var root []string
		for item, err := range drive.Children(p.Context()) {
			p.must(err)
			root = append(root, item.Name())
		}
		if diff := cmp.Diff([]string{"Documents", "Music", "Pictures", "Start.txt"}, root); diff != "" {
			p.Error(diff)
		}
		folder, err := drive.FolderByPath(p.Context(), "documents/INVOICES/2025")
		p.must(err)
		if folder, err = folder.Get(p.Context()); err != nil || folder.Properties.Name != "2025" ||
			folder.Properties.CreationTime.IsZero() {
			p.Errorf("got %+v, %v", folder.Properties, err)
		}
		all := 0
		for document, err := range drive.AllDocuments(p.Context()) {
			p.must(err)
			all++
			again, err := document.Get(p.Context())
			if err != nil || again.Properties.Name != document.Properties.Name || again.Size() != document.Size() {
				p.Errorf("got %+v, %v", again.Properties, err)
			}
			if document.Properties.Name == "Start.txt" && document.Size() != int64(len("Welcome, Alice\n")) {
				p.Errorf("%d bytes", document.Size())
			}
		}
		for _, err := range drive.AllFolders(p.Context()) {
			p.must(err)
			all++
		}
		if all != 7+6 {
			p.Errorf("%d items in all", all)
		}
	}},
	{"links", nil, func(p *place) {
		organization, err := p.client.FindOrganization(p.Context(), "example.onmicrosoft.com")
		p.must(err)
		session, err := p.session.Get(p.Context())
		p.must(err)
		drive, err := p.drive.Get(p.Context())
		p.must(err)
		links := []string{
			organization.Properties.Links["self"].Href, organization.Properties.Actions["explore"].URI,
			session.Properties.Links["self"].Href, drive.Properties.Links["self"].Href,
		}
		for item, err := range drive.Children(p.Context()) {
			p.must(err)
			if item.Folder != nil {
				links = append(links, item.Folder.Properties.Links["self"].Href)
			} else {
				links = append(links, item.Document.Properties.Links["self"].Href)
			}
		}
		for _, link := range links {
			if !strings.HasPrefix(link, p.server.URL+"/"+p.version.String()+"/") {
				p.Errorf("got %q", link)
			}
		}
	}},
	{"pages", nil, func(p *place) {
		first, err := p.drive.FoldersPage(p.Context(), api.PageOptions{Limit: 2})
		p.must(err)
		second, err := p.drive.FoldersPage(p.Context(), api.PageOptions{Limit: 2, Offset: 2})
		p.must(err)
		if len(first.Items) != 2 || !first.More || len(second.Items) != 1 || second.More {
			p.Errorf("got %d, %t, %d, %t", len(first.Items), first.More, len(second.Items), second.More)
		}
	}},
	{"save", nil, func(p *place) {
		name := filepath.Join(p.TempDir(), "a.zip")
		report, err := p.folder.SaveFile(p.Context(), name, api.WithVerifyChecksums())
		p.must(err)
		archive, err := zip.OpenReader(name)
		p.must(err)
		defer func() { _ = archive.Close() }()
		if content := tree(p.T, os.DirFS(extract(p.T, name))); content["Report.txt"] != reportSecond ||
			report.Entries != int64(len(content)) {
			p.Errorf("got %q, %+v", content, report)
		}
	}},
	{"restore over what is there", nil, func(p *place) {
		result, err := p.folder.RestoreToOriginalLocation(p.Context(), api.RestoreToOriginalLocation{
			UserName: "alice@example.com", UserPassword: "secret", DocumentAction: api.DocumentActionOverwrite,
		})
		p.must(err)
		want := api.RestoreResult{RestoreStatistics: api.RestoreStatistics{
			TotalItemsCount: 4, RestoredItemsCount: 3, SkippedItemsByNoChangesCount: 1,
		}, Reported: true}
		if diff := cmp.Diff(want, result, cmpopts.EquateEmpty()); diff != "" {
			p.Error(diff)
		}
		p.wantFile(p.alice("Documents/Report.txt"), reportSecond)
		p.wantFile(p.alice("Documents/Invoices/2025/Invoice 1001.txt"), "Invoice 1001\nTwelve chairs\n")
	}},
	{"restore beside what is there", nil, func(p *place) {
		_, err := p.folder.RestoreToOriginalLocation(p.Context(), api.RestoreToOriginalLocation{
			UserName: "alice@example.com", UserPassword: "secret", DocumentAction: api.DocumentActionKeep,
		})
		p.must(err)
		p.wantFile(p.alice("Documents/Report.txt"), reportSpoiled)
		p.wantFile(p.alice("Documents/Report (restored).txt"), reportSecond)
	}},
	{
		"restore all versions",
		after(api.V5,
			"documentVersion left with v6: versions have routes of their own (spec/FACTS.md#1.2, #1.4)"),
		func(p *place) {
			_, err := p.folder.RestoreToOriginalLocation(p.Context(), api.RestoreToOriginalLocation{
				UserName: "alice@example.com", UserPassword: "secret",
				DocumentVersion: api.DocumentVersionAll, DocumentAction: api.DocumentActionOverwrite,
			})
			p.must(err)
			p.wantFile(p.alice("Documents/Report.txt"), reportSecond)
			p.wantFile(p.alice(".versions/Documents/Report.txt/1.0"), reportFirst)
		},
	},
	{"a restore that fails in part", nil, func(p *place) {
		p.must(os.Remove(p.alice("Documents/Report.txt")))
		p.must(os.Mkdir(p.alice("Documents/Report.txt"), 0o755))
		result, err := p.folder.RestoreToOriginalLocation(p.Context(), alicePassword)
		p.wantIs(err, api.ErrIncomplete)
		if result.TotalItemsCount != 4 || result.FailedItemsCount != 1 || result.RestoredItemsCount != 2 ||
			len(result.RestoreIssues) != 1 ||
			result.RestoreIssues[0].Title != "Report.txt" || result.RestoreIssues[0].Error == "" {
			p.Errorf("got %+v", result)
		}
		restore, err := p.folder.StartRestoreToOriginalLocation(p.Context(), alicePassword)
		p.must(err) // it has begun; what came of it is for Wait to say
		result, err = restore.Wait(p.Context())
		p.wantIs(err, api.ErrIncomplete)
		if result.FailedItemsCount != 1 || len(result.RestoreIssues) != 1 {
			p.Errorf("got %+v", result)
		}
	}},
	{"a restore that is begun and waited for", nil, func(p *place) {
		restore, err := p.folder.StartRestoreToOriginalLocation(p.Context(), alicePassword)
		p.must(err)
		if (restore.SessionID() != "") != (p.version >= api.V8) {
			p.Errorf("the session is %q", restore.SessionID())
		}
		var last api.RestoreProgress
		result, err := restore.Wait(p.Context(),
			api.WithRestoreProgress(func(progress api.RestoreProgress) { last = progress }))
		p.must(err)
		last.Message = ""
		want := api.RestoreProgress{State: api.RestoreSessionStopped, Total: 4, Restored: 3, Skipped: 1}
		if result.TotalItemsCount != 4 || last != want {
			p.Errorf("got %+v, %+v", result, last)
		}
	}},
	{
		"a restore that is left, and found again by another program",
		before(api.V8, "the answer comes when the restore is done (spec/FACTS.md#1.9)"), func(p *place) {
			restore, err := p.folder.StartRestoreToOriginalLocation(p.Context(), alicePassword)
			p.must(err)
			other := connect(p.T, p.server, api.WithAPIVersion(p.version))
			result, err := other.Restore(restore.SessionID()).Wait(p.Context())
			p.must(err)
			if result.RestoredItemsCount != 3 {
				p.Errorf("got %+v", result)
			}
		},
	},
	{"copy", nil, func(p *place) {
		options := p.toBob()
		options.DeletedItems, options.ChangedItems, options.RestorePermissions = new(true), new(true), new(true)
		options.DocumentVersion, options.DocumentLastVersionAction = api.DocumentVersionAll, api.DocumentLastVersionActionMerge
		result, err := p.folder.CopyTo(p.Context(), options)
		p.must(err)
		if result.RestoredItemsCount != 5 || !result.Reported {
			p.Errorf("got %+v", result)
		}
		p.wantFile(p.bob("In/Documents/Report.txt"), reportSecond)
		p.wantFile(p.bob(".versions/In/Documents/Report.txt/1.0"), reportFirst)
		p.wantFile(p.bob("In/Documents/Draft.txt"), draft)
	}},
	{"a device code", before(api.V4, "device codes arrived with v4 (spec/FACTS.md#1.4)"), func(p *place) {
		code, err := p.session.RestoreDeviceCode(p.Context(), api.RestoreDeviceCodeOptions{
			TargetApplicationID: "7d0f9f0e-3f63-4c3f-9d2a-0c7e0c1f4a11",
		})
		p.must(err)
		if code.UserCode == "" || !strings.HasPrefix(code.VerificationURL, "https://") || code.ExpiresIn <= 0 {
			p.Errorf("got %+v", code)
		}
		_, err = p.folder.RestoreToOriginalLocation(p.Context(), api.RestoreToOriginalLocation{UserCode: code.UserCode})
		p.must(err)
		options := p.toBob()
		options.UserName, options.UserPassword, options.UserCode = "", "", code.UserCode
		_, err = p.folder.CopyTo(p.Context(), options)
		p.must(err)
	}},
	{
		"the certificate of an application", before(api.V4, "applications arrived with v4 (spec/FACTS.md#1.4)"),
		func(p *place) {
			options := p.toBob()
			options.UserName, options.UserPassword = "", ""
			options.ApplicationID, options.ApplicationCertificate = "7d0f9f0e-3f63-4c3f-9d2a-0c7e0c1f4a11", "MIIJqQIBAzCCCW8="
			options.ApplicationCertificatePassword = "secret"
			_, err := p.folder.CopyTo(p.Context(), options)
			p.must(err)
			_, err = p.folder.RestoreToOriginalLocation(p.Context(), api.RestoreToOriginalLocation{
				ApplicationID: options.ApplicationID, ApplicationCertificate: options.ApplicationCertificate,
			})
			p.must(err)
		},
	},
	{
		"another region", before(api.V5, "officeRegion and organizationName are not known before v5 (spec/FACTS.md#1.4)"),
		func(p *place) {
			options := p.toBob()
			options.OfficeRegion, options.OrganizationName = api.OfficeRegionGermany, "example.onmicrosoft.com"
			_, err := p.folder.CopyTo(p.Context(), options)
			p.must(err)
		},
	},
	{"options of later versions", before(api.V6, "they arrived with v6 (spec/FACTS.md#1.5, #1.6)"), func(p *place) {
		options := p.toBob()
		options.SendSharedLinksNotification = new(false)
		_, err := p.folder.CopyTo(p.Context(), options)
		p.must(err)
		p.must(
			p.folder.SendTo(p.Context(),
				api.SendTo{From: "a@example.com", To: "b@example.com", SkipItemChecks: new(true)}))
	}},
	{"credentials of two styles", nil, func(p *place) {
		options := p.toBob()
		options.UserCode = "CODE"
		_, err := p.folder.CopyTo(p.Context(), options)
		p.wantIs(err, api.ErrInvalid)
		if n := len(p.server.Requests()); n != 0 {
			p.Errorf("%d requests", n)
		}
	}},
	{"mail", nil, func(p *place) {
		p.must(
			p.folder.SendTo(p.Context(),
				api.SendTo{From: "a@example.com", To: "b@example.com", Subject: "Hello", Text: "As you asked."}))
		messages := p.mailbox.Messages()
		if len(messages) != 1 {
			p.Fatalf("%d messages", len(messages))
		}
		name, attachment, err := messages[0].Attachment()
		p.must(err)
		p.must(attachment.Close())
		if name != "Documents.zip" {
			p.Errorf("attached is %s", name)
		}
	}},
	{"mail settings", nil, func(p *place) {
		p.must(p.client.SetEmailSettings(p.Context(), api.EmailSettingsChange{From: "c@example.com"}))
		settings, err := p.client.EmailSettings(p.Context())
		p.must(err)
		if settings.From != "c@example.com" || settings.Server == "" {
			p.Errorf("got %+v", settings)
		}
		p.must(p.folder.SendTo(p.Context(), api.SendTo{To: "b@example.com"}))
		if messages := p.mailbox.Messages(); len(messages) != 1 || messages[0].From != "c@example.com" {
			p.Errorf("got %d messages", len(messages))
		}
	}},
	{"events", nil, func(p *place) {
		_, err := p.folder.RestoreToOriginalLocation(p.Context(), alicePassword)
		p.must(err)
		p.must(p.folder.SendTo(p.Context(), api.SendTo{From: "a@example.com", To: "b@example.com"}))
		var kinds []string
		for event, err := range p.session.Events(p.Context()) {
			p.must(err)
			kinds = append(kinds, fmt.Sprintf("%s %s", event.Type, event.Status))
		}
		if diff := cmp.Diff([]string{"None Success", "Restore Success", "Send Success"}, kinds); diff != "" {
			p.Error(diff)
		}
	}},
	{"an answer that is lost", nil, func(p *place) {
		p.must(
			p.server.Inject(
				apitest.Fault{Kind: apitest.FaultReset, Operation: "restoreToOriginalLocation", After: true, Times: 1}))
		_, err := p.folder.RestoreToOriginalLocation(p.Context(), alicePassword)
		p.wantIs(err, api.ErrOutcomeUnknown)
		unknown, ok := errors.AsType[*api.UnknownOutcome](err)
		if !ok {
			p.Fatal(err)
		}
		events, err := unknown.LookUp(p.Context())
		p.must(err)
		if len(events) != 1 || p.server.Executions()["restoreToOriginalLocation"] != 1 {
			p.Errorf("got %d events, %v", len(events), p.server.Executions())
		}
	}},
	{"a session that has ended", nil, func(p *place) {
		p.must(p.server.StopRestoreSession(p.session.ID()))
		_, saveErr := p.folder.Save(p.Context())
		_, restoreErr := p.folder.RestoreToOriginalLocation(p.Context(), alicePassword)
		p.wantIs(saveErr, api.ErrSessionEnded)
		p.wantIs(restoreErr, api.ErrSessionEnded)
	}},
	{"what is not there", nil, func(p *place) {
		_, err := p.session.OneDrive("none").Get(p.Context())
		p.wantIs(err, api.ErrNotFound)
		_, err = p.drive.Folder("none").Save(p.Context())
		p.wantIs(err, api.ErrNotFound)
		if failure, ok := errors.AsType[*api.Error](err); !ok || failure.Message == "" || failure.StatusCode != 404 {
			p.Errorf("got %v", err)
		}
	}},
	{"a target that the server refuses", nil, func(p *place) {
		options := p.toBob()
		options.Folder = "../outside"
		_, err := p.folder.CopyTo(p.Context(), options)
		failure, ok := errors.AsType[*api.Error](err)
		if !ok || failure.StatusCode != 400 || failure.Message == "" || errors.Is(err, api.ErrOutcomeUnknown) {
			p.Errorf("got %v", err)
		}
	}},
	{"a wrong password", nil, func(p *place) {
		client, err := api.NewClient(p.server.URL, api.WithAPIVersion(p.version),
			api.WithPassword(p.server.Username, "canary-wrong"),
			api.WithCertificateFingerprint(p.server.Fingerprint))
		p.must(err)
		defer client.CloseIdleConnections()
		_, err = client.RestoreSession(p.session.ID()).Get(p.Context())
		p.wantIs(err, api.ErrUnauthorized)
		if err == nil || !strings.Contains(err.Error(), "400 Bad Request") ||
			!strings.Contains(err.Error(), "Invalid credential") {
			p.Errorf("got %v", err)
		}
	}},
	{"the ways to log in with modern authentication", nil, func(p *place) {
		server := apitest.NewServer(p.T, apitest.Config{Assertions: map[string]string{"tenant": "assertion"}})
		for from, option := range map[api.Version]api.Option{
			api.V4: api.WithJWTBearer("tenant", "assertion"), api.V6: api.WithOperator("tenant", "assertion"),
		} {
			client, err := api.NewClient(server.URL, option, api.WithAPIVersion(p.version),
				api.WithCertificateFingerprint(server.Fingerprint))
			p.must(err)
			_, err = client.RestoreSessionsPage(p.Context(), api.PageOptions{})
			if p.version >= from {
				p.must(err)
			} else {
				p.wantIs(err, api.ErrInvalid)
			}
			client.CloseIdleConnections()
		}
	}},
}

func TestEveryVersion(t *testing.T) {
	t.Parallel()
	for _, version := range api.Versions() {
		for _, row := range everyVersion {
			t.Run(version.String()+"/"+row.name, func(t *testing.T) {
				t.Parallel()
				if reason, ok := row.not[version]; ok {
					t.Logf("does not apply: %s", reason)
					return
				}
				p := newPlace(t, version)
				row.run(p)
				for _, request := range p.server.Requests() {
					if !strings.HasPrefix(request.Path, "/"+version.String()+"/") || request.OperationID == "" {
						t.Errorf("sent %s %s", request.Method, request.Path)
					}
					if len(request.Deviations) > 0 {
						t.Errorf("%s %s is not as %v documents it: %q", request.Method, request.Path, version,
							request.Deviations)
					}
				}
			})
		}
	}
}

// Each row applies to a version at least, and gives a reason for each that it does not apply to.
func TestEveryVersionHasReasons(t *testing.T) {
	t.Parallel()
	applied := 0
	for _, row := range everyVersion {
		if len(row.not) >= len(api.Versions()) {
			t.Errorf("%s applies to no version", row.name)
		}
		for version, reason := range row.not {
			if !slices.Contains(api.Versions(), version) || !strings.Contains(reason, "(spec/FACTS.md#") {
				t.Errorf("%s: %v: %q", row.name, version, reason)
			}
		}
		applied += len(api.Versions()) - len(row.not)
	}
	t.Logf("%d rows, %d of %d cells apply", len(everyVersion), applied, len(everyVersion)*len(api.Versions()))
}
