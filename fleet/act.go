package fleet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/vbo365/vbo365-go/api"
	"github.com/vbo365/vbo365-go/gen"
)

// A target is what an item names: a OneDrive, a folder or a document.
type target interface {
	Save(ctx context.Context) (*api.Download, error)
	SendTo(ctx context.Context, options api.SendTo) error
	StartRestoreToOriginalLocation(ctx context.Context, options api.RestoreToOriginalLocation) (api.Restore, error)
	StartCopyTo(ctx context.Context, options api.CopyTo) (api.Restore, error)
}

// A claim is in the database before a restore, copy or message is requested. It says which process requests it: a
// process that finds the claim of another one does not know whether the request was sent, and does not send it again.
type claim struct {
	Nonce   string
	At      time.Time
	Session string
	Outcome *Outcome `json:",omitempty"` // if the item cannot be acted on
}

// failed makes the outcome of an error before, or instead of, the work. It is tried again if that can help.
func (e *Engine) failed(ctx context.Context, plan string, item Item, session api.RestoreSession, err error) Outcome {
	outcome := Outcome{State: Failed, Error: err.Error(), Session: session.ID()}
	for _, kind := range []error{
		api.ErrServer, api.ErrNoAnswer, api.ErrTimeout, api.ErrTruncated, api.ErrUnexpected, api.ErrSessionEnded,
	} {
		outcome.Again = outcome.Again || errors.Is(err, kind)
	}
	var answer *api.Error
	if errors.As(err, &answer) {
		switch answer.StatusCode {
		case http.StatusRequestTimeout, http.StatusTooManyRequests:
			outcome.Again = true
		case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
			outcome.ServerDown = true
		}
	}
	for _, kind := range []error{api.ErrUnauthorized, api.ErrCertificate, api.ErrNoAnswer, api.ErrAPIVersion} {
		outcome.ServerDown = outcome.ServerDown || errors.Is(err, kind)
	}
	if !outcome.ServerDown && e.suspect(ctx, plan, item, session) {
		outcome.Again = true
	}
	return outcome
}

func cancelled() Outcome { return Outcome{State: Cancelled} }

// what returns what the item names in a session.
func (i Item) what(session api.RestoreSession) target {
	drive := session.OneDrive(i.DriveID)
	switch {
	case i.FolderID != "":
		return drive.Folder(i.FolderID)
	case i.DocumentID != "":
		return drive.Document(i.DocumentID)
	}
	return drive
}

func (e *Engine) claim(ctx context.Context, plan string, item Item) claim {
	if e.planState(plan) == planCancelled {
		outcome := e.stamp(time.Now(), cancelled())
		return claim{Outcome: &outcome}
	}
	session, err := e.session(ctx, plan, item)
	if err != nil {
		outcome := e.stamp(time.Now(), e.failed(ctx, plan, item, session, err))
		return claim{Outcome: &outcome}
	}
	return claim{Nonce: e.nonce, At: time.Now().UTC(), Session: session.ID()}
}

// act requests what the item says. Only the process of the claim calls it, once.
func (e *Engine) act(ctx context.Context, plan string, item Item, claim claim) Outcome {
	server, err := e.servers.server(item.Server)
	if err != nil {
		return Outcome{State: Failed, Error: err.Error()}
	}
	session := server.RestoreSession(claim.Session)
	what := item.what(session)
	var restore api.Restore
	switch item.Action {
	case Restore:
		restore, err = what.StartRestoreToOriginalLocation(ctx, server.restoreOptions(item.Options))
	case Copy:
		restore, err = what.StartCopyTo(ctx, server.copyOptions(item))
	default:
		options := apply(sendOptions, item.Options)
		options.To = item.Target
		err = what.SendTo(ctx, options)
	}
	outcome := Outcome{State: Done, Session: claim.Session}
	var unknown *api.UnknownOutcome
	switch {
	case errors.As(err, &unknown):
		outcome = e.lookUp(ctx, item, claim)
		outcome.Error = cmp.Or(outcome.Error, err.Error())
		if outcome.State == Done {
			outcome.Error = ""
		}
		return outcome
	case err != nil:
		return e.failed(ctx, plan, item, session, err)
	case item.Action == Send:
		return outcome
	case restore.SessionID() != "":
		outcome.WorkSession = restore.SessionID()
		return outcome
	}
	result, err := restore.Wait(ctx)
	return e.ended(outcome, result, err)
}

// wait waits for the end of a restore that has a session of its own. It can be called again.
func (e *Engine) wait(ctx context.Context, item Item, outcome Outcome) Outcome {
	server, err := e.servers.server(item.Server)
	if err != nil {
		return Outcome{State: Unknown, Error: err.Error(), Session: outcome.WorkSession}
	}
	outcome.Session, outcome.WorkSession = outcome.WorkSession, ""
	for attempt := 1; ; attempt++ {
		result, err := server.Restore(outcome.Session).Wait(ctx)
		again := errors.Is(err, api.ErrNoAnswer) || errors.Is(err, api.ErrTimeout) || errors.Is(err, api.ErrServer)
		if !again || attempt >= e.config.Attempts || ctx.Err() != nil {
			return e.ended(outcome, result, err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(e.config.Backoff(attempt)):
		}
	}
}

// ended makes the outcome of a restore or copy that the server has answered.
func (e *Engine) ended(outcome Outcome, result api.RestoreResult, err error) Outcome {
	outcome.Reported = result.Reported
	outcome.Restored, outcome.FailedItems = int64(result.RestoredItemsCount), int64(result.FailedItemsCount)
	outcome.Skipped = result.SkippedItemsByErrorCount + result.SkippedItemsByNoChangesCount
	switch {
	case errors.Is(err, api.ErrOutcomeUnknown):
		outcome.State, outcome.Error = Unknown, err.Error()
	case err != nil:
		outcome.State, outcome.Error = Failed, err.Error()
	}
	return outcome
}

// lookUps bounds how often a running event is looked at; the wait grows to a minute.
const lookUps = 24 * 60

// lookUp asks the server what has become of a request that may have been sent. It believes an event that says how it
// ended, if it names the item exactly, is not older than the claim, and is the only one. Whatever else looks similar is
// for a person to judge.
func (e *Engine) lookUp(ctx context.Context, item Item, claim claim) Outcome {
	outcome := Outcome{State: Unknown, Session: claim.Session}
	server, err := e.servers.server(item.Server)
	if err != nil {
		outcome.Error = err.Error()
		return outcome
	}
	const cause = "the process that requested it ended before the response"
	for attempt := range lookUps {
		events, similar, err := eventsOf(ctx, server.RestoreSession(claim.Session), item, claim)
		outcome.LookedUp = nil
		for _, event := range similar {
			outcome.LookedUp = append(outcome.LookedUp, fmt.Sprintf("%s: %s, %s, %s",
				event.StartTime.Format(time.RFC3339), event.Title, event.Status, event.Message))
		}
		switch {
		case err != nil:
			outcome.Error = cause + ", and the events of its restore session cannot be read: " + err.Error()
			return outcome
		case len(events) == 0:
			outcome.Error = cause + ", and its restore session has no event of it"
			return outcome
		case len(events) > 1:
			outcome.Error = cause + ", and its restore session has several events that could be of it"
			return outcome
		}
		switch event := events[0]; event.Status {
		case gen.EventStatusSuccess:
			outcome.State, outcome.Error = Done, ""
			return outcome
		case gen.EventStatusFailed:
			outcome.State, outcome.Error = Failed, event.Message
			return outcome
		case gen.EventStatusRunning:
			outcome.Error = cause + ", and the server has not ended it yet"
		default:
			outcome.Error = fmt.Sprintf("%s; the server says %s: %s", cause, event.Status, event.Message)
			return outcome
		}
		select {
		case <-ctx.Done():
			return outcome
		case <-time.After(min(time.Second<<min(attempt, 6), time.Minute)):
		}
	}
	return outcome
}

// clockDifference bounds the difference between the clocks of a server and ours.
const clockDifference = 10 * time.Minute

// eventsOf reads the events of a session that are of an item, and those that are similar: of its kind and OneDrive.
func eventsOf(
	ctx context.Context, session api.RestoreSession, item Item, claim claim,
) (same, similar []api.Event, err error) {
	drive, kind := item.DriveName, gen.EventTypeRestore
	if item.Action == Send {
		kind = gen.EventTypeSend
	}
	place := strings.ToLower(drive)
	if item.Path != "" {
		place += "/" + item.cleanPath()
	}
	for event, err := range session.Events(ctx) {
		if err != nil {
			return nil, nil, err
		}
		source := strings.ToLower(strings.Trim(strings.ReplaceAll(event.Source, `\`, "/"), "/"))
		if event.Type != kind || event.StartTime.Before(claim.At.Add(-clockDifference)) ||
			!strings.HasPrefix(source, strings.ToLower(drive)) {
			continue
		}
		similar = append(similar, event)
		if source == place {
			same = append(same, event)
		}
	}
	return same, similar, nil
}
