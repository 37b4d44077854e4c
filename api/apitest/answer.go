package apitest

import (
	"encoding/json"
	"net/http"
)

// answer writes the answer of an operation that answers differently in different versions, or in different forms. The
// generated types know one status and one body each.
type answer func(http.ResponseWriter) error

// jsonAnswer answers a JSON body.
func jsonAnswer(status int, body any) answer {
	return func(w http.ResponseWriter) error {
		content, err := json.Marshal(body)
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, err = w.Write(content)
		return err
	}
}

// emptyAnswer has neither body nor content type.
func emptyAnswer(status int) answer {
	return func(w http.ResponseWriter) error {
		w.WriteHeader(status)
		return nil
	}
}

// doneAnswer is the answer to what has nothing to tell: 200, from v8 on 204 (spec/FACTS.md#6).
func doneAnswer(e *exchange) answer {
	if e.since(8) {
		return emptyAnswer(http.StatusNoContent)
	}
	return emptyAnswer(http.StatusOK)
}

// These make an answer that of its operations.

func (a answer) VisitRunOneDriveFolderActionResponse(w http.ResponseWriter) error  { return a(w) }
func (a answer) VisitRunOneDriveFoldersActionResponse(w http.ResponseWriter) error { return a(w) }

func (a answer) VisitRestoreOneDriveFolderResponse(w http.ResponseWriter) error { return a(w) }

func (a answer) VisitRestoreOneDriveFoldersResponse(w http.ResponseWriter) error { return a(w) }

func (a answer) VisitRestoreOneDriveFolderVersionResponse(w http.ResponseWriter) error { return a(w) }

func (a answer) VisitCopyOneDriveFolderResponse(w http.ResponseWriter) error        { return a(w) }
func (a answer) VisitCopyOneDriveFoldersResponse(w http.ResponseWriter) error       { return a(w) }
func (a answer) VisitCopyOneDriveFolderVersionResponse(w http.ResponseWriter) error { return a(w) }

func (a answer) VisitSendOneDriveFolderResponse(w http.ResponseWriter) error        { return a(w) }
func (a answer) VisitSendOneDriveFoldersResponse(w http.ResponseWriter) error       { return a(w) }
func (a answer) VisitSendOneDriveFolderVersionResponse(w http.ResponseWriter) error { return a(w) }

func (a answer) VisitSaveOneDriveFolderResponse(w http.ResponseWriter) error        { return a(w) }
func (a answer) VisitSaveOneDriveFoldersResponse(w http.ResponseWriter) error       { return a(w) }
func (a answer) VisitSaveOneDriveFolderVersionResponse(w http.ResponseWriter) error { return a(w) }

func (a answer) VisitExploreOrganizationResponse(w http.ResponseWriter) error    { return a(w) }
func (a answer) VisitStartRestoreSessionResponse(w http.ResponseWriter) error    { return a(w) }
func (a answer) VisitExploreOwnOrganizationResponse(w http.ResponseWriter) error { return a(w) }
func (a answer) VisitStartOwnRestoreSessionResponse(w http.ResponseWriter) error { return a(w) }
func (a answer) VisitStopRestoreSessionResponse(w http.ResponseWriter) error     { return a(w) }
func (a answer) VisitEndRestoreSessionResponse(w http.ResponseWriter) error      { return a(w) }

func (a answer) VisitListOrganizationsResponse(w http.ResponseWriter) error          { return a(w) }
func (a answer) VisitSetOneDriveEmailSettingsResponse(w http.ResponseWriter) error   { return a(w) }
func (a answer) VisitSetSharePointEmailSettingsResponse(w http.ResponseWriter) error { return a(w) }
