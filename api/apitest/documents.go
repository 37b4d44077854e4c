package apitest

import (
	"github.com/vbo365/vbo365-go/api/apitest/internal/tenant"
)

// document describes a document. Permissions are not modelled: all are inherited.
func (e *exchange) document(d tenant.Document) (any, error) {
	resource, info, err := e.describe(d.Drive, "documents", d)
	if err != nil {
		return nil, err
	}
	resource.Size, resource.SizeBytes = new(info.Size()), new(info.Size()) // before v3, and since
	resource.InheritedPermissions = new(true)
	return resource, nil
}

// listOneDriveDocuments gives those of a folder sorted by name, and all of the OneDrive folder by folder. Folders, if
// they are wanted, come before all documents: our choice.
func (s *Server) listOneDriveDocuments(e *exchange) (any, error) {
	v, parent, err := s.enterParent(e)
	if err != nil {
		return nil, err
	}
	var folders tenant.FolderList
	if e.IncludeFolders {
		if folders, err = v.Folders(parent); err != nil {
			return nil, err
		}
	}
	list, err := v.Documents(parent)
	if err != nil {
		return nil, err
	}
	from, to := e.window(folders.Total + list.Total)
	skip := max(from, folders.Total)
	some, err := list.Some(skip-folders.Total, int(max(to-skip, 0)))
	if err != nil {
		return nil, err
	}
	at := func(i int64) (any, error) {
		switch {
		case i < skip:
			return e.folder(folders.At(i))
		case i-skip >= int64(len(some)):
			return nil, nil // it is gone
		}
		return e.document(some[i-skip])
	}
	return e.page(folders.Total+list.Total, at, e.inDrive(v.Drive, "documents")...)
}

func (s *Server) getOneDriveDocument(e *exchange) (any, error) {
	v, err := s.enterDrive(e)
	if err != nil {
		return nil, err
	}
	document, ok, err := v.Document(e.ids["documentId"])
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, errNotFound
	}
	return e.document(document)
}
