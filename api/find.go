package api

import (
	"context"
	"iter"
	"net/http"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/vbo365/vbo365-go/gen"
)

// Query selects folders and documents. An item matches if it has all that the query names. The zero Query matches all.
type Query struct {
	// Name is the whole name of an item, with * for any characters, and ? for one. Letter case does not count.
	Name string
	// ModifiedSince and ModifiedBefore limit the time of the last change.
	ModifiedSince, ModifiedBefore time.Time
	// Raw is a query in the language of the server, which is sent as it is. v2 and v3 do not support it.
	Raw string
	// Documents leaves out folders.
	Documents bool
}

// Search lists the items of all OneDrives that match, at all levels. From v6 on, the server searches; for v4 and v5,
// [OneDrive.Search] does for one OneDrive after the other, and for v2 and v3, Search lists everything, and compares the
// items itself. A name that the query could not contain is an error that matches [ErrInvalid].
func (s RestoreSession) Search(ctx context.Context, query Query) iter.Seq2[Item, error] {
	return (&searching{session: s, wrong: s.check(), query: query}).items(ctx)
}

// Search lists the items of the OneDrive that match, as [RestoreSession.Search] does.
func (d OneDrive) Search(ctx context.Context, query Query) iter.Seq2[Item, error] {
	return (&searching{session: d.session, drive: d, wrong: d.check(), query: query}).items(ctx)
}

// Search lists the items in the folder that match, as [RestoreSession.Search] does.
func (f Folder) Search(ctx context.Context, query Query) iter.Seq2[Item, error] {
	s := searching{session: f.drive.session, drive: f.drive, folder: f, wrong: f.check(), query: query}
	return s.items(ctx)
}

// A searching is a query in all OneDrives of a session, in one, or in a folder.
type searching struct {
	session RestoreSession
	drive   OneDrive // without an id if all are searched
	folder  Folder   // without an id if it is not a folder
	wrong   error    // of the ids
	query   Query
	name    *regexp.Regexp // nil if all names match
}

func (s *searching) items(ctx context.Context) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		err := s.prepare()
		var w wire
		if err == nil {
			w, err = s.session.client.wire(ctx)
		}
		kinds := w.searchKinds(s.query.Documents)
		if err == nil && kinds == nil && s.query.Raw != "" {
			err = invalid("a raw query is not supported by API %v", w.version)
		}
		if err != nil {
			yield(Item{}, failed("search", err))
			return
		}
		see := func(item Item, err error) bool { // reports whether to continue
			return (err == nil && !s.matches(item) || yield(item, failed("search", err))) && err == nil
		}
		found := func(item Item) bool { return see(item, nil) }
		switch {
		case s.drive.id == "" && !w.searchesSessions():
			forEach(s.session.OneDrives(ctx), see, func(drive OneDrive) bool {
				return forEach(drive.Search(ctx, s.query), see, found)
			})
		case kinds != nil:
			for _, kind := range kinds {
				if !forEach(s.list(kind).all(ctx), see, found) {
					return
				}
			}
		case s.folder.id != "":
			walk(ctx, s.folder, see)
		default:
			forEach(items(s.drive.AllFolders(ctx), s.drive.AllDocuments(ctx)), see, found)
		}
	}
}

// walk calls see with each item in a folder, at all levels, and reports whether to continue.
func walk(ctx context.Context, folder Folder, see func(Item, error) bool) bool {
	return forEach(folder.Children(ctx), see, func(item Item) bool {
		return see(item, nil) && (item.Folder == nil || walk(ctx, *item.Folder, see))
	})
}

// prepare reads the query.
func (s *searching) prepare() error {
	if strings.ContainsAny(s.query.Name, "\"/\\\n") {
		return invalid("the name %q has a character that no item has in its name", s.query.Name)
	}
	if s.query.Name != "" {
		wild := strings.NewReplacer(`\*`, `.*`, `\?`, `.`)
		s.name = regexp.MustCompile(`(?is)^` + wild.Replace(regexp.QuoteMeta(s.query.Name)) + `$`)
	}
	return s.wrong
}

// text returns the query in the language of the server (spec/FACTS.md#14). Times are compared here, because the forms of
// times in queries are not documented.
func (q Query) text() string {
	name := `filename:"` + q.Name + `"`
	switch {
	case q.Name == "" && q.Raw == "":
		return "filename:*"
	case q.Name == "":
		return q.Raw
	}
	return strings.TrimSpace(name + " " + q.Raw)
}

// matches compares an item with all of the query but Raw.
func (s *searching) matches(item Item) bool {
	var modified time.Time
	if item.Folder != nil {
		modified = item.Folder.Properties.ModificationTime.Time
	} else {
		modified = item.Document.Properties.ModificationTime.Time
	}
	q := s.query
	return (item.Folder == nil || !q.Documents) && (s.name == nil || s.name.MatchString(item.Name())) &&
		!modified.Before(q.ModifiedSince) && (q.ModifiedBefore.IsZero() || modified.Before(q.ModifiedBefore))
}

// list returns the results of the server for a kind of items. They have the properties of documents.
func (s *searching) list(kind gen.SearchItemType) list[DocumentProperties, Item] {
	return list[DocumentProperties, Item]{
		op:      "search",
		session: s.session,
		request: func(ctx context.Context, w wire, page PageOptions) (*http.Response, error) {
			return s.request(ctx, w, gen.SearchOneDrivesParams{
				ItemType: &kind, Limit: given(page.Limit), Offset: given(page.Offset), SetID: given(page.setID),
			})
		},
		id:   func(p DocumentProperties) string { return p.ID },
		item: func(p DocumentProperties) Item { return s.item(kind, p) },
	}
}

// request requests a page of results (spec/FACTS.md#14).
func (s *searching) request(
	ctx context.Context, w wire, params gen.SearchOneDrivesParams,
) (*http.Response, error) {
	session, drive, options := s.session.id, s.drive.id, gen.SearchOptions{Query: s.query.text()}
	switch {
	case drive == "":
		return w.searchOneDrives(ctx, session, params, options)
	case s.folder.id == "":
		return w.searchOneDrive(ctx, session, drive, gen.SearchOneDriveParams(params), options)
	}
	query := gen.SearchOneDriveFolderParams(params)
	return w.searchFolder(ctx, session, drive, s.folder.id, query, options)
}

// item returns a result. Before v6, only its link or its size tells whether it is a document. Before v8, only a link
// tells its OneDrive.
func (s *searching) item(kind gen.SearchItemType, p DocumentProperties) Item {
	drive := s.drive
	if drive.id == "" {
		drive = s.session.OneDrive(p.OneDriveID)
		if p.OneDriveID == "" {
			drive = s.session.OneDrive(path.Base(p.Links["onedrive"].Href))
		}
	}
	self := strings.ToLower(path.Base(path.Dir(p.Links["self"].Href)))
	if kind == "" && (self == "folders" || self != "documents" && p.Size+p.SizeBytes == 0) {
		kind = gen.SearchItemTypeFolders
	}
	if kind == gen.SearchItemTypeFolders {
		folder := drive.Folder(p.ID)
		folder.Properties = FolderProperties{
			Links: p.Links, CreatedBy: p.CreatedBy, CreationTime: p.CreationTime, ID: p.ID, IsFolder: true,
			ModificationTime: p.ModificationTime, ModifiedBy: p.ModifiedBy, Name: p.Name, OneDriveID: p.OneDriveID,
			Version: p.Version, VersionID: p.VersionID,
		}
		return Item{Folder: &folder}
	}
	document := drive.Document(p.ID)
	document.Properties = p
	document.size = document.Size()
	return Item{Document: &document}
}
