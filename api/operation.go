package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"sync"

	"github.com/vbo365/vbo365-go/gen"
)

// documented is an operation of the document as an http.Handler.
type documented struct{ gen.Operation }

// ServeHTTP is not called: http.ServeMux only finds the handler.
func (documented) ServeHTTP(http.ResponseWriter, *http.Request) {}

// routes finds the operation for a method and path.
var routes = sync.OnceValue(func() *http.ServeMux {
	routes := http.NewServeMux()
	for _, operation := range gen.Operations {
		routes.Handle(operation.Method+" "+operation.Path, documented{operation})
	}
	return routes
})

// operationOf returns the operation of the document for a request, and its traits. The path is the one after the API
// version. If the body is a union, the traits are those of the branch. Without an operation, both are zero: the request
// is not retried.
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
	body, _ := bodyOf(request) // fit returns the error
	decoder := json.NewDecoder(bytes.NewReader(body))
	if brace, _ := decoder.Token(); brace != json.Delim('{') {
		return ""
	}
	name, _ := decoder.Token()
	text, _ := name.(string)
	return text
}
