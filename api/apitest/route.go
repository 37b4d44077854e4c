package apitest

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/google/uuid"

	"github.com/vbo365/vbo365-go/spec"
)

// loadSpec reads the spec of all versions once for all servers of the process.
var loadSpec = sync.OnceValues(func() (*openapi3.T, error) { return load(spec.OpenAPI) })

func load(content []byte) (*openapi3.T, error) {
	doc, err := openapi3.NewLoader().LoadFromData(content)
	if err != nil {
		return nil, err
	}
	doc.SetStringFormatValidator("uuid", openapi3.NewCallbackValidator(func(s string) error {
		if uuid.Validate(s) != nil {
			return errors.New("not a GUID") // the parser's own error repeats what was sent
		}
		return nil
	}))
	return doc, nil
}

// apiVersions are those that the spec has, oldest first and without a gap.
var apiVersions = []string{"v2", "v3", "v4", "v5", "v6", "v7", "v8"}

const firstVersion = 2 // of apiVersions

// editions reads the spec of each version when a request first needs it, once for all servers of the process: it takes a
// while.
var editions = func() map[string]func() (*edition, error) {
	loaders := map[string]func() (*edition, error){}
	for _, version := range apiVersions {
		loaders[version] = sync.OnceValues(func() (*edition, error) { return newEdition(version) })
	}
	return loaders
}()

// edition is the spec as one version of the API has it.
type edition struct {
	doc    *openapi3.T
	routes []*route
}

type route struct {
	template  string   // path in the spec
	segments  []string // of the template
	method    string
	item      *openapi3.PathItem
	operation *openapi3.Operation
	action    string // that the path names; empty for other paths
}

// pathActions are the actions that have a path of their own from v6 on, by its end: under the names that they have in the
// bodies of earlier versions.
var pathActions = map[string]string{
	"restore": "restoreToOriginalLocation",
	"copyTo":  "copyTo",
	"send":    "sendTo",
	"save":    "save",
	"explore": "explore",
	"Stop":    "stop",
}

func newEdition(version string) (*edition, error) {
	content, err := spec.Slice(version)
	if err != nil {
		return nil, fmt.Errorf("read spec: %w", err)
	}
	doc, err := load(content)
	if err != nil {
		return nil, fmt.Errorf("read spec: %s: %w", version, err)
	}
	ed := &edition{doc: doc}
	for template, item := range doc.Paths.Map() {
		segments := strings.Split(template, "/")[1:]
		for method, operation := range item.Operations() {
			ed.routes = append(ed.routes, &route{
				template:  template,
				segments:  segments,
				method:    method,
				item:      item,
				operation: operation,
				action:    pathActions[segments[len(segments)-1]],
			})
		}
	}
	// A literal segment comes before a parameter, and so does its template: the first one that matches counts.
	slices.SortFunc(ed.routes, func(a, b *route) int { return strings.Compare(a.template, b.template) })
	return ed, nil
}

// handlers collects what the generated server would give to an [http.ServeMux], which knows one letter case only.
type handlers map[string]http.HandlerFunc

// HandleFunc makes handlers a [server.ServeMux].
func (h handlers) HandleFunc(pattern string, handler func(http.ResponseWriter, *http.Request)) {
	h[pattern] = handler
}

// ServeHTTP makes handlers a [server.ServeMux]; nothing calls it.
func (h handlers) ServeHTTP(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }

// findRoute compares paths without regard to letter case, as the product does (spec/FACTS.md#1.2), and puts the ids where
// the generated server looks for them.
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
			return failure{http.StatusNotFound, "There is no such path."}
		}
		segments[i] = unescaped
	}
	var version int
	if len(segments) > 0 {
		version = slices.IndexFunc(s.config.APIVersions, func(v string) bool { return strings.EqualFold(v, segments[0]) })
	}
	if len(segments) == 0 || version < 0 {
		return failure{http.StatusNotFound, "There is no such path."}
	}
	e.version = s.config.APIVersions[version]
	var err error
	if e.edition, err = editions[e.version](); err != nil {
		return err
	}
	rd.spelling("path segment", segments[0], e.version)

	var template string
	var allowed []string
	for _, route := range e.edition.routes {
		ids, ok := route.match(segments[1:])
		if !ok || template != "" && template != route.template {
			continue
		}
		template = route.template
		if route.method != e.r.Method {
			allowed = append(allowed, route.method)
			continue
		}
		for i, literal := range route.segments {
			if !isParameter(literal) {
				rd.spelling("path segment", segments[i+1], literal)
			}
		}
		for name, id := range ids {
			e.r.SetPathValue(name, id)
		}
		e.route, e.ids, e.handler = route, ids, s.operations[route.method+" "+route.template]
		e.entry.Route, e.entry.OperationID = route.template, route.operation.OperationID
		e.entry.Deviations = rd.deviations
		return nil
	}
	if allowed != nil {
		slices.Sort(allowed)
		e.w.Header().Set("Allow", strings.Join(allowed, ", "))
		return failure{http.StatusMethodNotAllowed, "The path does not know this method."}
	}
	return failure{http.StatusNotFound, "There is no such path."}
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
	scheme, token, _ := strings.Cut(e.r.Header.Get("Authorization"), " ")
	userName, ok := s.tokens.valid(e, strings.TrimSpace(token))
	if !strings.EqualFold(scheme, "Bearer") || !ok {
		return errUnauthorized
	}
	e.userName = userName
	return nil
}

// readLeniently rewrites query and body as the spec spells them.
func (s *Server) readLeniently(e *exchange) error {
	rd := &reading{action: e.route.action}
	defer func() {
		e.entry.Action = rd.action
		e.entry.Deviations = append(e.entry.Deviations, rd.deviations...)
	}()

	parameters := append(slices.Clone(e.route.item.Parameters), e.route.operation.Parameters...)
	e.r.URL.RawQuery = rd.query(e.r.URL.Query(), parameters).Encode()

	if e.route.operation.RequestBody == nil {
		if len(bytes.TrimSpace(e.body)) > 0 {
			rd.note("a body that the operation does not have")
		}
		return nil
	}
	// A body without a content type is a form where there may be one.
	contents := e.route.operation.RequestBody.Value.Content
	for _, mediaType := range slices.Backward(slices.Sorted(maps.Keys(contents))) {
		content := contents[mediaType]
		if !rd.contentType(e.r.Header.Get("Content-Type"), mediaType) {
			continue
		}
		e.r.Header.Set("Content-Type", mediaType)
		read := rd.json
		if mediaType == "application/x-www-form-urlencoded" {
			read = rd.form
		}
		body, err := read(e.body, content.Schema.Value)
		if err != nil {
			return err
		}
		e.r.Body, e.r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		e.content = body
		return nil
	}
	return badRequest("The content type of the request body is not the one of the operation.")
}

// validate checks the request against the spec.
func (s *Server) validate(e *exchange) error {
	err := openapi3filter.ValidateRequest(e.r.Context(), &openapi3filter.RequestValidationInput{
		Request:     e.r,
		PathParams:  e.ids,
		QueryParams: e.r.URL.Query(),
		Route: &routers.Route{
			Spec: e.edition.doc, Path: e.route.template, PathItem: e.route.item,
			Method: e.route.method, Operation: e.route.operation,
		},
		Options: &openapi3filter.Options{
			AuthenticationFunc:      openapi3filter.NoopAuthenticationFunc, // done before
			SkipSettingDefaults:     true,
			SchemaValidationOptions: e.edition.doc.GetSchemaValidationOptions(),
		},
	})
	if err == nil {
		return nil
	}
	where := "The request"
	var inRequest *openapi3filter.RequestError
	if errors.As(err, &inRequest) && inRequest.Parameter != nil {
		where = inRequest.Parameter.Name
	}
	// Of the branches of a oneOf, the one that was meant is the one that failed farthest inside.
	schemaErrors := allSchemaErrors(err)
	if len(schemaErrors) == 0 {
		var parse *openapi3filter.ParseError // its text has the value in it
		if errors.As(err, &parse) && len(parse.Path()) > 0 {
			where = fmt.Sprint(parse.Path()[0])
		}
		return badRequest("%s: cannot be understood.", where)
	}
	deepest := slices.MaxFunc(schemaErrors, func(a, b *openapi3.SchemaError) int {
		return cmp.Compare(len(a.JSONPointer()), len(b.JSONPointer()))
	})
	if pointer := deepest.JSONPointer(); len(pointer) > 0 {
		where = strings.Join(pointer, ".")
	}
	return badRequest("%s: %s.", where, deepest.Reason) // a reason never has the value in it
}

// allSchemaErrors finds all schema errors in a tree of errors.
func allSchemaErrors(err error) (found []*openapi3.SchemaError) {
	var several openapi3.MultiError
	switch e := err.(type) { //nolint:errorlint // the tree is walked here, to find all and not the first
	case nil:
		return nil
	case *openapi3.SchemaError:
		found = append(found, e)
	case openapi3.MultiError:
		several = e
	case interface{ Unwrap() []error }:
		several = e.Unwrap()
	}
	for _, inner := range several {
		found = append(found, allSchemaErrors(inner)...)
	}
	return append(found, allSchemaErrors(errors.Unwrap(err))...)
}
