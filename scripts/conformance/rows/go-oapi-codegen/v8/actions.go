package main

import (
	"context"
	"net/http"
	"time"

	"conformance/client"
)

// The actions of v8: a restore or copy is followed to its end.

func logIn(request *client.TokenRequest) { request.DisableAntiforgeryToken = new(true) }

// follow reads the session until it is stopped, and then its statistics.
func (p *program) follow(status int, started *client.Restored) (answer, error) {
	if started == nil {
		return answer{Status: status}, nil
	}
	for {
		session, err := p.client.GetRestoreSessionWithResponse(context.Background(), started.SessionId)
		if err != nil {
			return answer{}, err
		}
		if session.JSON200 != nil && session.JSON200.State == client.Stopped {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	statistics, err := p.client.GetRestoreSessionStatisticsWithResponse(context.Background(), started.SessionId)
	if err != nil {
		return answer{}, err
	}
	return answer{Status: status, RestoredItemsCount: int(statistics.JSON200.RestoredItemsCount)}, nil
}

func (p *program) restore(f folder, options client.RestoreToOriginalLocationOptions) (answer, error) {
	response, err := p.client.RestoreOneDriveFolderWithResponse(context.Background(), f.session, f.drive, f.id, options)
	if err != nil {
		return answer{}, err
	}
	return p.follow(response.StatusCode(), response.JSON200)
}

func (p *program) send(f folder, options client.SendToOptions) (answer, error) {
	response, err := p.client.SendOneDriveFolderWithResponse(context.Background(), f.session, f.drive, f.id, options)
	if err != nil {
		return answer{}, err
	}
	return answer{Status: response.StatusCode()}, nil
}

func (p *program) copy(f folder, options client.CopyToOptions) (answer, error) {
	response, err := p.client.CopyOneDriveFolderWithResponse(context.Background(), f.session, f.drive, f.id, options)
	if err != nil {
		return answer{}, err
	}
	return p.follow(response.StatusCode(), response.JSON200)
}

func (p *program) save(command string, f folder) (*http.Response, error) {
	switch command {
	case "saveOneDrive":
		return p.client.ClientInterface.SaveOneDrive(context.Background(), f.session, f.drive)
	case "saveDocument":
		return p.client.ClientInterface.SaveOneDriveDocument(context.Background(), f.session, f.drive, f.id,
			client.SaveDocumentOptions{AsZip: new(false)})
	}
	return p.client.ClientInterface.SaveOneDriveFolder(context.Background(), f.session, f.drive, f.id)
}

// refusal decodes the response to a save that failed, and closes its body.
func refusal(response *http.Response) (*client.ServerError, error) {
	refused, err := client.ParseSaveOneDriveFolderResponse(response)
	if err != nil {
		return nil, err
	}
	return refused.JSON500, nil
}
