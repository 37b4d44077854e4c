package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"conformance/client"
)

// The actions up to v5.

func logIn(*client.TokenRequest) {}

// act runs an action whose response is small.
func (p *program) act(f folder, action client.OneDriveFolderAction, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	response, err := p.client.RunOneDriveFolderActionWithResponse(context.Background(),
		f.session, f.drive, f.id, nil, action)
	if err != nil {
		return answer{}, err
	}
	result := answer{Status: response.StatusCode()}
	if strings.HasPrefix(response.HTTPResponse.Header.Get("Content-Type"), "application/json") {
		var statistics client.RestoreStatistics
		err = json.Unmarshal(response.Body, &statistics)
		result.RestoredItemsCount = int(*statistics.RestoredItemsCount)
	}
	return result, err
}

func (p *program) restore(f folder, options client.RestoreToOriginalLocationOptions) (answer, error) {
	options.DocumentVersion = new(client.Last)
	var action client.OneDriveFolderAction
	err := action.FromRestoreToOriginalLocationAction(
		client.RestoreToOriginalLocationAction{RestoreToOriginalLocation: options})
	return p.act(f, action, err)
}

func (p *program) send(f folder, options client.SendToOptions) (answer, error) {
	var action client.OneDriveFolderAction
	err := action.FromSendToAction(client.SendToAction{SendTo: options})
	return p.act(f, action, err)
}

func (p *program) copy(f folder, options client.CopyToOptions) (answer, error) {
	var action client.OneDriveFolderAction
	err := action.FromCopyToAction(client.CopyToAction{CopyTo: options})
	return p.act(f, action, err)
}

func (p *program) save(command string, f folder) (*http.Response, error) {
	switch command {
	case "saveOneDrive":
		var action client.OneDriveAction
		err := action.FromSaveAction(client.SaveAction{})
		response, sendErr := p.client.ClientInterface.RunOneDriveAction(context.Background(), f.session, f.drive, nil, action)
		return response, errors.Join(err, sendErr)
	case "saveDocument":
		var action client.OneDriveDocumentAction
		err := action.FromSaveAction(client.SaveAction{Save: &client.SaveOptions{AsZip: new(false)}})
		response, sendErr := p.client.ClientInterface.RunOneDriveDocumentAction(context.Background(),
			f.session, f.drive, f.id, action)
		return response, errors.Join(err, sendErr)
	}
	var action client.OneDriveFolderAction
	err := action.FromSaveAction(client.SaveAction{}) // a nil Save is null on the wire
	response, sendErr := p.client.ClientInterface.RunOneDriveFolderAction(context.Background(),
		f.session, f.drive, f.id, nil, action)
	return response, errors.Join(err, sendErr)
}

// refusal decodes the response to a save that failed, and closes its body.
func refusal(response *http.Response) (*client.ServerError, error) {
	refused, err := client.ParseRunOneDriveFolderActionResponse(response)
	if err != nil {
		return nil, err
	}
	return refused.JSON500, nil
}
