package apitest

import (
	"context"
	"path"

	"github.com/google/uuid"

	"github.com/vbo365/vbo365-go/gen/server"
)

// documentResource describes a document (fact sheet 4.3). Permissions are not modelled: all are inherited.
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
	if e.sinceV3() {
		resource.SizeBytes = new(info.Size())
	} else {
		resource.Size = new(info.Size())
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

// ListOneDriveDocuments implements GET …/Documents. The documents of a folder are sorted by name; all documents of the
// OneDrive are listed folder by folder.
func (o operations) ListOneDriveDocuments(
	ctx context.Context, request server.ListOneDriveDocumentsRequestObject,
) (server.ListOneDriveDocumentsResponseObject, error) {
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
		total = int64(len(in.documents))
		for _, name := range pageOf(page, in.documents) {
			paths = append(paths, path.Join(parent.path, name))
		}
	} else {
		total = d.shows().index().total
		if paths, err = o.listings.allDocuments(d.shows(), page.offset, int(page.limit)); err != nil {
			return nil, err
		}
	}
	results := []server.Document{}
	for _, name := range paths {
		resource, err := d.documentResource(e, name)
		if err != nil {
			return nil, err
		}
		results = append(results, resource)
	}
	return server.ListOneDriveDocuments200JSONResponse{DocumentsJSONResponse: server.DocumentsJSONResponse{
		Offset: page.offset, Limit: page.limit, Results: results,
		UnderscoreLinks: page.links(d.href(e, "documents"), request.Params.ParentID, total),
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
