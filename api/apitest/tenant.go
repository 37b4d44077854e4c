package apitest

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

// Ids are computed from names and paths, so that the same data has the same ids in every run.
var namespace = uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://github.com/vbo365/vbo365-go/api/apitest"))

// Drive describes one of the OneDrives that a simulator serves. It is a value; its methods are safe for concurrent use.
type Drive struct {
	Organization string // name of the organization
	Owner        string // e-mail address
	Name         string // display name
	ID           string // oneDriveId: two GUIDs run together
	URL          string // address in Microsoft 365, as a target of copyTo
	RootFolderID string // folderId of the whole OneDrive
	Production   string // absolute path of the directory with what the user sees now
}

// FolderID gives the folderId of the folder with the given slash-separated path in the OneDrive, whether there is such
// a folder or not. The empty path and "." mean the root.
func (d Drive) FolderID(name string) string {
	return folderID(d.ID, path.Clean(strings.Trim(name, "/"))).String()
}

func folderID(driveID, name string) uuid.UUID {
	return uuid.NewSHA1(namespace, []byte("folder\x00"+driveID+"\x00"+name))
}

// documentID begins as the id of the document's folder does: that is how a document is found without remembering it.
func documentID(driveID, name string) uuid.UUID {
	id := uuid.NewSHA1(namespace, []byte("document\x00"+driveID+"\x00"+name))
	folder := folderID(driveID, path.Dir(name))
	copy(id[:idPrefix], folder[:])
	return id
}

// idPrefix is how many bytes the ids of a folder and of its documents have in common. It leaves 62 bits to tell the
// documents of a folder apart.
const idPrefix = 8

// organization and drive are what the server keeps of Config.Organizations.
type organization struct {
	name   string
	id     string // a GUID
	drives []*drive
}

type drive struct {
	Drive
	points []*restorePoint // oldest first
	// writing holds one value while something writes to Production. Drives with the same directory share it.
	writing chan struct{}

	// withDeleted gives, for each of points, what it shows together with what was deleted before.
	withDeleted []func() *restorePoint
}

// restorePoint is what a restore session can show of a OneDrive: a RestorePoint, or several merged into one.
type restorePoint struct {
	fs      fs.FS // not embedded: that would hide its own Stat and ReadDir
	time    time.Time
	driveID string

	index func() *index // built when it is first needed
}

func newOrganizations(configs []Organization, log *slog.Logger) []*organization {
	writing := map[string]chan struct{}{}
	var organizations []*organization
	for _, config := range configs {
		id := uuid.NewSHA1(namespace, []byte("organization\x00"+strings.ToLower(config.Name)))
		org := &organization{name: config.Name, id: id.String()}
		for _, oneDrive := range config.OneDrives {
			if writing[oneDrive.Production] == nil {
				writing[oneDrive.Production] = make(chan struct{}, 1)
			}
			org.drives = append(org.drives, newDrive(config.Name, oneDrive, writing[oneDrive.Production], log))
		}
		organizations = append(organizations, org)
	}
	return organizations
}

func newDrive(organization string, config OneDrive, writing chan struct{}, log *slog.Logger) *drive {
	key := strings.ToLower(organization + "\x00" + config.Owner)
	web, site := uuid.NewSHA1(namespace, []byte("web\x00"+key)), uuid.NewSHA1(namespace, []byte("site\x00"+key))
	id := web.String() + site.String()
	tenant, _, _ := strings.Cut(organization, ".")
	account := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '_'
	}, strings.ToLower(config.Owner))
	d := &drive{
		Drive: Drive{
			Organization: organization,
			Owner:        config.Owner,
			Name:         config.Name,
			ID:           id,
			URL:          "https://" + strings.ToLower(tenant) + "-my.sharepoint.com/personal/" + account,
			RootFolderID: folderID(id, ".").String(),
			Production:   config.Production,
		},
		writing: writing,
	}
	for i, point := range config.Backup {
		p := &restorePoint{fs: point.FS, time: point.Time, driveID: id}
		p.index = sync.OnceValue(func() *index { return newIndex(p, log) })
		d.points = append(d.points, p)
		d.withDeleted = append(d.withDeleted, sync.OnceValue(func() *restorePoint { return mergePoints(d.points[:i+1]) }))
	}
	return d
}

// walk calls fn like [fs.WalkDir] for everything in a folder that can be in a OneDrive, in lexical order.
func (p *restorePoint) walk(folder string, fn fs.WalkDirFunc) error {
	return fs.WalkDir(p.fs, folder, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && unfit(name, entry) != "" {
			return skip(entry)
		}
		return fn(name, entry, err)
	})
}

// readDir gives everything in a folder that can be in a OneDrive, sorted by name. warn, if any, hears of the rest.
func (p *restorePoint) readDir(folder string, warn func(name, reason string)) ([]fs.DirEntry, error) {
	all, err := fs.ReadDir(p.fs, folder)
	if err != nil {
		return nil, err
	}
	fit := make([]fs.DirEntry, 0, len(all))
	for _, entry := range all {
		name := path.Join(folder, entry.Name())
		if reason := unfit(name, entry); reason == "" {
			fit = append(fit, entry)
		} else if warn != nil {
			warn(name, reason)
		}
	}
	return fit, nil
}

// hasFolder tells whether name is a folder.
func (p *restorePoint) hasFolder(name string) bool {
	_, ok := p.index().find(folderID(p.driveID, name))
	return ok
}

// hasDocument tells whether name is a document. Nothing on the way to it may be a symbolic link, which has no place in a
// OneDrive.
func (p *restorePoint) hasDocument(name string) bool {
	if !p.hasFolder(path.Dir(name)) {
		return false
	}
	info, err := fs.Lstat(p.fs, name)
	return err == nil && info.Mode().IsRegular()
}

// unfit tells why something cannot be in a OneDrive; empty if it can.
func unfit(name string, entry fs.DirEntry) string {
	switch {
	case !fs.ValidPath(name):
		return "its name is not UTF-8"
	case name == versionsFolder:
		return "its name is reserved"
	case !entry.IsDir() && !entry.Type().IsRegular():
		return "it is neither a directory nor a regular file"
	}
	return ""
}

func skip(entry fs.DirEntry) error {
	if entry.IsDir() {
		return fs.SkipDir
	}
	return nil
}
