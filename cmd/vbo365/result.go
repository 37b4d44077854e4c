package main

import (
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/vbo365/vbo365-go/api"
)

// schemaVersion is in every line that --json writes. It grows if a key is removed or changes its meaning.
const schemaVersion = 1

// A result says what an action did. All results have all keys. result.schema.json describes them.
type result struct {
	line

	Action string `json:"action"` // the name of the command
	OK     bool   `json:"ok"`
	DryRun bool   `json:"dryRun"`

	Server       string        `json:"server"`
	APIVersion   string        `json:"apiVersion"`
	Organization string        `json:"organization"`
	Owner        string        `json:"owner"`
	OneDriveID   string        `json:"oneDriveId"`
	Items        []string      `json:"items"` // paths, or ids if they were selected by ids
	Target       string        `json:"target"`
	At           *time.Time    `json:"at"` // the value of --at
	RestorePoint *restorePoint `json:"restorePoint"`
	Session      string        `json:"session"`
	WorkSession  string        `json:"workSession"` // the session of API v8 that carries out a restore or copy

	Start    time.Time `json:"start"`
	End      time.Time `json:"end"`
	Attempts int64     `json:"attempts"` // 1, and the requests that were repeated

	Reported bool `json:"reported"` // whether the server sent the counts of a restore or copy
	counts
	Entries int64 `json:"entries"` // in an archive
	contents
	Size   int64  `json:"size"` // in bytes
	SHA256 string `json:"sha256"`

	Issues   []issue  `json:"issues"`
	Warnings []string `json:"warnings"`
	Error    *failure `json:"error"`

	summary string // for people
	bare    bool   // the summary is all there is to print: a program reads it
}

// counts are those of a restore or copy, by their names in the API.
type counts struct {
	TotalItemsCount              int64 `json:"totalItemsCount"`
	RestoredItemsCount           int64 `json:"restoredItemsCount"`
	SkippedItemsByNoChangesCount int64 `json:"skippedItemsByNoChangesCount"`
	SkippedItemsByErrorCount     int64 `json:"skippedItemsByErrorCount"`
	FailedItemsCount             int64 `json:"failedItemsCount"`
	FailedRestrictionsCount      int64 `json:"failedRestrictionsCount"`
}

// A line has what all lines of --json begin with.
type line struct {
	SchemaVersion int    `json:"schemaVersion"`
	Kind          string `json:"kind"`
}

// A restorePoint is the backup that a session shows.
type restorePoint struct {
	ID   string    `json:"id"` // empty before API v6
	Time time.Time `json:"time"`
}

// An issue is an item that an action could not write, or that differs.
type issue struct {
	Path  string `json:"path"`
	Error string `json:"error"`
}

// A failure is the error of an action.
type failure struct {
	Message    string `json:"message"`
	Kind       string `json:"kind"`
	ExitStatus int    `json:"exitStatus"`
	HTTPStatus int    `json:"httpStatus"` // 0: there was no response
	Code       string `json:"code"`       // of the server
}

func failureOf(ctx context.Context, err error) *failure {
	f := &failure{Message: err.Error()}
	f.Kind, f.ExitStatus = classify(ctx, err)
	if e, ok := errors.AsType[*api.Error](err); ok {
		f.HTTPStatus, f.Code = e.StatusCode, e.Code
	}
	return f
}

// A job is one run of the command.
type job struct {
	json    bool
	base    result // what is known for all results
	current *result
	failed  bool // a result has the error
	retries atomic.Int64
	out     io.Writer    // of results, nil for standard output
	log     *slog.Logger // of messages, nil for text
}

func newJob() *job {
	return &job{base: result{line: line{schemaVersion, "result"}, Start: time.Now()}}
}

// report runs an action and writes its result: text at once, JSON before the next result or at the end, with the
// warnings about what came after the action, such as a session that could not be stopped.
func (t terminal) report(ctx context.Context, do func(*result) error) error {
	flushErr := t.flush()
	j := t.job
	r := j.base
	j.current, j.base.Warnings = &r, nil
	retries := j.retries.Load()
	r.Start = time.Now()
	err := do(&r)
	r.Attempts = 1 + j.retries.Load() - retries
	if unknown, ok := errors.AsType[*api.UnknownOutcome](err); ok {
		if unknown.Begun() {
			r.WorkSession = unknown.SessionID()
		}
		t.lookUp(ctx, unknown)
	}
	r.End = time.Now()
	r.OK = err == nil
	if err != nil {
		j.failed = true
		r.Error = failureOf(ctx, err)
	}
	if !j.json {
		flushErr = both(flushErr, t.flush())
	}
	return both(err, flushErr)
}

// flush writes the current result: a line of JSON, or a line of text if something was done.
func (t terminal) flush() error {
	r := t.job.current
	t.job.current = nil
	if r == nil {
		return nil
	}
	out := cmp.Or(t.job.out, t.out)
	text := &page{terminal: isTerminal(out)}
	if t.job.json {
		r.Start, r.End = r.Start.UTC().Round(time.Millisecond), r.End.UTC().Round(time.Millisecond)
		r.Items, r.Issues, r.Warnings = some(r.Items), some(r.Issues), some(r.Warnings)
		r.Renamed, r.Skipped = some(r.Renamed), some(r.Skipped)
		if err := json.NewEncoder(text).Encode(r); err != nil {
			return err
		}
	} else if r.summary != "" {
		r.print(text)
	} else if where := r.where(); r.Error != nil && where != "" {
		t.say("%s failed: %s", r.Action, where)
	}
	return t.publish(out, text.Bytes())
}

// some returns a list that is [] in JSON, not null, if it is empty.
func some[T any](list []T) []T { return append([]T{}, list...) }

// print writes one line that says everything to somebody who reads it in a log, and a line for each issue.
func (r *result) print(out *page) {
	if r.bare {
		_ = printf(out, "%s\n", r.summary)
		return
	}
	text := r.summary
	if where := r.where(); where != "" {
		text += "; " + where
	}
	_ = printf(out, "%s: %s\n", r.Action, text)
	for _, issue := range r.Issues {
		_ = printf(out, "  %s: %s\n", issue.Path, issue.Error)
	}
}

// where says what was acted on, where, and when. It is empty if the action is not one on items.
func (r *result) where() string {
	if r.OneDriveID == "" && r.WorkSession == "" {
		return ""
	}
	text := ""
	if r.OneDriveID != "" {
		text = strings.Join(r.Items[:min(3, len(r.Items))], ", ")
		if more := len(r.Items) - 3; more > 0 {
			text += fmt.Sprintf(" and %d more", more)
		}
		text += " of " + cmp.Or(r.Owner, r.OneDriveID)
		if r.Organization != "" {
			text += ", " + r.Organization
		}
		if r.RestorePoint != nil {
			text += ", restore point " + r.RestorePoint.Time.Format(stampLayout)
		}
		text += "; "
	}
	sessions := slices.DeleteFunc([]string{r.Session, r.WorkSession}, func(id string) bool { return id == "" })
	return text + fmt.Sprintf("%s, API %s, session %s; ended %s after %s", r.Server, r.APIVersion,
		strings.Join(sessions, " and "), r.End.Local().Format(stampLayout), elapsed(r.End.Sub(r.Start)))
}

// finish writes what is left to be written, and the error that ended the command. It returns the exit status.
func (t terminal) finish(ctx context.Context, err error) int {
	closed := errors.Is(err, errOutputClosed)
	if err != nil && t.job.json && !t.job.failed && !closed {
		_ = t.report(ctx, func(*result) error { return err })
	}
	err = both(err, t.flush())
	if err != nil && !closed {
		t.message(slog.LevelError, err.Error())
		if text := hint(err); text != "" {
			t.say("%s", text)
		}
	}
	return exitStatus(ctx, err)
}

// restored adds the counts of a restore or copy.
func (r *result) restored(done api.RestoreResult) {
	r.Reported = done.Reported
	r.counts = counts{
		done.TotalItemsCount, int64(done.RestoredItemsCount), done.SkippedItemsByNoChangesCount,
		done.SkippedItemsByErrorCount, int64(done.FailedItemsCount), done.FailedRestrictionsCount,
	}
	r.Warnings = slices.Concat(r.Warnings, done.Warnings)
	for _, i := range done.RestoreIssues {
		r.Issues = append(r.Issues, issue{i.Path, i.Error})
	}
	for _, exception := range done.Exceptions {
		r.Issues = append(r.Issues, issue{Error: exception})
	}
	r.summary = "done; the server reported no numbers"
	if r.Reported {
		r.summary = fmt.Sprintf("%d of %d items written, %d unchanged, %d failed", r.RestoredItemsCount, r.TotalItemsCount,
			r.SkippedItemsByNoChangesCount, r.FailedItemsCount+r.SkippedItemsByErrorCount+r.FailedRestrictionsCount)
	}
}
