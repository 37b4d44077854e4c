package api

import (
	"context"
	"iter"
)

// Item is a folder or a document. The other field is nil.
type Item struct {
	Folder   *Folder
	Document *Document
}

// Name returns the name of the folder or document.
func (i Item) Name() string {
	switch {
	case i.Folder != nil:
		return i.Folder.Properties.Name
	case i.Document != nil:
		return i.Document.Properties.Name
	}
	return ""
}

// Children lists the folders in the folder, and then the documents in it. [Folder.FoldersPage] and
// [Folder.DocumentsPage] read single pages.
func (f Folder) Children(ctx context.Context) iter.Seq2[Item, error] {
	return items(f.Folders(ctx), f.Documents(ctx))
}

// Children lists the folders at the root of the OneDrive, and then the documents there. [OneDrive.FoldersPage] and
// [OneDrive.DocumentsPage] read single pages.
func (d OneDrive) Children(ctx context.Context) iter.Seq2[Item, error] {
	return items(d.Folders(ctx), d.Documents(ctx))
}

// items joins the two lists. The second may be nil.
func items(folders iter.Seq2[Folder, error], documents iter.Seq2[Document, error]) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		_ = forEach(folders, yield, func(f Folder) bool { return yield(Item{Folder: &f}, nil) }) && documents != nil &&
			forEach(documents, yield, func(d Document) bool { return yield(Item{Document: &d}, nil) })
	}
}

// forEach calls do for each item of a list, and yields an error of the list. It reports whether to continue.
func forEach[T any](all iter.Seq2[T, error], yield func(Item, error) bool, do func(T) bool) bool {
	for one, err := range all {
		if err != nil {
			yield(Item{}, err)
			return false
		}
		if !do(one) {
			return false
		}
	}
	return true
}
