package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/vbo365/vbo365-go/gen"
)

// Restore is a restore or copy that has begun. Servers of v8 carry it out after they have answered; with earlier ones
// it is done already. It is a value, safe for concurrent use.
type Restore struct {
	session  RestoreSession // that carries it out; zero if it is done
	explored RestoreSession // that the folder is in; zero if that is not known
	op       string
	sentAt   time.Time
	since    time.Time // the same by the server's clock, at the earliest
	// clean removes the secrets that it was begun with from what the server tells of it. It is a function
	// because package fmt cannot print what a function knows.
	clean  func(string) string
	result RestoreResult // if it is done
	err    error         // if it is done, and something is missing
}

// Restore returns the restore or copy that the restore session with this id carries out, which must have been started
// by the same account: for a program that took [Restore.SessionID] and left. Only servers of v8 have such sessions.
func (c *Client) Restore(sessionID string) Restore {
	return Restore{session: c.RestoreSession(sessionID), op: "follow restore", clean: cleaner(nil)}
}

// SessionID returns the id of the restore session that carries it out. It is empty with servers before v8, which answer
// when it is done.
func (r Restore) SessionID() string { return r.session.id }

// RestoreProgress is how far a restore or copy is.
type RestoreProgress struct {
	State RestoreSessionState
	// The numbers are those of items, zero until the server gives them.
	Total, Restored, Failed, Skipped int64
	// Message is that of the newest event.
	Message string
}

// The pauses between two looks at a restore that is being carried out.
const (
	firstLook = 250 * time.Millisecond
	lastLook  = 5 * time.Second
)

// WaitOption changes what [Restore.Wait] does.
type WaitOption func(*waitOptions)

type waitOptions struct{ progress func(RestoreProgress) }

// WithRestoreProgress calls report with what has changed, from the goroutine that calls Wait: at the start and the end,
// and between at most once in 250 milliseconds, after a while once in 5 seconds. The default is not to report.
func WithRestoreProgress(report func(RestoreProgress)) WaitOption {
	return func(o *waitOptions) { o.progress = report }
}

// Wait returns when the restore or copy is done, with its result: at once, unless a server of v8 is at work. Errors are
// those of [Folder.RestoreToOriginalLocation]. If ctx ends before, or the server cannot be reached, the work goes on,
// and Wait can be called again.
func (r Restore) Wait(ctx context.Context, opts ...WaitOption) (RestoreResult, error) {
	o := waitOptions{progress: func(RestoreProgress) {}}
	for _, opt := range opts {
		opt(&o)
	}
	if r.session.client == nil && r.explored.client != nil {
		o.progress(r.result.progress())
		return r.result, r.err
	}
	if err := r.session.check(); err != nil {
		return r.result, failed(r.op, err)
	}
	result, err := r.follow(ctx, o.progress)
	return result, failed(r.op, err)
}

// progress returns the numbers of a restore that is done.
func (r RestoreResult) progress() RestoreProgress {
	return RestoreProgress{
		State:    RestoreSessionStopped,
		Total:    r.TotalItemsCount,
		Restored: int64(r.RestoredItemsCount),
		Failed:   int64(r.FailedItemsCount) + r.FailedRestrictionsCount,
		Skipped:  r.SkippedItemsByErrorCount + r.SkippedItemsByNoChangesCount,
	}
}

// follow looks at the session until it has stopped (spec/FACTS.md#3.4).
func (r Restore) follow(ctx context.Context, progress func(RestoreProgress)) (RestoreResult, error) {
	version, err := r.session.client.APIVersion(ctx)
	if w := (wire{version: version}); err == nil && !w.restoresInSessions() {
		err = invalid("API %v does not carry out restores in sessions of their own", version)
	}
	var last RestoreProgress
	seen := look{Restore: r, reader: r.session.eventReader()}
	for delay := firstLook; ; delay = min(2*delay, lastLook) {
		if err == nil {
			err = seen.again(ctx)
		}
		switch {
		case err != nil && r.sentAt.IsZero() && last == RestoreProgress{}:
			return RestoreResult{}, err // nobody knows that there is such a restore
		case err != nil:
			return RestoreResult{}, r.unknown(err)
		case seen.progress != last:
			last = seen.progress
			progress(last)
		}
		if seen.done {
			return seen.end()
		}
		err = r.session.client.retries.wait(ctx, delay)
	}
}

// unknown says that the end of the restore was not seen.
func (r Restore) unknown(err error) error {
	unknown := &UnknownOutcome{
		SentAt: r.sentAt, session: r.session, kind: gen.EventTypeRestore, begun: true, clean: r.clean, err: err,
	}
	if r.session.id == r.explored.id { // which may have seen other restores
		unknown.since = r.since
	}
	return unknown
}

// A look is what was seen of a restore so far.
type look struct {
	Restore
	reader eventReader
	newest Event // of the restore's; zero if there is none yet

	progress   RestoreProgress
	done       bool
	verdict    RestoreSessionResult
	details    string
	statistics *gen.RestoreSessionStatistics // nil if there are none
}

// again reads the state of the restore, its statistics, and its newest event. The last two are not worth an error while
// it works.
func (l *look) again(ctx context.Context) error {
	session, err := l.session.Get(ctx)
	if err != nil {
		return err
	}
	state := session.Properties.State
	l.done, l.verdict, l.details = state == RestoreSessionStopped, session.Properties.Result, session.Properties.Details
	if l.reader.read(ctx, l.see) == nil { // otherwise the next look may see the events
		// What becomes of the others is not needed.
		isOther := func(p place) bool { return p.id != l.newest.ID }
		l.reader.running = slices.DeleteFunc(l.reader.running, isOther)
	}
	l.progress = RestoreProgress{State: state, Message: oneLine(l.clean(l.newest.Message))}
	// Nobody says that the session is another one than the folder's, which stays open.
	if l.session.id == l.explored.id && l.newest.ID != "" && l.newest.Status != gen.EventStatusRunning {
		l.done, l.verdict, l.details = true, RestoreSessionResult(l.newest.Status), l.newest.Message
	}
	statistics, err := l.readStatistics(ctx)
	switch {
	case err == nil:
		l.statistics = &statistics
		l.progress.Total, l.progress.Restored = statistics.TotalItemsCount, statistics.RestoredItemsCount
		l.progress.Failed, l.progress.Skipped = statistics.FailedItemsCount, statistics.SkippedItemsCount
	case l.done && !errors.Is(err, ErrNotFound):
		return fmt.Errorf("the restore is done, but its statistics did not arrive: %w", err)
	default:
		l.statistics = nil
	}
	return nil
}

// see takes over an event if it is the newest of the restore.
func (l *look) see(event Event) error {
	if event.Type == gen.EventTypeRestore && notBefore(event.StartTime, l.since) && (event.ID == l.newest.ID ||
		event.Order > l.newest.Order ||
		event.Order == l.newest.Order && !event.StartTime.Before(l.newest.StartTime.Time)) {
		l.newest = event
	}
	return nil
}

func (l *look) readStatistics(ctx context.Context) (statistics gen.RestoreSessionStatistics, err error) {
	response, err := l.session.client.exchange(ctx, call{}, func(w wire) (*http.Response, error) {
		return w.GetRestoreSessionStatistics(ctx, l.session.id, acceptJSON)
	})
	if err == nil {
		body, _ := readText(response) // which is in memory
		response.Body = io.NopCloser(strings.NewReader(l.clean(string(body))))
		err = readJSON(response, "totalItemsCount", &statistics)
	}
	return statistics, failed("get statistics", err)
}

// end turns what v8 says into the statistics of the earlier versions (spec/FACTS.md#1.9, #3.4). Of the skipped items,
// v8 gives one number: those that it names with an error count as skipped by an error, the others as unchanged.
func (l *look) end() (result RestoreResult, err error) {
	why := l.clean(l.details)
	if s := l.statistics; s != nil {
		result.Reported = true
		result.TotalItemsCount = s.TotalItemsCount
		result.RestoredItemsCount = int32(min(s.RestoredItemsCount, math.MaxInt32)) //nolint:gosec // bounded
		result.FailedItemsCount = int32(min(s.FailedItemsCount, math.MaxInt32))     //nolint:gosec // bounded
		result.add(s.Items)
		result.SkippedItemsByErrorCount = min(result.SkippedItemsByErrorCount, s.SkippedItemsCount)
		result.SkippedItemsByNoChangesCount = s.SkippedItemsCount - result.SkippedItemsByErrorCount
		if len(s.Errors) > 0 {
			why = s.Errors[0]
		}
	}
	err = result.check()
	if err == nil && l.verdict == gen.RestoreSessionResultFailed {
		err = fmt.Errorf("%w: the server says that it has failed: %s", ErrIncomplete, oneLine(why))
	}
	return result, err
}

// add takes over what the server says of items and of those in them.
func (r *RestoreResult) add(items []gen.RestoredItem) {
	for _, item := range items {
		if item.Status == gen.RestoredItemStatusSkipped && item.Error != "" {
			r.SkippedItemsByErrorCount++
		}
		if item.Error != "" || len(item.Warnings) > 0 {
			r.RestoreIssues = append(r.RestoreIssues, RestoreIssue{
				ID: item.ID, Path: item.Path, Title: item.Title, Warnings: item.Warnings, Error: item.Error,
			})
		}
		r.add(item.ChildItems)
	}
}
