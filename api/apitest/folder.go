package apitest

import (
	"fmt"
	"strings"

	"github.com/vbo365/vbo365-go/api/apitest/internal/tenant"
	"github.com/vbo365/vbo365-go/gen/server"
)

// zonelessTime is how folders and documents write times (spec/FACTS.md#3.2). UTC is our choice.
const zonelessTime = "2006-01-02T15:04:05"

// itemVersion is the version of every folder and document: versions are not modelled in lists.
const itemVersion = "1.0"

// enterFolder finds the folder of a working session that a request is about: the version that it asks for, otherwise what the
// session shows. Its versions are those that the restore points of the session have, oldest first: our choice.
func (s *Server) enterFolder(e *exchange) (tenant.Folder, error) {
	v, err := s.enterDrive(e)
	if err != nil {
		return tenant.Folder{}, err
	}
	found, ok := v.Folder(e.ids["folderId"])
	if !ok {
		return tenant.Folder{}, errNotFound
	}
	if e.VersionID == 0 {
		return found, nil
	}
	versions := found.Versions()
	if int(e.VersionID) > len(versions) {
		return tenant.Folder{}, errNotFound
	}
	return versions[e.VersionID-1], nil
}

// enterParent finds the OneDrive of a working session that a request is about, and the folder that its query names; nil if it
// names none.
func (s *Server) enterParent(e *exchange) (tenant.View, *tenant.Folder, error) {
	v, err := s.enterDrive(e)
	id := e.ParentID
	if err != nil || id == "" {
		return v, nil, err
	}
	parent, ok := v.Root(), true
	if !strings.EqualFold(id, e.edition.rootID) {
		parent, ok = v.Folder(id)
	}
	if !ok {
		return v, nil, errNotFound
	}
	return v, &parent, nil
}

// addParent adds the link to the folder that something is in. At the root there is none (spec/FACTS.md#4.3).
func (e *exchange) addParent(links server.Links, d *tenant.Drive, id string) {
	if id != "" {
		links["parent"] = server.Link{Href: e.href(e.inDrive(d, "folders", id)...)}
	}
}

// folder describes a folder (spec/FACTS.md#4.3).
func (e *exchange) folder(f tenant.Folder) (resource server.Folder, _ error) {
	info, err := f.Stat()
	if err != nil {
		return resource, err
	}
	drive, id, number := e.href(e.inDrive(f.Drive)...), f.ID(), len(f.Versions())
	links := server.Links{
		"self":      {Href: drive + "/folders/" + id},
		"onedrive":  {Href: drive},
		"folders":   {Href: drive + "/folders?parentId=" + id},
		"documents": {Href: drive + "/documents?parentId=" + id},
	}
	e.addParent(links, f.Drive, f.ParentID())
	modified := info.ModTime().UTC().Format(zonelessTime)
	resource = server.Folder{
		ID: id, Name: f.Name(), OneDriveID: &f.Drive.ID, IsFolder: new(true),
		CreatedBy: &f.Drive.Name, CreationTime: &modified,
		ModifiedBy: &f.Drive.Name, ModificationTime: &modified,
		Version: new(itemVersion), VersionID: new(int32(number)), //nolint:gosec // few
		UnderscoreLinks: &links,
	}
	if e.edition.numberedFolders {
		resource.Version = new(fmt.Sprintf("%d.0", number))
	}
	return resource, nil
}

// folders gives a page of a list of folders. path is that of the list.
func (e *exchange) folders(list tenant.FolderList, path []string) (any, error) {
	return e.page(list.Total, func(i int64) (any, error) { return e.folder(list.At(i)) }, path...)
}

func (s *Server) listOneDriveFolders(e *exchange) (any, error) {
	v, parent, err := s.enterParent(e)
	if err != nil {
		return nil, err
	}
	list, err := v.Folders(parent)
	if err != nil {
		return nil, err
	}
	return e.folders(list, e.inDrive(v.Drive, "folders"))
}

func (s *Server) getOneDriveFolder(e *exchange) (any, error) {
	found, err := s.enterFolder(e)
	if err != nil {
		return nil, err
	}
	return e.folder(found)
}

// listOneDriveFolderVersions gives them oldest first.
func (s *Server) listOneDriveFolderVersions(e *exchange) (any, error) {
	found, err := s.enterFolder(e)
	if err != nil {
		return nil, err
	}
	versions := found.Versions()
	list := tenant.FolderList{Total: int64(len(versions)), At: func(i int64) tenant.Folder { return versions[i] }}
	return e.folders(list, e.inDrive(found.Drive, "folders", found.ID(), "versions"))
}
