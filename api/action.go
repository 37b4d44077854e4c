package api

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/vbo365/vbo365-go/gen"
)

// The names of the actions in the body of a request up to v5.
const (
	actionRestore = "restoreToOriginalLocation"
	actionCopy    = "copyTo"
	actionSend    = "sendTo"
	actionSave    = "save"
)

// actions has the four actions of the API. The types that support them embed it.
type actions struct {
	session RestoreSession
	noun    string    // in errors
	ids     [3]string // in the path, from the session on
	version int32     // in the path, after the ids
	wrong   error     // of the ids; nil if they are valid
	set     string    // the property that has the items of a set; empty if there is one item
	each    []actions // of the items of a set
	asZIP   *bool     // whether a save asks for an archive; nil if there is no choice
	size    int64     // of the file that a save without an archive returns
	// request sends an action to the route of the version.
	request func(wire, context.Context, actions, string, map[string]any) (*http.Response, error)
}

// unknownSize is the size of a document whose properties have not been read.
const unknownSize = -1

// newSet returns the actions of several items.
func newSet(nouns string, ids []string, item func(id string) actions) actions {
	set := actions{noun: nouns, set: nouns, asZIP: new(true)}
	if len(ids) == 0 {
		set.session, set.wrong = item("").session, invalid("there are no %s", nouns)
	}
	for i, id := range ids {
		if slices.Contains(ids[:i], id) {
			continue
		}
		one := item(id)
		set.session, set.ids, set.wrong = one.session, one.ids, cmp.Or(set.wrong, one.wrong)
		set.each = append(set.each, one)
	}
	return set
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
//
// A client [WithOperator] restores documents, without credentials: the options have a DocumentAction, and may have a
// DocumentVersion. Other items and options are errors that match ErrInvalid.
func (a actions) RestoreToOriginalLocation(
	ctx context.Context, options RestoreToOriginalLocation,
) (RestoreResult, error) {
	restore, _ := a.StartRestoreToOriginalLocation(ctx, options) // Wait returns the error
	return restore.Wait(ctx)
}

// CopyTo copies the items to another OneDrive. It returns when the work is done. The errors are those of
// RestoreToOriginalLocation.
func (a actions) CopyTo(ctx context.Context, options CopyTo) (RestoreResult, error) {
	restore, _ := a.StartCopyTo(ctx, options) // Wait returns the error
	return restore.Wait(ctx)
}

// SendTo sends the items as an attachment of an e-mail. It returns when the server has sent the message. The server
// must have e-mail settings, see [Client.SetEmailSettings]. The errors are those of RestoreToOriginalLocation, without
// [ErrIncomplete].
func (a actions) SendTo(ctx context.Context, options SendTo) error {
	err := a.send(ctx, func(part actions) error {
		return part.change(ctx, gen.EventTypeSend, actionSend, options.body(),
			func(response *http.Response, _ wire, _ sending) error { return readNothing(response) })
	})
	return failed(a.op("send"), err)
}

// StartRestoreToOriginalLocation starts a restore. With v8, it returns when the restore has started; with earlier
// versions, when it is done. [Restore.Wait] returns the result in both cases. The errors are those of
// RestoreToOriginalLocation, without [ErrIncomplete], which Wait returns.
func (a actions) StartRestoreToOriginalLocation(
	ctx context.Context, options RestoreToOriginalLocation,
) (Restore, error) {
	if a.session.client != nil && a.session.client.operator {
		as, body := a.operatorRestore(options)
		return as.start(ctx, a.op("restore"), actionRestore, body)
	}
	return a.start(ctx, a.op("restore"), actionRestore, options.body())
}

// StartCopyTo starts a copy to another OneDrive. It returns as StartRestoreToOriginalLocation does, with the same
// errors.
func (a actions) StartCopyTo(ctx context.Context, options CopyTo) (Restore, error) {
	return a.start(ctx, a.op("copy"), actionCopy, options.body())
}

// start sends a restore or copy.
func (a actions) start(ctx context.Context, op, action string, options map[string]any) (Restore, error) {
	restore := Restore{op: op, explored: a.session}
	err := checkCredentials(options)
	if err == nil {
		err = a.send(ctx, func(part actions) error {
			if a.set != part.set {
				restore.result.Requests++
			}
			return part.change(ctx, gen.EventTypeRestore, action, options, restore.read)
		})
	}
	if err == nil && restore.session.client == nil {
		restore.err = failed(op, failedWith(http.StatusOK, restore.result.check()))
		return restore, nil
	}
	restore.err = failed(op, err)
	return restore, restore.err
}

// parts returns the actions for each item of a set, if the version does not support sets, and otherwise nil.
func (a actions) parts(ctx context.Context) ([]actions, error) {
	if isValid := a.check() == nil; a.set == "" || !isValid {
		return nil, nil
	}
	version, err := a.session.client.APIVersion(ctx)
	if w := (wire{version: version}); err != nil || w.hasSets() {
		return nil, err
	}
	return slices.Clone(a.each), nil
}

// send calls request for the actions, or for their parts one after the other. It stops at the first error.
func (a actions) send(ctx context.Context, request func(actions) error) error {
	parts, err := a.parts(ctx)
	if err == nil && parts == nil {
		return request(a)
	}
	for i, part := range parts {
		if err := request(part); err != nil {
			return fmt.Errorf("%s %d of %d, the last that was requested: %w", part.noun, i+1, len(parts), err)
		}
	}
	return err
}

// change sends an action that is not idempotent, and reads the response. The outcome is unknown unless the response can
// be read, or says that the server did nothing.
func (a actions) change(
	ctx context.Context, kind gen.EventType, action string, options map[string]any,
	read func(*http.Response, wire, sending) error,
) error {
	sent := sending{at: time.Now()}
	response, w, err := a.exchange(ctx, call{sent: &sent}, action, options)
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
	ctx context.Context, call call, action string, options map[string]any,
) (response *http.Response, used wire, err error) {
	if err := a.check(); err != nil {
		return nil, used, err
	}
	response, err = a.session.client.exchange(ctx, call, func(w wire) (*http.Response, error) {
		used = w
		return a.request(w, ctx, a, action, a.properties(action, options))
	})
	return response, used, a.session.explain(ctx, err)
}

// properties adds the items of a set to the options, and says whether a save returns an archive: without that, servers
// have been observed to choose either form (spec/FACTS.md#5). The result is nil if there are no properties.
func (a actions) properties(action string, options map[string]any) map[string]any {
	asked := action == actionSave && a.asZIP != nil
	if a.set == "" && !asked {
		return options
	}
	all := maps.Clone(options)
	if all == nil {
		all = make(map[string]any)
	}
	if asked {
		all["asZip"] = *a.asZIP
	}
	if a.set != "" {
		items := make([]gen.FolderReference, len(a.each))
		for i, item := range a.each {
			items[i].ID = item.ids[2]
		}
		all[a.set] = items
	}
	return all
}

// RestoreResult is the result of a restore or copy.
type RestoreResult struct {
	// RestoreStatistics are the counts of the server. They are zero if Reported is false.
	RestoreStatistics
	// Reported tells whether the server sent statistics. Up to v5, the documented response is empty, but servers have
	// been observed to send statistics.
	Reported bool `json:"reported"`
	// Requests is the number of requests that were sent for the items of a set one by one, which only v2 needs. It is 0
	// otherwise.
	Requests int `json:"requests,omitempty"`
	// OneDrives has the results of single OneDrives, of [RestoreSession.RestoreOneDrives] only.
	OneDrives []RestoredOneDrive `json:"oneDrives,omitempty"`
}

// add adds the result of another request.
func (r *RestoreResult) add(other RestoreResult) {
	r.TotalItemsCount += other.TotalItemsCount
	r.RestoredItemsCount += other.RestoredItemsCount
	r.FailedItemsCount += other.FailedItemsCount
	r.FailedRestrictionsCount += other.FailedRestrictionsCount
	r.SkippedItemsByErrorCount += other.SkippedItemsByErrorCount
	r.SkippedItemsByNoChangesCount += other.SkippedItemsByNoChangesCount
	r.RestoreIssues = append(r.RestoreIssues, other.RestoreIssues...)
	r.Exceptions = append(r.Exceptions, other.Exceptions...)
	r.Warnings = append(r.Warnings, other.Warnings...)
	r.OneDrives = append(r.OneDrives, other.OneDrives...)
	r.Reported = r.Reported || other.Reported
}

// check returns an error if items failed or were skipped by an error.
func (r RestoreResult) check() error {
	left := int64(r.FailedItemsCount) + r.SkippedItemsByErrorCount + r.FailedRestrictionsCount
	if left == 0 {
		return r.checkDrives()
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
