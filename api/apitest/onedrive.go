package apitest

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"github.com/google/uuid"

	"github.com/vbo365/vbo365-go/gen/server"
)

// driveView is a OneDrive as a restore session shows it.
type driveView struct {
	*drive
	session *session
	points  []*restorePoint // those up to the session's, oldest first; never empty
}

// shows is the restore point that the session shows.
func (d driveView) shows() *restorePoint { return d.points[len(d.points)-1] }

// drives gives the OneDrives that a session shows.
func (sess *session) drives() []driveView {
	var drives []driveView
	for _, d := range sess.organization.drives {
		if points := sess.points(d); len(points) > 0 {
			drives = append(drives, driveView{d, sess, points})
		}
	}
	return drives
}

// enterDrive finds the OneDrive of a working session that a request is about.
func (s *Server) enterDrive(e *exchange) (driveView, error) {
	sess, err := s.enterWorkingSession(e)
	if err != nil {
		return driveView{}, err
	}
	for _, d := range sess.drives() {
		if strings.EqualFold(d.ID, e.ids["oneDriveId"]) {
			return d, nil
		}
	}
	return driveView{}, errNotFound
}

// href is the address of the OneDrive or something in it.
func (d driveView) href(e *exchange, path ...string) string { return e.href(d.path(path...)...) }

func (d driveView) path(path ...string) []string {
	return append([]string{"restoresessions", d.session.ID, "organization", "onedrives", d.ID}, path...)
}

// resource describes a OneDrive (spec/FACTS.md#4.3). Nothing answers at the address of its user.
func (d driveView) resource(e *exchange) server.OneDrive {
	self := d.href(e)
	return server.OneDrive{
		ID: &d.ID, Name: &d.Name, URL: &d.URL,
		UnderscoreLinks: &server.Links{
			"self":         {Href: self},
			"folders":      {Href: self + "/folders?parentId=" + e.edition.rootID},
			"allfolders":   {Href: self + "/folders"},
			"documents":    {Href: self + "/documents?parentId=" + e.edition.rootID},
			"user":         {Href: e.href("organizations", d.session.organization.id, "users", d.userID())},
			"organization": {Href: e.href("restoresessions", d.session.ID, "organization")},
		},
	}
}

// userID has the shape of real ones: two GUIDs and a security identifier in base64, run together (spec/FACTS.md#4.4).
func (d driveView) userID() string {
	digest := sha256.Sum256([]byte(d.ID))
	sid := append([]byte{1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0}, digest[:16]...)
	user := uuid.NewSHA1(namespace, []byte("user\x00"+d.ID))
	return uuid.Nil.String() + user.String() + base64.URLEncoding.EncodeToString(sid)
}

// listOneDrives gives them in the order of the configuration.
func (s *Server) listOneDrives(e *exchange) (any, error) {
	sess, err := s.enterWorkingSession(e)
	if err != nil {
		return nil, err
	}
	list := sess.drives()
	page := newPage(e, int64(len(list)), "restoresessions", sess.ID, "organization", "onedrives")
	results := []server.OneDrive{}
	for _, d := range pageOf(page, list) {
		results = append(results, d.resource(e))
	}
	return page.of(results), nil
}

func (s *Server) getOneDrive(e *exchange) (any, error) {
	d, err := s.enterDrive(e)
	if err != nil {
		return nil, err
	}
	return d.resource(e), nil
}
