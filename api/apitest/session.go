package apitest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/vbo365/vbo365-go/gen/server"
)

// RestoreSession is a view of the backup of an organization as it was at a point in time.
type RestoreSession struct {
	ID           string    // restoreSessionId, a random GUID
	Organization string    // name of the organization
	Time         time.Time // the point in time
}

type session struct {
	RestoreSession
	organization *organization
	stopped      bool
}

// StartRestoreSession starts a restore session. The empty organization means the first one, names are compared without
// regard to letter case, and the zero time means the newest restore points. Of each OneDrive the session shows the
// newest restore point that is not after at; a OneDrive without any is not in the session. A session lives until
// [Server.StopRestoreSession] or [Server.Close].
func (s *Server) StartRestoreSession(organization string, at time.Time) (RestoreSession, error) {
	for _, org := range s.organizations {
		if organization != "" && !strings.EqualFold(org.name, organization) {
			continue
		}
		sess := &session{
			RestoreSession: RestoreSession{ID: uuid.NewString(), Organization: org.name, Time: at},
			organization:   org,
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.sessions[sess.ID] = sess
		return sess.RestoreSession, nil
	}
	return RestoreSession{}, fmt.Errorf("start restore session: there is no organization %q", organization)
}

// StopRestoreSession stops a restore session. Requests that use it fail from then on; those that are being answered are
// finished. To stop it again is no error.
func (s *Server) StopRestoreSession(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	sess := s.sessions[strings.ToLower(id)]
	if sess == nil {
		return errors.New("stop restore session: there is no such session")
	}
	sess.stopped = true
	return nil
}

// folder is a folder of a OneDrive as a restore session shows it.
type folder struct {
	drive  *drive
	points []*restorePoint // those up to the session's, oldest first; never empty
	path   string          // "." for the root
}

// newest is the restore point that the session shows.
func (f folder) newest() *restorePoint { return f.points[len(f.points)-1] }

// findFolder finds the folder that a request is about.
func (s *Server) findFolder(request server.RunOneDriveFolderActionRequestObject) (folder, error) {
	s.mu.Lock()
	sess := s.sessions[strings.ToLower(request.RestoreSessionID)]
	stopped := sess != nil && sess.stopped
	s.mu.Unlock()
	if sess == nil {
		return folder{}, errNotFound
	}
	if stopped {
		return folder{}, errStopped
	}
	for _, drive := range sess.organization.drives {
		if !strings.EqualFold(drive.ID, request.OneDriveID) {
			continue
		}
		points := drive.points
		for !sess.Time.IsZero() && len(points) > 0 && points[len(points)-1].time.After(sess.Time) {
			points = points[:len(points)-1]
		}
		id, err := uuid.Parse(request.FolderID)
		if err != nil || len(points) == 0 {
			return folder{}, errNotFound
		}
		name, ok := points[len(points)-1].folders()[id]
		if !ok {
			return folder{}, errNotFound
		}
		return folder{drive: drive, points: points, path: name}, nil
	}
	return folder{}, errNotFound
}
