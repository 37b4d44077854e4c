package main

import (
	"context"
	"fmt"
	"net/http"

	"conformance/client"
)

// The actions up to v5.

func (p *program) createToken(username, password string) (client.CreateTokenRes, error) {
	return p.client.CreateToken(context.Background(), &client.CreateTokenApplicationXWwwFormUrlencoded{
		GrantType: client.GrantTypePassword,
		Username:  client.NewOptString(username),
		Password:  client.NewOptString(password),
	})
}

// act runs an action. Only a save gives bytes.
func (p *program) act(f folder, action client.OneDriveFolderAction, file string) (answer, error) {
	response, err := p.client.RunOneDriveFolderAction(context.Background(), action,
		client.RunOneDriveFolderActionParams{RestoreSessionId: f.session, OneDriveId: f.drive, FolderId: f.id})
	if err != nil {
		return answer{}, err
	}
	switch response := response.(type) {
	case *client.RestoreStatisticsHeaders:
		return answer{Status: http.StatusOK, RestoredItemsCount: response.Response.RestoredItemsCount.Value}, nil
	case *client.FolderActionDoneApplicationOctetStreamHeaders:
		if action.IsSaveAction() {
			return answer{Status: http.StatusOK}, write(file, response.Response)
		}
		return answer{Status: http.StatusOK}, nil
	case *client.Unauthorized:
		return answer{Status: http.StatusUnauthorized}, nil
	case *client.RunOneDriveFolderActionInternalServerError:
		return answer{Status: http.StatusInternalServerError, Message: response.Message}, nil
	}
	return answer{}, fmt.Errorf("unexpected answer %T", response)
}

func (p *program) restore(f folder, options client.RestoreToOriginalLocationOptions) (answer, error) {
	options.DocumentVersion.SetTo(client.DocumentVersionLast)
	return p.act(f, client.NewRestoreToOriginalLocationActionOneDriveFolderAction(
		client.RestoreToOriginalLocationAction{RestoreToOriginalLocation: options}), "")
}

func (p *program) send(f folder, options client.SendToOptions) (answer, error) {
	return p.act(f, client.NewSendToActionOneDriveFolderAction(client.SendToAction{SendTo: options}), "")
}

func (p *program) copy(f folder, options client.CopyToOptions) (answer, error) {
	return p.act(f, client.NewCopyToActionOneDriveFolderAction(client.CopyToAction{CopyTo: options}), "")
}

func (p *program) save(command string, f folder, file string) (answer, error) {
	var save client.NilSaveOptions
	save.SetToNull()
	switch command {
	case "saveOneDrive":
		response, err := p.client.RunOneDriveAction(context.Background(),
			client.NewSaveActionOneDriveAction(client.SaveAction{Save: save}),
			client.RunOneDriveActionParams{RestoreSessionId: f.session, OneDriveId: f.drive})
		done, ok := response.(*client.FolderActionDoneApplicationOctetStreamHeaders)
		if err != nil || !ok {
			return answer{}, fmt.Errorf("unexpected answer %T: %w", response, err)
		}
		return answer{Status: http.StatusOK}, write(file, done.Response)
	case "saveDocument":
		save.SetTo(client.SaveOptions{AsZip: client.NewOptBool(false)})
		response, err := p.client.RunOneDriveDocumentAction(context.Background(),
			client.NewSaveActionOneDriveDocumentAction(client.SaveAction{Save: save}),
			client.RunOneDriveDocumentActionParams{RestoreSessionId: f.session, OneDriveId: f.drive, DocumentId: f.id})
		done, ok := response.(*client.DocumentActionDoneApplicationOctetStreamHeaders)
		if err != nil || !ok {
			return answer{}, fmt.Errorf("unexpected answer %T: %w", response, err)
		}
		return answer{Status: http.StatusOK}, write(file, done.Response)
	}
	return p.act(f, client.NewSaveActionOneDriveFolderAction(client.SaveAction{Save: save}), file)
}
