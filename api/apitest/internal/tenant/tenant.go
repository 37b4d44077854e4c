// Package tenant has what the simulator knows of organizations without HTTP: the OneDrives that were backed up, views
// of them as of a point in time, what their users see now, and the work between the two: archives, restores and copies.
package tenant

import (
	"io/fs"
	"log/slog"
	"path"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/google/uuid"
)

// Organization is a Microsoft 365 organization. It may be used concurrently when all of its OneDrives have been added.
type Organization struct {
	Name   string
	ID     string // a GUID
	Drives []*Drive

	log      *slog.Logger
	listings listings
}

// NewOrganization makes an organization without OneDrives. The log receives warnings about files that cannot be in a
// OneDrive.
func NewOrganization(name string, log *slog.Logger) *Organization {
	return &Organization{Name: name, ID: ID("organization", strings.ToLower(name)).String(), log: log}
}

// Backups gives the times of the first and the last restore point; ok is false if there is none.
func (o *Organization) Backups() (first, last time.Time, ok bool) {
	for _, drive := range o.Drives {
		for _, point := range drive.points {
			if !ok || point.time.Before(first) {
				first = point.time
			}
			if !ok || point.time.After(last) {
				last = point.time
			}
			ok = true
		}
	}
	return first, last, ok
}

// Drive is one user's OneDrive: what was backed up of it, and what the user sees now.
type Drive struct {
	Owner      string // e-mail address
	Name       string // display name
	ID         string // two GUIDs run together
	URL        string // address in Microsoft 365
	Production *Production
	// UserDeleted says that the user does not exist any more. Nothing can be written to such a OneDrive.
	UserDeleted bool

	organization *Organization
	points       []*point // oldest first

	// withDeleted gives, for each of points, what it shows together with what was deleted before.
	withDeleted []func() *point
}

// AddDrive adds a OneDrive that was never backed up.
func (o *Organization) AddDrive(owner, name string, production *Production) *Drive {
	key := strings.ToLower(o.Name + "\x00" + owner)
	host, _, _ := strings.Cut(strings.ToLower(o.Name), ".")
	account := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '_'
	}, strings.ToLower(owner))
	d := &Drive{
		Owner:        owner,
		Name:         name,
		ID:           ID("web", key).String() + ID("site", key).String(),
		URL:          "https://" + host + "-my.sharepoint.com/personal/" + account,
		Production:   production,
		organization: o,
	}
	o.Drives = append(o.Drives, d)
	return d
}

// AddPoint adds a restore point that is newer than those before. The file system must not change.
func (d *Drive) AddPoint(at time.Time, fsys fs.FS) {
	d.points = append(d.points, newPoint(d, at, fsys, d.organization.log))
	points := d.points
	d.withDeleted = append(d.withDeleted, sync.OnceValue(func() *point { return mergePoints(d, points) }))
}

// ID computes an id from names, so that the same data has the same ids in every run.
func ID(names ...string) uuid.UUID {
	return uuid.NewSHA1(namespace, []byte(strings.Join(names, "\x00")))
}

var namespace = uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://github.com/vbo365/vbo365-go/api/apitest"))

// FolderID is the id of the folder with a slash-separated path in a OneDrive; "." is the root.
func FolderID(driveID, name string) uuid.UUID { return ID("folder", driveID, name) }

// documentID begins as the id of the document's folder does: that is how a document is found without remembering it.
func documentID(driveID, name string) uuid.UUID {
	id, folder := ID("document", driveID, name), FolderID(driveID, path.Dir(name))
	copy(id[:idPrefix], folder[:])
	return id
}

// idPrefix is how many bytes the ids of a folder and of its documents have in common. It leaves 62 bits to tell the
// documents of a folder apart.
const idPrefix = 8
