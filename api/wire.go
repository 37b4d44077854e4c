package api

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"

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

// GetOrganization reads an organization. That of the account has a route of its own.
func (w wire) GetOrganization(
	ctx context.Context, id string, params *gen.GetOrganizationParams, _ ...gen.RequestEditorFn,
) (*http.Response, error) {
	if id == ownOrganization {
		return w.GetOwnOrganization(ctx)
	}
	return w.Client.GetOrganization(ctx, id, params)
}

// oneRoute reports whether all actions have the same route, and the body names the action (spec/FACTS.md#1.2).
func (w wire) oneRoute() bool { return w.version < V6 }

// hasSets reports whether a request can restore, copy, send or save several items (spec/FACTS.md#1.8).
func (w wire) hasSets() bool { return w.version >= V3 }

// propertiesOf returns the properties of options that are not zero.
func propertiesOf(options any) (given map[string]any) {
	body, _ := json.Marshal(options) //nolint:errchkjson // options have texts, numbers and flags only
	_ = json.Unmarshal(body, &given)
	return given
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
	due := []string{"sessionId"}
	if !w.restoresInSessions() { // details are those of single OneDrives
		due = append(slices.Collect(maps.Keys(gen.Schemas["RestoreStatistics"].Properties)), "sessionId", "details")
	}
	err = requireAny(body, due...)
	if err == nil && read.SessionID == "" {
		result = RestoreResult{RestoreStatistics: read.RestoreStatistics, Reported: true, OneDrives: read.Details}
	}
	return result, read.SessionID, err
}

// restoresInSessions reports whether the server responds at the start of a restore or copy, and carries it out in a
// separate session.
func (w wire) restoresInSessions() bool { return w.version >= V8 }

// hasRestorePoints reports whether the server lists restore points.
func (w wire) hasRestorePoints() bool { return w.version >= V6 }

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

// token requests a token. From v7 on, a token needs a cookie with it, unless the request disables that
// (spec/FACTS.md#2).
func (w wire) token(ctx context.Context, request gen.TokenRequest) (*http.Response, error) {
	if w.version >= V7 {
		request.DisableAntiforgeryToken = new(true)
	}
	return w.CreateTokenWithFormdataBody(ctx, request)
}
