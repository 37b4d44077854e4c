package apitest

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/vbo365/vbo365-go/api/apitest/internal/tenant"
	"github.com/vbo365/vbo365-go/gen/server"
)

// RestoreSession is a view of the backup of an organization as of a point in time.
type RestoreSession struct {
	ID           string    // restoreSessionId, a random GUID
	Organization string    // name of the organization
	Time         time.Time // the point in time
}

// StartRestoreSession starts a restore session. The default of organization is the first one; letter case does not
// count in its name. The zero time selects the newest restore points. The session has the newest restore point of each
// OneDrive that is not after at. A OneDrive without one is not in the session. The session does not expire. It has no
// account: requests can use it, but it is not in the list of restore sessions.
func (s *Server) StartRestoreSession(organization string, at time.Time) (RestoreSession, error) {
	for _, org := range s.organizations {
		if organization != "" && !strings.EqualFold(org.Name, organization) {
			continue
		}
		return s.sessions.start(session{
			RestoreSession:  RestoreSession{Organization: org.Name, Time: at},
			organization:    org,
			showAllVersions: true,
		}).RestoreSession, nil
	}
	return RestoreSession{}, fmt.Errorf("start restore session: there is no organization %q", organization)
}

// StopRestoreSession stops a restore session. Later requests that use it fail; running ones are finished. If the
// session is stopped already, the result is nil.
func (s *Server) StopRestoreSession(id string) error {
	sess := s.sessions.enter(id)
	if sess == nil {
		return errors.New("stop restore session: there is no such session")
	}
	defer s.sessions.leave(sess)
	s.sessions.stop(sess)
	return nil
}

// maxStoppedSessions is how many stopped sessions are remembered; beyond it, the one that was stopped first is
// forgotten.
const maxStoppedSessions = 10_000

// sessions are all restore sessions. It is safe for concurrent use.
//
// A session that has been idle for too long is stopped when somebody looks: nothing runs in the background.
type sessions struct {
	idleTimeout time.Duration // negative: none

	mu      sync.Mutex
	byID    map[string]*session
	stopped []*session // in that order
	started int        // so far
}

type session struct {
	RestoreSession
	organization                 *tenant.Organization
	showDeleted, showAllVersions bool
	repository                   *tenant.Repository // whose content it shows; nil for all but copies
	retrieved                    bool               // it shows what was retrieved from an archive
	only                         []*tenant.Drive    // what it shows; nil for all
	reason                       string             // that the account gave
	work                         *restoring         // that the session carries out; nil if it is there to explore
	overWire                     bool               // started by a request: the session is listed, and expires
	initiatedBy                  string             // account; empty if not started by a request
	number                       int                // in the order of starting
	created                      time.Time
	events                       *events

	// These are guarded by the mutex of sessions.
	requests int       // being answered
	used     time.Time // when the last one ended
	ended    time.Time // zero while the session works
	details  string
	stopping bool // the work was told to end
}

// start adds a new session.
func (ss *sessions) start(new session) *session {
	sess := &new
	sess.ID, sess.events = uuid.NewString(), &events{}
	sess.events.note("Restore session started")
	ss.mu.Lock()
	defer ss.mu.Unlock()
	now := time.Now()
	ss.expireAll(now)
	ss.started++
	sess.number, sess.created, sess.used = ss.started, now, now
	if sess.work != nil {
		sess.requests++ // until it is done
	}
	ss.byID[sess.ID] = sess
	return sess
}

// enter finds a session, stopped or not, and keeps it from expiring until leave. There may be none.
func (ss *sessions) enter(id string) *session {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	sess := ss.byID[strings.ToLower(id)]
	if sess != nil {
		ss.expire(sess, time.Now())
		sess.requests++
	}
	return sess
}

func (ss *sessions) leave(sess *session) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	sess.requests--
	sess.used = time.Now()
}

// hold keeps a session from expiring until leave.
func (ss *sessions) hold(sess *session) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	sess.requests++
}

// finish ends a session whose work is done.
func (ss *sessions) finish(sess *session, details string) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	sess.requests--
	ss.end(sess, time.Now(), details)
}

// works tells whether a session has not been stopped.
func (ss *sessions) works(sess *session) bool {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	return sess.ended.IsZero()
}

// stop stops a session, and tells whether it had not been stopped before. Of one that carries out a restore it ends the
// work and waits for that; what was written stays written: our choice.
func (ss *sessions) stop(sess *session) bool {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if !sess.ended.IsZero() || sess.stopping {
		return false
	}
	if sess.work == nil {
		ss.end(sess, time.Now(), "The session was stopped.")
		return true
	}
	sess.stopping = true
	ss.mu.Unlock()
	sess.work.cancel(errWorkStopped)
	<-sess.work.done
	ss.mu.Lock()
	return true
}

// expire stops a session that has been idle for too long. The caller holds the mutex.
func (ss *sessions) expire(sess *session, now time.Time) {
	if sess.overWire && sess.ended.IsZero() && sess.requests == 0 &&
		ss.idleTimeout >= 0 && now.Sub(sess.used) >= ss.idleTimeout {
		ss.end(sess, sess.used.Add(ss.idleTimeout),
			fmt.Sprintf("The session was stopped because it had been idle for %s.", ss.idleTimeout))
	}
}

func (ss *sessions) expireAll(now time.Time) {
	for _, sess := range ss.byID {
		ss.expire(sess, now)
	}
}

// end makes a session a stopped one. The caller holds the mutex.
func (ss *sessions) end(sess *session, at time.Time, details string) {
	sess.ended, sess.details = at, details
	sess.events.note("Restore session completed")
	ss.stopped = append(ss.stopped, sess)
	if len(ss.stopped) > maxStoppedSessions {
		delete(ss.byID, ss.stopped[0].ID)
		ss.stopped[0] = nil
		ss.stopped = ss.stopped[1:]
	}
}

// of gives the sessions that an account has started over the wire and that fit the query, newest first unless it asks
// for another order. A session that works has no end: in the order of ends it is the newest, our choice.
func (ss *sessions) of(account string, query parameters) []*session {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	ss.expireAll(time.Now())
	var list []*session
	for _, sess := range ss.byID {
		if sess.overWire && sess.initiatedBy == account &&
			within(sess.created, query.StartTimeFrom, query.StartTimeTo) &&
			within(sess.ended, query.EndTimeFrom, query.EndTimeTo) {
			list = append(list, sess)
		}
	}
	slices.SortFunc(list, func(a, b *session) int {
		order := cmp.Compare(a.number, b.number)
		if query.OrderBy == string(server.RestoreSessionOrderEndTime) {
			order = cmp.Or(compareEnds(a.ended, b.ended), order)
		}
		if query.OrderAsc {
			return order
		}
		return -order
	})
	return list
}

// within tells whether a time is not before from and not after to, where these are given. The zero time is in no
// bounds.
func within(t time.Time, from, to *time.Time) bool {
	if t.IsZero() {
		return from == nil && to == nil
	}
	return (from == nil || !t.Before(*from)) && (to == nil || !t.After(*to))
}

func compareEnds(a, b time.Time) int {
	if a.IsZero() != b.IsZero() {
		return cmp.Compare(b.Unix(), a.Unix()) // the zero time is long ago
	}
	return a.Compare(b)
}

// resource describes a session (spec/FACTS.md#3.1).
func (ss *sessions) resource(sess *session, e *exchange) server.RestoreSession {
	ss.mu.Lock()
	ended, details := sess.ended, sess.details
	ss.mu.Unlock()
	result, changes := sess.events.result()
	changes++ // its start
	self := e.href("restoresessions", sess.ID)
	resource := server.RestoreSession{
		ID:           sess.ID,
		Name:         new("Explore OneDrive for Business"),
		Organization: &sess.Organization,
		Type:         new("Veod"),
		CreationTime: new(sess.created.UTC().Format(zuluTime)),
		State:        server.RestoreSessionStateWorking,
		ETag:         &changes,
		Details:      &details,
		UnderscoreLinks: &server.Links{
			"self":                 {Href: self},
			"organization":         {Href: self + "/organization"},
			"restoreSessionEvents": {Href: self + "/events"},
		},
	}
	if sess.overWire {
		resource.InitiatedBy, resource.ClientHost = &sess.initiatedBy, new(e.serverName())
	}
	if sess.reason != "" {
		resource.Reason = &sess.reason
	}
	if sess.work != nil {
		resource.Name = new("Restore OneDrive for Business")
	}
	if !ended.IsZero() {
		resource.State = server.RestoreSessionStateStopped
		resource.EndTime = new(ended.UTC().Format(zuluTime))
		changes++
	}
	if !ended.IsZero() || e.edition.ongoingResult {
		resource.Result = &result
	}
	return resource
}

// enterSession finds the session that a request is about, stopped or not, and keeps it from expiring until the request
// has been answered.
func (s *Server) enterSession(e *exchange) (*session, error) {
	if e.session = s.sessions.enter(e.ids["restoreSessionId"]); e.session == nil {
		return nil, errNotFound
	}
	return e.session, nil
}

// enterWorkingSession finds the session that a request is about and refuses a stopped one. One that carries out a
// restore shows nothing: our choice.
func (s *Server) enterWorkingSession(e *exchange) (*session, error) {
	sess, err := s.enterSession(e)
	switch {
	case err != nil:
	case sess.work != nil:
		err = errNotFound
	case !s.sessions.works(sess):
		err = errStopped
	}
	return sess, err
}

// listRestoreSessions gives those of the account (spec/FACTS.md#3.2).
func (s *Server) listRestoreSessions(e *exchange) (any, error) {
	list := s.sessions.of(e.userName, e.parameters)
	at := func(i int64) (any, error) { return s.sessions.resource(list[i], e), nil }
	return e.page(int64(len(list)), at, "restoresessions")
}

// getRestoreSession gives stopped ones, too.
func (s *Server) getRestoreSession(e *exchange) (any, error) {
	sess, err := s.enterSession(e)
	if err != nil {
		return nil, err
	}
	return s.sessions.resource(sess, e), nil
}

// stopRestoreSession refuses a session that has been stopped: our choice, as a client is known to expect 400 there
// (spec/FACTS.md#3.2).
func (s *Server) stopRestoreSession(e *exchange) (any, error) {
	sess, err := s.enterSession(e)
	if err != nil {
		return nil, err
	}
	if !s.sessions.stop(sess) {
		return nil, badRequest("The restore session has been stopped already.")
	}
	s.execute(e)
	return nil, nil
}

func (s *Server) getRestoreSessionOrganization(e *exchange) (any, error) {
	sess, err := s.enterWorkingSession(e)
	if err != nil {
		return nil, err
	}
	self := e.href("restoresessions", sess.ID, "organization")
	return server.Organization{
		ID:              sess.organization.ID,
		Name:            sess.organization.Name,
		Type:            new("Office365"),
		UnderscoreLinks: &server.Links{"self": {Href: self}, "onedrives": {Href: self + "/onedrives"}},
	}, nil
}
