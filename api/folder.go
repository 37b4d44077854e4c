package api

import (
	"context"
	"iter"
	"net/http"
	"strings"

	"github.com/vbo365/vbo365-go/gen"
)

// Time is a point in time as servers write it, with or without a zone.
type Time = gen.Time

// Folder is a backed-up folder with everything in it. It is a value without any I/O, safe for concurrent use.
type Folder struct {
	// Properties is what the server said of it. It is zero unless the value came from the server.
	Properties FolderProperties

	parent OneDrive
	actions
}

// Folder returns the folder with this id.
func (d OneDrive) Folder(id string) Folder {
	return Folder{parent: d, actions: actions{session: d.session, part: folderPart, drive: d.id, id: id}}
}

// ID returns the id of the folder, usually a GUID.
func (f Folder) ID() string { return f.id }

// OneDrive returns the OneDrive that the folder belongs to.
func (f Folder) OneDrive() OneDrive { return f.parent }

// Get reads the folder's properties from the server.
func (f Folder) Get(ctx context.Context) (Folder, error) {
	err := f.session.read(ctx, "get folder", f.check(), "id", &f.Properties, func(w wire) (*http.Response, error) {
		return w.GetOneDriveFolder(ctx, f.session.id, f.drive, f.id, &gen.GetOneDriveFolderParams{}, acceptJSON)
	})
	return f, err
}

// folders lists what is in a parent. check refuses a parent that no request can be made for.
func (d OneDrive) folders(parent string, check func() error) list[FolderProperties, Folder] {
	return list[FolderProperties, Folder]{
		op:      "list folders",
		session: d.session,
		check:   check,
		request: func(ctx context.Context, w wire, limit *int32, offset *int64) (*http.Response, error) {
			params := gen.ListOneDriveFoldersParams{ParentID: w.parent(parent), Limit: limit, Offset: offset}
			return w.ListOneDriveFolders(ctx, d.session.id, d.id, &params, acceptJSON)
		},
		id: func(p FolderProperties) string { return p.ID },
		item: func(p FolderProperties) Folder {
			folder := d.Folder(p.ID)
			folder.Properties = p
			return folder
		},
	}
}

// Folders lists the folders at the root of the OneDrive.
func (d OneDrive) Folders(ctx context.Context) iter.Seq2[Folder, error] {
	return d.folders(parentRoot, d.check).all(ctx)
}

// FoldersPage reads one page of what [OneDrive.Folders] lists.
func (d OneDrive) FoldersPage(ctx context.Context, page PageOptions) (Page[Folder], error) {
	return d.folders(parentRoot, d.check).page(ctx, page)
}

// AllFolders lists all folders of the OneDrive, in whatever folder they are. That can take the server long.
func (d OneDrive) AllFolders(ctx context.Context) iter.Seq2[Folder, error] {
	return d.folders(parentAny, d.check).all(ctx)
}

// AllFoldersPage reads one page of what [OneDrive.AllFolders] lists.
func (d OneDrive) AllFoldersPage(ctx context.Context, page PageOptions) (Page[Folder], error) {
	return d.folders(parentAny, d.check).page(ctx, page)
}

// Folders lists the folders in the folder.
func (f Folder) Folders(ctx context.Context) iter.Seq2[Folder, error] {
	return f.parent.folders(f.id, f.check).all(ctx)
}

// FoldersPage reads one page of what [Folder.Folders] lists.
func (f Folder) FoldersPage(ctx context.Context, page PageOptions) (Page[Folder], error) {
	return f.parent.folders(f.id, f.check).page(ctx, page)
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
	search := newSearch[Folder](what, name)
	for folder, err := range level {
		if err != nil || folder.Properties.Name == name {
			return folder, err
		}
		search.see(folder, folder.id, folder.Properties.Name)
	}
	return search.result()
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
