package api

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/vbo365/vbo365-go/gen"
)

// operationOf finds the operation of the document that a request is of, by its path below that of the API version, and the traits of
// its branch, where the body is a union. A request of no operation has none of them: it is sent once, and nothing more is known.
func operationOf(request *http.Request, path string) (operation gen.Operation, traits gen.Traits) {
	segments := strings.Split(path, "/")
	best := len(segments) + 1 // names in braces: the fewer, the better
	for _, candidate := range gen.Operations {
		if varying, ok := matches(candidate.Path, segments); ok && candidate.Method == request.Method && varying < best {
			operation, best = candidate, varying
		}
	}
	if operation.Branches == nil {
		return operation, operation.Traits
	}
	return operation, operation.Branches[branchOf(request)]
}

// matches reports whether a path is one of a template, and how many of its segments vary.
func matches(template string, segments []string) (varying int, ok bool) {
	n := 0
	for part := range strings.SplitSeq(template, "/") {
		switch {
		case n >= len(segments):
			return 0, false
		case strings.HasPrefix(part, "{"):
			varying++
		case part != segments[n]:
			return 0, false
		}
		n++
	}
	return varying, n == len(segments)
}

// branchOf returns the name of the first property of a request's body.
func branchOf(request *http.Request) string {
	if request.GetBody == nil {
		return ""
	}
	body, err := request.GetBody()
	if err != nil {
		return ""
	}
	defer func() { _ = body.Close() }()
	decoder := json.NewDecoder(body)
	if brace, err := decoder.Token(); err != nil || brace != json.Delim('{') {
		return ""
	}
	name, err := decoder.Token()
	if err != nil {
		return ""
	}
	text, _ := name.(string)
	return text
}
