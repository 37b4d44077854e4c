package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vbo365/vbo365-go/gen"
)

// An asyncServer carries out a restore as a server of v8 does. Each look at the session is answered by the next of its
// answers.
type asyncServer struct {
	sessionID  string
	sessions   []string // answers to GET /RestoreSessions/{id}; the last is repeated
	statistics []string // the same for its statistics; "" is 404
	events     string   // results
	looks      int
}

func (s *asyncServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	next := func(answers []string) string { return answers[min(s.looks, len(answers)-1)] }
	w.Header().Set("Content-Type", "application/json")
	switch path := r.URL.Path; {
	case r.Method == http.MethodPost:
		_, _ = io.WriteString(w, `{"sessionId":"`+s.sessionID+`"}`)
	case strings.HasSuffix(path, "/Events"):
		_, _ = io.WriteString(w,
			`{"offset":0,"limit":1000,"results":[`+
				strings.ReplaceAll(s.events, "$now", time.Now().Format(time.RFC3339Nano))+`]}`)
	case strings.HasSuffix(path, "/Statistics"):
		statistics := next(s.statistics)
		s.looks++
		if statistics == "" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		if status, ok := strings.CutPrefix(statistics, "status "); ok {
			var code int
			_, _ = fmt.Sscan(status, &code)
			w.WriteHeader(code)
			return
		}
		_, _ = io.WriteString(w, statistics)
	case path == "/v8/RestoreSessions/"+s.sessionID:
		_, _ = io.WriteString(w, next(s.sessions))
	default:
		w.WriteHeader(http.StatusUnauthorized) // the question for the version
	}
}

const (
	working = `{"id":"r","state":"Working","result":"Success"}`
	stopped = `{"id":"r","state":"Stopped","result":"Success"}`
)

// newAsyncFolder returns a folder on the server, and the pauses that its client makes, which take no time.
func newAsyncFolder(t *testing.T, s *asyncServer) (Folder, *[]time.Duration) {
	t.Helper()
	var pauses []time.Duration
	pause := func(ctx context.Context, d time.Duration) error {
		pauses = append(pauses, d)
		return ctx.Err()
	}
	return newFolder(t, s.ServeHTTP, WithAPIVersion(V8), WithPause(pause)), &pauses
}

func TestRestoreIsFollowedToItsEnd(t *testing.T) {
	t.Parallel()
	server := &asyncServer{
		sessionID: "r",
		sessions:  []string{working, working, working, stopped},
		statistics: []string{
			"",
			`{"totalItemsCount":4,"restoredItemsCount":1,"failedItemsCount":0,"skippedItemsCount":0,"items":[]}`,
			`{"totalItemsCount":4,"restoredItemsCount":1,"failedItemsCount":0,"skippedItemsCount":0,"items":[]}`,
			`{"totalItemsCount":4,"restoredItemsCount":2,"failedItemsCount":0,"skippedItemsCount":2,"errors":[],"items":[
				{"itemRestoreDetailsType":"Item","id":"i","title":"a.txt","path":"a.txt","status":"Warning","warnings":["no permissions"]}]}`,
		},
		events: `{"id":"e","type":"Restore","status":"Running","startTime":"$now","order":1,"message":"at work"}`,
	}
	folder, pauses := newAsyncFolder(t, server)
	restore, err := folder.StartRestoreToOriginalLocation(t.Context(), RestoreToOriginalLocation{})
	if err != nil || restore.SessionID() != "r" {
		t.Fatalf("got %q, %v", restore.SessionID(), err)
	}
	var seen []RestoreProgress
	result, err := restore.Wait(t.Context(), WithRestoreProgress(func(p RestoreProgress) { seen = append(seen, p) }))
	if err != nil {
		t.Fatal(err)
	}
	wantProgress := []RestoreProgress{
		{State: "Working", Message: "at work"},
		{State: "Working", Message: "at work", Total: 4, Restored: 1},
		{State: "Stopped", Message: "at work", Total: 4, Restored: 2, Skipped: 2},
	}
	if diff := cmp.Diff(wantProgress, seen); diff != "" {
		t.Error(diff)
	}
	want := RestoreResult{
		RestoreStatistics: RestoreStatistics{
			TotalItemsCount: 4, RestoredItemsCount: 2, SkippedItemsByNoChangesCount: 2,
			RestoreIssues: []RestoreIssue{
				{ID: "i", Path: "a.txt", Title: "a.txt", Warnings: []string{"no permissions"}},
			},
		},
		Reported: true,
	}
	if diff := cmp.Diff(want, result); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]time.Duration{firstPoll, 2 * firstPoll, 4 * firstPoll}, *pauses); diff != "" {
		t.Error(diff)
	}
}

func TestEndsOfARestore(t *testing.T) {
	t.Parallel()
	failedSession := `{"id":"r","state":"Stopped","result":"Failed","details":"The session was stopped."}`
	earlier := time.Now().Add(-10 * time.Second).Format(time.RFC3339Nano)
	for name, test := range map[string]struct {
		server asyncServer
		want   RestoreResult
		is     error
		text   string
	}{
		"some items failed": {
			asyncServer{"r", []string{stopped}, []string{
				`{"totalItemsCount":5,"restoredItemsCount":2,"failedItemsCount":1,"skippedItemsCount":2,"items":[
					{"itemRestoreDetailsType":"BulkOneDrive","status":"Warning","childItems":[
						{"itemRestoreDetailsType":"Item","path":"x/y","status":"Failed","error":"locked"},
						{"itemRestoreDetailsType":"Item","path":"z","status":"Skipped","error":"too long"}]}]}`,
			}, "", 0},
			RestoreResult{RestoreStatistics{
				TotalItemsCount: 5, RestoredItemsCount: 2, FailedItemsCount: 1, SkippedItemsByErrorCount: 1, SkippedItemsByNoChangesCount: 1,
				RestoreIssues: []RestoreIssue{{Path: "x/y", Error: "locked"}, {Path: "z", Error: "too long"}},
			}, true, 0, []RestoredOneDrive{{
				OneDrive: &gen.OneDrive{}, Status: "Warning", Details: &gen.RestoredOneDriveDetails{},
			}}},
			ErrIncomplete, "restore folder: incomplete: 2 of 5 items were not written, x/y for one: locked",
		},
		"it failed, says the server": {
			asyncServer{"r", []string{failedSession}, []string{
				`{"totalItemsCount":0,"restoredItemsCount":0,"failedItemsCount":0,"skippedItemsCount":0,"errors":["no access"],"items":[]}`,
			}, "", 0},
			RestoreResult{Reported: true},
			ErrIncomplete, "reports a failure: no access",
		},
		"it failed without statistics": {
			asyncServer{"r", []string{failedSession}, []string{""}, "", 0},
			RestoreResult{},
			ErrIncomplete, "reports a failure: The session was stopped.",
		},
		"no statistics": {asyncServer{"r", []string{stopped}, []string{""}, "", 0}, RestoreResult{}, nil, ""},
		"statistics are late": {
			asyncServer{"r", []string{working, stopped}, []string{"status 500", ""}, "", 0},
			RestoreResult{},
			nil, "",
		},
		"statistics are lost": {
			asyncServer{"r", []string{stopped}, []string{"status 500"}, "", 0},
			RestoreResult{},
			ErrOutcomeUnknown, "statistics cannot be read",
		},
		"the session vanishes": {
			asyncServer{"r", []string{working, "?"}, []string{""}, "", 0},
			RestoreResult{},
			ErrOutcomeUnknown, "check restore session r",
		},
		"in the folder's own session, which stays open": {
			asyncServer{
				"session",
				[]string{`{"id":"session","state":"Working"}`},
				[]string{""},
				`{"id":"1","type":"Restore","status":"Success","startTime":"` + earlier + `","order":3},
				 {"id":"2","type":"Restore","status":"Failed","startTime":"$now","order":2,"message":"disk full"}`, 0,
			},
			RestoreResult{},
			ErrIncomplete, "reports a failure: disk full",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder, _ := newAsyncFolder(t, &test.server)
			result, err := folder.RestoreToOriginalLocation(t.Context(), RestoreToOriginalLocation{})
			if !errors.Is(err, test.is) || err != nil && !strings.Contains(err.Error(), test.text) {
				t.Errorf("got %v", err)
			}
			if diff := cmp.Diff(test.want, result); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRestoreIsLeft(t *testing.T) {
	t.Parallel()
	folder, _ := newAsyncFolder(t, &asyncServer{sessionID: "r", sessions: []string{working}, statistics: []string{""}})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	restore, err := folder.StartCopyTo(ctx, CopyTo{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = restore.Wait(ctx, WithRestoreProgress(func(RestoreProgress) { cancel() }))
	unknown, ok := errors.AsType[*UnknownOutcome](err)
	if !ok || !errors.Is(err, context.Canceled) || unknown.session.id != "r" ||
		!strings.HasPrefix(err.Error(), "copy folder: ") {
		t.Errorf("got %v", err)
	}
}

func TestRestoreOfAnotherProgram(t *testing.T) {
	t.Parallel()
	folder, _ := newAsyncFolder(t,
		&asyncServer{sessionID: "r", sessions: []string{working, stopped}, statistics: []string{
			`{"totalItemsCount":1,"restoredItemsCount":1,"failedItemsCount":0,"skippedItemsCount":0,"items":[]}`,
		}})
	client := folder.session.client
	result, err := client.Restore("r").Wait(t.Context())
	if err != nil || result.RestoredItemsCount != 1 || !result.Reported {
		t.Errorf("got %+v, %v", result, err)
	}
	if _, err := client.Restore("missing").Wait(t.Context()); err == nil || errors.Is(err, ErrOutcomeUnknown) {
		t.Errorf("got %v", err)
	}
	if _, err := client.Restore("").Wait(t.Context()); !errors.Is(err, ErrInvalid) {
		t.Errorf("got %v", err)
	}
	if _, err := (Restore{}).Wait(t.Context()); !errors.Is(err, ErrInvalid) {
		t.Errorf("got %v", err)
	}
}

func TestRestoreThatIsDoneAtOnce(t *testing.T) {
	t.Parallel()
	folder := newFolder(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"totalItemsCount":3,"restoredItemsCount":2,"skippedItemsByNoChangesCount":1}`)
	})
	restore, err := folder.StartRestoreToOriginalLocation(t.Context(), RestoreToOriginalLocation{})
	if err != nil || restore.SessionID() != "" {
		t.Fatalf("got %q, %v", restore.SessionID(), err)
	}
	var seen []RestoreProgress
	result, err := restore.Wait(t.Context(), WithRestoreProgress(func(p RestoreProgress) { seen = append(seen, p) }))
	if err != nil || result.RestoredItemsCount != 2 {
		t.Errorf("got %+v, %v", result, err)
	}
	if diff := cmp.Diff([]RestoreProgress{{State: "Stopped", Total: 3, Restored: 2, Skipped: 1}}, seen); diff != "" {
		t.Error(diff)
	}
}

// TestWaitAfterAStartThatFailed must not look like a restore that is done.
func TestWaitAfterAStartThatFailed(t *testing.T) {
	t.Parallel()
	for _, version := range []Version{V2, V8} {
		folder := newFolder(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) },
			WithAPIVersion(version))
		restore, err := folder.StartCopyTo(t.Context(), CopyTo{UserName: "u", UserPassword: "p"})
		if _, waited := restore.Wait(t.Context()); !errors.Is(err, ErrForbidden) || !errors.Is(waited, ErrForbidden) {
			t.Errorf("%v: got %v, and %v", version, err, waited)
		}
	}
}
