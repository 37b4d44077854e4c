package apitest

import (
	"context"
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
	resource := server.Document{
		ID: id, Name: path.Base(name),
		CreatedBy: &d.Name, CreationTime: &modified,
		ModifiedBy: &d.Name, ModificationTime: &modified,
		Version:              new(itemVersion),
		InheritedPermissions: new(true),
		UnderscoreLinks:      &links,
	}
	if e.since(3) {
		resource.SizeBytes = new(info.Size())
	} else {
		resource.Size = new(info.Size())
	}
	if e.since(7) {
		resource.IsFolder = new(false)
	}
	if e.since(8) {
		resource.OneDriveID = &d.ID
	}
	return resource, nil
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
func (s *Server) documentsIn(e *exchange, d driveView, parentID *server.ParentID) (
	total int64, some func(offset int64, limit int) ([]string, error), err error,
) {
	if parentID == nil {
		return d.shows().index().total, func(offset int64, limit int) ([]string, error) {
			return s.listings.allDocuments(d.shows(), offset, limit)
		}, nil
	}
	parent, err := d.findParent(e, *parentID)
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

// ListOneDriveDocuments implements GET …/Documents. The documents of a folder are sorted by name; all documents of the
// OneDrive are listed folder by folder. Folders, if they are wanted, come before all documents: our choice.
func (o operations) ListOneDriveDocuments(
	ctx context.Context, request server.ListOneDriveDocumentsRequestObject,
) (server.ListOneDriveDocumentsResponseObject, error) {
	e := exchangeOf(ctx)
	d, err := o.enterDrive(e, request.RestoreSessionID, request.OneDriveID)
	if err != nil {
		return nil, err
	}
	var folders folderList
	if isTrue(request.Params.IncludeFolders) {
		if folders, err = o.foldersIn(e, d, request.Params.ParentID); err != nil {
			return nil, err
		}
	}
	total, some, err := o.documentsIn(e, d, request.Params.ParentID)
	if err != nil {
		return nil, err
	}
	page := newPage(e, request.Params.Limit, request.Params.Offset, folders.total+total, d.path("documents")...)
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
	return server.ListOneDriveDocuments200JSONResponse{DocumentsJSONResponse: server.DocumentsJSONResponse{
		Offset: page.offset, Limit: page.limit, Results: results,
		SetID: page.setID(), TotalCount: page.totalCount(), UnderscoreLinks: page.links(),
	}}, nil
}

// GetOneDriveDocument implements GET …/Documents/{documentId}.
func (o operations) GetOneDriveDocument(
	ctx context.Context, request server.GetOneDriveDocumentRequestObject,
) (server.GetOneDriveDocumentResponseObject, error) {
	e := exchangeOf(ctx)
	d, err := o.enterDrive(e, request.RestoreSessionID, request.OneDriveID)
	if err != nil {
		return nil, err
	}
	name, err := o.findDocument(d, request.DocumentID)
	if err != nil {
		return nil, err
	}
	resource, err := d.documentResource(e, name)
	if err != nil {
		return nil, err
	}
	return server.GetOneDriveDocument200JSONResponse{DocumentJSONResponse: server.DocumentJSONResponse(resource)}, nil
}
