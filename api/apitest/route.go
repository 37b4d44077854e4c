package apitest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

var errNoPath = failure{http.StatusNotFound, "There is no such path."}

// findRoute compares paths without regard to letter case, as the product does (spec/FACTS.md#1.2).
func (s *Server) findRoute(e *exchange) error {
	path := e.r.URL.EscapedPath()
	rd := &reading{}
	if trimmed := strings.TrimSuffix(path, "/"); trimmed != path {
		rd.note("a slash at the end of the path")
		path = trimmed
	}
	segments := strings.Split(path, "/")[1:]
	for i, segment := range segments {
		unescaped, err := url.PathUnescape(segment)
		if err != nil {
			return errNoPath
		}
		segments[i] = unescaped
	}
	served := func(v string) bool { return len(segments) > 0 && strings.EqualFold(v, segments[0]) }
	version := slices.IndexFunc(s.config.APIVersions, served)
	if version < 0 {
		return errNoPath
	}
	var err error
	if e.edition, err = editions[s.config.APIVersions[version]](); err != nil {
		return err
	}
	rd.spelling("path segment", segments[0], e.edition.version)

	var template string
	var allowed []string
	for _, route := range e.edition.routes {
		ids, ok := route.match(segments[1:])
		if !ok || template != "" && template != route.template {
			continue
		}
		template = route.template
		if route.method != e.r.Method {
			if !isParameter(route.segments[len(route.segments)-1]) { // otherwise nothing is known to be there
				allowed = append(allowed, route.method)
			}
			continue
		}
		for i, literal := range route.segments {
			if !isParameter(literal) {
				rd.spelling("path segment", segments[i+1], literal)
			}
		}
		e.route, e.ids = route, ids
		e.entry.Route, e.entry.OperationID = route.template, route.operation.OperationID
		e.entry.Deviations = rd.deviations
		return nil
	}
	if allowed != nil {
		slices.Sort(allowed)
		e.w.Header().Set("Allow", strings.Join(allowed, ", "))
		return failure{http.StatusMethodNotAllowed, "The path does not know this method."}
	}
	return errNoPath
}

// match compares the unescaped segments of a path with the template, and gives the ids in it.
func (rt *route) match(segments []string) (map[string]string, bool) {
	if len(segments) != len(rt.segments) {
		return nil, false
	}
	ids := map[string]string{}
	for i, literal := range rt.segments {
		switch {
		case isParameter(literal) && segments[i] != "":
			ids[strings.Trim(literal, "{}")] = segments[i]
		case !strings.EqualFold(literal, segments[i]):
			return nil, false
		}
	}
	return ids, true
}

func isParameter(segment string) bool { return strings.HasPrefix(segment, "{") }

// authenticate asks for a bearer token unless the spec says that the operation needs none.
func (s *Server) authenticate(e *exchange) error {
	security := e.route.operation.Security
	if security == nil {
		security = &e.edition.doc.Security
	}
	if len(*security) == 0 {
		return nil
	}
	userName, ok := s.tokens.valid(e, e.bearer())
	if !ok {
		return errUnauthorized
	}
	e.userName = userName
	return nil
}

// bearer is the access token of a request; empty if it has none.
func (e *exchange) bearer() string {
	scheme, token, _ := strings.Cut(e.r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// readLeniently rewrites query and body as the spec spells them.
func (s *Server) readLeniently(e *exchange) error {
	rd := &reading{action: e.route.action}
	defer func() {
		e.entry.Action = rd.action
		e.entry.Deviations = append(e.entry.Deviations, rd.deviations...)
	}()
	e.r.URL.RawQuery = rd.values("query parameter", e.r.URL.Query(), e.route.query).Encode()
	if e.route.operation.RequestBody == nil {
		if len(bytes.TrimSpace(e.body)) > 0 {
			rd.note("a body that the operation does not have")
		}
		return nil
	}
	// A body without a content type is a form where there may be one.
	contents := e.route.operation.RequestBody.Value.Content
	for _, mediaType := range slices.Backward(slices.Sorted(maps.Keys(contents))) {
		if !rd.contentType(e.r.Header.Get("Content-Type"), mediaType) {
			continue
		}
		schema := contents[mediaType].Schema.Value
		var err error
		if mediaType == "application/x-www-form-urlencoded" {
			e.content, err = rd.form(e.body, schema)
		} else {
			e.content, err = rd.json(e.body, schema)
		}
		e.schema = rd.schema
		return err
	}
	return badRequest("The content type of the request body is not the one of the operation.")
}

// validate checks the request against the document and reads its parameters.
func (s *Server) validate(e *exchange) error {
	values := e.r.URL.Query()
	for _, several := range values {
		if len(several) > 1 {
			return errUnfit
		}
	}
	for name, id := range e.ids {
		values.Set(name, id)
	}
	content, err := typed(values, e.route.parameters.Properties)
	if err == nil {
		err = e.edition.check(content, e.route.parameters)
	}
	if err == nil && e.schema != nil {
		err = e.edition.check(e.content, e.schema)
	}
	if err != nil {
		return err
	}
	e.parameters = parameters{Limit: defaultLimit}
	if json.Unmarshal(content, &e.parameters) != nil {
		return errUnfit
	}
	return nil
}

// check compares JSON with a schema.
func (ed *edition) check(content []byte, schema *openapi3.Schema) error {
	var value any
	if err := json.Unmarshal(content, &value); err != nil {
		return err
	}
	err := schema.VisitJSON(value, append(ed.doc.GetSchemaValidationOptions(), openapi3.VisitAsRequest())...)
	var wrong *openapi3.SchemaError
	if !errors.As(err, &wrong) {
		return err
	}
	where := cmp.Or(strings.Join(wrong.JSONPointer(), "."), "The request")
	return badRequest("%s: %s.", where, wrong.Reason) // a reason never has the value in it
}

// defaultLimit is how many items a page has that nobody asked for otherwise (spec/FACTS.md#4.2). The spec has the
// maximum.
const defaultLimit = 30

// parameters are those of all queries. Ids in paths that have the name of one are in it, too.
type parameters struct {
	Limit  int32 `json:"limit"`
	Offset int64 `json:"offset"`

	BackedUpOrganizationID string     `json:"backedUpOrganizationId"`
	BackupTime             *time.Time `json:"backupTime"`
	DataState              string     `json:"dataState"`
	DetectedSKUType        string     `json:"detectedSkuType"`
	DisplayName            string     `json:"displayName"`
	EndTimeFrom            *time.Time `json:"endTimeFrom"`
	EndTimeTo              *time.Time `json:"endTimeTo"`
	ExtendedView           *bool      `json:"extendedView"`
	Filter                 string     `json:"filter"`
	From                   *time.Time `json:"from"`
	GroupID                string     `json:"groupId"`
	IncludeFolders         bool       `json:"includeFolders"`
	IsCopy                 *bool      `json:"isCopy"`
	IsLongTermCopy         *bool      `json:"isLongTermCopy"`
	IsRetrieved            *bool      `json:"isRetrieved"`
	ItemType               string     `json:"itemType"`
	JobID                  string     `json:"jobId"`
	LocationFilter         string     `json:"locationFilter"`
	Msid                   string     `json:"msid"`
	Name                   string     `json:"name"`
	OrderAsc               bool       `json:"orderAsc"`
	OrderBy                string     `json:"orderBy"`
	OrganizationID         string     `json:"organizationId"`
	ParentID               string     `json:"parentId"`
	PointInTime            *time.Time `json:"pointInTime"`
	RepositoryID           string     `json:"repositoryId"`
	RestorePointID         string     `json:"restorePointId"`
	SiteID                 string     `json:"siteId"`
	StartTimeFrom          *time.Time `json:"startTimeFrom"`
	StartTimeTo            *time.Time `json:"startTimeTo"`
	TeamID                 string     `json:"teamId"`
	To                     *time.Time `json:"to"`
	UserID                 string     `json:"userId"`
	UserName               string     `json:"userName"`
	VersionID              int32      `json:"versionId"`
}
