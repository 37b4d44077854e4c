package api

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/vbo365/vbo365-go/gen"
)

// OneDrive is a backed-up OneDrive as of the point in time of its restore session. It is a value without any I/O, safe
// for concurrent use.
type OneDrive struct {
	// Properties is what the server said of it. It is zero unless the value came from the server.
	Properties OneDriveProperties

	session RestoreSession
	id      string
}

// OneDrive returns the OneDrive with this id.
func (s RestoreSession) OneDrive(id string) OneDrive { return OneDrive{session: s, id: id} }

// ID returns the id of the OneDrive, usually two GUIDs run together.
func (d OneDrive) ID() string { return d.id }

// RestoreSession returns the session that the OneDrive belongs to.
func (d OneDrive) RestoreSession() RestoreSession { return d.session }

func (d OneDrive) check() error {
	if err := d.session.check(); err != nil {
		return err
	}
	return checkID("OneDrive", d.id)
}

func (s RestoreSession) oneDrives() list[OneDriveProperties, OneDrive] {
	return list[OneDriveProperties, OneDrive]{
		op:      "list OneDrives",
		session: s,
		check:   s.check,
		request: func(ctx context.Context, w wire, limit *int32, offset *int64) (*http.Response, error) {
			return w.ListOneDrives(ctx, s.id, &gen.ListOneDrivesParams{Limit: limit, Offset: offset}, acceptJSON)
		},
		id:   func(p OneDriveProperties) string { return p.ID },
		item: func(p OneDriveProperties) OneDrive { return OneDrive{Properties: p, session: s, id: p.ID} },
	}
}

// OneDrives lists the OneDrives that were backed up.
func (s RestoreSession) OneDrives(ctx context.Context) iter.Seq2[OneDrive, error] {
	return s.oneDrives().all(ctx)
}

// OneDrivesPage reads one page of what [RestoreSession.OneDrives] lists.
func (s RestoreSession) OneDrivesPage(ctx context.Context, page PageOptions) (Page[OneDrive], error) {
	return s.oneDrives().page(ctx, page)
}

// FindOneDrive returns the OneDrive of an owner, who is given by name, by e-mail address, or by the address of the OneDrive;
// letter case does not count. An e-mail address is compared with the last part of the OneDrives' addresses, which Microsoft 365
// makes of it. If there is none, the error matches [ErrNotFound] and names similar ones; if there are several,
// [ErrAmbiguous].
func (s RestoreSession) FindOneDrive(ctx context.Context, owner string) (OneDrive, error) {
	const op = "find OneDrive"
	search := newSearch[OneDrive]("OneDrive of", owner)
	for drive, err := range s.OneDrives(ctx) {
		if err != nil {
			return OneDrive{}, failed(op, err)
		}
		if drive.belongsTo(owner) {
			search.exact[drive.id] = drive
		} else {
			search.see(drive, drive.id, drive.Properties.Name)
		}
	}
	drive, err := search.result()
	return drive, failed(op, err)
}

// belongsTo tells whether an e-mail address is that of the owner, or an address that of the OneDrive.
func (d OneDrive) belongsTo(owner string) bool {
	own := strings.TrimRight(d.Properties.URL, "/")
	switch {
	case own == "" || owner == "":
		return false
	case strings.Contains(owner, "://"):
		return strings.EqualFold(own, strings.TrimRight(owner, "/"))
	case strings.Contains(owner, "@"):
		address, err := url.Parse(own)
		return err == nil && strings.EqualFold(path.Base(address.Path), account(owner))
	}
	return false
}

// Get reads the OneDrive's properties from the server.
func (d OneDrive) Get(ctx context.Context) (OneDrive, error) {
	s := d.session
	err := s.read(ctx, "get OneDrive", d.check(), "id", &d.Properties,
		func(w wire) (*http.Response, error) { return w.GetOneDrive(ctx, s.id, d.id, acceptJSON) })
	return d, err
}

// account returns the last part of a OneDrive's address, which is made of its owner's e-mail address: every character but
// letters and digits becomes a low line.
func account(email string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r > 0x7f {
			return r
		}
		return '_'
	}, strings.ToLower(email))
}
