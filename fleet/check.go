package fleet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/vbo365/vbo365-go/api"
)

// Checker checks items against their servers. It changes nothing there: it starts one restore session for each
// organization and point in time, reads, and [Checker.Close] stops them. It is safe for concurrent use.
type Checker struct {
	// Count counts the documents and bytes of each item, with lists of all of them. Otherwise only the size of single
	// documents is known.
	Count bool

	servers *Servers
	now     time.Time
	mu      sync.Mutex
	views   map[view]*listing
}

// A view is what the items of a restore session share.
type view struct {
	server, organization, restorePoint string
	at                                 time.Time
}

// A listing has the OneDrives of a view, by all that names them.
type listing struct {
	once    sync.Once
	err     error
	session api.RestoreSession
	point   api.RestorePoint
	at      time.Time
	drives  []drive
	index   map[string][]int32 // of drives, by key
}

// A drive is what is kept of a OneDrive: its links are larger than all of this.
type drive struct{ id, name, url string }

// NewChecker returns a Checker. Items without a time get the time now.
func NewChecker(servers *Servers, now time.Time) *Checker {
	return &Checker{servers: servers, now: now.UTC().Truncate(time.Second), views: map[view]*listing{}}
}

// Close stops the sessions.
func (c *Checker) Close(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var failed []error
	for view, listing := range c.views {
		if listing.session.ID() == "" {
			continue
		}
		if err := listing.session.Stop(context.WithoutCancel(ctx)); err != nil {
			failed = append(failed, fmt.Errorf("server %s: restore session %s is left: %w",
				view.server, listing.session.ID(), err))
		}
	}
	clear(c.views)
	return errors.Join(failed...)
}

// keys are the names by which people may know a OneDrive, as the index of a listing has them.
func keys(d drive) []string {
	keys := []string{"name " + strings.ToLower(d.name)}
	if own := strings.ToLower(strings.TrimRight(d.url, "/")); own != "" {
		keys = append(keys, "url "+own)
		if address, err := url.Parse(own); err == nil {
			keys = append(keys, "account "+path.Base(address.Path))
		}
	}
	return keys
}

// key is the key under which to look for an owner.
func key(owner string) string {
	owner = strings.ToLower(owner)
	switch {
	case strings.Contains(owner, "://"):
		return "url " + strings.TrimRight(owner, "/")
	case strings.Contains(owner, "@"):
		return "account " + strings.Map(func(r rune) rune { // as Microsoft 365 does
			if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r > 0x7f {
				return r
			}
			return '_'
		}, owner)
	}
	return "name " + owner
}

func (l *listing) find(owner string) (drive, error) {
	found := l.index[key(owner)]
	switch len(found) {
	case 0:
		return drive{}, fmt.Errorf("no OneDrive of %q in the backup: %w", owner, api.ErrNotFound)
	case 1:
		return l.drives[found[0]], nil
	}
	urls := make([]string, 0, len(found))
	for _, i := range found {
		urls = append(urls, l.drives[i].url)
	}
	return drive{}, fmt.Errorf("%d OneDrives of %q, write the URL of one: %s: %w",
		len(found), owner, strings.Join(urls, " "), api.ErrAmbiguous)
}

// organization finds an organization by name, or that of the account.
func (s *server) organization(ctx context.Context, name string) (api.Organization, error) {
	if name == "" {
		return s.OwnOrganization(), nil
	}
	return s.FindOrganization(ctx, name)
}

// list returns the listing of the view of an item. The first call for a view starts its session.
func (c *Checker) list(ctx context.Context, item Item) (*listing, error) {
	if item.At.IsZero() && item.RestorePoint == "" {
		item.At = c.now
	}
	view := view{item.Server, item.Organization, item.RestorePoint, item.At}
	c.mu.Lock()
	l := c.views[view]
	if l == nil {
		l = &listing{}
		c.views[view] = l
	}
	c.mu.Unlock()
	l.once.Do(func() { l.err = l.read(ctx, c.servers, view) })
	return l, l.err
}

func (l *listing) read(ctx context.Context, servers *Servers, view view) error {
	server, err := servers.server(view.server)
	if err != nil {
		return &fieldError{"server", err.Error()}
	}
	organization, err := server.organization(ctx, view.organization)
	if err != nil {
		return &fieldError{"organization", err.Error()}
	}
	if l.at = view.at; view.restorePoint != "" {
		if l.point, err = findRestorePoint(ctx, organization, view.restorePoint); err != nil {
			return &fieldError{"at", err.Error()}
		}
		l.at = l.point.BackupTime.UTC()
	}
	l.session, err = organization.StartRestoreSession(ctx, api.ExploreOptions{At: l.at, RestorePoint: l.point})
	if err != nil {
		return &fieldError{"at", err.Error()}
	}
	l.index = map[string][]int32{}
	for listed, err := range l.session.OneDrives(ctx) {
		if err != nil {
			return &fieldError{"organization", err.Error()}
		}
		d := drive{listed.ID(), listed.Properties.Name, listed.Properties.URL}
		for _, key := range keys(d) {
			l.index[key] = append(l.index[key], int32(len(l.drives))) //nolint:gosec // fewer than 2³¹
		}
		l.drives = append(l.drives, d)
	}
	return nil
}

func findRestorePoint(ctx context.Context, organization api.Organization, id string) (api.RestorePoint, error) {
	for point, err := range organization.RestorePoints(ctx, api.RestorePointOptions{}) {
		if err != nil {
			return point, err
		}
		if point.ID != id {
			continue
		}
		if point.IsLongTermCopy && !point.IsRetrieved {
			return point, fmt.Errorf("restore point %s is in an archive: retrieve it first", id)
		}
		return point, nil
	}
	return api.RestorePoint{}, fmt.Errorf("no restore point %s: %w", id, api.ErrNotFound)
}

// Check finds what the item names on its server, and returns the item with the ids. It restores nothing and saves
// nothing. The error says which column of the list is wrong.
func (c *Checker) Check(ctx context.Context, item Item) (Item, error) {
	l, err := c.list(ctx, item)
	if err != nil {
		return item, err
	}
	item.At, item.Repository = l.at, l.point.RepositoryID
	named, err := l.find(item.Owner)
	if err != nil {
		return item, &fieldError{"owner", err.Error()}
	}
	item.DriveID, item.DriveName = named.id, named.name
	drive := l.session.OneDrive(named.id)
	found := api.Item{}
	if item.cleanPath() == "" {
		item.Path = ""
		if _, err := drive.FoldersPage(ctx, api.PageOptions{Limit: 1}); err != nil {
			return item, unreadable("owner", err)
		}
	} else if found, err = drive.ItemByPath(ctx, item.Path); err != nil {
		return item, unreadable("path", err)
	}
	if found.Folder != nil {
		item.FolderID = found.Folder.ID()
	}
	switch {
	case found.Document != nil:
		item.DocumentID = found.Document.ID()
		item.Documents, item.Bytes = 1, found.Document.Size()
	case c.Count:
		if item.Documents, item.Bytes, err = count(ctx, drive, found.Folder); err != nil {
			return item, unreadable("path", err)
		}
	}
	if item.Action == Copy {
		target, err := l.find(item.Target)
		switch {
		case err == nil:
			item.TargetURL = target.url
		case strings.Contains(item.Target, "://") && errors.Is(err, api.ErrNotFound):
			item.TargetURL = item.Target // one that is not backed up
		default:
			return item, &fieldError{"target", err.Error()}
		}
	}
	if item.Action == Restore || item.Action == Copy {
		server, err := c.servers.server(item.Server)
		if err == nil {
			err = server.canWrite(item.Server)
		}
		if err != nil {
			return item, &fieldError{"action", err.Error()}
		}
	}
	return item, item.check()
}

// unreadable explains the error of an item that is listed and cannot be read.
func unreadable(field string, err error) error {
	text := err.Error()
	if errors.Is(err, api.ErrServer) {
		text = "the server cannot read it; if its backup is in an archive, retrieve it first: " + text
	}
	return &fieldError{field, text}
}

func count(ctx context.Context, drive api.OneDrive, folder *api.Folder) (documents, bytes int64, err error) {
	add := func(document *api.Document, err error) bool {
		if document != nil && err == nil {
			documents++
			bytes += document.Size()
		}
		return err == nil
	}
	if folder == nil {
		for document, failed := range drive.AllDocuments(ctx) {
			if err = failed; !add(&document, err) {
				break
			}
		}
		return documents, bytes, err
	}
	for item, failed := range folder.Search(ctx, api.Query{Documents: true}) {
		if err = failed; !add(item.Document, err) {
			break
		}
	}
	return documents, bytes, err
}

// Owners returns an item for each OneDrive of an organization at a time, with the action and target of a pattern.
func (c *Checker) Owners(ctx context.Context, pattern Item) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		l, err := c.list(ctx, pattern)
		if err != nil {
			yield(pattern, err)
			return
		}
		for _, drive := range l.drives {
			item := pattern
			item.Owner = cmp.Or(drive.url, drive.name)
			if !yield(item, nil) {
				return
			}
		}
	}
}

// Place is where to look for owners: a server, and an organization of it.
type Place struct{ Server, Organization string }

// Locate returns the item with the place, of several, that has its OneDrive. An owner in none, or in more than one, is
// an error.
func (c *Checker) Locate(ctx context.Context, item Item, places []Place) (Item, error) {
	var found []Place
	for _, place := range places {
		item.Server, item.Organization = place.Server, place.Organization
		l, err := c.list(ctx, item)
		if err != nil {
			return item, err
		}
		switch _, err := l.find(item.Owner); {
		case err == nil:
			found = append(found, place)
		case errors.Is(err, api.ErrAmbiguous):
			return item, &fieldError{"owner", err.Error()}
		}
	}
	switch len(found) {
	case 0:
		return item, wrong("owner", "no OneDrive of %q on the %d servers and organizations", item.Owner, len(places))
	case 1:
		item.Server, item.Organization = found[0].Server, found[0].Organization
		return item, nil
	}
	return item, wrong("owner", "the OneDrive of %q is in %d places: %v", item.Owner, len(found), found)
}

// Organizations lists the organizations of a server.
func (c *Checker) Organizations(ctx context.Context, name string) (names []string, err error) {
	server, err := c.servers.server(name)
	if err != nil {
		return nil, err
	}
	for organization, err := range server.Organizations(ctx) {
		if err != nil {
			return nil, fmt.Errorf("server %s: %w", name, err)
		}
		names = append(names, organization.Properties.Name)
	}
	return names, nil
}

// parallelChecks is how many items are checked at once.
const parallelChecks = 16

// All checks items from a list in parallel, and yields them in their order. Each error of an item is an [InputError].
// Items of one place that the names of the list do not show to be the same are found here.
func (c *Checker) All(ctx context.Context, file string, items iter.Seq2[Item, error]) iter.Seq2[Item, error] {
	type result struct {
		item Item
		err  error
	}
	return func(yield func(Item, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		queue := make(chan chan result, parallelChecks)
		var running sync.WaitGroup
		running.Go(func() {
			defer close(queue)
			for item, err := range items {
				checked := make(chan result, 1)
				select {
				case queue <- checked:
				case <-ctx.Done():
					return
				}
				if err != nil {
					checked <- result{item, err}
					continue
				}
				running.Go(func() {
					item, err := c.Check(ctx, item)
					checked <- result{item, err}
				})
			}
		})
		defer running.Wait()
		defer cancel()
		seen := duplicates{}
		for checked := range queue {
			r := <-checked
			var wrong *fieldError
			at := func(int, string) *InputError { return &InputError{File: file, Line: r.item.Line} }
			if errors.As(r.err, &wrong) {
				r.err = &InputError{File: file, Line: r.item.Line, Field: wrong.field, Text: wrong.text}
			} else if r.err == nil {
				if twice := seen.add(r.item, func(i int, text string) *InputError {
					e := at(i, text)
					e.Text = text
					return e
				}); twice != nil {
					r.err = twice
				}
			}
			if !yield(r.item, r.err) {
				return
			}
		}
	}
}
