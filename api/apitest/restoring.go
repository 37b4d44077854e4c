package apitest

import (
	"context"
	"errors"
	"fmt"

	"github.com/vbo365/vbo365-go/api/apitest/internal/tenant"
	"github.com/vbo365/vbo365-go/gen/server"
)

// restoring is a restore or copy that goes on after its request was answered, in a session of its own
// (spec/FACTS.md#3.4).
type restoring struct {
	*tenant.Transfer
	cancel context.CancelCauseFunc
	done   chan struct{} // closed when the session has ended
}

var errWorkStopped = errors.New("the session was stopped")

// carryOutLater begins a restore or copy, which ends with the server at the latest, and gives the session that carries
// it out. That this is a new one, which has the same event as the session that the work was asked of, is our choice.
// Until the work is done, neither of them expires; to stop the other one does not end it.
func (s *Server) carryOutLater(e *exchange, t *tenant.Transfer, progress *event) *session {
	from := e.session
	ctx, cancel := context.WithCancelCause(s.ctx)
	work := &restoring{Transfer: t, cancel: cancel, done: make(chan struct{})}
	t.Pace = s.config.RestorePace
	sess := s.sessions.start(session{
		RestoreSession: RestoreSession{Organization: from.Organization, Time: from.Time},
		organization:   from.organization,
		work:           work,
		overWire:       true,
		initiatedBy:    e.userName,
	})
	progress.twin = sess.events.begin(*progress)
	s.sessions.hold(from)
	s.work.inside.Go(func() {
		defer close(work.done)
		defer cancel(nil)
		err := s.transfer(ctx, t, progress)
		details := t.Result().String()
		if err != nil {
			details += ", then it failed: " + err.Error()
		}
		s.sessions.finish(sess, details)
		s.sessions.leave(from)
	})
	return sess
}

// sessionStatistics is what became of the documents, as v8 tells it. Those that made no trouble are only counted: our
// choice.
func sessionStatistics(r tenant.Result) server.RestoreSessionStatistics {
	items, problems := []server.RestoredItem{}, []string{}
	for _, issue := range r.Issues {
		items = append(items, server.RestoredItem{
			ItemRestoreDetailsType: server.RestoredItemKindItem,
			ID:                     &issue.ID,
			Title:                  &issue.Title,
			Name:                   &issue.Title,
			ItemType:               new(server.RestoredItemTypeOneDriveItem),
			Status:                 new(server.RestoredItemStatusFailed),
			Path:                   &issue.Path,
			Error:                  &issue.Error,
			Warnings:               &[]string{},
		})
	}
	if r.Failed > 0 {
		problems = append(problems, fmt.Sprintf("%d of %d items could not be written.", r.Failed, r.Total))
	}
	if r.Err != nil {
		problems = append(problems, r.Err.Error())
	}
	return server.RestoreSessionStatistics{
		TotalItemsCount:    r.Total,
		RestoredItemsCount: int64(r.Restored),
		FailedItemsCount:   int64(r.Failed),
		SkippedItemsCount:  r.Unchanged,
		Warnings:           &[]string{},
		Errors:             &problems,
		Items:              items,
	}
}

// getRestoreSessionStatistics is for sessions that carry out a restore or copy, or did.
func (s *Server) getRestoreSessionStatistics(e *exchange) (any, error) {
	sess, err := s.enterSession(e)
	if err != nil {
		return nil, err
	}
	if sess.work == nil {
		return nil, errNotFound
	}
	return sessionStatistics(sess.work.Result()), nil
}
