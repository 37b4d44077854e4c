package api

import (
	"context"
	"iter"
	"net/http"
	"strings"

	"github.com/vbo365/vbo365-go/gen"
)

// The properties of what is in a OneDrive.
type (
	// FolderProperties describes a folder.
	FolderProperties = gen.Folder
	// Time is a point in time as servers write it, with or without a zone.
	Time = gen.Time
	// DocumentProperties describes a document.
	DocumentProperties = gen.Document
)

// Folder is a backed-up folder with everything in it. It is a value without any I/O, safe for concurrent use.
type Folder struct {
	// Properties is what the server said of it. It is zero unless the value came from the server.
	Properties FolderProperties

	drive OneDrive
	id    string
}

// Folder returns the folder with this id.
func (d OneDrive) Folder(id string) Folder { return Folder{drive: d, id: id} }

// ID returns the id of the folder, usually a GUID.
func (f Folder) ID() string { return f.id }

// OneDrive returns the OneDrive that the folder belongs to.
func (f Folder) OneDrive() OneDrive { return f.drive }

// check refuses a folder that no request can be made for.
func (f Folder) check() error {
	if err := f.drive.check(); err != nil {
		return err
	}
	return checkID("folder", f.id)
}

// Document is a backed-up document. It is a value without any I/O, safe for concurrent use.
type Document struct {
	// Properties is what the server said of it. It is zero unless the value came from the server.
	Properties DocumentProperties

	drive OneDrive
	id    string
}

// Document returns the document with this id.
func (d OneDrive) Document(id string) Document { return Document{drive: d, id: id} }

// ID returns the id of the document, usually a GUID.
func (d Document) ID() string { return d.id }

// Size returns the size of the document in bytes: the property size in v2, sizeBytes from v3 on.
func (d Document) Size() int64 { return max(d.Properties.Size, d.Properties.SizeBytes) }

// Get reads the document's properties from the server.
func (d Document) Get(ctx context.Context) (Document, error) {
	wrong := d.drive.check()
	if wrong == nil {
		wrong = checkID("document", d.id)
	}
	s := d.drive.session
	err := s.read(ctx, "get document", wrong, &d.Properties, func(w wire) (*http.Response, error) {
		return w.GetOneDriveDocument(ctx, s.id, d.drive.id, d.id, acceptJSON)
	})
	return d, err
}

// Get reads the folder's properties from the server.
func (f Folder) Get(ctx context.Context) (Folder, error) {
	s := f.drive.session
	err := s.read(ctx, "get folder", f.check(), &f.Properties,
		func(w wire) (*http.Response, error) {
			return w.GetOneDriveFolder(ctx, s.id, f.drive.id, f.id, &gen.GetOneDriveFolderParams{}, acceptJSON)
		})
	return f, err
}

// What a parent can be besides an id. No id has a slash unescaped.
const (
	parentRoot = "/" // what is at the root
	parentAny  = ""  // everything
)

// parentParameter returns the parameter parentId (spec/FACTS.md#4.1).
func (w wire) parentParameter(parent string) *string {
	switch {
	case parent == parentAny:
		return nil
	case parent == parentRoot && w.version >= V7:
		parent = "root"
	case parent == parentRoot:
		parent = "null"
	}
	return &parent
}

func (d OneDrive) folders(parent string) list[FolderProperties, Folder] {
	return list[FolderProperties, Folder]{
		op: "list folders",
		fetch: func(ctx context.Context, page PageOptions) (*http.Response, error) {
			if err := d.check(); err != nil {
				return nil, err
			}
			return d.session.client.exchange(ctx, call{}, func(w wire) (*http.Response, error) {
				params := gen.ListOneDriveFoldersParams{ParentID: w.parentParameter(parent)}
				params.Limit, params.Offset = page.parameters()
				return w.ListOneDriveFolders(ctx, d.session.id, d.id, &params, acceptJSON)
			})
		},
		id:      func(p FolderProperties) string { return p.ID },
		item:    func(p FolderProperties) Folder { return Folder{Properties: p, drive: d, id: p.ID} },
		explain: d.session.explain,
	}
}

func (d OneDrive) documents(parent string) list[DocumentProperties, Document] {
	return list[DocumentProperties, Document]{
		op: "list documents",
		fetch: func(ctx context.Context, page PageOptions) (*http.Response, error) {
			if err := d.check(); err != nil {
				return nil, err
			}
			return d.session.client.exchange(ctx, call{}, func(w wire) (*http.Response, error) {
				params := gen.ListOneDriveDocumentsParams{ParentID: w.parentParameter(parent)}
				params.Limit, params.Offset = page.parameters()
				return w.ListOneDriveDocuments(ctx, d.session.id, d.id, &params, acceptJSON)
			})
		},
		id:      func(p DocumentProperties) string { return p.ID },
		item:    func(p DocumentProperties) Document { return Document{Properties: p, drive: d, id: p.ID} },
		explain: d.session.explain,
	}
}

// Folders lists the folders at the root of the OneDrive.
func (d OneDrive) Folders(ctx context.Context) iter.Seq2[Folder, error] {
	return d.folders(parentRoot).all(ctx)
}

// FoldersPage reads one page of what [OneDrive.Folders] lists.
func (d OneDrive) FoldersPage(ctx context.Context, page PageOptions) (Page[Folder], error) {
	return d.folders(parentRoot).page(ctx, page)
}

// AllFolders lists all folders of the OneDrive, in whatever folder they are. That can take the server long.
func (d OneDrive) AllFolders(ctx context.Context) iter.Seq2[Folder, error] {
	return d.folders(parentAny).all(ctx)
}

// Documents lists the documents at the root of the OneDrive.
func (d OneDrive) Documents(ctx context.Context) iter.Seq2[Document, error] {
	return d.documents(parentRoot).all(ctx)
}

// DocumentsPage reads one page of what [OneDrive.Documents] lists.
func (d OneDrive) DocumentsPage(ctx context.Context, page PageOptions) (Page[Document], error) {
	return d.documents(parentRoot).page(ctx, page)
}

// AllDocuments lists all documents of the OneDrive, in whatever folder they are. That can take the server long.
func (d OneDrive) AllDocuments(ctx context.Context) iter.Seq2[Document, error] {
	return d.documents(parentAny).all(ctx)
}

// Folders lists the folders in the folder.
func (f Folder) Folders(ctx context.Context) iter.Seq2[Folder, error] { return f.folders().all(ctx) }

// FoldersPage reads one page of what [Folder.Folders] lists.
func (f Folder) FoldersPage(ctx context.Context, page PageOptions) (Page[Folder], error) {
	return f.folders().page(ctx, page)
}

// Documents lists the documents in the folder.
func (f Folder) Documents(ctx context.Context) iter.Seq2[Document, error] {
	return f.documents().all(ctx)
}

// DocumentsPage reads one page of what [Folder.Documents] lists.
func (f Folder) DocumentsPage(ctx context.Context, page PageOptions) (Page[Document], error) {
	return f.documents().page(ctx, page)
}

func (f Folder) folders() list[FolderProperties, Folder] {
	l := f.drive.folders(f.id)
	l.fetch = f.checked(l.fetch)
	return l
}

func (f Folder) documents() list[DocumentProperties, Document] {
	l := f.drive.documents(f.id)
	l.fetch = f.checked(l.fetch)
	return l
}

// checked refuses what would not list this folder: an empty id lists everything.
func (f Folder) checked(
	fetch func(context.Context, PageOptions) (*http.Response, error),
) func(context.Context, PageOptions) (*http.Response, error) {
	return func(ctx context.Context, page PageOptions) (*http.Response, error) {
		if err := f.check(); err != nil {
			return nil, err
		}
		return fetch(ctx, page)
	}
}

// Item is something in a folder: a folder or a document, the other is nil.
type Item struct {
	Folder   *Folder
	Document *Document
}

// Name returns the name of the folder or document.
func (i Item) Name() string {
	if i.Folder != nil {
		return i.Folder.Properties.Name
	}
	if i.Document != nil {
		return i.Document.Properties.Name
	}
	return ""
}

// Children lists what is in the folder: the folders, then the documents.
func (f Folder) Children(ctx context.Context) iter.Seq2[Item, error] {
	return items(f.Folders(ctx), f.Documents(ctx))
}

// Children lists what is at the root of the OneDrive: the folders, then the documents.
func (d OneDrive) Children(ctx context.Context) iter.Seq2[Item, error] {
	return items(d.Folders(ctx), d.Documents(ctx))
}

func items(folders iter.Seq2[Folder, error], documents iter.Seq2[Document, error]) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		for folder, err := range folders {
			if err != nil {
				yield(Item{}, err)
				return
			}
			if !yield(Item{Folder: &folder}, nil) {
				return
			}
		}
		for document, err := range documents {
			if err != nil {
				yield(Item{}, err)
				return
			}
			if !yield(Item{Document: &document}, nil) {
				return
			}
		}
	}
}

// FolderByPath returns the folder at a path such as "Documents/Invoices/2026". It reads one level after the other, and of each
// only until the name is found in the letter case that was given. Names in another letter case match, too, as in OneDrive.
//
// If a component is missing, the error matches [ErrNotFound], names the component, and lists similar names; if only the letter
// case tells several apart, it matches [ErrAmbiguous].
func (d OneDrive) FolderByPath(ctx context.Context, path string) (Folder, error) {
	folder, err := d.folderByPath(ctx, path)
	return folder, failed("find folder", err)
}

func (d OneDrive) folderByPath(ctx context.Context, path string) (Folder, error) {
	components, err := splitPath(path)
	if err != nil {
		return Folder{}, err
	}
	level := d.Folders(ctx)
	var folder Folder
	for i, name := range components {
		what := "folder"
		if i > 0 {
			what = "folder " + strings.Join(components[:i], "/") + "/"
		}
		if folder, err = findFolder(level, what, name); err != nil {
			return Folder{}, err
		}
		level = folder.Folders(ctx)
	}
	return folder, nil
}

func findFolder(level iter.Seq2[Folder, error], what, name string) (Folder, error) {
	search := newSearch(what, name)
	found := make(map[string]Folder)
	for folder, err := range level {
		if err != nil {
			return Folder{}, err
		}
		if folder.Properties.Name == name {
			return folder, nil
		}
		if search.see(folder.Properties.Name, folder.id) {
			found[folder.id] = folder
		}
	}
	id, err := search.result()
	return found[id], err
}

// splitPath returns the components of a path. OneDrive names have neither slashes nor backslashes.
func splitPath(path string) ([]string, error) {
	path = strings.Trim(strings.ReplaceAll(path, `\`, "/"), "/")
	if path == "" {
		return nil, invalid("the path names no folder: the root of a OneDrive is none")
	}
	components := strings.Split(path, "/")
	for _, component := range components {
		switch component {
		case "":
			return nil, invalid("the path %q has an empty component", path)
		case ".", "..":
			return nil, invalid("the path %q has the component %q", path, component)
		}
	}
	return components, nil
}
