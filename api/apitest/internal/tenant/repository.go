package tenant

import (
	"cmp"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Repository is a backup repository.
type Repository struct {
	Name    string
	ID      string // a GUID
	Archive bool   // what is in it has to be retrieved before it can be read
	Copies  bool   // it has copies of backups only
}

// NewRepository makes a repository that nothing is in.
func NewRepository(name string, archive, copies bool) *Repository {
	return &Repository{name, ID("repository", strings.ToLower(name)).String(), archive, copies}
}

// history is restore points of a OneDrive.
type history struct {
	points []*point // oldest first

	// withDeleted gives, for each of points, what it shows together with what was deleted before.
	withDeleted []func() *point
}

func (h *history) add(d *Drive, p *point) {
	h.points = append(h.points, p)
	points := h.points
	h.withDeleted = append(h.withDeleted, sync.OnceValue(func() *point { return mergePoints(d, points) }))
}

// AddPoint adds a restore point that is newer than those before. The file system must not change.
func (d *Drive) AddPoint(at time.Time, fsys fs.FS, in *Repository) {
	p := newPoint(d, at, fsys, d.organization.log)
	p.repository = in
	if !in.Copies {
		d.add(d, p)
	}
	if d.stored[in] == nil {
		d.stored[in] = &history{}
	}
	d.stored[in].add(d, p)
}

// LastBackup gives the time of the newest restore point that a repository has of the OneDrive, up to a point in time if
// that is not zero.
func (d *Drive) LastBackup(in *Repository, at time.Time) (_ time.Time, ok bool) {
	v, ok := d.In(in, at, false)
	if !ok {
		return time.Time{}, false
	}
	return v.shows().time, true
}

// RestorePoint is what a repository has of an organization from one time.
type RestorePoint struct {
	ID     string // not a GUID
	Time   time.Time
	In     *Repository
	Drives []*Drive
}

// RestorePoints gives all restore points, oldest first, when all OneDrives and their restore points have been added.
func (o *Organization) RestorePoints() []RestorePoint { return o.points() }

func (o *Organization) gatherPoints() (points []RestorePoint) {
	byID := map[string]*RestorePoint{}
	for _, d := range o.Drives {
		for in, h := range d.stored {
			for _, p := range h.points {
				id := ID("job", o.ID, in.ID).String() + "_" + strconv.FormatInt(p.time.UnixNano()/100, 10)
				if byID[id] == nil {
					byID[id] = &RestorePoint{ID: id, Time: p.time, In: in}
				}
				byID[id].Drives = append(byID[id].Drives, d)
			}
		}
	}
	for _, p := range byID {
		points = append(points, *p)
	}
	slices.SortFunc(points, func(a, b RestorePoint) int {
		return cmp.Or(a.Time.Compare(b.Time), strings.Compare(a.ID, b.ID))
	})
	return points
}

// Size is the number of bytes in the documents of a OneDrive in a repository. It reads the metadata of all documents
// once.
func (d *Drive) Size(in *Repository) (size int64, _ error) {
	h := d.stored[in]
	if h == nil {
		return 0, nil
	}
	for _, p := range h.points {
		n, err := p.size()
		if err != nil {
			return 0, err
		}
		size += n
	}
	return size, nil
}
