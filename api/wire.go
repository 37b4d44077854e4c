package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/vbo365/vbo365-go/gen"
)

// wire is the API in one version. Its methods send each request in the form of that version, and read the responses
// that differ between versions. No other file compares versions. fit checks whether the version supports an option.
type wire struct {
	*gen.Client
	version Version
}

// in returns the wire of a version for one call.
func (c *Client) in(version Version, call call) wire {
	chain := c.authorised
	if call.anonymous {
		chain = c.anonymous
	}
	call.version = version
	server := c.server + "/" + version.String()
	return wire{&gen.Client{Server: server + "/", Client: doer{server, call, chain}}, version}
}

// oneRoute reports whether all actions have the same route, and the body names the action (spec/FACTS.md#1.2).
func (w wire) oneRoute() bool { return w.version < V6 }

// hasSets reports whether a request can restore, copy, send or save several items (spec/FACTS.md#1.8).
func (w wire) hasSets() bool { return w.version >= V3 }

// action returns the body of an action: the options, and the items of a set. If all actions have one route, they are in
// an object that names the action.
func (w wire) action(a actions, action string, options any) (io.Reader, error) {
	body, err := json.Marshal(options)
	var properties map[string]any // nil if there are no options
	if err == nil {
		err = json.Unmarshal(body, &properties)
	}
	set := func(name string, value any) {
		if properties == nil {
			properties = make(map[string]any)
		}
		properties[name] = value
	}
	if a.set != "" {
		items := make([]gen.FolderReference, len(a.each))
		for i, item := range a.each {
			items[i].ID = item.ids[2]
		}
		set(a.set, items)
	}
	if action == actionSave && a.asZIP != nil && (a.set == "" || w.oneRoute()) {
		set("asZip", *a.asZIP) // without it, servers have been observed to choose either form (spec/FACTS.md#5)
	}
	if err == nil && w.oneRoute() {
		body, err = json.Marshal(map[string]any{action: properties})
	} else if err == nil {
		body, err = json.Marshal(properties)
	}
	return bytes.NewReader(body), err
}

// searchKinds returns the kinds of items that the server searches for one after the other, because results have no
// mark of their kind before v7. It is nil if the server does not search, and has an empty kind if there is no choice.
func (w wire) searchKinds(documents bool) []gen.SearchItemType {
	switch {
	case w.version < V4:
		return nil
	case w.oneRoute():
		return []gen.SearchItemType{""}
	case documents:
		return []gen.SearchItemType{gen.SearchItemTypeDocuments}
	}
	return []gen.SearchItemType{gen.SearchItemTypeFolders, gen.SearchItemTypeDocuments}
}

// searchesSessions reports whether a search can be in all OneDrives.
func (w wire) searchesSessions() bool { return w.version >= V6 }

// search requests a page of results (spec/FACTS.md#14).
func (w wire) search(
	ctx context.Context, s *searching, kind gen.SearchItemType, page PageOptions,
) (*http.Response, error) {
	session, drive, folder := s.session.id, s.drive.id, s.folder.id
	options := gen.SearchOptions{Query: s.query.text()}
	all := gen.SearchOneDrivesParams{
		ItemType: &kind, Limit: given(page.Limit), Offset: given(page.Offset), SetID: given(page.setID),
	}
	old, action := gen.RunOneDriveActionParams{Limit: all.Limit, Offset: all.Offset}, gen.SearchAction{Search: options}
	switch {
	case drive == "":
		return w.SearchOneDrives(ctx, session, &all, options, acceptJSON)
	case w.oneRoute() && folder == "":
		return w.RunOneDriveAction(ctx, session, drive, &old, action, acceptJSON)
	case w.oneRoute():
		params := gen.RunOneDriveFolderActionParams(old)
		return w.RunOneDriveFolderAction(ctx, session, drive, folder, &params, action, acceptJSON)
	case folder == "":
		params := gen.SearchOneDriveParams(all)
		return w.SearchOneDrive(ctx, session, drive, &params, options, acceptJSON)
	}
	params := gen.SearchOneDriveFolderParams(all)
	return w.SearchOneDriveFolder(ctx, session, drive, folder, &params, options, acceptJSON)
}

// oneDrivesAction restores several OneDrives. From v6 on, properties have other names (spec/FACTS.md#11.1).
func (w wire) oneDrivesAction(
	ctx context.Context, a actions, _ string, body io.Reader, edit gen.RequestEditorFn,
) (*http.Response, error) {
	const jsonType = "application/json"
	if w.oneRoute() {
		return w.RunOneDrivesActionWithBody(ctx, a.ids[0], jsonType, body, edit)
	}
	var options gen.RestoreOneDrivesOptions
	if err := json.NewDecoder(body).Decode(&options); err != nil {
		return nil, err
	}
	options.OfficeUserpassword, options.OfficePassword = options.OfficePassword, ""
	options.OnpremisesUsername, options.OnPremisesUsername = options.OnPremisesUsername, ""
	options.OnpremisesUserpassword, options.OnPremisesPassword = options.OnPremisesPassword, ""
	return w.RestoreOneDrives(ctx, a.ids[0], options, edit)
}

// readRestore reads the response to a restore or copy: its statistics up to v7, or in v8 the id of the session that
// carries it out. Up to v5, the body may be empty (spec/FACTS.md#1.9). Any other body is an error.
func (w wire) readRestore(response *http.Response) (result RestoreResult, sessionID string, err error) {
	body, err := readText(response)
	if err != nil {
		return result, "", err
	}
	if w.version < V6 && (len(body) == 0 || string(body) == "null") {
		return result, "", nil
	}
	if len(body) > 0 && !isJSON(response) {
		return result, "", unexpected("content type %q instead of JSON", oneLine(response.Header.Get("Content-Type")))
	}
	var read struct {
		RestoreStatistics
		Details   []RestoredOneDrive `json:"details"`
		SessionID string             `json:"sessionId"`
	}
	if err := decodeJSON(response, body, '{', maxElements, &read); err != nil {
		return result, "", err
	}
	var properties map[string]json.RawMessage
	_ = json.Unmarshal(body, &properties) // no error: it was decoded before
	isStatistics := func(name string) bool {
		for statistic, property := range gen.Schemas["RestoreStatistics"].Properties {
			if strings.EqualFold(statistic, name) && property.Schema == "" {
				return true
			}
		}
		return strings.EqualFold(name, "details") // of single OneDrives
	}
	switch {
	case read.SessionID != "":
		return result, read.SessionID, nil
	case w.restoresInSessions():
		return result, "", unexpected("the response has no session id: %s", message("", body))
	case !slices.ContainsFunc(slices.Collect(maps.Keys(properties)), isStatistics):
		return result, "", unexpected("the response is not the statistics of a restore: %s", message("", body))
	}
	return RestoreResult{RestoreStatistics: read.RestoreStatistics, Reported: true, OneDrives: read.Details}, "", nil
}

// restoresInSessions reports whether the server responds at the start of a restore or copy, and carries it out in a
// separate session.
func (w wire) restoresInSessions() bool { return w.version >= V8 }

// explore starts a restore session (spec/FACTS.md#3.1).
func (w wire) explore(ctx context.Context, o Organization, body gen.ExploreOptions) (*http.Response, error) {
	own := o.id == ownOrganization
	switch {
	case own && w.version >= V6:
		return w.StartOwnRestoreSession(ctx, gen.OwnExploreOptions{
			Datetime: body.Datetime, Type: body.Type, ShowDeleted: body.ShowDeleted, ShowAllVersions: body.ShowAllVersions,
		}, acceptJSON)
	case own:
		return w.ExploreOwnOrganization(ctx, gen.OrganizationAction{Explore: body}, acceptJSON)
	case w.version >= V6:
		if w.version < V8 {
			body.RepositoryID = ""
		}
		return w.StartRestoreSession(ctx, o.id, body, acceptJSON)
	}
	body.RepositoryID = ""
	return w.ExploreOrganization(ctx, o.id, gen.OrganizationAction{Explore: body}, acceptJSON)
}

func (w wire) stop(ctx context.Context, session string) (*http.Response, error) {
	if w.version >= V6 {
		return w.EndRestoreSession(ctx, session, acceptJSON)
	}
	return w.StopRestoreSession(ctx, session, gen.RestoreSessionAction{}, acceptJSON)
}

// restorePoints requests restore points, in v6 without pages (spec/FACTS.md#15.5).
func (w wire) restorePoints(
	ctx context.Context, organization string, o RestorePointOptions, page PageOptions,
) (*http.Response, error) {
	params := gen.ListRestorePointsParams{OrganizationID: &organization, UserID: given(o.UserID)}
	if w.version < V7 {
		if !o.From.IsZero() { // points of the very time are not included
			params.BackupTime = new(o.From.Add(-time.Second))
		}
	} else {
		params.From, params.To, params.OrderAsc = given(o.From), given(o.To), new(true)
		params.Limit, params.Offset = given(page.Limit), given(page.Offset)
	}
	return w.ListRestorePoints(ctx, &params, acceptJSON)
}

// hasRestorePoints reports whether the server lists restore points.
func (w wire) hasRestorePoints() bool { return w.version >= V6 }

// ListOrganizations lists organizations. Before v8, the list has no pages.
func (w wire) ListOrganizations(
	ctx context.Context, params *gen.ListOrganizationsParams, edit gen.RequestEditorFn,
) (*http.Response, error) {
	if w.version < V8 {
		params.Limit, params.Offset = nil, nil
	}
	params.ExtendedView = w.extendedView()
	return w.Client.ListOrganizations(ctx, params, edit)
}

// GetOrganization reads an organization.
func (w wire) GetOrganization(
	ctx context.Context, id string, params *gen.GetOrganizationParams, edit gen.RequestEditorFn,
) (*http.Response, error) {
	params.ExtendedView = w.extendedView()
	return w.Client.GetOrganization(ctx, id, params, edit)
}

// extendedView returns a parameter without which the response lacks, from v6 on, what is known of the backups
// (spec/FACTS.md#4.2).
func (w wire) extendedView() *bool {
	if w.version < V6 {
		return nil
	}
	return new(true)
}

// The values of parent that are not ids. No id is a slash.
const (
	parentRoot = "/" // items at the root
	parentAny  = ""  // items in all folders
)

// parent returns the parameter parentId (spec/FACTS.md#4.1).
func (w wire) parent(parent string) *string {
	switch {
	case parent == parentAny:
		return nil
	case parent == parentRoot && w.version >= V7:
		parent = "root"
	case parent == parentRoot:
		parent = "null"
	}
	return &parent
}

func (w wire) emailSettings(ctx context.Context) (*http.Response, error) {
	if w.version == V2 {
		return w.GetSharePointEmailSettings(ctx, acceptJSON)
	}
	return w.GetOneDriveEmailSettings(ctx, acceptJSON)
}

func (w wire) setEmailSettings(ctx context.Context, change EmailSettingsChange) (*http.Response, error) {
	if w.version == V2 {
		return w.SetSharePointEmailSettings(ctx, change.body(), acceptJSON)
	}
	return w.SetOneDriveEmailSettings(ctx, change.body(), acceptJSON)
}

// token requests a token. From v7 on, a token needs a cookie with it, unless the request disables that
// (spec/FACTS.md#2).
func (w wire) token(ctx context.Context, request gen.TokenRequest) (*http.Response, error) {
	if w.version >= V7 {
		request.DisableAntiforgeryToken = new(true)
	}
	return w.CreateTokenWithFormdataBody(ctx, request)
}

// probe requests a resource that all servers of the version have.
func (w wire) probe(ctx context.Context) (*http.Response, error) {
	if w.version >= V6 {
		return w.GetServiceInstance(ctx, acceptJSON)
	}
	// The documents of earlier versions do not have that resource.
	return w.ListRestoreSessions(ctx, &gen.ListRestoreSessionsParams{}, acceptJSON)
}

// acceptJSON sets the header Accept to JSON.
func acceptJSON(_ context.Context, request *http.Request) error {
	request.Header.Set("Accept", "application/json")
	return nil
}
