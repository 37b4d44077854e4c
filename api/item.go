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
		_ = yieldAll(yield, folders, func(f Folder) Item { return Item{Folder: &f} }) && documents != nil &&
			yieldAll(yield, documents, func(d Document) Item { return Item{Document: &d} })
	}
}

// yieldAll yields a list, and reports whether to continue.
func yieldAll[T any](yield func(Item, error) bool, all iter.Seq2[T, error], item func(T) Item) bool {
	for one, err := range all {
		if err != nil {
			yield(Item{}, err)
			return false
		}
		if !yield(item(one), nil) {
			return false
		}
	}
	return true
}
