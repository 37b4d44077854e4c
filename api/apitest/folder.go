package apitest

import (
	"fmt"
	"io/fs"
	"path"
	"strconv"
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

// enterFolder finds the folder of a working session that a request is about: the version that it asks for, otherwise what the
// session shows.
func (s *Server) enterFolder(e *exchange) (folder, error) {
	d, err := s.enterDrive(e)
	if err != nil {
		return folder{}, err
	}
	found, err := d.findFolder(e.ids["folderId"])
	version := int(e.query.VersionID)
	if id := e.ids["versionId"]; id != "" {
		version, _ = strconv.Atoi(id) // the document has a number
	}
	if err != nil || version == 0 {
		return found, err
	}
	versions := found.versions()
	if version > len(versions) {
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
	if strings.EqualFold(parentID, e.edition.rootID) {
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
	number := len(f.versions())
	resource := server.Folder{
		ID: id, Name: f.name(),
		CreatedBy: &f.Name, CreationTime: &modified,
		ModifiedBy: &f.Name, ModificationTime: &modified,
		Version: new(itemVersion), VersionID: new(int32(number)), //nolint:gosec // few
		IsFolder: new(true), OneDriveID: &f.ID,
		UnderscoreLinks: &links,
	}
	if e.edition.numberedFolders {
		resource.Version = new(fmt.Sprintf("%d.0", number))
	}
	return resource, nil
}

// folderList is a list of folders, of which only those on a page are looked at.
type folderList struct {
	total int64
	at    func(i int64) folder
}

// foldersIn lists the folders of a folder, sorted by name, or all of the OneDrive, each before those in it.
func (s *Server) foldersIn(e *exchange, d driveView, parentID string) (folderList, error) {
	if parentID == "" {
		all := d.shows().index().folders[1:] // without the root
		return folderList{int64(len(all)), func(i int64) folder { return folder{d, all[i].path} }}, nil
	}
	parent, err := d.findParent(e, parentID)
	if err != nil {
		return folderList{}, err
	}
	in, err := s.listings.of(d.shows(), parent.path)
	return folderList{
		int64(len(in.folders)), func(i int64) folder { return folder{d, path.Join(parent.path, in.folders[i])} },
	}, err
}

// page describes the folders on a page of the list. path is that of the list.
func (l folderList) page(e *exchange, path []string) (any, error) {
	page := newPage(e, l.total, path...)
	results := []server.Folder{}
	for i, to := page.window(); i < to; i++ {
		resource, err := l.at(i).resource(e)
		if err != nil {
			return nil, err
		}
		results = append(results, resource)
	}
	return page.of(results), nil
}

func (s *Server) listOneDriveFolders(e *exchange) (any, error) {
	d, err := s.enterDrive(e)
	if err != nil {
		return nil, err
	}
	folders, err := s.foldersIn(e, d, e.query.ParentID)
	if err != nil {
		return nil, err
	}
	return folders.page(e, d.path("folders"))
}

func (s *Server) getOneDriveFolder(e *exchange) (any, error) {
	found, err := s.enterFolder(e)
	if err != nil {
		return nil, err
	}
	return found.resource(e)
}

// listOneDriveFolderVersions gives them oldest first.
func (s *Server) listOneDriveFolderVersions(e *exchange) (any, error) {
	found, err := s.enterFolder(e)
	if err != nil {
		return nil, err
	}
	versions := found.versions()
	list := folderList{int64(len(versions)), func(i int64) folder { return versions[i] }}
	return list.page(e, found.driveView.path("folders", folderID(found.ID, found.path).String(), "versions"))
}
