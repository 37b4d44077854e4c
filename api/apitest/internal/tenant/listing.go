package tenant

import (
	"path"
	"slices"
	"strings"
	"sync"
)

// Listings are remembered up to these bounds; the newest one always is.
const (
	maxListings    = 64
	maxListedNames = 200_000
)

// listing is what is in a folder: names only, sorted.
type listing struct {
	folders, documents []string
}

func (l listing) names() int { return len(l.folders) + len(l.documents) }

// listings remembers what is in the folders that were listed last, so that a folder is not read again for each of its
// pages. It is safe for concurrent use.
type listings struct {
	mu     sync.Mutex
	recent []recentListing // the one used last is the last
	names  int             // in all of recent
}

type recentListing struct {
	point  *point
	folder string
	listing
}

// of gives what is in a folder of a restore point. The result must not be changed.
func (ls *listings) of(point *point, folder string) (listing, error) {
	if found, ok := ls.recall(point, folder); ok {
		return found, nil
	}
	entries, err := point.readDir(folder, nil)
	if err != nil {
		return listing{}, err
	}
	var read listing
	for _, entry := range entries {
		// A copy does not keep alive what the name was cut from.
		if name := strings.Clone(entry.Name()); entry.IsDir() {
			read.folders = append(read.folders, name)
		} else {
			read.documents = append(read.documents, name)
		}
	}
	ls.remember(recentListing{point, folder, read})
	return read, nil
}

func (ls *listings) recall(point *point, folder string) (listing, bool) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	i := slices.IndexFunc(ls.recent, func(r recentListing) bool { return r.point == point && r.folder == folder })
	if i < 0 {
		return listing{}, false
	}
	found := ls.recent[i]
	ls.recent = append(slices.Delete(ls.recent, i, i+1), found)
	return found.listing, true
}

func (ls *listings) remember(r recentListing) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	ls.recent = append(ls.recent, r)
	ls.names += r.names()
	for len(ls.recent) > 1 && (len(ls.recent) > maxListings || ls.names > maxListedNames) {
		ls.names -= ls.recent[0].names()
		ls.recent = slices.Delete(ls.recent, 0, 1)
	}
}

// allDocuments gives the paths of at most limit documents of a restore point, folder by folder, after skipping offset.
// The folders that have none of them are not read.
func (p *point) allDocuments(offset int64, limit int) ([]string, error) {
	x := p.index()
	if offset >= x.total {
		return nil, nil
	}
	var found []string
	for i := x.seek(offset); i < len(x.folders) && len(found) < limit; i++ {
		if x.countDocuments(i) == 0 {
			continue
		}
		folder := x.folders[i]
		in, err := p.list(folder.path)
		if err != nil {
			return nil, err
		}
		// If the folder has changed since the index was made, the index counts: pages must fit together.
		documents := in.documents[:min(int64(len(in.documents)), x.countDocuments(i))]
		skip := min(max(offset-folder.before, 0), int64(len(documents)))
		for _, name := range documents[skip:] {
			if len(found) == limit {
				break
			}
			found = append(found, path.Join(folder.path, name))
		}
	}
	return found, nil
}
