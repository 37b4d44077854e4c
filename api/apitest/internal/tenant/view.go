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
func (d *Drive) At(at time.Time, deleted bool) (_ View, ok bool) {
	n := len(d.points)
	for !at.IsZero() && n > 0 && d.points[n-1].time.After(at) {
		n--
	}
	if n == 0 {
		return View{}, false
	}
	points := d.points[:n:n]
	if deleted {
		points = append(points[:n-1:n-1], d.withDeleted[n-1]())
	}
	return View{d, points}, true
}

// shows is the restore point that the view shows.
func (v View) shows() *point { return v.points[len(v.points)-1] }

// Root is the folder with everything in it.
func (v View) Root() Folder { return Folder{v, "."} }

// Folder finds a folder by its id.
func (v View) Folder(id string) (_ Folder, ok bool) {
	parsed, err := uuid.Parse(id)
	if err != nil {
		return Folder{}, false
	}
	found, ok := v.shows().index().find(parsed)
	return Folder{v, found}, ok
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
			if name = path.Join(folder, name); documentID(v.ID, name) == parsed {
				return Document{v, name}, true, nil
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
		return FolderList{int64(len(all)), func(i int64) Folder { return Folder{v, all[i].path} }}, nil
	}
	in, err := v.shows().list(parent.path)
	return FolderList{int64(len(in.folders)), func(i int64) Folder {
		return Folder{v, path.Join(parent.path, in.folders[i])}
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
		documents[i] = Document{v, path.Join(folder, name)}
	}
	return documents
}

// Document is a document of a view.
type Document struct {
	View
	path string
}

// Path is the path in the OneDrive, with slashes.
func (d Document) Path() string { return d.path }

// ID hides that of the OneDrive.
func (d Document) ID() string { return documentID(d.Drive.ID, d.path).String() }

// Name is the last element of the path.
func (d Document) Name() string { return path.Base(d.path) }

// Stat describes the document.
func (d Document) Stat() (fs.FileInfo, error) { return fs.Lstat(d.shows().fs, d.path) }

// ParentID is the id of the folder that the document is in; empty at the root.
func (d Document) ParentID() string { return parentID(d.Drive, d.path) }

func parentID(d *Drive, name string) string {
	if parent := path.Dir(name); parent != "." {
		return FolderID(d.ID, parent).String()
	}
	return ""
}

// Folder is a folder of a view.
type Folder struct {
	View
	path string // "." for the root
}

// Path is the path in the OneDrive, with slashes.
func (f Folder) Path() string { return f.path }

// ID hides that of the OneDrive.
func (f Folder) ID() string { return FolderID(f.Drive.ID, f.path).String() }

// Name is that of the OneDrive for the root.
func (f Folder) Name() string {
	if f.IsRoot() {
		return strings.ReplaceAll(f.Drive.Name, "/", "_")
	}
	return path.Base(f.path)
}

// IsRoot tells whether everything is in the folder.
func (f Folder) IsRoot() bool { return f.path == "." }

// Stat describes the folder.
func (f Folder) Stat() (fs.FileInfo, error) { return fs.Lstat(f.shows().fs, f.path) }

// ParentID is the id of the folder that the folder is in; empty at the root, and for it.
func (f Folder) ParentID() string { return parentID(f.Drive, f.path) }

// Location is the path with the name of the OneDrive before it.
func (f Folder) Location() string { return path.Join(f.Drive.Name, f.path) }

// relative is the path of something in the folder, relative to it.
func (f Folder) relative(name string) string {
	switch {
	case name == f.path:
		return "."
	case f.IsRoot():
		return name
	}
	return strings.TrimPrefix(name, f.path+"/")
}

// Versions gives the folder as each of the restore points has it that the view knows, oldest first.
func (f Folder) Versions() (versions []Folder) {
	for i, point := range f.points {
		if point.hasFolder(f.path) {
			versions = append(versions, Folder{View{f.Drive, f.points[:i+1]}, f.path})
		}
	}
	return versions
}

// Selection is what an action is about: a folder, several of them, or the whole OneDrive.
type Selection struct {
	View
	Folders []Folder // never empty
	// tops are the names that the folders have at the top of an archive. The content of one without a name is at the
	// top itself.
	tops []string
}

// Select is about the content of the folder.
func (f Folder) Select() Selection { return Selection{f.View, []Folder{f}, []string{""}} }

// Select finds folders by their ids, all of which must be there. In an archive, folders of the same name get names such
// as "a (2)".
func (v View) Select(ids []string) (_ Selection, ok bool) {
	chosen := Selection{View: v}
	seen, tops := map[string]bool{}, map[string]bool{}
	for _, id := range ids {
		found, ok := v.Folder(id)
		if !ok {
			return Selection{}, false
		}
		if seen[found.path] {
			continue
		}
		seen[found.path] = true
		top := found.Name()
		for n := 2; tops[strings.ToLower(top)]; n++ {
			top = fmt.Sprintf("%s (%d)", found.Name(), n)
		}
		tops[strings.ToLower(top)] = true
		chosen.Folders, chosen.tops = append(chosen.Folders, found), append(chosen.tops, top)
	}
	return chosen, true
}

// Name is for people: titles and names of attachments.
func (s Selection) Name() string {
	if len(s.Folders) == 1 {
		return s.Folders[0].Name()
	}
	return s.Root().Name()
}
