package api

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/vbo365/vbo365-go/gen"
)

// The options of the actions, as the generator makes them of the OpenAPI document. A field that is left zero is not
// sent, and the server takes its default.
type (
	// RestoreToOriginalLocation says how to restore a folder.
	RestoreToOriginalLocation = gen.RestoreToOriginalLocationOptions
	// SendTo is the message that a folder is attached to.
	SendTo = gen.SendToOptions
	// CopyTo says where to copy a folder to, and how.
	CopyTo = gen.CopyToOptions

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
	// OneDriveProperties describes a OneDrive. As the target of a copy, its id or its URL is enough.
	OneDriveProperties = gen.OneDrive
	// RestoreStatistics is what became of the items of a restore or copy.
	RestoreStatistics = gen.RestoreStatistics
	// RestoreIssue is what went wrong with one item.
	RestoreIssue = gen.RestoreIssue
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

// RestoreResult is the outcome of a restore or copy that the server has carried out.
type RestoreResult struct {
	// RestoreStatistics are the server's numbers. They are all zero if Reported is false.
	RestoreStatistics
	// Reported tells whether the server sent statistics. Up to v5 the vendor documents an empty answer, but servers have been
	// seen to send them.
	Reported bool `json:"reported"`
}

// RestoreToOriginalLocation writes the folder back to where it was backed up from, and returns when that is done.
//
// If the server reports that items failed, the error matches [ErrIncomplete] and the result is returned beside it. A
// restore is sent once: if it is not known whether it was carried out, the error matches [ErrOutcomeUnknown], and [UnknownOutcome]
// can find out. That is so, too, if ctx ends while a server of v8 works: the restore goes on.
//
// An option that the server's version cannot express is refused before anything is sent, and so are credentials of several styles:
// the error matches [ErrInvalid].
func (f Folder) RestoreToOriginalLocation(ctx context.Context, options RestoreToOriginalLocation) (RestoreResult, error) {
	restore, err := f.StartRestoreToOriginalLocation(ctx, options)
	if err != nil {
		return RestoreResult{}, err
	}
	return restore.Wait(ctx, nil)
}

// CopyTo copies the folder to another OneDrive, and returns when that is done. Errors are those of
// [Folder.RestoreToOriginalLocation].
func (f Folder) CopyTo(ctx context.Context, options CopyTo) (RestoreResult, error) {
	restore, err := f.StartCopyTo(ctx, options)
	if err != nil {
		return RestoreResult{}, err
	}
	return restore.Wait(ctx, nil)
}

// SendTo mails the folder as an attachment, and returns when the server has handed the message over. The server's e-mail
// settings must have been set before. Like a restore, the request is sent once.
func (f Folder) SendTo(ctx context.Context, options SendTo) error {
	return failed("send folder", f.send(ctx, options))
}

func (f Folder) send(ctx context.Context, options SendTo) error {
	return f.change(ctx, gen.EventTypeSend, nil, func(w wire, ids folderIDs, edit gen.RequestEditorFn) (*http.Response, error) {
		if err := w.knows(option{"skipItemChecks", options.SkipItemChecks != nil, V6, V8}); err != nil {
			return nil, err
		}
		if w.version < V6 {
			return w.action(ctx, ids, gen.SendToAction{SendTo: options}, edit)
		}
		return w.SendOneDriveFolder(ctx, ids.session, ids.drive, ids.folder, options, edit)
	}, func(response *http.Response, _ Version, _ sending) error {
		return readNothing(response)
	})
}

// StartRestoreToOriginalLocation begins a restore. A server of v8 answers at once, and works on; earlier ones answer when it is done.
// [Restore.Wait] returns the result of either, and tells whether something is missing. Errors are those of
// [Folder.RestoreToOriginalLocation], but not [ErrIncomplete].
func (f Folder) StartRestoreToOriginalLocation(ctx context.Context, options RestoreToOriginalLocation) (Restore, error) {
	given := credentials{
		options.UserName, options.UserPassword, options.UserCode, options.ApplicationID, options.ApplicationCertificate,
		options.ApplicationCertificatePassword, options.OfficeRegion, options.OrganizationName,
	}
	return f.start(ctx, opRestore, given, func(w wire, ids folderIDs, edit gen.RequestEditorFn) (*http.Response, error) {
		if err := w.knows(option{"documentVersion", options.DocumentVersion != "", V2, V5}); err != nil {
			return nil, err
		}
		body := options
		body.DocumentVersion = spelled(w.version, body.DocumentVersion)
		body.DocumentAction = spelled(w.version, body.DocumentAction)
		if w.version < V6 {
			return w.action(ctx, ids, gen.RestoreToOriginalLocationAction{RestoreToOriginalLocation: body}, edit)
		}
		return w.RestoreOneDriveFolder(ctx, ids.session, ids.drive, ids.folder, body, edit)
	})
}

// StartCopyTo begins a copy to another OneDrive, as [Folder.StartRestoreToOriginalLocation] begins a restore.
func (f Folder) StartCopyTo(ctx context.Context, options CopyTo) (Restore, error) {
	given := credentials{
		options.UserName, options.UserPassword, options.UserCode, options.ApplicationID, options.ApplicationCertificate,
		options.ApplicationCertificatePassword, options.OfficeRegion, options.OrganizationName,
	}
	return f.start(ctx, opCopy, given, func(w wire, ids folderIDs, edit gen.RequestEditorFn) (*http.Response, error) {
		if err := w.knows(option{"sendSharedLinksNotification", options.SendSharedLinksNotification != nil, V6, V8}); err != nil {
			return nil, err
		}
		body := options
		body.DocumentVersion = spelled(w.version, body.DocumentVersion)
		body.DocumentLastVersionAction = spelled(w.version, body.DocumentLastVersionAction)
		if w.version < V6 {
			return w.action(ctx, ids, gen.CopyToAction{CopyTo: body}, edit)
		}
		return w.CopyOneDriveFolder(ctx, ids.session, ids.drive, ids.folder, body, edit)
	})
}

const (
	opRestore = "restore folder"
	opCopy    = "copy folder"
)

// start sends a restore or copy.
func (f Folder) start(ctx context.Context, op string, given credentials, request folderRequest) (Restore, error) {
	restore := Restore{op: op, explored: f.drive.session, clean: cleaner(given.secrets())}
	if err := given.check(); err != nil {
		return restore, failed(op, err)
	}
	err := f.change(ctx, gen.EventTypeRestore, given.secrets(),
		func(w wire, ids folderIDs, edit gen.RequestEditorFn) (*http.Response, error) {
			if err := w.knows(given.options()...); err != nil {
				return nil, err
			}
			return request(w, ids, edit)
		},
		func(response *http.Response, version Version, sent sending) error {
			answer, err := readAnswer(response, version)
			if err != nil {
				return err
			}
			restore.result = answer.RestoreResult
			if answer.SessionID != "" {
				restore.session = f.drive.session.client.RestoreSession(answer.SessionID)
				restore.since = sent.onServer(response)
				restore.sentAt = sent.at
			} else if err := restore.result.check(); err != nil {
				restore.err = failed(op, &Error{StatusCode: response.StatusCode, Err: err})
			}
			return nil
		})
	return restore, failed(op, err)
}

// folderIDs say which folder an action is for.
type folderIDs struct{ session, drive, folder string }

// A folderRequest sends an action in the form of the version: as the body of the Action route up to v5, as a route of its own from v6
// on (spec/FACTS.md#1.2).
type folderRequest func(w wire, ids folderIDs, edit gen.RequestEditorFn) (*http.Response, error)

func (w wire) action(ctx context.Context, ids folderIDs, action gen.OneDriveFolderAction, edit gen.RequestEditorFn) (*http.Response, error) {
	return w.RunOneDriveFolderAction(ctx, ids.session, ids.drive, ids.folder, action, edit)
}

// run sends an action. The answer is a success, and its body is for the caller to close.
func (f Folder) run(ctx context.Context, call call, accept string, request folderRequest) (*http.Response, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	session := f.drive.session
	response, err := session.client.exchange(ctx, call, func(w wire) (*http.Response, error) {
		return request(w, folderIDs{session.id, f.drive.id, f.id}, func(_ context.Context, request *http.Request) error {
			request.Header.Set("Accept", accept)
			// Compression would hide the length of a stream, and with it that it ends early.
			request.Header.Set("Accept-Encoding", "identity")
			return nil
		})
	})
	return response, session.explain(ctx, err)
}

// restoreAnswer is what a server answers to a restore or copy: statistics when it is done, up to v7, or the session that carries it
// out, in v8. Up to v5 both may be missing (spec/FACTS.md#1.9).
type restoreAnswer struct {
	RestoreResult
	SessionID string
}

// statisticsProperties are those of which an answer with statistics has at least one.
var statisticsProperties = []string{
	"totalItemsCount", "restoredItemsCount", "failedItemsCount", "skippedItemsByErrorCount", "skippedItemsByNoChangesCount",
	"failedRestrictionsCount",
}

// readAnswer reads the answer to a restore or copy. Whatever is not what is due says nothing of the restore.
func readAnswer(response *http.Response, version Version) (restoreAnswer, error) {
	var result restoreAnswer
	var answer struct {
		RestoreStatistics
		SessionID string `json:"sessionId"`
	}
	body, err := readText(response)
	switch {
	case err != nil:
		return result, err
	case len(body) == 0 || string(body) == "null":
		if version >= V6 {
			return result, unexpected("the answer is empty")
		}
		return result, nil
	case !isJSON(response.Header.Get("Content-Type")):
		return result, unexpected("content type %q instead of JSON", oneLine(response.Header.Get("Content-Type")))
	}
	var properties map[string]json.RawMessage
	if err := decodeJSON("", body, '{', maxElements, &properties); err != nil {
		return result, err
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return result, unexpected("the statistics cannot be read: %w", err)
	}
	isStatistics := func(name string) bool {
		return slices.ContainsFunc(statisticsProperties, func(known string) bool { return strings.EqualFold(name, known) })
	}
	switch {
	case answer.SessionID != "":
		result.SessionID = answer.SessionID
	case version >= V8:
		return result, unexpected("the answer has no id of a session: %s", message("", body))
	case !slices.ContainsFunc(slices.Collect(maps.Keys(properties)), isStatistics):
		return result, unexpected("the answer is not the statistics of a restore: %s", message("", body))
	default:
		result.RestoreStatistics, result.Reported = answer.RestoreStatistics, true
	}
	return result, nil
}

// check makes an error of statistics that say that something is missing.
func (r RestoreResult) check() error {
	left := int64(r.FailedItemsCount) + r.SkippedItemsByErrorCount + r.FailedRestrictionsCount
	if left == 0 {
		return nil
	}
	return fmt.Errorf("%w: %d of %d items were not written%s", ErrIncomplete, left, r.TotalItemsCount, firstIssue(r.RestoreIssues))
}

func firstIssue(issues []RestoreIssue) string {
	for _, issue := range issues {
		if issue.Error != "" {
			return oneLine(fmt.Sprintf(", %s for one: %s", issue.Path, issue.Error))
		}
	}
	return ""
}
