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
	if i.Folder != nil {
		return i.Folder.Properties.Name
	}
	if i.Document != nil {
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

func items(folders iter.Seq2[Folder, error], documents iter.Seq2[Document, error]) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		for folder, err := range folders {
			if err != nil {
				yield(Item{}, err)
				return
			}
			if !yield(Item{Folder: &folder}, nil) {
				return
			}
		}
		for document, err := range documents {
			if err != nil {
				yield(Item{}, err)
				return
			}
			if !yield(Item{Document: &document}, nil) {
				return
			}
		}
	}
}
