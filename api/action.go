package api

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/vbo365/vbo365-go/gen"
)

// The types of options. A field that is left zero is not sent, and the server takes its default.
type (
	// Secret is a string that is not printed. Convert a string to it: api.Secret(password).
	Secret = gen.Secret
	// DocumentVersion says which versions of a document are meant.
	DocumentVersion = gen.DocumentVersion
	// DocumentAction says what happens to a document that is still at the original location.
	DocumentAction = gen.DocumentAction
	// DocumentLastVersionAction says what happens to a document of the same name at the target of a copy.
	DocumentLastVersionAction = gen.DocumentLastVersionAction
	// OfficeRegion is a region of Microsoft 365.
	OfficeRegion = gen.OfficeRegion
)

// The values of the options.
const (
	DocumentVersionAll                 = gen.DocumentVersionAll
	DocumentVersionLast                = gen.DocumentVersionLast
	DocumentActionKeep                 = gen.DocumentActionKeep
	DocumentActionOverwrite            = gen.DocumentActionOverwrite
	DocumentLastVersionActionMerge     = gen.DocumentLastVersionActionMerge
	DocumentLastVersionActionOverwrite = gen.DocumentLastVersionActionOverwrite
	OfficeRegionChina                  = gen.OfficeRegionChina
	OfficeRegionGermany                = gen.OfficeRegionGermany
	OfficeRegionUSDefence              = gen.OfficeRegionUSDefence
	OfficeRegionUSGovernment           = gen.OfficeRegionUSGovernment
	OfficeRegionWorldwide              = gen.OfficeRegionWorldwide
)

// actions are the four actions of the API. The types of what has them embed it.
type actions struct {
	session RestoreSession
	noun    string    // in errors
	ids     [4]string // in the path, from the session on
	wrong   error     // why no request can be made, if none can
	// request sends one, to the route of all actions or to its own.
	request func(wire, context.Context, actions, gen.OneDriveFolderAction, gen.RequestEditorFn) (*http.Response, error)
}

// op names an action in errors.
func (a actions) op(verb string) string { return verb + " " + cmp.Or(a.noun, "item") }

// check refuses what no request can be made for.
func (a actions) check() error { return cmp.Or(a.session.check(), a.wrong) }

// RestoreToOriginalLocation writes the items back to where they were backed up from, and returns when that is done.
//
// If the server reports that items failed, the error matches [ErrIncomplete] and the result is returned beside it. The
// request is sent once. If it is not known whether it was carried out, the error matches [ErrOutcomeUnknown], and
// [UnknownOutcome] queries the server. That applies, too, if ctx ends while a server of v8 works: the restore goes on.
//
// An option that the server's version does not support, and credentials of several styles, are refused before anything
// is sent: the error matches [ErrInvalid].
func (a actions) RestoreToOriginalLocation(
	ctx context.Context, options RestoreToOriginalLocation,
) (RestoreResult, error) {
	restore, err := a.StartRestoreToOriginalLocation(ctx, options)
	if err != nil {
		return RestoreResult{}, err
	}
	return restore.Wait(ctx)
}

// CopyTo copies the items to another OneDrive, and returns when that is done. Errors are those of
// RestoreToOriginalLocation.
func (a actions) CopyTo(ctx context.Context, options CopyTo) (RestoreResult, error) {
	restore, err := a.StartCopyTo(ctx, options)
	if err != nil {
		return RestoreResult{}, err
	}
	return restore.Wait(ctx)
}

// SendTo mails the items as an attachment, and returns when the server has handed the message over. The server's e-mail
// settings must have been set before. Like a restore, the request is sent once.
func (a actions) SendTo(ctx context.Context, options SendTo) error {
	err := a.change(ctx, gen.EventTypeSend, gen.SendToAction{SendTo: options.body()},
		func(response *http.Response, _ wire, _ sending) error { return readNothing(response) })
	return failed(a.op("send"), err)
}

// StartRestoreToOriginalLocation starts a restore. A server of v8 responds at once, and works on; earlier ones respond
// when it is done. [Restore.Wait] returns the result of either, and tells whether something is missing. Errors are
// those of RestoreToOriginalLocation, but not [ErrIncomplete].
func (a actions) StartRestoreToOriginalLocation(
	ctx context.Context, options RestoreToOriginalLocation,
) (Restore, error) {
	action := gen.RestoreToOriginalLocationAction{RestoreToOriginalLocation: options.body()}
	return a.start(ctx, a.op("restore"), options, action)
}

// StartCopyTo starts a copy to another OneDrive, as StartRestoreToOriginalLocation starts a restore.
func (a actions) StartCopyTo(ctx context.Context, options CopyTo) (Restore, error) {
	return a.start(ctx, a.op("copy"), options, gen.CopyToAction{CopyTo: options.body()})
}

// start sends a restore or copy.
func (a actions) start(ctx context.Context, op string, options any, action gen.OneDriveFolderAction) (Restore, error) {
	if err := checkCredentials(options); err != nil {
		return Restore{}, failed(op, err)
	}
	restore := Restore{op: op, explored: a.session}
	err := a.change(ctx, gen.EventTypeRestore, action, func(response *http.Response, w wire, sent sending) error {
		result, sessionID, err := w.readRestore(response)
		if err != nil {
			return err
		}
		restore.result, restore.clean = result, cleaner(sent.secrets)
		if sessionID != "" {
			restore.session = a.session.client.RestoreSession(sessionID)
			restore.since = sent.onServer(response)
			restore.sentAt = sent.at
		} else if err := result.check(); err != nil {
			restore.err = failed(op, &Error{StatusCode: response.StatusCode, Err: err})
		}
		return nil
	})
	return restore, failed(op, err)
}

// change sends an action that must not happen twice, and reads the response. Unless that is understood, or says that
// nothing was done, the outcome is unknown.
func (a actions) change(
	ctx context.Context, kind gen.EventType, action gen.OneDriveFolderAction,
	read func(*http.Response, wire, sending) error,
) error {
	sent := sending{at: time.Now()}
	response, w, err := a.exchange(ctx, call{sent: &sent}, "application/json", action)
	if err == nil {
		if err = read(response, w, sent); err == nil {
			return nil
		}
		err = failedWith(response.StatusCode, err)
	} else if !outcomeUnknown(err) {
		return err
	}
	return &UnknownOutcome{SentAt: sent.at, session: a.session, kind: kind, clean: cleaner(sent.secrets), err: err}
}

// exchange sends an action, and returns in which version. The response is a success, and its body is for the caller to
// close.
func (a actions) exchange(
	ctx context.Context, call call, accept string, action gen.OneDriveFolderAction,
) (response *http.Response, spoken wire, err error) {
	if err := a.check(); err != nil {
		return nil, spoken, err
	}
	response, err = a.session.client.exchange(ctx, call, func(w wire) (*http.Response, error) {
		spoken = w
		return a.request(w, ctx, a, action, func(_ context.Context, request *http.Request) error {
			request.Header.Set("Accept", accept)
			// Compression would hide the length of a stream, and with it that it ends early.
			request.Header.Set("Accept-Encoding", "identity")
			return nil
		})
	})
	return response, spoken, a.session.explain(ctx, err)
}

// RestoreResult is the outcome of a restore or copy that the server has carried out.
type RestoreResult struct {
	// RestoreStatistics are the server's numbers. They are all zero if Reported is false.
	RestoreStatistics
	// Reported tells whether the server sent statistics. Up to v5 the vendor documents an empty response, but servers have
	// been seen to send them.
	Reported bool `json:"reported"`
}

// check makes an error of statistics that say that something is missing.
func (r RestoreResult) check() error {
	left := int64(r.FailedItemsCount) + r.SkippedItemsByErrorCount + r.FailedRestrictionsCount
	if left == 0 {
		return nil
	}
	issue := ""
	for _, i := range r.RestoreIssues {
		if i.Error != "" {
			issue = oneLine(fmt.Sprintf(", %s for one: %s", i.Path, i.Error))
			break
		}
	}
	return fmt.Errorf("%w: %d of %d items were not written%s", ErrIncomplete, left, r.TotalItemsCount, issue)
}
