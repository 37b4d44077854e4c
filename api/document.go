package api

import (
	"context"
	"iter"
	"net/http"

	"github.com/vbo365/vbo365-go/gen"
)

// Document is a backed-up document. It is a value without any I/O, safe for concurrent use.
type Document struct {
	// Properties is what the server said of it. It is zero unless the value came from the server.
	Properties DocumentProperties

	drive OneDrive
	id    string
}

// Document returns the document with this id.
func (d OneDrive) Document(id string) Document { return Document{drive: d, id: id} }

// ID returns the id of the document, usually a GUID.
func (d Document) ID() string { return d.id }

// Size returns the size of the document in bytes: the property size in v2, sizeBytes from v3 on.
func (d Document) Size() int64 { return max(d.Properties.Size, d.Properties.SizeBytes) }

// Get reads the document's properties from the server.
func (d Document) Get(ctx context.Context) (Document, error) {
	wrong := d.drive.check()
	if wrong == nil {
		wrong = checkID("document", d.id)
	}
	s := d.drive.session
	err := s.read(ctx, "get document", wrong, "id", &d.Properties, func(w wire) (*http.Response, error) {
		return w.GetOneDriveDocument(ctx, s.id, d.drive.id, d.id, acceptJSON)
	})
	return d, err
}

func (d OneDrive) documents(parent string, check func() error) list[DocumentProperties, Document] {
	return list[DocumentProperties, Document]{
		op:      "list documents",
		session: d.session,
		check:   check,
		request: func(ctx context.Context, w wire, limit *int32, offset *int64) (*http.Response, error) {
			params := gen.ListOneDriveDocumentsParams{ParentID: w.parent(parent), Limit: limit, Offset: offset}
			return w.ListOneDriveDocuments(ctx, d.session.id, d.id, &params, acceptJSON)
		},
		id:   func(p DocumentProperties) string { return p.ID },
		item: func(p DocumentProperties) Document { return Document{Properties: p, drive: d, id: p.ID} },
	}
}

// Documents lists the documents at the root of the OneDrive.
func (d OneDrive) Documents(ctx context.Context) iter.Seq2[Document, error] {
	return d.documents(parentRoot, d.check).all(ctx)
}

// DocumentsPage reads one page of what [OneDrive.Documents] lists.
func (d OneDrive) DocumentsPage(ctx context.Context, page PageOptions) (Page[Document], error) {
	return d.documents(parentRoot, d.check).page(ctx, page)
}

// AllDocuments lists all documents of the OneDrive, in whatever folder they are. That can take the server long.
func (d OneDrive) AllDocuments(ctx context.Context) iter.Seq2[Document, error] {
	return d.documents(parentAny, d.check).all(ctx)
}

// AllDocumentsPage reads one page of what [OneDrive.AllDocuments] lists.
func (d OneDrive) AllDocumentsPage(ctx context.Context, page PageOptions) (Page[Document], error) {
	return d.documents(parentAny, d.check).page(ctx, page)
}

// Documents lists the documents in the folder.
func (f Folder) Documents(ctx context.Context) iter.Seq2[Document, error] {
	return f.parent.documents(f.id, f.check).all(ctx)
}

// DocumentsPage reads one page of what [Folder.Documents] lists.
func (f Folder) DocumentsPage(ctx context.Context, page PageOptions) (Page[Document], error) {
	return f.parent.documents(f.id, f.check).page(ctx, page)
}
