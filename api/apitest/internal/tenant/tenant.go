// Package tenant has what the simulator knows of organizations without HTTP: the OneDrives that were backed up, views
// of them as of a point in time, what their users see now, and the work between the two: archives, restores and copies.
package tenant

import (
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
	points   func() []RestorePoint // gathered when they are first needed
}

// NewOrganization makes an organization without OneDrives. The log receives warnings about files that cannot be in a
// OneDrive.
func NewOrganization(name string, log *slog.Logger) *Organization {
	o := &Organization{Name: name, ID: ID("organization", strings.ToLower(name)).String(), log: log}
	o.points = sync.OnceValue(o.gatherPoints)
	return o
}

// Backups gives the times of the first and the last restore point; ok is false if there is none.
func (o *Organization) Backups() (first, last time.Time, ok bool) {
	points := o.RestorePoints()
	if len(points) == 0 {
		return first, last, false
	}
	return points[0].Time, points[len(points)-1].Time, true
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
	history                               // all but copies
	stored       map[*Repository]*history // what each repository has
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
		stored:       map[*Repository]*history{},
	}
	o.Drives = append(o.Drives, d)
	return d
}

// ID computes an id from names, so that the same data has the same ids in every run.
func ID(names ...string) uuid.UUID {
	return uuid.NewSHA1(namespace, []byte(strings.Join(names, "\x00")))
}

var namespace = uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://github.com/vbo365/vbo365-go/api/apitest"))

// FolderID is the id of the folder with a slash-separated path in a OneDrive; "." is the root.
func FolderID(driveID, name string) uuid.UUID { return ID("folder", driveID, name) }

// DocumentID is the id of the document with a slash-separated path in a OneDrive. It begins as the id of the document's
// folder does: that is how a document is found without remembering it.
func DocumentID(driveID, name string) uuid.UUID {
	id, folder := ID("document", driveID, name), FolderID(driveID, path.Dir(name))
	copy(id[:idPrefix], folder[:])
	return id
}

// idPrefix is how many bytes the ids of a folder and of its documents have in common. It leaves 62 bits to tell the
// documents of a folder apart.
const idPrefix = 8
