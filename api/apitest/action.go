package apitest

import (
	"encoding/json"
	"fmt"

	"github.com/vbo365/vbo365-go/api/apitest/internal/tenant"
	"github.com/vbo365/vbo365-go/gen/server"
)

// options are those of all actions. Which an action has, and how they are spelled, the document says.
type options struct {
	credentials

	Folders, Documents []struct{ ID string }
	AsZIP              bool

	DocumentVersion, DocumentAction, DocumentLastVersionAction string

	OneDrive                                       struct{ ID, URL, Name string }
	Folder                                         string
	ChangedItems, DeletedItems, RestorePermissions bool

	From, To, Subject, Text string

	Query string

	Datetime                     *string
	Type, RepositoryID, Reason   string
	ShowDeleted, ShowAllVersions bool
}

// credentials are those of the Microsoft 365 account that a restore or copy writes with.
type credentials struct {
	UserName, UserPassword                                                string
	UserCode                                                              string
	ApplicationID, ApplicationCertificate, ApplicationCertificatePassword string
}

// runOnDrive performs the action of a request on a whole OneDrive.
func (s *Server) runOnDrive(e *exchange) (any, error) {
	v, err := s.enterDrive(e)
	if err != nil {
		return nil, err
	}
	return s.run(e, v.Root().Select())
}

// runOnFolder performs the action of a request on a folder.
func (s *Server) runOnFolder(e *exchange) (any, error) {
	found, err := s.enterFolder(e)
	if err != nil {
		return nil, err
	}
	return s.run(e, found.Select())
}

// runOnFolders performs the action of a request on the folders that its body names. Without any, the whole OneDrive is
// meant: our choice.
func (s *Server) runOnFolders(e *exchange) (any, error) {
	v, err := s.enterDrive(e)
	if err != nil {
		return nil, err
	}
	var options options
	if err := e.readOptions(&options); err != nil {
		return nil, err
	}
	if len(options.Folders) == 0 {
		return s.run(e, v.Root().Select())
	}
	chosen, ok, err := v.SelectFolders(idsOf(options.Folders))
	return s.runOn(e, chosen, ok, err)
}

// runOnDocument performs the action of a request on a document.
func (s *Server) runOnDocument(e *exchange) (any, error) {
	found, err := s.enterDocument(e)
	if err != nil {
		return nil, err
	}
	return s.run(e, found.Select())
}

// runOnDocuments performs the action of a request on the documents that its body names.
func (s *Server) runOnDocuments(e *exchange) (any, error) {
	v, err := s.enterDrive(e)
	if err != nil {
		return nil, err
	}
	var options options
	if err := e.readOptions(&options); err != nil {
		return nil, err
	}
	if len(options.Documents) == 0 {
		return nil, e.badOption("documents", "must not be empty")
	}
	chosen, ok, err := v.SelectDocuments(idsOf(options.Documents))
	return s.runOn(e, chosen, ok, err)
}

func idsOf(items []struct{ ID string }) []string {
	ids := make([]string, len(items))
	for i, item := range items {
		ids[i] = item.ID
	}
	return ids
}

// runOn performs the action of a request on what was found for its ids.
func (s *Server) runOn(e *exchange, chosen tenant.Selection, ok bool, err error) (any, error) {
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, errNotFound
	}
	return s.run(e, chosen)
}

// run performs the action of a request. Both forms of the API meet here: that of v2 to v5, whose bodies name the
// action, and that of v6 and later, whose paths do.
//
// What changes something is carried out to its end, or until the server is closed, even if the client goes away: a
// client must not be able to rely on the opposite.
func (s *Server) run(e *exchange, chosen tenant.Selection) (any, error) {
	var options options
	if err := e.readOptions(&options); err != nil {
		return nil, err
	}
	switch e.action() {
	case "restoreToOriginalLocation":
		return s.restoreToOriginalLocation(e, chosen, options)
	case "copyTo":
		return s.copyTo(e, chosen, options)
	case "sendTo":
		return nil, s.sendTo(e, chosen, options)
	case "save":
		// Several documents are an archive even if they are a list of one.
		return s.save(e, chosen, chosen.Documents && options.Documents == nil && !options.AsZIP)
	case "search":
		return e.search(options.Query, tenant.Folder{Item: chosen.Items[0]})
	}
	return nil, fmt.Errorf("the action %s is in the document but not in the simulator", e.action())
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

// begin adds an event about an action to the session. target may be empty.
func (sess *session) begin(chosen tenant.Selection, kind server.EventType, verb, target string) *event {
	item, items := "Folder", "folders"
	if chosen.Documents {
		item, items = "Document", "documents"
	}
	source := chosen.Items[0].Location()
	switch {
	case len(chosen.Items) > 1:
		source = chosen.Drive.Name
	case chosen.Items[0].IsRoot():
		item = "OneDrive"
	}
	name := chosen.Name()
	title := verb + " " + name
	if n := len(chosen.Items); n > 1 {
		title = fmt.Sprintf("%s %d %s of %s", verb, n, items, name)
	}
	return sess.events.begin(event{
		kind: kind, title: title, itemName: name, itemType: item, source: source, target: target,
	})
}
