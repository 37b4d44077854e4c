package apitest

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/vbo365/vbo365-go/api/apitest/internal/tenant"
	"github.com/vbo365/vbo365-go/gen/server"
)

// views gives the OneDrives that a session shows.
func (sess *session) views() (views []tenant.View) {
	for _, d := range sess.organization.Drives {
		if sess.only != nil && !slices.Contains(sess.only, d) {
			continue
		}
		v, ok := d.At(sess.Time, sess.showDeleted)
		if sess.repository != nil {
			v, ok = d.In(sess.repository, sess.Time, sess.showDeleted)
		}
		if ok {
			views = append(views, v)
		}
	}
	return views
}

// view finds a OneDrive that a session shows by its id.
func (sess *session) view(id string) (tenant.View, error) {
	for _, v := range sess.views() {
		if strings.EqualFold(v.ID, id) {
			return v, nil
		}
	}
	return tenant.View{}, errNotFound
}

// readable refuses what is in an archive, unless the session shows what was retrieved.
func (sess *session) readable(v tenant.View) error {
	if v.Archived() && !sess.retrieved {
		return errArchived
	}
	return nil
}

// enterDrive finds the OneDrive of a working session that a request wants to look into.
func (s *Server) enterDrive(e *exchange) (tenant.View, error) {
	sess, err := s.enterWorkingSession(e)
	if err != nil {
		return tenant.View{}, err
	}
	v, err := sess.view(e.ids["oneDriveId"])
	if err == nil {
		err = sess.readable(v)
	}
	return v, err
}

// inDrive is the path of a OneDrive in the session of the request, or of something in it.
func (e *exchange) inDrive(d *tenant.Drive, path ...string) []string {
	return append([]string{"restoresessions", e.session.ID, "organization", "onedrives", d.ID}, path...)
}

// drive describes a OneDrive (spec/FACTS.md#4.3).
func (e *exchange) drive(d *tenant.Drive) server.OneDrive {
	self := e.href(e.inDrive(d)...)
	return server.OneDrive{
		ID: &d.ID, Name: &d.Name, URL: &d.URL,
		UnderscoreLinks: &server.Links{
			"self":         {Href: self},
			"folders":      {Href: self + "/folders?parentId=" + e.edition.rootID},
			"allfolders":   {Href: self + "/folders"},
			"documents":    {Href: self + "/documents?parentId=" + e.edition.rootID},
			"user":         {Href: e.href("organizations", e.session.organization.ID, "users", userID(d))},
			"organization": {Href: e.href("restoresessions", e.session.ID, "organization")},
		},
	}
}

// userID has the shape of real ones: two GUIDs and a security identifier in base64, run together (spec/FACTS.md#4.4).
func userID(d *tenant.Drive) string {
	digest := sha256.Sum256([]byte(d.ID))
	sid := append([]byte{1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0}, digest[:16]...)
	return uuid.Nil.String() + tenant.ID("user", d.ID).String() + base64.URLEncoding.EncodeToString(sid)
}

// listOneDrives gives them in the order of the configuration.
func (s *Server) listOneDrives(e *exchange) (any, error) {
	sess, err := s.enterWorkingSession(e)
	if err != nil {
		return nil, err
	}
	list := sess.views()
	at := func(i int64) (any, error) { return e.drive(list[i].Drive), nil }
	return e.page(int64(len(list)), at, "restoresessions", sess.ID, "organization", "onedrives")
}

func (s *Server) getOneDrive(e *exchange) (any, error) {
	sess, err := s.enterWorkingSession(e)
	if err != nil {
		return nil, err
	}
	v, err := sess.view(e.ids["oneDriveId"])
	if err != nil {
		return nil, err
	}
	return e.drive(v.Drive), nil
}
