package apitest

import (
	"encoding/json"
	"fmt"
	"path"
	"strings"

	"github.com/vbo365/vbo365-go/gen/server"
)

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

// runOnFolder performs the action of a request on a folder.
func (s *Server) runOnFolder(e *exchange) (any, error) {
	found, err := s.enterFolder(e)
	if err != nil {
		return nil, err
	}
	return s.run(e, selection{found.driveView, []folder{found}, []string{""}})
}

// runOnFolders performs the action of a request on the folders that its body names. Without any, the whole OneDrive is meant:
// our choice.
func (s *Server) runOnFolders(e *exchange) (any, error) {
	d, err := s.enterDrive(e)
	if err != nil {
		return nil, err
	}
	var options struct {
		Folders []server.FolderReference `json:"folders"`
	}
	if err := e.readOptions(&options); err != nil {
		return nil, err
	}
	chosen, err := d.choose(options.Folders)
	if err != nil {
		return nil, err
	}
	return s.run(e, chosen)
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

// run performs the action of a request. Both forms of the API meet here: that of v2 to v5, whose bodies name the action,
// and that of v6 and later, whose paths do.
//
// What changes something is carried out to its end, or until the server is closed, even if the client goes away: a
// client must not be able to rely on the opposite.
func (s *Server) run(e *exchange, chosen selection) (any, error) {
	switch name := e.action(); name {
	case "restoreToOriginalLocation":
		var options server.RestoreToOriginalLocationOptions
		if err := e.readOptions(&options); err != nil {
			return nil, err
		}
		t, err := chosen.restoreToOriginalLocation(options)
		if err != nil {
			return nil, err
		}
		return s.carryOut(e, chosen, t)
	case "copyTo":
		var options server.CopyToOptions
		if err := e.readOptions(&options); err != nil {
			return nil, err
		}
		t, err := s.copyTo(e, chosen, options)
		if err != nil {
			return nil, err
		}
		return s.carryOut(e, chosen, t)
	case "sendTo":
		var options server.SendToOptions
		if err := e.readOptions(&options); err != nil {
			return nil, err
		}
		return nil, s.sendTo(e, chosen, options)
	case "save":
		return s.save(e, chosen)
	default:
		return nil, fmt.Errorf("the action %s is in the spec but not in the simulator", name)
	}
}

// namedByBody tells whether the body names the action of a request.
func (e *exchange) namedByBody() bool { return e.route.action == "" && e.action() != "" }

// readOptions reads the body of a request or, if that names an action, what it has for that.
func (e *exchange) readOptions(options any) error {
	content := e.content
	if e.namedByBody() {
		var named map[string]json.RawMessage
		if err := json.Unmarshal(content, &named); err != nil {
			return errUnfit
		}
		content = named[e.action()]
	}
	if len(content) == 0 {
		return nil // an action without options has no body
	}
	if err := json.Unmarshal(content, options); err != nil {
		return errUnfit
	}
	return nil
}

// badOption refuses an option of an action, by the name that it has in the body.
func (e *exchange) badOption(name, problem string) error {
	if e.namedByBody() {
		name = e.action() + "." + name
	}
	return badRequest("%s: %s.", name, problem)
}

// is tells whether an option has a value. The letter case of values differs between the versions.
func is[T ~string](option *T, value T) bool {
	return option != nil && strings.EqualFold(string(*option), string(value))
}

// carryOut carries out a restore or copy. It may go on after the request got its response (spec/FACTS.md#3.4).
func (s *Server) carryOut(e *exchange, chosen selection, t *transfer) (any, error) {
	s.execute(e)
	t.event = chosen.begin(server.EventTypeRestore, t.verb, t.location)
	if e.edition.background {
		return server.RestoreAnswer{SessionID: &s.carryOutLater(e, chosen, t).ID}, nil
	}
	if err := t.run(s.ctx); err != nil {
		return nil, err
	}
	if s.config.EmptyAnswers && e.edition.emptyRestores {
		return nil, nil
	}
	return t.counts().statistics(), nil
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
