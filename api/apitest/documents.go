package apitest

import (
	"path"

	"github.com/google/uuid"

	"github.com/vbo365/vbo365-go/gen/server"
)

// documentResource describes a document (spec/FACTS.md#4.3). Permissions are not modelled: all are inherited.
func (d driveView) documentResource(e *exchange, name string) (server.Document, error) {
	info, err := d.stat(name)
	if err != nil {
		return server.Document{}, err
	}
	id := documentID(d.ID, name).String()
	links := server.Links{"self": {Href: d.href(e, "documents", id)}, "onedrive": {Href: d.href(e)}}
	d.addParent(links, e, name)
	modified := info.ModTime().UTC().Format(zonelessTime)
	return server.Document{
		ID: id, Name: path.Base(name),
		CreatedBy: &d.Name, CreationTime: &modified,
		ModifiedBy: &d.Name, ModificationTime: &modified,
		Version:              new(itemVersion),
		InheritedPermissions: new(true),
		Size:                 new(info.Size()), SizeBytes: new(info.Size()), // before v3, and since
		IsFolder: new(false), OneDriveID: &d.ID,
		UnderscoreLinks: &links,
	}, nil
}

// findDocument finds a document by its id.
func (s *Server) findDocument(d driveView, id string) (name string, err error) {
	parsed, err := uuid.Parse(id)
	if err != nil {
		return "", errNotFound
	}
	for folder := range d.shows().index().findOfDocument(parsed) {
		in, err := s.listings.of(d.shows(), folder)
		if err != nil {
			return "", err
		}
		for _, name := range in.documents {
			if name = path.Join(folder, name); documentID(d.ID, name) == parsed {
				return name, nil
			}
		}
	}
	return "", errNotFound
}

// amongDocuments describes a folder in a list of documents.
func (f folder) amongDocuments(e *exchange) (server.Document, error) {
	resource, err := f.resource(e)
	return server.Document{
		ID: resource.ID, Name: resource.Name, IsFolder: resource.IsFolder, OneDriveID: resource.OneDriveID,
		CreatedBy: resource.CreatedBy, CreationTime: resource.CreationTime,
		ModifiedBy: resource.ModifiedBy, ModificationTime: resource.ModificationTime,
		Version: resource.Version, VersionID: resource.VersionID,
		UnderscoreLinks: resource.UnderscoreLinks,
	}, err
}

// documentsIn gives how many documents a folder or, without one, the whole OneDrive has, and a function for some of them.
func (s *Server) documentsIn(e *exchange, d driveView, parentID string) (
	total int64, some func(offset int64, limit int) ([]string, error), err error,
) {
	if parentID == "" {
		return d.shows().index().total, func(offset int64, limit int) ([]string, error) {
			return s.listings.allDocuments(d.shows(), offset, limit)
		}, nil
	}
	parent, err := d.findParent(e, parentID)
	if err != nil {
		return 0, nil, err
	}
	in, err := s.listings.of(d.shows(), parent.path)
	if err != nil {
		return 0, nil, err
	}
	return int64(len(in.documents)), func(offset int64, limit int) (paths []string, _ error) {
		for _, name := range in.documents[offset:][:limit] {
			paths = append(paths, path.Join(parent.path, name))
		}
		return paths, nil
	}, nil
}

// listOneDriveDocuments sorts the documents of a folder by name, and gives all documents of the OneDrive folder by folder.
// Folders, if they are wanted, come before all documents: our choice.
func (s *Server) listOneDriveDocuments(e *exchange) (any, error) {
	d, err := s.enterDrive(e)
	if err != nil {
		return nil, err
	}
	var folders folderList
	if e.query.IncludeFolders {
		if folders, err = s.foldersIn(e, d, e.query.ParentID); err != nil {
			return nil, err
		}
	}
	total, some, err := s.documentsIn(e, d, e.query.ParentID)
	if err != nil {
		return nil, err
	}
	page := newPage(e, folders.total+total, d.path("documents")...)
	results := []server.Document{}
	i, to := page.window()
	for ; i < min(to, folders.total); i++ {
		resource, err := folders.at(i).amongDocuments(e)
		if err != nil {
			return nil, err
		}
		results = append(results, resource)
	}
	names, err := some(max(i, folders.total)-folders.total, int(max(to-i, 0)))
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		resource, err := d.documentResource(e, name)
		if err != nil {
			return nil, err
		}
		results = append(results, resource)
	}
	return page.of(results), nil
}

func (s *Server) getOneDriveDocument(e *exchange) (any, error) {
	d, err := s.enterDrive(e)
	if err != nil {
		return nil, err
	}
	name, err := s.findDocument(d, e.ids["documentId"])
	if err != nil {
		return nil, err
	}
	return d.documentResource(e, name)
}
