package apitest

import (
	"fmt"

	"github.com/vbo365/vbo365-go/api/apitest/internal/tenant"
	"github.com/vbo365/vbo365-go/gen/server"
)

// document describes a document. Permissions are not modelled: all are inherited.
func (e *exchange) document(d tenant.Document) (*server.Document, error) {
	resource, info, err := e.describe(d.Drive, "documents", d)
	if err != nil {
		return nil, err
	}
	resource.Size, resource.SizeBytes = new(info.Size()), new(info.Size()) // before v3, and since
	resource.InheritedPermissions = new(true)
	return &resource, nil
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

// enterDocument finds the document of a working session that a request is about: the version that it asks for,
// otherwise what the session shows. Its versions are its different contents in the restore points of the session, oldest
// first: our choice.
func (s *Server) enterDocument(e *exchange) (tenant.Document, error) {
	v, err := s.enterDrive(e)
	if err != nil {
		return tenant.Document{}, err
	}
	found, ok, err := v.Document(e.ids["documentId"])
	if err == nil && !ok {
		err = errNotFound
	}
	if err != nil || e.VersionID == 0 {
		return found, err
	}
	versions, err := found.Versions()
	if err == nil && int(e.VersionID) > len(versions) {
		err = errNotFound
	}
	if err != nil {
		return tenant.Document{}, err
	}
	return versions[e.VersionID-1], nil
}

func (s *Server) getOneDriveDocument(e *exchange) (any, error) {
	found, err := s.enterDocument(e)
	if err != nil {
		return nil, err
	}
	return e.numberedDocument(found)
}

// numberedDocument describes a document with the number of its version. Lists do not have it: to count the versions
// takes reading them.
func (e *exchange) numberedDocument(d tenant.Document) (any, error) {
	described, err := e.document(d)
	if err != nil || !e.edition.numberedVersions {
		return described, err
	}
	versions, err := d.Versions()
	if err != nil {
		return nil, err
	}
	described.VersionID = new(int32(len(versions))) //nolint:gosec // few
	described.Version = new(fmt.Sprintf("%d.0", len(versions)))
	return described, nil
}

// listOneDriveDocumentVersions gives the previous ones, oldest first.
func (s *Server) listOneDriveDocumentVersions(e *exchange) (any, error) {
	found, err := s.enterDocument(e)
	if err != nil {
		return nil, err
	}
	versions, err := found.Versions()
	if err != nil {
		return nil, err
	}
	return e.previous(len(versions), func(i int64) (any, error) { return e.numberedDocument(versions[i]) },
		e.inDrive(found.Drive, "documents", found.ID(), "versions"))
}

// previous gives a page of the versions of an item but for the latest. There are none in a session that does not show
// all versions: our choice.
func (e *exchange) previous(versions int, at func(i int64) (any, error), path []string) (any, error) {
	if !e.session.showAllVersions {
		versions = 1
	}
	return e.page(int64(versions-1), at, path...)
}
