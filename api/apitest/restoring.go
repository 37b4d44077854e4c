package apitest

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/google/uuid"

	"github.com/vbo365/vbo365-go/api/apitest/internal/tenant"
	"github.com/vbo365/vbo365-go/gen/server"
)

// restoring is a restore or copy of one selection, or a restore of several OneDrives, one after another. It may go on
// after its request was answered, in a session of its own (spec/FACTS.md#3.4).
type restoring struct {
	jobs   []*job
	bulk   bool   // of several OneDrives, even if it is a list of one
	reason string // that a restore operator gave; may be empty
	cancel context.CancelCauseFunc
	done   chan struct{} // closed when the session has ended
}

// job is the restore or copy of one selection.
type job struct {
	*tenant.Transfer
	chosen         tenant.Selection
	verb, location string // for its event
	leftOut        bool   // because the user does not exist any more: there is nothing to do

	progress *event
	ended    atomic.Bool
}

// newRestoring makes the restore or copy of one selection. verb and location are for its event.
func newRestoring(t *tenant.Transfer, chosen tenant.Selection, verb, location string) *restoring {
	return &restoring{jobs: []*job{{Transfer: t, chosen: chosen, verb: verb, location: location}}}
}

var errWorkStopped = errors.New("the session was stopped")

// begin adds the events of the work to a session and, if that is not nil, as twins to another one.
func (w *restoring) begin(sess, twin *session) {
	for _, j := range w.jobs {
		j.progress = sess.begin(j.chosen, server.EventTypeRestore, j.verb, j.location)
		if twin != nil {
			j.progress.twin = twin.events.begin(*j.progress)
		}
	}
}

// run does the jobs that begin has begun. One that breaks off does not keep the next from being done.
func (w *restoring) run(ctx context.Context) error {
	var errs []error
	for _, j := range w.jobs {
		errs = append(errs, j.run(ctx))
	}
	return errors.Join(errs...)
}

func (j *job) run(ctx context.Context) error {
	defer j.ended.Store(true)
	if !j.leftOut {
		j.Done = j.progress.add
		if err := j.Run(ctx); err != nil {
			j.progress.fail(err)
			return err
		}
	}
	status, message := j.outcome()
	if !j.leftOut {
		message = j.Result().String()
	}
	j.progress.end(server.EventStatus(status), message) // both have the same words
	return nil
}

// outcome is what became of a job that has ended, and why it is not a success.
func (j *job) outcome() (server.RestoredOneDriveStatus, string) {
	result := j.Result()
	problem := fmt.Sprintf("%d of %d items could not be written.", result.Failed, result.Total)
	switch {
	case j.leftOut:
		return server.RestoredOneDriveStatusWarning,
			fmt.Sprintf("The user %s does not exist any more: the OneDrive was left out.", j.chosen.Owner)
	case result.Err != nil:
		return server.RestoredOneDriveStatusFailed, result.Err.Error()
	case result.Failed > 0 && int64(result.Failed) == result.Total:
		return server.RestoredOneDriveStatusFailed, problem
	case len(result.Issues) > 0:
		return server.RestoredOneDriveStatusWarning, problem
	}
	return server.RestoredOneDriveStatusSuccess, ""
}

// result is that of all jobs together.
func (w *restoring) result() (sum tenant.Result) {
	for _, j := range w.jobs {
		r := j.Result()
		sum.Total, sum.Unchanged = sum.Total+r.Total, sum.Unchanged+r.Unchanged
		sum.Restored, sum.Failed = sum.Restored+r.Restored, sum.Failed+r.Failed
		sum.Issues = append(sum.Issues, r.Issues...)
		sum.Err = errors.Join(sum.Err, r.Err)
	}
	return sum
}

// carryOutLater begins a restore or copy, which ends with the server at the latest, and gives the session that carries
// it out. That this is a new one, which has the same event as the session that the work was asked of, is our choice.
// Until the work is done, neither of them expires; to stop the other one does not end it.
func (s *Server) carryOutLater(e *exchange, work *restoring) *session {
	from := e.session
	ctx, cancel := context.WithCancelCause(s.ctx)
	work.cancel, work.done = cancel, make(chan struct{})
	for _, j := range work.jobs {
		j.Pace = s.config.RestorePace
	}
	sess := s.sessions.start(session{
		RestoreSession: RestoreSession{Organization: from.Organization, Time: from.Time},
		organization:   from.organization,
		work:           work,
		overWire:       true,
		initiatedBy:    e.userName,
		reason:         work.reason,
	})
	work.begin(from, sess)
	s.sessions.hold(from)
	s.work.inside.Go(func() {
		defer close(work.done)
		defer cancel(nil)
		err := work.run(ctx)
		details := work.result().String()
		if err != nil {
			details += ", then it failed: " + err.Error()
		}
		s.sessions.finish(sess, details)
		s.sessions.leave(from)
	})
	return sess
}

// restoredItems is what went wrong with single documents, as v8 tells it. Those that made no trouble are only counted:
// our choice.
func restoredItems(r tenant.Result) []server.RestoredItem {
	items := []server.RestoredItem{}
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
	return items
}

// restoredOneDrives is what became of the OneDrives that are done, as v8 tells it.
func (w *restoring) restoredOneDrives() []server.RestoredItem {
	items := []server.RestoredItem{}
	for _, j := range w.jobs {
		if !j.ended.Load() {
			continue
		}
		status, problem := j.outcome()
		item := server.RestoredItem{
			ItemRestoreDetailsType: server.RestoredItemKindBulkOneDrive,
			ID:                     &j.chosen.ID,
			Title:                  &j.chosen.Drive.Name,
			Name:                   &j.chosen.Drive.Name,
			Status:                 new(server.RestoredItemStatus(status)), // both have the same words
			Warnings:               &[]string{},
			ChildItems:             new(restoredItems(j.Result())),
			OneDriveWebID:          new(j.chosen.ID[:len(uuid.Nil.String())]),
			OneDriveSiteID:         new(j.chosen.ID[len(uuid.Nil.String()):]),
			OneDriveURL:            &j.chosen.URL,
		}
		switch {
		case j.leftOut:
			item.Status, item.Warnings = new(server.RestoredItemStatusSkipped), &[]string{problem}
		case problem != "":
			item.Error = &problem
		}
		items = append(items, item)
	}
	return items
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
	r := sess.work.result()
	items, problems := restoredItems(r), []string{}
	if sess.work.bulk {
		items = sess.work.restoredOneDrives()
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
	}, nil
}
