package apitest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"strings"

	"github.com/vbo365/vbo365-go/gen/server"
)

// operations implements the operations of the spec for the generated server.
type operations struct{ *Server }

// selection is what an action is about: a folder, several of them, or the whole OneDrive.
type selection struct {
	driveView
	folders []folder
	// tops are the names that the folders have at the top of an archive. The content of one without a name is at the top
	// itself.
	tops []string
}

// name is for people: titles and names of attachments.
func (s selection) name() string {
	if len(s.folders) == 1 {
		return s.folders[0].name()
	}
	return folder{s.driveView, "."}.name()
}

// RunOneDriveFolderAction implements POST …/Folders/{folderId}/Action.
func (o operations) RunOneDriveFolderAction(
	ctx context.Context, request server.RunOneDriveFolderActionRequestObject,
) (server.RunOneDriveFolderActionResponseObject, error) {
	d, err := o.enterDrive(exchangeOf(ctx), request.RestoreSessionID, request.OneDriveID)
	if err != nil {
		return nil, err
	}
	found, err := d.findFolder(request.FolderID)
	if err != nil {
		return nil, err
	}
	return o.run(ctx, selection{d, []folder{found}, []string{""}}, *request.Body)
}

// RunOneDriveFoldersAction implements POST …/Folders/Action. Without folders, the whole OneDrive is meant: our choice.
func (o operations) RunOneDriveFoldersAction(
	ctx context.Context, request server.RunOneDriveFoldersActionRequestObject,
) (server.RunOneDriveFoldersActionResponseObject, error) {
	e := exchangeOf(ctx)
	d, err := o.enterDrive(e, request.RestoreSessionID, request.OneDriveID)
	if err != nil {
		return nil, err
	}
	body, err := request.Body.MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("read the action: %w", err)
	}
	var lists map[string]struct { // by the name of the action
		Folders []server.FolderReference `json:"folders"`
	}
	var action server.OneDriveFolderAction // knows everything but the folders
	if err := json.Unmarshal(body, &lists); err != nil {
		return nil, fmt.Errorf("read the action: %w", err)
	}
	if err := action.UnmarshalJSON(body); err != nil {
		return nil, fmt.Errorf("read the action: %w", err)
	}
	folders := lists[e.action()].Folders
	if len(folders) > 0 && !e.sinceV3() {
		e.note(`property "folders" is not known to %s`, e.version)
		folders = nil
	}
	selected, err := d.choose(folders)
	if err != nil {
		return nil, err
	}
	return o.run(ctx, selected, action)
}

// choose finds folders by their ids. In an archive, folders of the same name get names such as "a (2)".
func (d driveView) choose(references []server.FolderReference) (selection, error) {
	if len(references) == 0 {
		return selection{d, []folder{{d, "."}}, []string{""}}, nil
	}
	chosen := selection{driveView: d}
	seen, tops := map[string]bool{}, map[string]bool{}
	for _, reference := range references {
		found, err := d.findFolder(reference.ID)
		if err != nil {
			return selection{}, err
		}
		if seen[found.path] {
			continue
		}
		seen[found.path] = true
		top := found.name()
		for n := 2; tops[strings.ToLower(top)]; n++ {
			top = fmt.Sprintf("%s (%d)", found.name(), n)
		}
		tops[strings.ToLower(top)] = true
		chosen.folders, chosen.tops = append(chosen.folders, found), append(chosen.tops, top)
	}
	return chosen, nil
}

// actionAnswer is the answer to an action on one folder or several.
type actionAnswer interface {
	server.RunOneDriveFolderActionResponseObject
	server.RunOneDriveFoldersActionResponseObject
}

// run performs the action of a request.
//
// What changes something is carried out to its end, or until the server is closed, even if the client goes away: a
// client must not be able to rely on the opposite.
func (o operations) run(ctx context.Context, chosen selection, action server.OneDriveFolderAction) (actionAnswer, error) {
	e := exchangeOf(ctx)
	switch name := e.action(); name {
	case "restoreToOriginalLocation":
		body, err := action.AsRestoreToOriginalLocationAction()
		if err != nil {
			return nil, fmt.Errorf("read the action: %w", err)
		}
		return o.statistics(o.restoreToOriginalLocation(e, chosen, body.RestoreToOriginalLocation))
	case "copyTo":
		body, err := action.AsCopyToAction()
		if err != nil {
			return nil, fmt.Errorf("read the action: %w", err)
		}
		return o.statistics(o.copyTo(e, chosen, body.CopyTo))
	case "sendTo":
		body, err := action.AsSendToAction()
		if err != nil {
			return nil, fmt.Errorf("read the action: %w", err)
		}
		if err := o.sendTo(e, chosen, body.SendTo); err != nil {
			return nil, err
		}
		return emptyAnswer{}, nil
	case "save":
		return o.save(ctx, chosen)
	default:
		return nil, fmt.Errorf("the action %s is in the spec but not in the simulator", name)
	}
}

// begin adds an event about the action to the session. target may be empty.
func (s selection) begin(kind server.EventType, verb, target string) *event {
	itemType, source := "Folder", s.folders[0].location()
	switch {
	case len(s.folders) > 1:
		source = s.Name
	case s.folders[0].path == ".":
		itemType = "OneDrive"
	}
	name := s.name()
	title := verb + " " + name
	if n := len(s.folders); n > 1 {
		title = fmt.Sprintf("%s %d folders of %s", verb, n, name)
	}
	return s.session.events.begin(event{
		kind: kind, title: title, itemName: name, itemType: itemType, source: source, target: target,
	})
}

// statistics answers the result of a restore or copy.
func (o operations) statistics(result server.RestoreStatistics, err error) (actionAnswer, error) {
	if err != nil {
		return nil, err
	}
	if o.config.EmptyAnswers {
		return emptyAnswer{}, nil
	}
	return statisticsAnswer(result), nil
}

type statisticsAnswer server.FolderActionDoneJSONResponse

func (a statisticsAnswer) VisitRunOneDriveFolderActionResponse(w http.ResponseWriter) error {
	return server.RunOneDriveFolderAction200JSONResponse{
		FolderActionDoneJSONResponse: server.FolderActionDoneJSONResponse(a),
	}.VisitRunOneDriveFolderActionResponse(w)
}

func (a statisticsAnswer) VisitRunOneDriveFoldersActionResponse(w http.ResponseWriter) error {
	return a.VisitRunOneDriveFolderActionResponse(w)
}

// emptyAnswer is a 200 without body and content type.
type emptyAnswer struct{}

func (emptyAnswer) VisitRunOneDriveFolderActionResponse(w http.ResponseWriter) error {
	w.WriteHeader(http.StatusOK)
	return nil
}

func (a emptyAnswer) VisitRunOneDriveFoldersActionResponse(w http.ResponseWriter) error {
	return a.VisitRunOneDriveFolderActionResponse(w)
}

// outermost gives the folders that are not in another one of them.
func outermost(folders []folder) []folder {
	chosen := map[string]bool{}
	for _, f := range folders {
		chosen[f.path] = true
	}
	var outer []folder
	for _, f := range folders {
		inside := false
		for name := f.path; name != "." && !inside; {
			name = path.Dir(name)
			inside = chosen[name]
		}
		if !inside {
			outer = append(outer, f)
		}
	}
	return outer
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
