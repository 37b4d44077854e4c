package tenant

import (
	"bytes"
	"iter"
	"log/slog"
	"path"
	"slices"
	"sort"

	"github.com/google/uuid"
)

// index knows all folders of a restore point and how many documents each has, but none of the documents.
type index struct {
	folders []indexedFolder // each is followed by those below it, in the order of their names; the root is the first
	byID    []indexedID     // sorted
	total   int64           // of documents
}

type indexedFolder struct {
	path string
	// before is how many documents the folders before this one have.
	before int64
}

type indexedID struct {
	id     uuid.UUID
	folder int32 // in index.folders
}

// newIndex reads all folders. It is also the place that warns of what is left out, because it sees everything, once.
func newIndex(p *point, log *slog.Logger) *index {
	x := &index{}
	x.add(p, ".", log)
	x.byID = make([]indexedID, len(x.folders))
	for i, folder := range x.folders {
		x.byID[i] = indexedID{FolderID(p.drive.ID, folder.path), int32(i)}
	}
	slices.SortFunc(x.byID, func(a, b indexedID) int { return bytes.Compare(a.id[:], b.id[:]) })
	return x
}

func (x *index) add(p *point, folder string, log *slog.Logger) {
	x.folders = append(x.folders, indexedFolder{folder, x.total})
	entries, err := p.readDir(folder, func(name, reason string) {
		log.Warn("backup: left out", "path", name, "reason", reason)
	})
	if err != nil {
		log.Warn("backup: cannot read a folder", "path", folder, "error", err)
		return // actions on folders that contain it will report it
	}
	for _, entry := range entries {
		if !entry.IsDir() {
			x.total++
		}
	}
	for _, entry := range entries {
		if entry.IsDir() {
			x.add(p, path.Join(folder, entry.Name()), log)
		}
	}
}

// find gives the path of the folder with this id.
func (x *index) find(id uuid.UUID) (folder string, ok bool) {
	i, ok := slices.BinarySearchFunc(x.byID, id, func(a indexedID, id uuid.UUID) int {
		return bytes.Compare(a.id[:], id[:])
	})
	if !ok {
		return "", false
	}
	return x.folders[x.byID[i].folder].path, true
}

// findOfDocument gives the paths of the folders that a document with this id may be in: hardly ever more than one.
func (x *index) findOfDocument(id uuid.UUID) iter.Seq[string] {
	return func(yield func(string) bool) {
		prefix := id[:idPrefix]
		i := sort.Search(len(x.byID), func(i int) bool { return bytes.Compare(x.byID[i].id[:idPrefix], prefix) >= 0 })
		for ; i < len(x.byID) && bytes.Equal(x.byID[i].id[:idPrefix], prefix); i++ {
			if !yield(x.folders[x.byID[i].folder].path) {
				return
			}
		}
	}
}

// countDocuments tells how many documents folder i has.
func (x *index) countDocuments(i int) int64 {
	if i+1 < len(x.folders) {
		return x.folders[i+1].before - x.folders[i].before
	}
	return x.total - x.folders[i].before
}

// seek gives the folder that has the document at this position, where all documents are counted folder by folder.
func (x *index) seek(offset int64) int {
	return sort.Search(len(x.folders), func(i int) bool { return x.folders[i].before > offset }) - 1
}
