package apitest

import (
	"context"
	"fmt"
	"net/http"

	"github.com/vbo365/vbo365-go/gen/server"
)

// operations implements the operations of the spec for the generated server.
type operations struct {
	server.StrictServerInterface // those that are missing
	*Server
}

// RunOneDriveFolderAction implements POST …/Folders/{folderId}/Action.
//
// What changes something is carried out to its end, or until the server is closed, even if the client goes away: a
// client must not be able to rely on the opposite.
func (o operations) RunOneDriveFolderAction(
	ctx context.Context, request server.RunOneDriveFolderActionRequestObject,
) (server.RunOneDriveFolderActionResponseObject, error) {
	folder, err := o.findFolder(request)
	if err != nil {
		return nil, err
	}
	e := ctx.Value(exchangeKey{}).(*exchange)
	switch action := e.entry.Action; action { // written before, by this goroutine
	case "restoreToOriginalLocation":
		body, err := request.Body.AsRestoreToOriginalLocationAction()
		if err != nil {
			return nil, fmt.Errorf("read the action: %w", err)
		}
		return o.statistics(o.restoreToOriginalLocation(folder, body.RestoreToOriginalLocation))
	case "copyTo":
		body, err := request.Body.AsCopyToAction()
		if err != nil {
			return nil, fmt.Errorf("read the action: %w", err)
		}
		return o.statistics(o.copyTo(folder, body.CopyTo))
	case "sendTo":
		body, err := request.Body.AsSendToAction()
		if err != nil {
			return nil, fmt.Errorf("read the action: %w", err)
		}
		return emptyAnswer{}, o.sendTo(folder, body.SendTo)
	case "save":
		return o.save(ctx, folder)
	default:
		return nil, fmt.Errorf("the action %s is in the spec but not in the simulator", action)
	}
}

// statistics answers the result of a restore or copy.
func (o operations) statistics(
	result server.RestoreStatistics, err error,
) (server.RunOneDriveFolderActionResponseObject, error) {
	if err != nil {
		return nil, err
	}
	if o.config.EmptyAnswers {
		return emptyAnswer{}, nil
	}
	return server.RunOneDriveFolderAction200JSONResponse{
		FolderActionDoneJSONResponse: server.FolderActionDoneJSONResponse(result),
	}, nil
}

// emptyAnswer is a 200 without body and content type.
type emptyAnswer struct{}

func (emptyAnswer) VisitRunOneDriveFolderActionResponse(w http.ResponseWriter) error {
	w.WriteHeader(http.StatusOK)
	return nil
}

// checkCredentials asks for exactly one complete style of credentials of the Microsoft 365 account. There is no
// Microsoft 365 here to check them against.
func checkCredentials(userName, userPassword, userCode, applicationID, certificate, certificatePassword string) error {
	styles, incomplete := 0, false
	for _, style := range [][]string{{userName, userPassword}, {userCode}, {applicationID, certificate}} {
		given := 0
		for _, value := range style {
			if value != "" {
				given++
			}
		}
		if given > 0 {
			styles++
		}
		incomplete = incomplete || given > 0 && given < len(style)
	}
	if styles != 1 || incomplete || certificatePassword != "" && certificate == "" {
		return badRequest("Exactly one style of credentials is needed: userName and userPassword, or userCode, " +
			"or applicationId and applicationCertificate.")
	}
	return nil
}

// StopRestoreSession implements POST /RestoreSessions/{restoreSessionId}/Action.
func (o operations) StopRestoreSession(
	_ context.Context, request server.StopRestoreSessionRequestObject,
) (server.StopRestoreSessionResponseObject, error) {
	if o.Server.StopRestoreSession(request.RestoreSessionID) != nil {
		return nil, errNotFound
	}
	return server.StopRestoreSession200Response{}, nil
}
