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

// Restore is a restore or copy that has begun. Servers of v8 carry it out after they have answered; with earlier ones it is done
// already. It is a value, safe for concurrent use.
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

// Restore returns the restore or copy that the restore session with this id carries out, which must have been started by the same
// account: for a program that took [Restore.SessionID] and left. Only servers of v8 have such sessions.
func (c *Client) Restore(sessionID string) Restore {
	return Restore{session: c.RestoreSession(sessionID), op: "follow restore", clean: cleaner(nil)}
}

// SessionID returns the id of the restore session that carries it out. It is empty with servers before v8, which answer when it is
// done.
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

// WithRestoreProgress calls report with what has changed, from the goroutine that calls Wait: at the start and the end, and between at
// most once in 250 milliseconds, after a while once in 5 seconds. The default is not to report.
func WithRestoreProgress(report func(RestoreProgress)) WaitOption {
	return func(o *waitOptions) { o.progress = report }
}

// Wait returns when the restore or copy is done, with its result: at once, unless a server of v8 is at work. Errors are those of
// [Folder.RestoreToOriginalLocation]. If ctx ends before, or the server cannot be reached, the work goes on, and Wait can be called
// again.
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
		State: RestoreSessionStopped,
		Total: r.TotalItemsCount, Restored: int64(r.RestoredItemsCount), Failed: int64(r.FailedItemsCount) + r.FailedRestrictionsCount,
		Skipped: r.SkippedItemsByErrorCount + r.SkippedItemsByNoChangesCount,
	}
}

// follow looks at the session until it has stopped (spec/FACTS.md#3.4).
func (r Restore) follow(ctx context.Context, progress func(RestoreProgress)) (RestoreResult, error) {
	pause := r.session.client.retries.pause
	if pause == nil {
		pause = wait
	}
	version, err := r.session.client.APIVersion(ctx)
	if w := (wire{version: version}); err == nil && !w.restoresInSessions() {
		err = invalid("API %v does not carry out restores in sessions of their own", version)
	}
	var last RestoreProgress
	seen := seenEvents{reader: r.session.eventReader()}
	for delay := firstLook; ; delay = min(2*delay, lastLook) {
		var now view
		if err == nil {
			now, err = r.look(ctx, &seen)
		}
		switch {
		case err != nil && r.sentAt.IsZero() && last == RestoreProgress{}:
			return RestoreResult{}, err // nobody knows that there is such a restore
		case err != nil:
			return RestoreResult{}, r.unknown(err)
		case now.RestoreProgress != last:
			last = now.RestoreProgress
			progress(last)
		}
		if now.done {
			return now.result()
		}
		err = pause(ctx, delay)
	}
}

// unknown says that the end of the restore was not seen.
func (r Restore) unknown(err error) error {
	unknown := &UnknownOutcome{SentAt: r.sentAt, session: r.session, kind: gen.EventTypeRestore, begun: true, clean: r.clean, err: err}
	if r.session.id == r.explored.id { // which may have seen other restores
		unknown.since = r.since
	}
	return unknown
}

// A view is what a look at a restore has seen.
type view struct {
	RestoreProgress
	done       bool
	verdict    RestoreSessionResult
	details    string
	statistics *gen.RestoreSessionStatistics // nil if there are none
}

// look reads the state of the restore, its statistics, and its newest event. The last two are not worth an error while it works.
func (r Restore) look(ctx context.Context, seen *seenEvents) (view, error) {
	session, err := r.session.Get(ctx)
	if err != nil {
		return view{}, err
	}
	properties := session.Properties
	now := view{
		RestoreProgress: RestoreProgress{State: properties.State},
		done:            properties.State == RestoreSessionStopped,
		verdict:         properties.Result,
		details:         r.clean(properties.Details),
	}
	_ = r.lookAtEvents(ctx, seen) // the next look may see them
	event := seen.newest
	now.Message = oneLine(event.Message)
	// Nobody says that the session is another one than the folder's, which stays open.
	if r.session.id == r.explored.id && event.ID != "" && event.Status != gen.EventStatusRunning {
		now.done, now.verdict, now.details = true, RestoreSessionResult(event.Status), event.Message
	}
	statistics, err := r.statistics(ctx)
	switch {
	case err == nil:
		now.statistics = &statistics
		now.Total, now.Restored = statistics.TotalItemsCount, statistics.RestoredItemsCount
		now.Failed, now.Skipped = statistics.FailedItemsCount, statistics.SkippedItemsCount
	case now.done && !errors.Is(err, ErrNotFound):
		return view{}, fmt.Errorf("the restore is done, but its statistics did not arrive: %w", err)
	}
	return now, nil
}

func (r Restore) statistics(ctx context.Context) (gen.RestoreSessionStatistics, error) {
	var statistics gen.RestoreSessionStatistics
	response, err := r.session.client.exchange(ctx, call{}, func(w wire) (*http.Response, error) {
		return w.GetRestoreSessionStatistics(ctx, r.session.id, acceptJSON)
	})
	if err == nil {
		var body []byte
		body, err = readText(response)
		response.Body = io.NopCloser(strings.NewReader(r.clean(string(body))))
	}
	if err == nil {
		err = readJSON(response, "totalItemsCount", &statistics)
	}
	return statistics, failed("get statistics", err)
}

// lookAtEvents takes over the newest event of the restore, if there is a newer one than before, or it has changed.
func (r Restore) lookAtEvents(ctx context.Context, seen *seenEvents) error {
	err := seen.reader.read(ctx, func(event Event) error {
		if newest := seen.newest; r.owns(event) && (event.ID == newest.ID || event.Order > newest.Order ||
			event.Order == newest.Order && !event.StartTime.Before(newest.StartTime.Time)) {
			seen.newest = event
			seen.newest.Message = r.clean(event.Message)
		}
		return nil
	})
	if err != nil {
		return err
	}
	// What becomes of the others is not needed.
	seen.reader.running = slices.DeleteFunc(seen.reader.running, func(p place) bool { return p.id != seen.newest.ID })
	return nil
}

// owns reports whether an event of the session is one of this restore.
func (r Restore) owns(event Event) bool {
	return event.Type == gen.EventTypeRestore && notBefore(event.StartTime, r.since)
}

// seenEvents are what was seen of the events of a restore.
type seenEvents struct {
	reader eventReader
	newest Event // zero if there is none yet
}

// result turns what v8 says into what the earlier versions answer (spec/FACTS.md#1.9, #3.4). Of the skipped items, v8 gives
// one number: those that it names with an error count as skipped by an error, the others as unchanged.
func (v view) result() (RestoreResult, error) {
	var result RestoreResult
	if v.statistics != nil {
		result.Reported = true
		result.TotalItemsCount = v.Total
		result.RestoredItemsCount = int32(min(v.Restored, math.MaxInt32)) //nolint:gosec // bounded
		result.FailedItemsCount = int32(min(v.Failed, math.MaxInt32))     //nolint:gosec // bounded
		for _, item := range v.statistics.Items {
			result.add(item)
		}
		result.SkippedItemsByErrorCount = min(result.SkippedItemsByErrorCount, v.Skipped)
		result.SkippedItemsByNoChangesCount = v.Skipped - result.SkippedItemsByErrorCount
	}
	if err := result.check(); err != nil {
		return result, err
	}
	if v.verdict == gen.RestoreSessionResultFailed {
		why := v.details
		if v.statistics != nil && len(v.statistics.Errors) > 0 {
			why = v.statistics.Errors[0]
		}
		return result, fmt.Errorf("%w: the server says that it has failed: %s", ErrIncomplete, oneLine(why))
	}
	return result, nil
}

// add takes over what the server says of an item and of those in it.
func (r *RestoreResult) add(item gen.RestoredItem) {
	if item.Status == gen.RestoredItemStatusSkipped && item.Error != "" {
		r.SkippedItemsByErrorCount++
	}
	if item.Error != "" || len(item.Warnings) > 0 {
		r.RestoreIssues = append(r.RestoreIssues, RestoreIssue{
			ID: item.ID, Path: item.Path, Title: item.Title, Warnings: slices.Clone(item.Warnings), Error: item.Error,
		})
	}
	for _, child := range item.ChildItems {
		r.add(child)
	}
}
