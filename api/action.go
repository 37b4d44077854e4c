package api

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/vbo365/vbo365-go/gen"
)

// The types of options. A zero field is not sent, and the server uses its default.
type (
	// Secret is a string that prints as "[redacted]". Convert a string with api.Secret(password).
	Secret = gen.Secret
	// DocumentVersion selects the versions of a document.
	DocumentVersion = gen.DocumentVersion
	// DocumentAction says what a restore does with a document that is still at the original location.
	DocumentAction = gen.DocumentAction
	// DocumentLastVersionAction says what a copy does with a document of the same name at its target.
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

// actions has the four actions of the API. The types that support them embed it.
type actions struct {
	session RestoreSession
	noun    string    // in errors
	ids     [4]string // in the path, from the session on
	wrong   error     // of the ids; nil if they are valid
	// request sends an action to the route of the version.
	request func(wire, context.Context, actions, gen.OneDriveFolderAction, gen.RequestEditorFn) (*http.Response, error)
}

// op names an action in errors.
func (a actions) op(verb string) string { return verb + " " + cmp.Or(a.noun, "item") }

// check reports ids that are not valid.
func (a actions) check() error { return cmp.Or(a.session.check(), a.wrong) }

// RestoreToOriginalLocation restores the items to the location that they were backed up from. It returns when the work
// is done.
//
// The request is sent once. If the outcome is unknown, the error matches [ErrOutcomeUnknown], and
// [UnknownOutcome.LookUp] queries the server. With v8, that is also so if ctx ends during the work: the server
// continues it. If the server reports that items failed, the error matches [ErrIncomplete], and the result is returned,
// too.
//
// If the API version does not support an option, or if the options have several styles of credentials, the error
// matches [ErrInvalid], and nothing is sent.
func (a actions) RestoreToOriginalLocation(
	ctx context.Context, options RestoreToOriginalLocation,
) (RestoreResult, error) {
	restore, err := a.StartRestoreToOriginalLocation(ctx, options)
	if err != nil {
		return RestoreResult{}, err
	}
	return restore.Wait(ctx)
}

// CopyTo copies the items to another OneDrive. It returns when the work is done. The errors are those of
// RestoreToOriginalLocation.
func (a actions) CopyTo(ctx context.Context, options CopyTo) (RestoreResult, error) {
	restore, err := a.StartCopyTo(ctx, options)
	if err != nil {
		return RestoreResult{}, err
	}
	return restore.Wait(ctx)
}

// SendTo sends the items as an attachment of an e-mail. It returns when the server has sent the message. The server
// must have e-mail settings, see [Client.SetEmailSettings]. The errors are those of RestoreToOriginalLocation, without
// [ErrIncomplete].
func (a actions) SendTo(ctx context.Context, options SendTo) error {
	err := a.change(ctx, gen.EventTypeSend, gen.SendToAction{SendTo: options.body()},
		func(response *http.Response, _ wire, _ sending) error { return readNothing(response) })
	return failed(a.op("send"), err)
}

// StartRestoreToOriginalLocation starts a restore. With v8, it returns when the restore has started; with earlier
// versions, when it is done. [Restore.Wait] returns the result in both cases. The errors are those of
// RestoreToOriginalLocation, without [ErrIncomplete], which Wait returns.
func (a actions) StartRestoreToOriginalLocation(
	ctx context.Context, options RestoreToOriginalLocation,
) (Restore, error) {
	action := gen.RestoreToOriginalLocationAction{RestoreToOriginalLocation: options.body()}
	return a.start(ctx, a.op("restore"), options, action)
}

// StartCopyTo starts a copy to another OneDrive. It returns as StartRestoreToOriginalLocation does, with the same
// errors.
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

// change sends an action that is not idempotent, and reads the response. The outcome is unknown unless the response can
// be read, or says that the server did nothing.
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

// exchange sends an action, and returns the version that it was sent in. The response is a success. The caller closes
// its body.
func (a actions) exchange(
	ctx context.Context, call call, accept string, action gen.OneDriveFolderAction,
) (response *http.Response, used wire, err error) {
	if err := a.check(); err != nil {
		return nil, used, err
	}
	response, err = a.session.client.exchange(ctx, call, func(w wire) (*http.Response, error) {
		used = w
		return a.request(w, ctx, a, action, func(_ context.Context, request *http.Request) error {
			request.Header.Set("Accept", accept)
			// Compression would hide the length of a stream, which shows that it was truncated.
			request.Header.Set("Accept-Encoding", "identity")
			return nil
		})
	})
	return response, used, a.session.explain(ctx, err)
}

// RestoreResult is the result of a restore or copy.
type RestoreResult struct {
	// RestoreStatistics are the counts of the server. They are zero if Reported is false.
	RestoreStatistics
	// Reported tells whether the server sent statistics. Up to v5, the documented response is empty, but servers have
	// been observed to send statistics.
	Reported bool `json:"reported"`
}

// check returns an error if items failed or were skipped by an error.
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
