package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"sync"

	"github.com/vbo365/vbo365-go/gen"
)

// documented is an operation of the document.
type documented struct{ gen.Operation }

// ServeHTTP is not called.
func (documented) ServeHTTP(http.ResponseWriter, *http.Request) {}

// routes finds operations by their methods and paths.
var routes = sync.OnceValue(func() *http.ServeMux {
	routes := http.NewServeMux()
	for _, operation := range gen.Operations {
		routes.Handle(operation.Method+" "+operation.Path, documented{operation})
	}
	return routes
})

// operationOf finds the operation of the document that a request is of, by its path below that of the API version, and
// the traits of its branch, where the body is a union. A request of no operation has none of them: it is sent once, and
// nothing more is known.
func operationOf(request *http.Request, path string) (gen.Operation, gen.Traits) {
	handler, _ := routes().Handler(&http.Request{Method: request.Method, URL: &url.URL{Path: path}})
	found, _ := handler.(documented)
	if found.Branches == nil {
		return found.Operation, found.Traits
	}
	return found.Operation, found.Branches[branchOf(request)]
}

// branchOf returns the name of the first property of a request's body.
func branchOf(request *http.Request) string {
	body, _ := bodyOf(request) // fit fails, too
	decoder := json.NewDecoder(bytes.NewReader(body))
	if brace, _ := decoder.Token(); brace != json.Delim('{') {
		return ""
	}
	name, _ := decoder.Token()
	text, _ := name.(string)
	return text
}
