package apitest

import (
	"fmt"
	"io/fs"
	"strings"

	"github.com/vbo365/vbo365-go/api/apitest/internal/tenant"
	"github.com/vbo365/vbo365-go/gen/server"
)

// zonelessTime is how folders and documents write times (spec/FACTS.md#3.2). UTC is our choice.
const zonelessTime = "2006-01-02T15:04:05"

// itemVersion is the version of every folder and document: versions are not modelled in lists.
const itemVersion = "1.0"

// enterFolder finds the folder of a working session that a request is about: the version that it asks for, otherwise
// what the session shows. Its versions are those that the restore points of the session have, oldest first: our choice.
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

// enterParent finds the OneDrive of a working session that a request is about, and the folder that its query names; nil
// if it names none.
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

// item is a folder or a document.
type item interface {
	ID() string
	Name() string
	ParentID() string // empty at the root
	Stat() (fs.FileInfo, error)
}

// describe describes what folders and documents have in common (spec/FACTS.md#4.3). list is the list that the item is
// in.
func (e *exchange) describe(
	d *tenant.Drive, list string, i item,
) (resource server.Document, info fs.FileInfo, err error) {
	if info, err = i.Stat(); err != nil {
		return resource, nil, err
	}
	drive, id, name := e.href(e.inDrive(d)...), i.ID(), i.Name()
	links := server.Links{"self": {Href: drive + "/" + list + "/" + id}, "onedrive": {Href: drive}}
	if parent := i.ParentID(); parent != "" {
		links["parent"] = server.Link{Href: drive + "/folders/" + parent}
	}
	modified := info.ModTime().UTC().Format(zonelessTime)
	return server.Document{
		ID: id, Name: name, OneDriveID: &d.ID, IsFolder: new(info.IsDir()),
		CreatedBy: &d.Name, CreationTime: &modified,
		ModifiedBy: &d.Name, ModificationTime: &modified,
		Version:         new(itemVersion),
		UnderscoreLinks: &links,
	}, info, nil
}

// folder describes a folder, on its own or among documents.
func (e *exchange) folder(f tenant.Folder) (any, error) {
	resource, _, err := e.describe(f.Drive, "folders", f)
	if err != nil {
		return nil, err
	}
	links, id := *resource.UnderscoreLinks, "?parentId="+resource.ID
	links["folders"] = server.Link{Href: links["onedrive"].Href + "/folders" + id}
	links["documents"] = server.Link{Href: links["onedrive"].Href + "/documents" + id}
	number := len(f.Versions())
	resource.VersionID = new(int32(number)) //nolint:gosec // few
	if e.edition.numberedVersions {
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

// listOneDriveFolderVersions gives the previous ones, oldest first.
func (s *Server) listOneDriveFolderVersions(e *exchange) (any, error) {
	found, err := s.enterFolder(e)
	if err != nil {
		return nil, err
	}
	versions := found.Versions()
	return e.previous(len(versions), func(i int64) (any, error) { return e.folder(versions[i]) },
		e.inDrive(found.Drive, "folders", found.ID(), "versions"))
}
