package apitest

import (
	"context"
	"io/fs"
	"path"
	"strings"

	"github.com/google/uuid"

	"github.com/vbo365/vbo365-go/gen/server"
)

// zonelessTime is how folders and documents write times (fact sheet 3.2). UTC is our choice.
const zonelessTime = "2006-01-02T15:04:05"

// itemVersion is the version of every folder and document: versions are not modelled in lists.
const itemVersion = "1.0"

// folder is a folder of a OneDrive as a restore session shows it.
type folder struct {
	driveView
	path string // "." for the root
}

// name is that of the OneDrive for the root.
func (f folder) name() string {
	if f.path == "." {
		return strings.ReplaceAll(f.Name, "/", "_")
	}
	return path.Base(f.path)
}

// location is the path with the name of the OneDrive before it.
func (f folder) location() string { return path.Join(f.Name, f.path) }

// relative is the path of something in the folder, relative to it.
func (f folder) relative(name string) string {
	switch {
	case name == f.path:
		return "."
	case f.path == ".":
		return name
	}
	return strings.TrimPrefix(name, f.path+"/")
}

// findFolder finds a folder by its id.
func (d driveView) findFolder(id string) (folder, error) {
	if parsed, err := uuid.Parse(id); err == nil {
		if found, ok := d.shows().index().find(parsed); ok {
			return folder{d, found}, nil
		}
	}
	return folder{}, errNotFound
}

// findParent finds the folder that the parameter parentId means: the word null means the root (fact sheet 4.1).
func (d driveView) findParent(parentID string) (folder, error) {
	if strings.EqualFold(parentID, "null") {
		return folder{d, "."}, nil
	}
	return d.findFolder(parentID)
}

// stat describes something in the OneDrive.
func (d driveView) stat(name string) (fs.FileInfo, error) { return fs.Lstat(d.shows().fs, name) }

// addParent adds the link to the folder that something is in. At the root there is none (fact sheet 4.3).
func (d driveView) addParent(links server.Links, e *exchange, name string) {
	if parent := path.Dir(name); parent != "." {
		links["parent"] = server.Link{Href: d.href(e, "folders", folderID(d.ID, parent).String())}
	}
}

// resource describes a folder (fact sheet 4.3).
func (f folder) resource(e *exchange) (server.Folder, error) {
	info, err := f.stat(f.path)
	if err != nil {
		return server.Folder{}, err
	}
	id := folderID(f.ID, f.path).String()
	links := server.Links{
		"self":      {Href: f.href(e, "folders", id)},
		"onedrive":  {Href: f.href(e)},
		"folders":   {Href: f.href(e, "folders") + "?parentId=" + id},
		"documents": {Href: f.href(e, "documents") + "?parentId=" + id},
	}
	f.addParent(links, e, f.path)
	modified := info.ModTime().UTC().Format(zonelessTime)
	return server.Folder{
		ID: id, Name: f.name(),
		CreatedBy: &f.Name, CreationTime: &modified,
		ModifiedBy: &f.Name, ModificationTime: &modified,
		Version:         new(itemVersion),
		UnderscoreLinks: &links,
	}, nil
}

// ListOneDriveFolders implements GET …/Folders. The folders of one are sorted by name; all folders of the OneDrive are
// listed each before what is in it.
func (o operations) ListOneDriveFolders(
	ctx context.Context, request server.ListOneDriveFoldersRequestObject,
) (server.ListOneDriveFoldersResponseObject, error) {
	e := exchangeOf(ctx)
	d, err := o.enterDrive(e, request.RestoreSessionID, request.OneDriveID)
	if err != nil {
		return nil, err
	}
	page := newPageRequest(request.Params.Limit, request.Params.Offset)
	var paths []string
	var total int64
	if parentID := request.Params.ParentID; parentID != nil {
		parent, err := d.findParent(*parentID)
		if err != nil {
			return nil, err
		}
		in, err := o.listings.of(d.shows(), parent.path)
		if err != nil {
			return nil, err
		}
		total = int64(len(in.folders))
		for _, name := range pageOf(page, in.folders) {
			paths = append(paths, path.Join(parent.path, name))
		}
	} else {
		all := d.shows().index().folders[1:] // without the root
		total = int64(len(all))
		for _, found := range pageOf(page, all) {
			paths = append(paths, found.path)
		}
	}
	results := []server.Folder{}
	for _, found := range paths {
		resource, err := folder{d, found}.resource(e)
		if err != nil {
			return nil, err
		}
		results = append(results, resource)
	}
	return server.ListOneDriveFolders200JSONResponse{FoldersJSONResponse: server.FoldersJSONResponse{
		Offset: page.offset, Limit: page.limit, Results: results,
		UnderscoreLinks: page.links(d.href(e, "folders"), request.Params.ParentID, total),
	}}, nil
}

// GetOneDriveFolder implements GET …/Folders/{folderId}.
func (o operations) GetOneDriveFolder(
	ctx context.Context, request server.GetOneDriveFolderRequestObject,
) (server.GetOneDriveFolderResponseObject, error) {
	e := exchangeOf(ctx)
	d, err := o.enterDrive(e, request.RestoreSessionID, request.OneDriveID)
	if err != nil {
		return nil, err
	}
	found, err := d.findFolder(request.FolderID)
	if err != nil {
		return nil, err
	}
	resource, err := found.resource(e)
	if err != nil {
		return nil, err
	}
	return server.GetOneDriveFolder200JSONResponse{FolderJSONResponse: server.FolderJSONResponse(resource)}, nil
}
