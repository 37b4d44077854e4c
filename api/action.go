package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"

	"github.com/vbo365/vbo365-go/gen"
)

// The options of the actions, as the generator makes them of the OpenAPI document. A field that is left zero is not
// sent, and the server takes its default.
type (
	// RestoreToOriginalLocation says how to restore a folder (fact sheet 1.4).
	RestoreToOriginalLocation = gen.RestoreToOriginalLocationOptions
	// SendTo is the message that a folder is attached to (fact sheet 1.5).
	SendTo = gen.SendToOptions
	// CopyTo says where to copy a folder to, and how (fact sheet 1.6).
	CopyTo = gen.CopyToOptions

	// Secret is a string that is never printed. Convert a string to it: api.Secret(password).
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
	// RestoreStatistics is what became of the items of a restore or copy (fact sheet 1.9).
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
	// Reported tells whether the server sent statistics. The vendor documents an empty answer, but servers have been
	// seen to send them (fact sheet 1.9).
	Reported bool `json:"reported"`
}

// maxStatisticsSize bounds the JSON answer of a restore or copy: it may list every item that failed.
const maxStatisticsSize = 64 << 20

// RestoreToOriginalLocation writes the folder back to where it was backed up from, and returns when that is done.
//
// If the server reports that items failed, the error matches [ErrIncomplete] and the result is returned beside it. A
// restore is sent once: if it is not known whether it was carried out, the error matches [ErrOutcomeUnknown], and [UnknownOutcome]
// can find out.
func (f Folder) RestoreToOriginalLocation(ctx context.Context, options RestoreToOriginalLocation) (RestoreResult, error) {
	return f.restore(ctx, "restore folder", gen.RestoreToOriginalLocationAction{RestoreToOriginalLocation: options})
}

// CopyTo copies the folder to another OneDrive, and returns when that is done. Errors are those of
// [Folder.RestoreToOriginalLocation].
func (f Folder) CopyTo(ctx context.Context, options CopyTo) (RestoreResult, error) {
	return f.restore(ctx, "copy folder", gen.CopyToAction{CopyTo: options})
}

// SendTo mails the folder as an attachment, and returns when the server has handed the message over. The server's e-mail
// settings must have been set before. Like a restore, the request is sent once.
func (f Folder) SendTo(ctx context.Context, options SendTo) error {
	return failed("send folder", f.send(ctx, options))
}

func (f Folder) send(ctx context.Context, options SendTo) error {
	response, err := f.change(ctx, gen.EventTypeSend, gen.SendToAction{SendTo: options})
	if err != nil {
		return err
	}
	return readNothing(response)
}

func (f Folder) restore(ctx context.Context, op string, action gen.OneDriveFolderAction) (RestoreResult, error) {
	response, err := f.change(ctx, gen.EventTypeRestore, action)
	if err != nil {
		return RestoreResult{}, failed(op, err)
	}
	result, err := readResult(response)
	if err != nil {
		return result, failed(op, &Error{StatusCode: response.StatusCode, Err: err})
	}
	return result, nil
}

// run sends an action. The answer is a success, and its body is for the caller to close.
func (f Folder) run(ctx context.Context, action gen.OneDriveFolderAction, accept string) (*http.Response, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	session := f.drive.session
	response, err := session.client.requests.RunOneDriveFolderAction(ctx, session.id, f.drive.id, f.id, action,
		func(_ context.Context, request *http.Request) error {
			request.Header.Set("Accept", accept)
			// Compression would hide the length of a stream, and with it that it ends early.
			request.Header.Set("Accept-Encoding", "identity")
			return nil
		})
	return response, session.explain(ctx, err)
}

// readResult reads the answer to a restore or copy that was carried out: statistics, or nothing.
func readResult(response *http.Response) (RestoreResult, error) {
	defer func() { _ = response.Body.Close() }()
	var result RestoreResult
	body, err := io.ReadAll(io.LimitReader(response.Body, maxStatisticsSize+1))
	if err != nil {
		return result, fmt.Errorf("the action was carried out, but its statistics did not arrive: %w: %w", ErrTruncated, err)
	}
	body = bytes.TrimSpace(body)
	if len(body) == 0 || string(body) == "null" {
		return result, nil
	}
	contentType := response.Header.Get("Content-Type")
	if mediaType, _, _ := mime.ParseMediaType(contentType); mediaType != "application/json" &&
		mediaType != "application/json-stream" {
		return result, unexpected("content type %q instead of JSON", oneLine(contentType))
	}
	if len(body) > maxStatisticsSize {
		return result, unexpected("the action was carried out, but its statistics are longer than %d bytes", maxStatisticsSize)
	}
	if err := json.Unmarshal(body, &result.RestoreStatistics); err != nil {
		return RestoreResult{}, unexpected("the action was carried out, but its statistics cannot be read: %w", err)
	}
	result.Reported = true
	if left := int64(result.FailedItemsCount) + result.SkippedItemsByErrorCount + result.FailedRestrictionsCount; left > 0 {
		return result, fmt.Errorf("%w: %d of %d items were not written%s",
			ErrIncomplete, left, result.TotalItemsCount, firstIssue(result.RestoreIssues))
	}
	return result, nil
}

func firstIssue(issues []RestoreIssue) string {
	for _, issue := range issues {
		if issue.Error != "" {
			return oneLine(fmt.Sprintf(", %s for one: %s", issue.Path, issue.Error))
		}
	}
	return ""
}

func isPage(contentType string) bool {
	mediaType, _, _ := mime.ParseMediaType(contentType)
	return mediaType == "text/html"
}
