package tenant

import (
	"path"
	"strings"
)

// Search gives the folders below a folder that match, and the documents in it and below, in the order of the lists of
// all: our choice. A nil function matches nothing.
func (f Folder) Search(folder func(Folder) (bool, error), document func(Document) (bool, error)) (
	folders []Folder, documents []Document, err error,
) {
	for _, indexed := range f.below() {
		if found := (Folder{Item{f.View, indexed.path}}); folder != nil && indexed.path != f.path {
			ok, err := folder(found)
			if err != nil {
				return nil, nil, err
			}
			if ok {
				folders = append(folders, found)
			}
		}
		if document == nil {
			continue
		}
		in, err := f.shows().list(indexed.path)
		if err != nil {
			return nil, nil, err
		}
		for _, name := range in.documents {
			found := Document{Item{f.View, path.Join(indexed.path, name)}}
			ok, err := document(found)
			if err != nil {
				return nil, nil, err
			}
			if ok {
				documents = append(documents, found)
			}
		}
	}
	return folders, documents, nil
}

// below gives the folder and those below it.
func (f Folder) below() []indexedFolder {
	all := f.shows().index().folders
	if f.IsRoot() {
		return all
	}
	from := 0
	for all[from].path != f.path {
		from++
	}
	to := from + 1
	for to < len(all) && strings.HasPrefix(all[to].path, f.path+"/") {
		to++
	}
	return all[from:to]
}
