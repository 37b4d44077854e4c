package main

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing/fstest"
	"time"

	"github.com/vbo365/vbo365-go/api"
	"github.com/vbo365/vbo365-go/api/apitest"
)

// drives is how many OneDrives are saved and restored. Each has a neighbour to copy to: the next one.
const drives = 4

// backups is how many restore points there are.
const backups = 2

// savedSuffix is at the end of the names of all files that are saved.
const savedSuffix = ".saved"

// The client lets a server work for firstByte before it answers, and nothing else may take longer than stall.
const (
	stall     = 2 * time.Second
	firstByte = 5 * time.Second
)

// faultsByChance are what the operations meet. The seed makes it depend on the run; each strikes one request in a few
// dozen.
var faultsByChance = []string{
	// Work that takes longer than stall, and less long than firstByte.
	"latency:3s@restoreToOriginalLocation/after~0.03", "latency:3s@copyTo/after~0.03", "latency:3s@sendTo/after~0.03",
	"latency:3s@save~0.01",
	// Archives, and JSON, that only those who look into them can see to be cut.
	"short-length:20000@save~0.01", "short-chunked:20000@save~0.01", "206:20000@save~0.01", "gzip@save~0.01",
	"wrong-answer:empty@save~0.01", "wrong-answer:page@save~0.01",
	"short-length:300@listOneDriveDocuments~0.01", "206:300@listOneDriveDocuments~0.01", "gzip@listOneDriveDocuments~0.01",
	"short-length:300@search~0.02", "206:300@search~0.02", "wrong-answer:object@search~0.02",
	"cut-length:100@listRestorePoints~0.02", "206:100@listRestorePoints~0.02",
	// Answers that are not the one due. What they are about was carried out, or was not.
	"wrong-answer:message@restoreToOriginalLocation~0.01", "wrong-answer:object@restoreToOriginalLocation/after~0.01",
	"wrong-answer:session@restoreToOriginalLocation~0.01", "wrong-answer:object@copyTo~0.01", "wrong-answer:message@copyTo/after~0.01",
	"wrong-answer:login@sendTo~0.01", "wrong-answer:message@sendTo/after~0.01",
	"wrong-answer:message@explore~0.01", "wrong-answer:object@explore/after~0.01", "wrong-answer:message@stop~0.01",
	// Connections that are not made, or end.
	"tls~0.01", "tls:reset~0.01", "tls:hang~0.01", "reset~0.02", "reset/after~0.02",
	"latency:50ms~0.03", "latency:50ms/after~0.02", "trickle:20us@listOneDriveDocuments~0.02",
	"stall:100@save~0.003", "stall:100@listOneDriveDocuments~0.003", "stall:0@explore~0.003",
	"cut-length:100~0.02", "cut-chunked:5000@save~0.02", "cut-close:5000@save~0.02", "cut-length:20000@save~0.02",
	"401@runOneDriveFolderAction~0.02", "401@restoreOneDriveFolder~0.02", "401@listOneDriveDocuments~0.02",
	"408~0.01", "429:1~0.01", "503:1s~0.01", "503/after~0.01",
	"502~0.01", "502/after~0.01", "504/after~0.01", "500~0.005", "500:html~0.005", "500:empty~0.005",
	"wrong-type/after~0.01", "garbage/after~0.01", "redirect~0.01", "longer~0.01", "duplicate~0.01",
}

// A change is a restore, copy or message that was asked for. Each has a restore session of its own, whose events tell
// how often it happened: one for each item that is restored on its own.
type change struct {
	what    string
	session string
	items   int
	done    bool // as the client reported; otherwise it failed or its outcome is unknown
	unknown bool
}

// A soak is one run.
type soak struct {
	seed    uint64
	server  *apitest.Server
	mailbox *apitest.Mailbox
	clients []*api.Client // one for each version of the API, and one that finds the newest; they meet the faults
	newer   []*api.Client // those of v6 and later
	backups []fstest.MapFS
	dir     string
	before  int // goroutines

	operations, done, failed, unknown   atomic.Int64
	corrupt, lost, duplicated, leftover atomic.Int64
	startsUnknown                       atomic.Int64 // of sessions, where the client says that it does not know

	mu       sync.Mutex
	changes  []change
	started  map[string]bool // sessions that the client was told of, and whether it was told that they have stopped
	told     []string        // errors of what starts sessions, which name those that may be left
	problems []string
}

func newSoak(seed uint64) (_ *soak, err error) {
	s := &soak{seed: seed, started: map[string]bool{}, before: runtime.NumGoroutine()}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if s.dir, err = os.MkdirTemp("", "vbo365-soak-"); err != nil {
		return nil, err
	}
	if s.mailbox, err = apitest.StartMailbox(filepath.Join(s.dir, "mail")); err != nil {
		return nil, err
	}
	chance := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // chance is to be repeatable here
	organization := apitest.Organization{Name: "example"}
	now := time.Now()
	for i := range drives {
		backup := makeBackup(chance)
		s.backups = append(s.backups, backup)
		organization.OneDrives = append(organization.OneDrives, apitest.OneDrive{
			Owner: fmt.Sprintf("user%d@example.com", i),
			Backup: []apitest.RestorePoint{
				{Time: now.Add(-2 * time.Hour), FS: earlier(backup)}, {Time: now.Add(-time.Hour), FS: backup},
			},
		})
	}
	if s.server, err = apitest.Start(apitest.Config{
		Organizations: []apitest.Organization{organization}, SMTP: s.mailbox.Addr, SessionIdleTimeout: -1,
	}); err != nil {
		return nil, err
	}
	opts := []api.Option{
		api.WithAttempts(3), api.WithTimeouts(api.Timeouts{TLSHandshake: stall, Stall: stall, FirstByte: firstByte}),
	}
	for _, version := range append([]api.Version{0}, api.Versions()...) {
		all := opts
		if version != 0 {
			all = append(slices.Clone(opts), api.WithAPIVersion(version))
		}
		client, err := s.newClient(all...)
		if err != nil {
			return s, err
		}
		s.clients = append(s.clients, client)
		if version == 0 || version >= api.V6 {
			s.newer = append(s.newer, client)
		}
	}
	return s, nil
}

func (s *soak) newClient(opts ...api.Option) (*api.Client, error) {
	return api.NewClient(s.server.URL, append(opts,
		api.WithPassword(s.server.Username,
			s.server.Password), api.WithCertificateFingerprint(s.server.Fingerprint))...)
}

// makeBackup makes up a few folders with a few documents, of up to 64 KiB.
func makeBackup(chance *rand.Rand) fstest.MapFS {
	backup := fstest.MapFS{}
	for i := range 6 + chance.IntN(6) {
		content := make([]byte, chance.IntN(64<<10))
		for at := range content {
			content[at] = byte(chance.Uint32() & 0xff)
		}
		name := fmt.Sprintf("folder %d/document %d.bin", i%3, i)
		backup[name] = &fstest.MapFile{Data: content, ModTime: time.Unix(1767312000, 0)}
	}
	return backup
}

// earlier makes up the previous versions of the documents of a backup.
func earlier(backup fstest.MapFS) fstest.MapFS {
	before := fstest.MapFS{}
	for name, file := range backup {
		before[name] = &fstest.MapFile{Data: []byte(name), ModTime: file.ModTime.Add(-time.Hour)}
	}
	return before
}

// work runs operations until the time is over. Those that are under way then are finished.
func (s *soak) work(ctx context.Context, workers int, duration time.Duration) error {
	for i, text := range faultsByChance {
		fault, err := apitest.ParseFault(text)
		if err != nil {
			return err
		}
		fault.Seed = s.seed + uint64(i)
		if err := s.server.Inject(fault); err != nil {
			return err
		}
	}
	over := make(chan struct{})
	timer := time.AfterFunc(duration, func() { close(over) })
	defer timer.Stop()
	var group sync.WaitGroup
	for worker := range workers {
		group.Go(func() {
			chance := rand.New(rand.NewPCG(s.seed, uint64(worker)+2)) //nolint:gosec // as above
			for n := 0; ; n++ {
				select {
				case <-over:
					return
				case <-ctx.Done():
					return
				default:
				}
				s.operate(context.WithoutCancel(ctx), chance, fmt.Sprintf("%d-%d", worker, n))
			}
		})
	}
	group.Wait()
	return nil
}

// firstChange is the number of the first kind of operation that restores, copies or sends.
const firstChange = 11

// operate runs one operation, which is known by its name.
func (s *soak) operate(ctx context.Context, chance *rand.Rand, name string) {
	i := chance.IntN(drives)
	drive, target := s.server.Drives()[i], s.server.Drives()[(i+1)%drives]
	session, err := s.server.StartRestoreSession("", time.Time{})
	if err != nil {
		s.problem(&s.lost, "%s: %v", name, err)
		return
	}
	client := s.clients[chance.IntN(len(s.clients))]
	kind := chance.IntN(firstChange + 8)
	if kind == firstChange-1 || kind == firstChange {
		client = s.newer[chance.IntN(len(s.newer))]
	}
	viewed := client.RestoreSession(session.ID).OneDrive(drive.ID)
	folder := viewed.Folder(drive.RootFolderID)
	backup := s.backups[i]
	if kind < firstChange {
		// The sessions of changes are looked at in the end, and the simulator forgets old ones that were stopped.
		defer func() { _ = s.server.StopRestoreSession(session.ID) }() // it is known
	}
	switch kind {
	case 0, 1:
		err = s.save(ctx, folder, backup, name)
	case 2:
		err = s.save(ctx, viewed, backup, name)
	case 3:
		err = s.stream(ctx, folder, backup)
	case 4:
		err = s.saveDocument(ctx, viewed, backup, name)
	case 5:
		err = s.startAndStop(ctx, client)
	case 6:
		err = s.explore(ctx, client, time.Duration(chance.IntN(20_000))*time.Microsecond)
	case 7:
		err = s.list(ctx, viewed, backup)
	case 8:
		err = s.search(ctx, viewed, backup)
	case 9:
		err = client.SetEmailSettings(ctx, api.EmailSettingsChange{From: "soak@example.com"})
	case firstChange - 1:
		err = s.listPoints(ctx, viewed.RestoreSession())
	case firstChange:
		err = s.restoreDocument(ctx, viewed, name, func(d api.Document) restorable { return d.Version(1) })
	case firstChange + 1:
		err = s.restoreDocument(ctx, viewed, name, func(d api.Document) restorable { return d })
	case firstChange + 2:
		err = s.restoreDocuments(ctx, viewed, name)
	case firstChange + 3:
		err = s.restore(ctx, viewed.RestoreSession(), folder, name, len(backup))
	case firstChange + 4:
		err = s.restore(ctx, viewed.RestoreSession(), viewed, name, len(backup))
	case firstChange + 5:
		err = s.restoreDrives(ctx, viewed.RestoreSession(), name, drive.ID, target.ID)
	case firstChange + 6:
		var result api.RestoreResult
		result, err = folder.CopyTo(ctx, api.CopyTo{
			UserName: target.Owner, UserPassword: "secret", Folder: "copies",
			DocumentLastVersionAction: api.DocumentLastVersionActionOverwrite, OneDrive: &api.OneDriveProperties{
				ID: target.ID,
			},
		})
		s.changed("copy "+name, session.ID, 1, err)
		s.counted("copy "+name, result, len(backup), err)
	default:
		err = folder.SendTo(ctx, api.SendTo{From: "soak@example.com", To: target.Owner, Subject: name, Text: name})
		s.changed("send "+name, session.ID, 1, err)
	}
	s.operations.Add(1)
	switch {
	case err == nil:
		s.done.Add(1)
	case errors.Is(err, api.ErrOutcomeUnknown):
		s.unknown.Add(1)
	default:
		s.failed.Add(1)
	}
}

func (s *soak) problem(counter *atomic.Int64, format string, args ...any) {
	counter.Add(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.problems = append(s.problems, fmt.Sprintf(format, args...))
}

func (s *soak) changed(what, session string, items int, err error) {
	if errors.Is(err, api.ErrOutcomeUnknown) && errors.Is(err, api.ErrTimeout) && s.answeredLate(session) {
		s.problem(&s.lost, "%s was given up before its answer came, which was not too late: %v", what, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changes = append(s.changes, change{what, session, items, err == nil, errors.Is(err, api.ErrOutcomeUnknown)})
}

// answeredLate tells whether nothing is wrong with the answer to the change of a session but that it came late. From v8
// on, the server answers before the work is done, so that something can go wrong afterwards.
func (s *soak) answeredLate(session string) bool {
	for _, request := range slices.Backward(s.server.Requests()) {
		if request.Action != "" && strings.Contains(request.Path, session) {
			name, _, _ := strings.Cut(strings.TrimPrefix(request.Path, "/"), "/")
			version, err := api.ParseVersion(name)
			return request.Fault == apitest.FaultLatency && err == nil && version < api.V8
		}
	}
	return false
}

// counted checks the numbers of a restore or copy that was reported done.
func (s *soak) counted(what string, result api.RestoreResult, documents int, err error) {
	if err == nil && result.TotalItemsCount != int64(documents) {
		s.problem(&s.lost, "%s was reported done with %d of %d documents", what, result.TotalItemsCount, documents)
	}
}

type restorable interface {
	RestoreToOriginalLocation(context.Context, api.RestoreToOriginalLocation) (api.RestoreResult, error)
}

// restore restores an item with so many documents.
func (s *soak) restore(
	ctx context.Context, session api.RestoreSession, item restorable, name string, documents int,
) error {
	result, err := item.RestoreToOriginalLocation(ctx, api.RestoreToOriginalLocation{
		UserName: "admin@example.com", UserPassword: "secret", DocumentAction: api.DocumentActionOverwrite,
	})
	// A set in v2 is a request for each of its documents.
	s.changed("restore "+name, session.ID(), max(1, result.Requests), err)
	s.counted("restore "+name, result, documents, err)
	return err
}

// restoreDocument restores a document, or what item makes of it.
func (s *soak) restoreDocument(
	ctx context.Context, drive api.OneDrive, name string, item func(api.Document) restorable,
) error {
	page, err := drive.AllDocumentsPage(ctx, api.PageOptions{Limit: 1})
	if err != nil {
		return err
	}
	return s.restore(ctx, drive.RestoreSession(), item(page.Items[0]), name, 1)
}

// restoreDocuments restores three documents as a set.
func (s *soak) restoreDocuments(ctx context.Context, drive api.OneDrive, name string) error {
	page, err := drive.AllDocumentsPage(ctx, api.PageOptions{Limit: 3})
	if err != nil {
		return err
	}
	var ids []string
	for _, document := range page.Items {
		ids = append(ids, document.ID())
	}
	return s.restore(ctx, drive.RestoreSession(), drive.DocumentSet(ids...), name, len(ids))
}

// restoreDrives restores several OneDrives with one request.
func (s *soak) restoreDrives(ctx context.Context, session api.RestoreSession, name string, ids ...string) error {
	var drives []api.OneDrive
	for _, id := range ids {
		drives = append(drives, session.OneDrive(id))
	}
	result, err := session.RestoreOneDrives(ctx, drives, api.RestoreOneDrives{
		OfficeUsername: "admin@example.com", OfficePassword: "secret", DocumentAction: api.DocumentActionOverwrite,
	})
	s.changed("restore "+name, session.ID(), len(ids), err)
	if err == nil && len(result.OneDrives) != len(ids) {
		s.problem(&s.lost, "restore %s was reported done with %d of %d OneDrives", name, len(result.OneDrives), len(ids))
	}
	return err
}

// search searches for all documents, and for one.
func (s *soak) search(ctx context.Context, drive api.OneDrive, backup fstest.MapFS) error {
	for name, want := range map[string]int{"*.BIN": len(backup), "document 4.bin": 1} {
		found := map[string]bool{}
		for item, err := range drive.Search(ctx, api.Query{Name: name, Documents: true}) {
			if err != nil {
				return err
			}
			found[item.Document.ID()] = true
		}
		if len(found) != want {
			s.problem(&s.corrupt, "the search for %s has %d of %d documents", name, len(found), want)
		}
	}
	return nil
}

// listPoints lists the restore points. All OneDrives have been backed up twice.
func (s *soak) listPoints(ctx context.Context, session api.RestoreSession) error {
	organization, err := session.Organization(ctx)
	if err != nil {
		return err
	}
	points := 0
	for _, err := range organization.RestorePoints(ctx, api.RestorePointOptions{}) {
		if err != nil {
			return err
		}
		points++
	}
	if points != backups {
		s.problem(&s.corrupt, "the list has %d of %d restore points", points, backups)
	}
	return nil
}

// list lists all documents, which must be as many as the backup has.
func (s *soak) list(ctx context.Context, drive api.OneDrive, backup fstest.MapFS) error {
	documents := 0
	for _, err := range drive.AllDocuments(ctx) {
		if err != nil {
			return err
		}
		documents++
	}
	if documents != len(backup) {
		s.problem(&s.corrupt, "the list has %d of %d documents", documents, len(backup))
	}
	return nil
}

// save saves to a file, which must be the backup if that succeeds, and not there if it fails.
func (s *soak) save(ctx context.Context, item savable, backup fstest.MapFS, name string) error {
	return s.saveFile(ctx, item, name, func(archive []byte) error { return compare(archive, backup) })
}

// saveDocument saves the first document to a file, as it is.
func (s *soak) saveDocument(ctx context.Context, drive api.OneDrive, backup fstest.MapFS, name string) error {
	page, err := drive.AllDocumentsPage(ctx, api.PageOptions{Limit: 1})
	if err != nil {
		return err
	}
	document := page.Items[0]
	return s.saveFile(ctx, document, name, func(content []byte) error {
		for path, file := range backup {
			if strings.HasSuffix(path, "/"+document.Properties.Name) && bytes.Equal(content, file.Data) {
				return nil
			}
		}
		return fmt.Errorf("%s is not what was backed up", document.Properties.Name)
	})
}

type savable interface {
	SaveFile(context.Context, string, ...api.SaveFileOption) (api.SaveReport, error)
}

func (s *soak) saveFile(ctx context.Context, item savable, name string, compare func([]byte) error) error {
	name = filepath.Join(s.dir, name+savedSuffix)
	_, err := item.SaveFile(ctx, name, api.WithVerifyChecksums())
	content, readErr := os.ReadFile(name)
	switch {
	case err == nil && readErr != nil:
		s.problem(&s.lost, "%s was reported complete: %v", name, readErr)
	case err == nil:
		if difference := compare(content); difference != nil {
			s.problem(&s.corrupt, "%s: %v", name, difference)
		}
		return os.Remove(name)
	case !errors.Is(readErr, fs.ErrNotExist):
		s.problem(&s.leftover, "%s was reported failed and is there", name)
	}
	return err
}

func (s *soak) stream(ctx context.Context, folder api.Folder, backup fstest.MapFS) error {
	download, err := folder.Save(ctx)
	if err != nil {
		return err
	}
	archive, err := io.ReadAll(download)
	_ = download.Close() // which is only read
	if err == nil {
		if difference := compare(archive, backup); difference != nil {
			s.problem(&s.corrupt, "stream: %v", difference)
		}
	}
	return err
}

// compare tells how an archive differs from the backup.
func compare(archive []byte, backup fstest.MapFS) error {
	reader, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return err
	}
	documents := 0
	for _, file := range reader.File {
		if strings.HasSuffix(file.Name, "/") {
			continue
		}
		documents++
		content, err := file.Open()
		if err != nil {
			return err
		}
		got, err := io.ReadAll(content)
		if err != nil {
			return err
		}
		if want := backup[file.Name]; want == nil || !bytes.Equal(got, want.Data) {
			return fmt.Errorf("%s is not what was backed up", file.Name)
		}
	}
	if documents != len(backup) {
		return fmt.Errorf("%d of %d documents", documents, len(backup))
	}
	return nil
}

// startAndStop uses a restore session over the wire.
func (s *soak) startAndStop(ctx context.Context, client *api.Client) error {
	session, err := client.OwnOrganization().StartRestoreSession(ctx, api.ExploreOptions{})
	if err != nil {
		s.tell(err)
		return err
	}
	err = session.Stop(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.started[session.ID()] = err == nil
	return err
}

// explore uses a restore session until a moment that may be in the middle of its start, of the work in it, or of its
// end.
func (s *soak) explore(ctx context.Context, client *api.Client, until time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, until)
	defer cancel()
	err := client.OwnOrganization().Explore(ctx, api.ExploreOptions{},
		func(ctx context.Context, session api.RestoreSession) error {
			_, err := session.Get(ctx)
			return err
		})
	if err != nil {
		s.tell(err)
	}
	return err
}

// tell notes what the client says of a restore session that may be left.
func (s *soak) tell(err error) {
	if strings.Contains(err.Error(), "it is unknown whether a restore session was started") {
		s.startsUnknown.Add(1)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.told = append(s.told, err.Error())
}
