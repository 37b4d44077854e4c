package main

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"

	vbo365 "conformance/client"
)

// The actions up to v5.

func logIn(request vbo365.ApiCreateTokenRequest) vbo365.ApiCreateTokenRequest { return request }

func (p *program) run(f folder, action vbo365.OneDriveFolderAction) (*os.File, *http.Response, error) {
	return p.client.OneDriveFoldersAPI.RunOneDriveFolderAction(p.ctx, f.session, f.drive, f.id).
		OneDriveFolderAction(action).Execute()
}

// act runs an action whose response is small.
func (p *program) act(f folder, action vbo365.OneDriveFolderAction) (answer, error) {
	file, response, err := p.run(f, action)
	if err != nil {
		return refusal(response, err)
	}
	result := answer{Status: response.StatusCode}
	if file == nil { // the response has no body
		return result, nil
	}
	defer func() { _ = os.Remove(file.Name()) }()
	if strings.HasPrefix(response.Header.Get("Content-Type"), "application/json") {
		var statistics vbo365.RestoreStatistics
		err = json.NewDecoder(file).Decode(&statistics)
		result.RestoredItemsCount = int64(statistics.GetRestoredItemsCount())
	}
	return result, err
}

func (p *program) restore(f folder, options vbo365.RestoreToOriginalLocationOptions) (answer, error) {
	options.SetDocumentVersion(vbo365.LAST)
	return p.act(f, vbo365.RestoreToOriginalLocationActionAsOneDriveFolderAction(
		vbo365.NewRestoreToOriginalLocationAction(options)))
}

func (p *program) send(f folder, options vbo365.SendToOptions) (answer, error) {
	return p.act(f, vbo365.SendToActionAsOneDriveFolderAction(vbo365.NewSendToAction(options)))
}

func (p *program) copy(f folder, options vbo365.CopyToOptions) (answer, error) {
	return p.act(f, vbo365.CopyToActionAsOneDriveFolderAction(vbo365.NewCopyToAction(options)))
}

func (p *program) save(command string, f folder) (*os.File, *http.Response, error) {
	switch command {
	case "saveOneDrive":
		return p.client.OneDrivesAPI.RunOneDriveAction(p.ctx, f.session, f.drive).
			OneDriveAction(vbo365.SaveActionAsOneDriveAction(&vbo365.SaveAction{})).Execute()
	case "saveDocument":
		var options vbo365.SaveOptions
		options.SetAsZip(false)
		var action vbo365.SaveAction
		action.SetSave(options)
		return p.client.OneDriveDocumentsAPI.RunOneDriveDocumentAction(p.ctx, f.session, f.drive, f.id).
			OneDriveDocumentAction(vbo365.SaveActionAsOneDriveDocumentAction(&action)).Execute()
	}
	return p.run(f, vbo365.SaveActionAsOneDriveFolderAction(&vbo365.SaveAction{}))
}
