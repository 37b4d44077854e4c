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

// Restore is a restore or copy that has started. With v8, the server may still be working; with earlier versions, it is
// done. A Restore is a value, safe for concurrent use.
type Restore struct {
	session  RestoreSession // that carries it out; zero before v8
	explored RestoreSession // that has the items; zero if it is not known
	op       string
	sentAt   time.Time
	since    time.Time // the earliest possible value of sentAt by the server's clock
	// clean removes the secrets of the request from texts of the server. It is a function, so that package fmt cannot
	// print the secrets.
	clean  func(string) string
	result RestoreResult // before v8
	err    error         // of the start, or before v8, if items failed
}

// Restore returns the restore or copy that the restore session with this id carries out. The id is that of
// [Restore.SessionID], maybe in another program, which used the same account. Only v8 has such sessions. Nothing is
// sent.
func (c *Client) Restore(sessionID string) Restore {
	return Restore{session: c.RestoreSession(sessionID), op: "follow restore", clean: cleaner(nil)}
}

// read adds the response to a request.
func (r *Restore) read(response *http.Response, w wire, sent sending) error {
	result, sessionID, err := w.readRestore(response)
	if err != nil {
		return err
	}
	r.result.add(result)
	r.clean = cleaner(sent.secrets)
	if sessionID != "" {
		r.session = r.explored.client.RestoreSession(sessionID)
		r.since, r.sentAt = sent.earliest(response, sent.at), sent.at
	}
	return nil
}

// SessionID returns the id of the restore session that carries it out. It is empty before v8.
func (r Restore) SessionID() string { return r.session.id }

// RestoreProgress is the progress of a restore or copy.
type RestoreProgress struct {
	State RestoreSessionState
	// The numbers of items. They are zero until the server sends them.
	Total, Restored, Failed, Skipped int64
	// Message is the message of the newest event. It may be empty.
	Message string
}

// The first and the longest wait between two polls of a restore.
const (
	firstPoll   = 250 * time.Millisecond
	longestPoll = 5 * time.Second
)

// WaitOption is an option of [Restore.Wait].
type WaitOption func(*waitOptions)

type waitOptions struct{ progress func(RestoreProgress) }

// WithRestoreProgress calls report when the progress has changed, from the goroutine that calls Wait. Wait polls at
// once, and then at intervals that double from 250 milliseconds up to 5 seconds. The default is no report.
func WithRestoreProgress(report func(RestoreProgress)) WaitOption {
	return func(o *waitOptions) { o.progress = report }
}

// Wait polls until the restore or copy is done, and returns its result. Before v8, it returns at once. It also does so
// after a start that failed, with the error of the start. The errors are those of [Folder.RestoreToOriginalLocation].
// If ctx ends, or the server cannot be reached, the error matches [ErrOutcomeUnknown]. The server continues its work,
// and Wait can be called again.
func (r Restore) Wait(ctx context.Context, opts ...WaitOption) (RestoreResult, error) {
	o := waitOptions{progress: func(RestoreProgress) {}}
	for _, opt := range opts {
		opt(&o)
	}
	if r.err != nil || r.session.client == nil && r.explored.client != nil {
		o.progress(r.result.progress())
		return r.result, r.err
	}
	if err := r.session.check(); err != nil {
		return r.result, failed(r.op, err)
	}
	result, err := r.follow(ctx, o.progress)
	return result, failed(r.op, err)
}

// progress returns the progress of a restore that is done.
func (r RestoreResult) progress() RestoreProgress {
	return RestoreProgress{
		State:    RestoreSessionStopped,
		Total:    r.TotalItemsCount,
		Restored: int64(r.RestoredItemsCount),
		Failed:   int64(r.FailedItemsCount) + r.FailedRestrictionsCount,
		Skipped:  r.SkippedItemsByErrorCount + r.SkippedItemsByNoChangesCount,
	}
}

// follow polls the session until it has stopped (spec/FACTS.md#3.4).
func (r Restore) follow(ctx context.Context, progress func(RestoreProgress)) (RestoreResult, error) {
	w, err := r.session.client.wire(ctx)
	if err == nil && !w.restoresInSessions() && r.explored.client == nil {
		err = invalid("API %v does not carry out restores in sessions of their own", w.version)
	}
	var last RestoreProgress
	seen := poll{Restore: r, reader: r.session.eventReader()}
	for delay := firstPoll; ; delay = min(2*delay, longestPoll) {
		if err == nil {
			err = seen.update(ctx)
		}
		switch {
		case err != nil && r.sentAt.IsZero() && last == RestoreProgress{}:
			return RestoreResult{}, err // there may be no such restore
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

// unknown returns the error of a restore whose end was not observed.
func (r Restore) unknown(err error) error {
	unknown := &UnknownOutcome{
		SentAt: r.sentAt, session: r.session, kind: gen.EventTypeRestore, begun: true, clean: r.clean, err: err,
	}
	if r.session.id == r.explored.id { // which may have events of other restores
		unknown.since = r.since
	}
	return unknown
}

// A poll is the observed state of a restore.
type poll struct {
	Restore
	reader eventReader
	newest Event // of the restore; zero if there is none yet

	progress   RestoreProgress
	done       bool
	verdict    RestoreSessionResult
	details    string
	statistics *gen.RestoreSessionStatistics // nil if there are none
}

// update polls the state of the restore, its statistics, and its newest event. While the restore is running, errors of
// the last two are ignored.
func (l *poll) update(ctx context.Context) error {
	session, err := l.session.Get(ctx)
	if err != nil {
		return err
	}
	state := session.Properties.State
	l.done, l.verdict, l.details = state == RestoreSessionStopped, session.Properties.Result, session.Properties.Details
	if l.reader.read(ctx, l.see) == nil { // otherwise the next poll may read the events
		// Changes of the other events are not needed.
		isOther := func(p place) bool { return p.id != l.newest.ID }
		l.reader.running = slices.DeleteFunc(l.reader.running, isOther)
	}
	l.progress = RestoreProgress{State: state, Message: oneLine(l.clean(l.newest.Message))}
	// The session may be that of the items, which stays open. Then the event tells the end of the restore.
	if l.session.id == l.explored.id && l.newest.ID != "" && l.newest.Status != gen.EventStatusRunning {
		l.done, l.verdict, l.details = true, RestoreSessionResult(l.newest.Status), l.newest.Message
	}
	statistics, err := l.readStatistics(ctx)
	switch {
	case err == nil:
		l.statistics = &statistics
		l.progress.Total, l.progress.Restored = statistics.TotalItemsCount, statistics.RestoredItemsCount
		l.progress.Failed, l.progress.Skipped = statistics.FailedItemsCount, statistics.SkippedItemsCount
	case l.done && !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrInvalid): // before v8, there are none
		return fmt.Errorf("the restore is done, but its statistics cannot be read: %w", err)
	default:
		l.statistics = nil
	}
	return nil
}

// see keeps an event if it is the newest of the restore.
func (l *poll) see(event Event) error {
	if event.Type == gen.EventTypeRestore && notBefore(event.StartTime, l.since) && (event.ID == l.newest.ID ||
		event.Order > l.newest.Order ||
		event.Order == l.newest.Order && !event.StartTime.Before(l.newest.StartTime.Time)) {
		l.newest = event
	}
	return nil
}

func (l *poll) readStatistics(ctx context.Context) (statistics gen.RestoreSessionStatistics, err error) {
	response, err := l.session.client.exchange(ctx, call{}, func(w wire) (*http.Response, error) {
		return w.GetRestoreSessionStatistics(ctx, l.session.id)
	})
	if err == nil {
		body, _ := readText(response) // no error: it is in memory
		response.Body = io.NopCloser(strings.NewReader(l.clean(string(body))))
		err = readJSON("totalItemsCount", &statistics)(response)
	}
	return statistics, failed("get statistics", err)
}

// end converts the statistics of v8 to those of the earlier versions (spec/FACTS.md#1.9, #3.4). v8 has one number of
// skipped items: those with an error count as skipped by an error, the others as unchanged.
func (l *poll) end() (result RestoreResult, err error) {
	why := l.clean(l.details)
	if s := l.statistics; s != nil {
		result.Reported = true
		result.TotalItemsCount = s.TotalItemsCount
		result.RestoredItemsCount = int32(min(s.RestoredItemsCount, math.MaxInt32)) //nolint:gosec // bounded
		result.FailedItemsCount = int32(min(s.FailedItemsCount, math.MaxInt32))     //nolint:gosec // bounded
		result.addItems(s.Items)
		result.SkippedItemsByErrorCount = min(result.SkippedItemsByErrorCount, s.SkippedItemsCount)
		result.SkippedItemsByNoChangesCount = s.SkippedItemsCount - result.SkippedItemsByErrorCount
		if len(s.Errors) > 0 {
			why = s.Errors[0]
		}
	}
	err = result.check()
	if err == nil && l.verdict == gen.RestoreSessionResultFailed {
		err = fmt.Errorf("%w: the server reports a failure: %s", ErrIncomplete, oneLine(why))
	}
	return result, err
}

// addItems adds the issues of items, and of the items in them.
func (r *RestoreResult) addItems(items []gen.RestoredItem) {
	for _, item := range items {
		if item.ItemRestoreDetailsType == gen.RestoredItemKindBulkOneDrive {
			r.addDrive(item)
			r.addItems(item.ChildItems)
			continue
		}
		if item.Status == gen.RestoredItemStatusSkipped && item.Error != "" {
			r.SkippedItemsByErrorCount++
		}
		if item.Error != "" || len(item.Warnings) > 0 {
			r.RestoreIssues = append(r.RestoreIssues, RestoreIssue{
				ID: item.ID, Path: item.Path, Title: item.Title, Warnings: item.Warnings, Error: item.Error,
			})
		}
		r.addItems(item.ChildItems)
	}
}
