package tenant

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/google/uuid"
)

// View is a OneDrive as of a point in time.
type View struct {
	*Drive
	points []*point // those up to then, oldest first; never empty
}

// At gives the OneDrive as of a point in time: as its newest restore point that is not later shows it, optionally
// together with what was deleted before. The zero time means the newest of all. There is none, and ok is false, before
// the first.
func (d *Drive) At(at time.Time, deleted bool) (_ View, ok bool) { return d.at(d, at, deleted) }

// In is At for what a repository has, copies included.
func (d *Drive) In(repository *Repository, at time.Time, deleted bool) (_ View, ok bool) {
	if h := d.stored[repository]; h != nil {
		return h.at(d, at, deleted)
	}
	return View{}, false
}

func (h *history) at(d *Drive, at time.Time, deleted bool) (_ View, ok bool) {
	n := len(h.points)
	for !at.IsZero() && n > 0 && h.points[n-1].time.After(at) {
		n--
	}
	if n == 0 {
		return View{}, false
	}
	points := h.points[:n:n]
	if deleted {
		points = append(points[:n-1:n-1], h.withDeleted[n-1]())
	}
	return View{d, points}, true
}

// Archived tells whether what the view shows has to be retrieved before it can be read.
func (v View) Archived() bool { return v.shows().repository.Archive }

// shows is the restore point that the view shows.
func (v View) shows() *point { return v.points[len(v.points)-1] }

// Root is the folder with everything in it.
func (v View) Root() Folder { return Folder{Item{v, "."}} }

// Folder finds a folder by its id.
func (v View) Folder(id string) (_ Folder, ok bool) {
	parsed, err := uuid.Parse(id)
	if err != nil {
		return Folder{}, false
	}
	found, ok := v.shows().index().find(parsed)
	return Folder{Item{v, found}}, ok
}

// Document finds a document by its id.
func (v View) Document(id string) (_ Document, ok bool, _ error) {
	parsed, err := uuid.Parse(id)
	if err != nil {
		return Document{}, false, nil
	}
	for folder := range v.shows().index().findOfDocument(parsed) {
		in, err := v.shows().list(folder)
		if err != nil {
			return Document{}, false, err
		}
		for _, name := range in.documents {
			if name = path.Join(folder, name); DocumentID(v.ID, name) == parsed {
				return Document{Item{v, name}}, true, nil
			}
		}
	}
	return Document{}, false, nil
}

// FolderList is a list of folders, of which only those that are asked for are looked at.
type FolderList struct {
	Total int64
	At    func(i int64) Folder
}

// Folders lists the folders in a folder, sorted by name. Without a folder, it lists all, each before those in it.
func (v View) Folders(parent *Folder) (FolderList, error) {
	if parent == nil {
		all := v.shows().index().folders[1:] // without the root
		return FolderList{int64(len(all)), func(i int64) Folder { return Folder{Item{v, all[i].path}} }}, nil
	}
	in, err := v.shows().list(parent.path)
	return FolderList{int64(len(in.folders)), func(i int64) Folder {
		return Folder{Item{v, path.Join(parent.path, in.folders[i])}}
	}}, err
}

// DocumentList is a list of documents, of which only those that are asked for are looked at.
type DocumentList struct {
	Total int64
	Some  func(offset int64, limit int) ([]Document, error)
}

// Documents lists the documents in a folder, sorted by name. Without a folder, it lists all, folder by folder. What has
// been removed from the restore point since it was first looked at may be missing from some.
func (v View) Documents(parent *Folder) (DocumentList, error) {
	if parent == nil {
		return DocumentList{v.shows().index().total, func(offset int64, limit int) ([]Document, error) {
			names, err := v.shows().allDocuments(offset, limit)
			return v.documents("", names), err
		}}, nil
	}
	in, err := v.shows().list(parent.path)
	return DocumentList{int64(len(in.documents)), func(offset int64, limit int) ([]Document, error) {
		return v.documents(parent.path, in.documents[offset:][:limit]), nil
	}}, err
}

func (v View) documents(folder string, names []string) []Document {
	documents := make([]Document, len(names))
	for i, name := range names {
		documents[i] = Document{Item{v, path.Join(folder, name)}}
	}
	return documents
}

// Item is a folder or a document of a view.
type Item struct {
	View
	path string // "." for the root
}

// Name is the last element of the path, for the root the name of the OneDrive.
func (i Item) Name() string {
	if i.IsRoot() {
		return strings.ReplaceAll(i.Drive.Name, "/", "_")
	}
	return path.Base(i.path)
}

// IsRoot tells whether the item is the folder with everything in it.
func (i Item) IsRoot() bool { return i.path == "." }

// Path is the path in the OneDrive, with slashes.
func (i Item) Path() string { return i.path }

// Stat describes the item.
func (i Item) Stat() (fs.FileInfo, error) { return fs.Lstat(i.shows().fs, i.path) }

// ParentID is the id of the folder that the item is in; empty at the root, and for it.
func (i Item) ParentID() string {
	if parent := path.Dir(i.path); parent != "." {
		return FolderID(i.Drive.ID, parent).String()
	}
	return ""
}

// Location is the path with the name of the OneDrive before it.
func (i Item) Location() string { return path.Join(i.Drive.Name, i.path) }

// relative is the path of something in the item, relative to it.
func (i Item) relative(name string) string {
	switch {
	case name == i.path:
		return "."
	case i.IsRoot():
		return name
	}
	return strings.TrimPrefix(name, i.path+"/")
}

// Document is a document of a view.
type Document struct{ Item }

// ID hides that of the OneDrive.
func (d Document) ID() string { return DocumentID(d.Drive.ID, d.path).String() }

// Versions gives the document as the restore points have it that the view knows, oldest first, each content once in a
// row. The last one is the document itself.
func (d Document) Versions() (versions []Document, err error) {
	for i, point := range d.points {
		if !point.hasDocument(d.path) {
			continue
		}
		version := Document{Item{View{d.Drive, d.points[:i+1]}, d.path}}
		if n := len(versions); n > 0 {
			same, err := versions[n-1].content().same(version.content())
			if err != nil {
				return nil, fmt.Errorf("compare versions: %w", err)
			}
			if same {
				versions[n-1] = version
				continue
			}
		}
		versions = append(versions, version)
	}
	return versions, nil
}

func (d Document) content() content { return content{d.shows().fs, d.path} }

// Select is about the document.
func (d Document) Select() Selection {
	return Selection{d.View, []Item{d.Item}, true, []string{d.Name()}}
}

// Folder is a folder of a view.
type Folder struct{ Item }

// ID hides that of the OneDrive.
func (f Folder) ID() string { return FolderID(f.Drive.ID, f.path).String() }

// Versions gives the folder as each of the restore points has it that the view knows, oldest first.
func (f Folder) Versions() (versions []Folder) {
	for i, point := range f.points {
		if point.hasFolder(f.path) {
			versions = append(versions, Folder{Item{View{f.Drive, f.points[:i+1]}, f.path}})
		}
	}
	return versions
}

// Selection is what an action is about: the whole OneDrive, folders, or documents.
type Selection struct {
	View
	Items     []Item // never empty
	Documents bool   // the items are documents, not folders
	// tops are the names that the items have at the top of an archive. The content of a folder without a name is at the
	// top itself.
	tops []string
}

// Select is about the content of the folder.
func (f Folder) Select() Selection { return Selection{f.View, []Item{f.Item}, false, []string{""}} }

// SelectFolders finds folders by their ids, all of which must be there.
func (v View) SelectFolders(ids []string) (_ Selection, ok bool, _ error) {
	return v.choose(ids, false, func(id string) (Item, bool, error) {
		folder, ok := v.Folder(id)
		return folder.Item, ok, nil
	})
}

// SelectDocuments finds documents by their ids, all of which must be there.
func (v View) SelectDocuments(ids []string) (_ Selection, ok bool, _ error) {
	return v.choose(ids, true, func(id string) (Item, bool, error) {
		document, ok, err := v.Document(id)
		return document.Item, ok, err
	})
}

// choose finds items. In an archive, those of the same name get names such as "a (2)" and "a (2).txt".
func (v View) choose(
	ids []string, documents bool, find func(id string) (Item, bool, error),
) (_ Selection, ok bool, _ error) {
	chosen := Selection{View: v, Documents: documents}
	seen, tops := map[string]bool{}, map[string]bool{}
	for _, id := range ids {
		found, ok, err := find(id)
		if !ok || err != nil {
			return Selection{}, false, err
		}
		if seen[found.path] {
			continue
		}
		seen[found.path] = true
		top, extension := found.Name(), ""
		if documents {
			extension = path.Ext(top)
		}
		for n := 2; tops[strings.ToLower(top)]; n++ {
			top = fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(found.Name(), extension), n, extension)
		}
		tops[strings.ToLower(top)] = true
		chosen.Items, chosen.tops = append(chosen.Items, found), append(chosen.tops, top)
	}
	return chosen, true, nil
}

// Name is for people: titles and names of attachments.
func (s Selection) Name() string {
	if len(s.Items) == 1 {
		return s.Items[0].Name()
	}
	return s.Root().Name()
}
