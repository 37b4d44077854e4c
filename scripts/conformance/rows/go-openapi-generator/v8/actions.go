package main

import (
	"net/http"
	"os"
	"time"

	vbo365 "conformance/client"
)

// The actions of v8: a restore or copy is followed to its end.

func logIn(request vbo365.ApiCreateTokenRequest) vbo365.ApiCreateTokenRequest {
	return request.DisableAntiforgeryToken(true)
}

// follow reads the session until it is stopped, and then its statistics.
func (p *program) follow(started *vbo365.RestoreAnswer, response *http.Response, err error) (answer, error) {
	if err != nil {
		return refusal(response, err)
	}
	for {
		session, response, err := p.client.RestoreSessionsAPI.GetRestoreSession(p.ctx, started.GetSessionId()).Execute()
		if err != nil {
			return refusal(response, err)
		}
		if session.GetState() == vbo365.STOPPED {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	statistics, response, err := p.client.RestoreSessionsAPI.
		GetRestoreSessionStatistics(p.ctx, started.GetSessionId()).Execute()
	if err != nil {
		return refusal(response, err)
	}
	return answer{Status: response.StatusCode, RestoredItemsCount: statistics.GetRestoredItemsCount()}, nil
}

func (p *program) restore(f folder, options vbo365.RestoreToOriginalLocationOptions) (answer, error) {
	return p.follow(p.client.OneDriveFoldersAPI.RestoreOneDriveFolder(p.ctx, f.session, f.drive, f.id).
		RestoreToOriginalLocationOptions(options).Execute())
}

func (p *program) send(f folder, options vbo365.SendToOptions) (answer, error) {
	response, err := p.client.OneDriveFoldersAPI.SendOneDriveFolder(p.ctx, f.session, f.drive, f.id).
		SendToOptions(options).Execute()
	if err != nil {
		return refusal(response, err)
	}
	return answer{Status: response.StatusCode}, nil
}

func (p *program) copy(f folder, options vbo365.CopyToOptions) (answer, error) {
	return p.follow(p.client.OneDriveFoldersAPI.CopyOneDriveFolder(p.ctx, f.session, f.drive, f.id).
		CopyToOptions(options).Execute())
}

func (p *program) save(command string, f folder) (*os.File, *http.Response, error) {
	switch command {
	case "saveOneDrive":
		return p.client.OneDrivesAPI.SaveOneDrive(p.ctx, f.session, f.drive).Execute()
	case "saveDocument":
		var options vbo365.SaveDocumentOptions
		options.SetAsZip(false)
		return p.client.OneDriveDocumentsAPI.SaveOneDriveDocument(p.ctx, f.session, f.drive, f.id).
			SaveDocumentOptions(options).Execute()
	}
	return p.client.OneDriveFoldersAPI.SaveOneDriveFolder(p.ctx, f.session, f.drive, f.id).Execute()
}
