package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// presence is what all versions together have of an operation.
type presence struct {
	versions     []int
	parameters   map[string][]int
	request      string
	contentTypes map[string]bool
}

// operations makes the table of the operations.
func operations(doc *openapi3.T, all []slice) (string, error) {
	var out strings.Builder
	out.WriteString("// Operations are those of the document, in the order of their paths.\n")
	out.WriteString("var Operations = []Operation{\n")
	for _, path := range slices.Sorted(maps.Keys(doc.Paths.Map())) {
		operations := doc.Paths.Value(path).Operations()
		for _, method := range slices.Sorted(maps.Keys(operations)) {
			written, err := writeOperation(method, path, operations[method], all)
			if err != nil {
				return "", fmt.Errorf("%s: %w", operations[method].OperationID, err)
			}
			out.WriteString(written)
		}
	}
	return out.String() + "}\n", nil
}

// writeOperation writes an operation as an element of the table.
func writeOperation(method, path string, operation *openapi3.Operation, all []slice) (string, error) {
	has, err := presenceOf(method, path, all)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	fmt.Fprintf(&out, "{\nID: %q, Method: %q, Path: %q,\n", operation.OperationID, method, path)
	versions, err := span(all, has.versions)
	if err != nil {
		return "", err
	}
	if versions != "" {
		fmt.Fprintf(&out, "Versions: Versions%s,\n", versions)
	}
	if len(has.parameters) > 0 {
		out.WriteString("Parameters: map[string]Versions{\n")
		for _, name := range slices.Sorted(maps.Keys(has.parameters)) {
			versions, err := span(all, has.parameters[name])
			if err != nil {
				return "", fmt.Errorf("%s: %w", name, err)
			}
			fmt.Fprintf(&out, "%q: %s,\n", name, cmp.Or(versions, "{}"))
		}
		out.WriteString("},\n")
	}
	if has.request != "" {
		fmt.Fprintf(&out, "Request: %q,\n", has.request)
	}
	if len(has.contentTypes) > 0 {
		fmt.Fprintf(&out, "ContentTypes: %#v,\n", slices.Sorted(maps.Keys(has.contentTypes)))
	}
	if branches := branchesOf(operation); branches != nil {
		out.WriteString("Branches: map[string]Traits{\n")
		for _, branch := range branches {
			if len(branch.Value.Required) != 1 {
				return "", errors.New("a branch of its union must require one property")
			}
			extensions := branch.Value.Extensions
			fmt.Fprintf(&out, "%q: %s,\n", branch.Value.Required[0], traits(extensions, false, hasBytes(extensions)))
		}
		out.WriteString("},\n")
	} else if traits := traits(operation.Extensions, method == http.MethodGet, isStream(operation)); traits != "{}" {
		fmt.Fprintf(&out, "Traits: Traits%s,\n", traits)
	}
	return out.String() + "},\n", nil
}

// presenceOf returns what the slices have of an operation.
func presenceOf(method, url string, all []slice) (presence, error) {
	found := presence{parameters: map[string][]int{}, contentTypes: map[string]bool{}}
	for _, slice := range all {
		item := slice.doc.Paths.Value(url)
		if item == nil || item.GetOperation(method) == nil {
			continue
		}
		operation := item.GetOperation(method)
		found.versions = append(found.versions, slice.version)
		for _, parameter := range slices.Concat(item.Parameters, operation.Parameters) {
			if name := parameter.Value.Name; parameter.Value.In == openapi3.ParameterInQuery {
				found.parameters[name] = append(found.parameters[name], slice.version)
			}
		}
		if operation.RequestBody != nil {
			for _, content := range operation.RequestBody.Value.Content {
				request := schemaName(content.Schema)
				if found.request != "" && found.request != request {
					return found, fmt.Errorf("its body is a %s in v%d, but a %s, too",
						request, slice.version, found.request)
				}
				found.request = request
			}
		}
		for status, response := range operation.Responses.Map() {
			for name := range response.Value.Content {
				if strings.HasPrefix(status, "2") {
					found.contentTypes[name] = true
				}
			}
		}
	}
	if len(found.versions) == 0 {
		return found, errors.New("no version has it")
	}
	return found, nil
}

// traits returns those that are true, as Go.
func traits(extensions map[string]any, reads, stream bool) string {
	var set []string
	if reads || extensions["x-repeatable"] == true {
		set = append(set, "Repeatable: true")
	}
	if extensions["x-slow"] == true {
		set = append(set, "Slow: true")
	}
	if stream {
		set = append(set, "Stream: true")
	}
	return "{" + strings.Join(set, ", ") + "}"
}

// branchesOf returns the branches of the union that an operation takes as its body, or nil.
func branchesOf(operation *openapi3.Operation) openapi3.SchemaRefs {
	if operation.RequestBody == nil {
		return nil
	}
	if content := operation.RequestBody.Value.Content.Get("application/json"); content != nil {
		return content.Schema.Value.OneOf
	}
	return nil
}

// hasBytes reports whether the success of a branch is a stream of bytes.
func hasBytes(extensions map[string]any) bool {
	types, _ := extensions["x-response-content"].([]any)
	return slices.Contains(types, any("application/octet-stream"))
}

// isStream reports whether the success of an operation is a stream.
func isStream(operation *openapi3.Operation) bool {
	for status, response := range operation.Responses.Map() {
		for _, content := range response.Value.Content {
			if strings.HasPrefix(status, "2") && content.Extensions["x-stream"] == true {
				return true
			}
		}
	}
	return false
}
