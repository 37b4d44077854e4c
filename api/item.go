package api

import (
	"context"
	"iter"
)

// Item is something in a folder: a folder or a document, the other is nil.
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

// Children lists what is in the folder: the folders, then the documents.
func (f Folder) Children(ctx context.Context) iter.Seq2[Item, error] {
	return items(f.Folders(ctx), f.Documents(ctx))
}

// Children lists what is at the root of the OneDrive: the folders, then the documents.
func (d OneDrive) Children(ctx context.Context) iter.Seq2[Item, error] {
	return items(d.Folders(ctx), d.Documents(ctx))
}

// items lists folders, and then documents.
func items(folders iter.Seq2[Folder, error], documents iter.Seq2[Document, error]) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		_ = yieldAll(yield, folders, func(f Folder) Item { return Item{Folder: &f} }) &&
			yieldAll(yield, documents, func(d Document) Item { return Item{Document: &d} })
	}
}

// yieldAll yields items, and reports whether to go on.
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
