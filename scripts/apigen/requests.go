package main

import (
	_ "embed"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/vbo365/vbo365-go/gen"
)

// A request is made with another operation in some versions.
type request struct {
	Name string // of the method of wire
	// Operations are the ids of the operations. The first one that the version has is used.
	Operations []string
	// Branch is the property that has the options, where the body of an operation is a union.
	Branch string
	// Query says that the caller gives the parameters of the first operation. Forms without a parameter leave it out.
	Query bool
	// Action says that the request is an action on items, and has the ids of them.
	Action bool
	// Call is the exported method that makes the request, if it is generated.
	Call *call
}

// A call is an exported method that makes a request.
type call struct {
	On, Name, Comment string // the resource, the name of the method, and its comment after the name
	Op                string // in errors
	Options, Result   string // the Go types; empty if there are none
	Due               string // the property that the response must have; empty if there is none
}

var requests = []request{
	{Name: "explore", Operations: []string{"startRestoreSession", "exploreOrganization"}, Branch: "explore"},
	{Name: "exploreOwn", Operations: []string{"startOwnRestoreSession", "exploreOwnOrganization"}, Branch: "explore"},
	{Name: "exploreAsOperator", Operations: []string{"startOperatorRestoreSession"}},
	{Name: "restoreAsOperator", Operations: []string{"operatorRestoreOneDriveDocuments"}, Action: true},
	{Name: "stop", Operations: []string{"endRestoreSession", "stopRestoreSession"}, Branch: "stop"},
	{Name: "searchOneDrives", Operations: []string{"searchOneDrives"}, Query: true},
	{Name: "searchOneDrive", Operations: []string{"searchOneDrive", "runOneDriveAction"}, Branch: "search", Query: true},
	{
		Name: "searchFolder", Operations: []string{"searchOneDriveFolder", "runOneDriveFolderAction"},
		Branch: "search", Query: true,
	},
	{
		Name: "restoreOneDrives", Operations: []string{"restoreOneDrives", "runOneDrivesAction"},
		Branch: "restoreToOriginalLocation", Action: true,
	},
	{Name: "probe", Operations: []string{"getServiceInstance", "listRestoreSessions"}},
	{
		Name: "emailSettings", Operations: []string{"getOneDriveEmailSettings", "getSharePointEmailSettings"},
		Call: &call{
			On: "Client", Name: "EmailSettings", Op: "get e-mail settings", Result: "EmailSettings",
			Comment: "reads the settings with which the server sends e-mail for [Folder.SendTo]. In v2, they are the " +
				"settings\nfor SharePoint; in later versions, those for OneDrive. The response has no password.",
		},
	},
	{
		Name: "setEmailSettings", Operations: []string{"setOneDriveEmailSettings", "setSharePointEmailSettings"},
		Call: &call{
			On: "Client", Name: "SetEmailSettings", Op: "set e-mail settings", Options: "EmailSettingsChange",
			Comment: "changes the settings with which the server sends e-mail. Only v8 supports UserID, MailAPIURL " +
				"and\nRequestID. With another version, the error matches [ErrInvalid], and nothing is sent.",
		},
	},
	{
		Name: "createRestoreDeviceCode", Operations: []string{"createRestoreDeviceCode"},
		Call: &call{
			On: "RestoreSession", Name: "RestoreDeviceCode", Op: "get device code",
			Options: "RestoreDeviceCodeOptions", Result: "RestoreDeviceCode", Due: "userCode",
			Comment: "requests a device code. After the user has confirmed it, its UserCode is valid as the " +
				"credentials\nof a restore or copy in this session. v4 and later support it. With v2 and v3, the error " +
				"matches [ErrInvalid], and\nnothing is sent.",
		},
	},
}

// A form is one of the operations of a request.
type form struct {
	gen.Operation
	Method string   // of the generated client
	Union  string   // the property that has the options; empty if the body is no union
	Query  []string // the fields of the parameters that this form and the first one have
	Last   bool
}

// IDs returns the names of the ids in the path.
func (f form) IDs() []string {
	ids := inBraces.FindAllString(f.Path, -1)
	for i := range ids {
		ids[i] = strings.Trim(ids[i], "{}")
	}
	return ids
}

// Forms returns the operations of a request.
func (r request) Forms() (forms []form, err error) {
	for i, id := range r.Operations {
		o, found := operation(id)
		if !found {
			return nil, fmt.Errorf("the document has no operation %s", id)
		}
		f := form{Operation: o, Method: strings.ToUpper(id[:1]) + id[1:], Last: i == len(r.Operations)-1}
		if _, union := gen.Schemas[o.Request].Properties[r.Branch]; union {
			f.Union = r.Branch
		}
		forms = append(forms, f)
		for _, name := range slices.Sorted(maps.Keys(o.Parameters)) {
			if _, ok := forms[0].Parameters[name]; ok && r.Query {
				field := strings.ToUpper(name[:1]) + name[1:]
				forms[i].Query = append(forms[i].Query, strings.Replace(field, "Id", "ID", 1))
			}
		}
	}
	return forms, nil
}

// Doc returns the comment.
func (c call) Doc() string { return strings.ReplaceAll(c.Name+" "+c.Comment, "\n", "\n// ") }

// Self returns the receiver of a call.
func (c call) Self() string { return strings.ToLower(lastWord.FindString(c.On)[:1]) }

var lastWord = regexp.MustCompile(`[A-Z][a-z]*$`)

//go:embed requests.tmpl
var requestsTemplate string

// makeRequests returns the source of the requests.
func makeRequests(requests []request) ([]byte, error) { return execute(requestsTemplate, requests) }
