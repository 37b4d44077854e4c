package apitest

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/google/uuid"

	"github.com/vbo365/vbo365-go/gen/server"
)

// zonelessTime is how folders and documents write times (spec/FACTS.md#3.2). UTC is our choice.
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

// enterFolder finds the folder of a working session that a request is about: one of its versions, or what the session shows
// if version is 0.
func (s *Server) enterFolder(e *exchange, sessionID, driveID, folderID string, version int32) (folder, error) {
	d, err := s.enterDrive(e, sessionID, driveID)
	if err != nil {
		return folder{}, err
	}
	found, err := d.findFolder(folderID)
	if err != nil || version == 0 {
		return found, err
	}
	versions := found.versions()
	if int(version) > len(versions) {
		return folder{}, errNotFound
	}
	return versions[version-1], nil
}

// versions gives the folder as each of the restore points has it that the session knows, oldest first: our choice.
func (f folder) versions() (versions []folder) {
	for i, point := range f.points {
		if point.hasFolder(f.path) {
			version := f
			version.points = f.points[:i+1]
			versions = append(versions, version)
		}
	}
	return versions
}

// findParent finds the folder that the parameter parentId means.
func (d driveView) findParent(e *exchange, parentID string) (folder, error) {
	if strings.EqualFold(parentID, e.rootID()) {
		return folder{d, "."}, nil
	}
	return d.findFolder(parentID)
}

// stat describes something in the OneDrive.
func (d driveView) stat(name string) (fs.FileInfo, error) { return fs.Lstat(d.shows().fs, name) }

// addParent adds the link to the folder that something is in. At the root there is none (spec/FACTS.md#4.3).
func (d driveView) addParent(links server.Links, e *exchange, name string) {
	if parent := path.Dir(name); parent != "." {
		links["parent"] = server.Link{Href: d.href(e, "folders", folderID(d.ID, parent).String())}
	}
}

// resource describes a folder (spec/FACTS.md#4.3).
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
	resource := server.Folder{
		ID: id, Name: f.name(),
		CreatedBy: &f.Name, CreationTime: &modified,
		ModifiedBy: &f.Name, ModificationTime: &modified,
		Version:         new(itemVersion),
		UnderscoreLinks: &links,
	}
	if e.since(6) {
		number := len(f.versions())
		resource.VersionID, resource.Version = new(int32(number)), new(fmt.Sprintf("%d.0", number)) //nolint:gosec // few
	}
	if e.since(7) {
		resource.IsFolder = new(true)
	}
	if e.since(8) {
		resource.OneDriveID = &f.ID
	}
	return resource, nil
}

// folderList is a list of folders, of which only those on a page are looked at.
type folderList struct {
	total int64
	at    func(i int64) folder
}

// foldersIn lists the folders of a folder, sorted by name, or all of the OneDrive, each before those in it.
func (s *Server) foldersIn(e *exchange, d driveView, parentID *server.ParentID) (folderList, error) {
	if parentID == nil {
		all := d.shows().index().folders[1:] // without the root
		return folderList{int64(len(all)), func(i int64) folder { return folder{d, all[i].path} }}, nil
	}
	parent, err := d.findParent(e, *parentID)
	if err != nil {
		return folderList{}, err
	}
	in, err := s.listings.of(d.shows(), parent.path)
	return folderList{
		int64(len(in.folders)), func(i int64) folder { return folder{d, path.Join(parent.path, in.folders[i])} },
	}, err
}

// page describes the folders on a page of the list. path is that of the list.
func (l folderList) page(
	e *exchange, limit *server.Limit, offset *server.Offset, path []string,
) (server.FoldersJSONResponse, error) {
	page := newPage(e, limit, offset, l.total, path...)
	results := []server.Folder{}
	for i, to := page.window(); i < to; i++ {
		resource, err := l.at(i).resource(e)
		if err != nil {
			return server.FoldersJSONResponse{}, err
		}
		results = append(results, resource)
	}
	return server.FoldersJSONResponse{
		Offset: page.offset, Limit: page.limit, Results: results,
		SetID: page.setID(), TotalCount: page.totalCount(), UnderscoreLinks: page.links(),
	}, nil
}

// ListOneDriveFolders implements GET …/Folders.
func (o operations) ListOneDriveFolders(
	ctx context.Context, request server.ListOneDriveFoldersRequestObject,
) (server.ListOneDriveFoldersResponseObject, error) {
	e := exchangeOf(ctx)
	d, err := o.enterDrive(e, request.RestoreSessionID, request.OneDriveID)
	if err != nil {
		return nil, err
	}
	folders, err := o.foldersIn(e, d, request.Params.ParentID)
	if err != nil {
		return nil, err
	}
	page, err := folders.page(e, request.Params.Limit, request.Params.Offset, d.path("folders"))
	return server.ListOneDriveFolders200JSONResponse{FoldersJSONResponse: page}, err
}

// GetOneDriveFolder implements GET …/Folders/{folderId}.
func (o operations) GetOneDriveFolder(
	ctx context.Context, request server.GetOneDriveFolderRequestObject,
) (server.GetOneDriveFolderResponseObject, error) {
	version := int32(0)
	if request.Params.VersionID != nil {
		version = *request.Params.VersionID
	}
	resource, err := o.getFolder(ctx, request.RestoreSessionID, request.OneDriveID, request.FolderID, version)
	return server.GetOneDriveFolder200JSONResponse{FolderJSONResponse: resource}, err
}

// GetOneDriveFolderVersion implements GET …/Folders/{folderId}/Versions/{versionId}.
func (o operations) GetOneDriveFolderVersion(
	ctx context.Context, r server.GetOneDriveFolderVersionRequestObject,
) (server.GetOneDriveFolderVersionResponseObject, error) {
	resource, err := o.getFolder(ctx, r.RestoreSessionID, r.OneDriveID, r.FolderID, r.VersionID)
	return server.GetOneDriveFolderVersion200JSONResponse{FolderJSONResponse: resource}, err
}

func (o operations) getFolder(
	ctx context.Context, sessionID, driveID, folderID string, version int32,
) (server.FolderJSONResponse, error) {
	e := exchangeOf(ctx)
	found, err := o.enterFolder(e, sessionID, driveID, folderID, version)
	if err != nil {
		return server.FolderJSONResponse{}, err
	}
	resource, err := found.resource(e)
	return server.FolderJSONResponse(resource), err
}

// ListOneDriveFolderVersions implements GET …/Folders/{folderId}/Versions, oldest first.
func (o operations) ListOneDriveFolderVersions(
	ctx context.Context, r server.ListOneDriveFolderVersionsRequestObject,
) (server.ListOneDriveFolderVersionsResponseObject, error) {
	e := exchangeOf(ctx)
	found, err := o.enterFolder(e, r.RestoreSessionID, r.OneDriveID, r.FolderID, 0)
	if err != nil {
		return nil, err
	}
	path := found.driveView.path("folders", folderID(found.ID, found.path).String(), "versions")
	versions := found.versions()
	list := folderList{int64(len(versions)), func(i int64) folder { return versions[i] }}
	page, err := list.page(e, r.Params.Limit, r.Params.Offset, path)
	return server.ListOneDriveFolderVersions200JSONResponse{FoldersJSONResponse: page}, err
}
