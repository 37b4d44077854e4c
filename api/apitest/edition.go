package apitest

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"

	"github.com/vbo365/vbo365-go/spec"
)

// editions reads the document of each version when a request first needs it, once for all servers of the process: it
// takes a while.
var editions = func() map[string]func() (*edition, error) {
	loaders := map[string]func() (*edition, error){}
	for _, version := range spec.Versions() {
		loaders[version] = sync.OnceValues(func() (*edition, error) { return newEdition(version) })
	}
	return loaders
}()

// edition is the document as one version of the API has it, and what else the version does in its own way. The document
// says which routes, parameters, properties, values and statuses a version has. No other file compares versions.
type edition struct {
	version string
	doc     *openapi3.T
	routes  []*route

	absoluteLinks    bool   // links have the host of the server (spec/FACTS.md#4.2)
	rootID           string // the only word for the root in parentId: our choice (spec/FACTS.md#4.1)
	sharePointMail   bool   // sendTo uses the e-mail settings of SharePoint (spec/FACTS.md#1.5)
	backedUpIDs      bool   // backed-up data has the id of its organization in backups (spec/FACTS.md#15.4)
	emptyRestores    bool   // the vendor documents no body for the response to a restore or copy
	explorePath      string // ends the address where a session is started
	ongoingResult    bool   // sessions that work tell their result so far
	numberedVersions bool   // versions of folders and documents are counted
	antiforgery      bool   // an antiforgery token comes with tokens, unless the request declines it (spec/FACTS.md#2)
	keepsArchives    bool   // an interrupted save leaves a file for the next one (spec/FACTS.md#5)
	background       bool   // a restore or copy goes on after its request got a response (spec/FACTS.md#3.4)
}

type route struct {
	template  string   // path in the document
	segments  []string // of the template
	method    string
	operation *openapi3.Operation
	action    string // that the path names; empty for other paths

	parameters *openapi3.Schema // of an object with those of path and query
	query      openapi3.Schemas // of the parameters of the query

	run    operation
	status int              // of the response if all goes well
	schema *openapi3.Schema // of its body; nil if it has none, or has another type than JSON
}

// pathActions are the actions that have a path of their own from v6 on, by its end: under the names that they have in
// the bodies of earlier versions.
var pathActions = map[string]string{
	"restore": "restoreToOriginalLocation",
	"copyTo":  "copyTo",
	"send":    "sendTo",
	"save":    "save",
	"search":  "search",
	"explore": "explore",
	"Stop":    "stop",

	"OperatorExplore": "explore",
}

func newEdition(version string) (*edition, error) {
	content, err := spec.Slice(version)
	if err != nil {
		return nil, fmt.Errorf("read spec: %w", err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(content)
	if err != nil {
		return nil, fmt.Errorf("read spec: %s: %w", version, err)
	}
	number, err := strconv.Atoi(strings.TrimPrefix(version, "v"))
	if err != nil {
		return nil, fmt.Errorf("read spec: %s: %w", version, err)
	}
	doc.SetStringFormatValidator("uuid", openapi3.NewCallbackValidator(func(s string) error {
		if uuid.Validate(s) != nil {
			return errors.New("not a GUID") // the parser's own error repeats what was sent
		}
		return nil
	}))
	ed := &edition{
		version: version, doc: doc,
		sharePointMail: number < 3,
		absoluteLinks:  number < 6, emptyRestores: number < 6, explorePath: "action", rootID: "null",
		ongoingResult: number >= 6, numberedVersions: number >= 6,
		antiforgery: number >= 7,
		backedUpIDs: number <= 6, keepsArchives: number >= 7,
		background: number >= 8,
	}
	if number >= 6 {
		ed.explorePath = "explore"
	}
	if number >= 7 {
		ed.rootID = "root"
	}
	for template, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			ed.routes = append(ed.routes, newRoute(template, method, item, operation))
		}
	}
	// A literal segment comes before a parameter, and so does its template: the first one that matches counts.
	slices.SortFunc(ed.routes, func(a, b *route) int { return strings.Compare(a.template, b.template) })
	return ed, nil
}

func newRoute(template, method string, item *openapi3.PathItem, op *openapi3.Operation) *route {
	segments := strings.Split(template, "/")[1:]
	rt := &route{
		template: template, segments: segments, method: method, operation: op,
		action: pathActions[segments[len(segments)-1]], run: operations[op.OperationID],
		parameters: &openapi3.Schema{Properties: openapi3.Schemas{}}, query: openapi3.Schemas{},
	}
	for _, ref := range slices.Concat(item.Parameters, op.Parameters) {
		parameter := ref.Value
		switch parameter.In {
		case openapi3.ParameterInQuery:
			rt.query[parameter.Name] = parameter.Schema
			fallthrough
		case openapi3.ParameterInPath:
			rt.parameters.Properties[parameter.Name] = parameter.Schema
			if parameter.Required {
				rt.parameters.Required = append(rt.parameters.Required, parameter.Name)
			}
		}
	}
	for _, status := range []int{http.StatusNoContent, http.StatusCreated, http.StatusOK} {
		if response := op.Responses.Status(status); response != nil {
			rt.status, rt.schema = status, jsonSchema(response)
		}
	}
	return rt
}

// jsonSchema is that of the JSON body of a response; nil if it has none.
func jsonSchema(response *openapi3.ResponseRef) *openapi3.Schema {
	if content := response.Value.Content["application/json"]; content != nil {
		return content.Schema.Value
	}
	return nil
}

// errorSchema is that of the body of a response with the status of a failure.
func (rt *route) errorSchema(status int) *openapi3.Schema {
	response := rt.operation.Responses.Status(status)
	if response == nil {
		response = rt.operation.Responses.Default()
	}
	return jsonSchema(response)
}

// trim appends the JSON value that in begins with, in the compact form of package json, to out: without the properties
// that the schema does not have, and with the values of enums as it spells them. One that it does not have is null
// where it may be. A nil schema has everything. The rest of in follows the value.
func trim(out, in []byte, schema *openapi3.Schema) (_, rest []byte) {
	switch open, end := in[0], in[0]+2; open { // of ASCII
	case '{', '[':
		out, in = append(out, open), in[1:]
		for in[0] != end {
			in = bytes.TrimPrefix(in, []byte(","))
			before := len(out)
			if out[before-1] != open {
				out = append(out, ',')
			}
			name, n := "", 0
			if open == '{' {
				n = textLength(in)
				name = string(in[1 : n-1])
				n++ // the colon
			}
			inner, has := member(schema, name)
			if out, in = trim(append(out, in[:n]...), in[n:], inner); !has {
				out = out[:before]
			}
		}
		return append(out, end), in[1:]
	case '"':
		n := textLength(in)
		text, in := in[:n], in[n:]
		if schema == nil || len(schema.Enum) == 0 {
			return append(out, text...), in
		}
		for _, allowed := range schema.Enum {
			if allowed, _ := allowed.(string); strings.EqualFold(allowed, string(text[1:n-1])) {
				return append(append(append(out, '"'), allowed...), '"'), in
			}
		}
		if schema.Nullable {
			return append(out, "null"...), in
		}
		return append(out, text...), in
	}
	n := bytes.IndexAny(in, ",]}")
	if n < 0 {
		n = len(in)
	}
	return append(out, in[:n]...), in[n:]
}

// textLength is the length of the JSON string that in begins with.
func textLength(in []byte) int {
	n := 1
	for ; in[n] != '"'; n++ {
		if in[n] == '\\' {
			n++
		}
	}
	return n + 1
}

// member gives the schema of a property of an object, or of the elements of an array, and whether the schema of that
// has it.
func member(object *openapi3.Schema, name string) (_ *openapi3.Schema, has bool) {
	if object == nil {
		return nil, true
	}
	if object.Items != nil {
		return object.Items.Value, true
	}
	inner := object.Properties[name]
	if inner == nil {
		inner = object.AdditionalProperties.Schema // of a map
	}
	if inner == nil {
		return nil, false
	}
	return inner.Value, true
}
