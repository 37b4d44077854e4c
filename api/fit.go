package api

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
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
// version. If the body is a union, the traits are those of its only branch. Without an operation or branch, they are
// zero: the request is not retried.
func operationOf(request *http.Request, path string) (gen.Operation, gen.Traits) {
	handler, _ := routes().Handler(&http.Request{Method: request.Method, URL: &url.URL{Path: path}})
	found, _ := handler.(documented)
	if found.Branches == nil {
		return found.Operation, found.Traits
	}
	body, _, _ := bodyOf(request) // fit returns the error
	branches, _ := body.(map[string]any)
	for branch := range branches {
		if len(branches) == 1 {
			return found.Operation, found.Branches[branch]
		}
	}
	return found.Operation, gen.Traits{}
}

// optional are the parameters and properties that this package sets in all versions. fit leaves out those that the
// document does not have in the version.
var optional = []string{
	"asZip", "backupTime", "extendedView", "from", "limit", "officePassword", "officeUserpassword", "offset",
	"onPremisesPassword", "onPremisesUsername", "onpremisesUsername", "onpremisesUserpassword", "orderAsc",
	"repositoryId", "to",
}

// fit refuses a request that the version does not support, by the versions that the document has for the operation, and
// for the parameters, properties and values. A server would ignore them without an error. Unless the request comes from
// [Client.Do], fit leaves out what is optional. It changes values to the spelling of the version, and returns the
// secrets in the body.
func fit(request *http.Request, call call) ([]gen.Secret, error) {
	operation, f := call.operation, fitting{version: call.version, byProgram: call.byProgram}
	err := supports(operation.ID, operation.Versions, call.version)
	query := request.URL.Query()
	for name := range query {
		versions, documented := operation.Parameters[name]
		if f.leavesOut(name, versions, documented) {
			query.Del(name)
			request.URL.RawQuery = query.Encode()
		} else if documented && err == nil {
			err = supports(name, versions, call.version)
		}
	}
	if err != nil || operation.Request == "" {
		return nil, err
	}
	value, isForm, err := bodyOf(request)
	if err == nil {
		value, err = f.value("", gen.Property{Schema: operation.Request}, value)
	}
	if err != nil || isForm || !f.changed {
		return f.secrets, err
	}
	body, err := json.Marshal(value)
	if err != nil {
		return f.secrets, err
	}
	request.ContentLength = int64(len(body))
	request.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	request.Body, err = request.GetBody()
	return f.secrets, err
}

// bodyOf decodes a copy of the body of a request: JSON, or the first value of each field of a form. The value is nil if
// there is no body.
func bodyOf(request *http.Request) (value any, isForm bool, err error) {
	isForm = request.Header.Get("Content-Type") == "application/x-www-form-urlencoded"
	if request.GetBody == nil {
		return nil, isForm, nil
	}
	body, err := request.GetBody()
	if err != nil {
		return nil, isForm, err
	}
	text, err := io.ReadAll(body)
	_ = body.Close()
	if err != nil || len(text) == 0 {
		return nil, isForm, err
	}
	if !isForm {
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.UseNumber() // to keep all digits
		err = decoder.Decode(&value)
		return value, isForm, err
	}
	form, err := url.ParseQuery(string(text))
	fields := make(map[string]any, len(form))
	for name := range form {
		fields[name] = form.Get(name)
	}
	return fields, isForm, err
}

// A fitting is the state of fit while it reads a body.
type fitting struct {
	version   Version
	byProgram bool
	changed   bool // whether the body differs from the one of the request
	secrets   []gen.Secret
}

// leavesOut reports whether a parameter or property is optional, and not documented in the version.
func (f *fitting) leavesOut(name string, versions gen.Versions, documented bool) bool {
	return !f.byProgram && slices.Contains(optional, name) && (!documented || !versions.Has(int(f.version)))
}

// value returns a value of a property as the version documents it. It changes objects and lists in place.
func (f *fitting) value(name string, property gen.Property, value any) (any, error) {
	var err error
	switch value := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			property, documented := gen.Schemas[property.Schema].Properties[name]
			if f.leavesOut(name, property.Versions, documented) {
				f.changed = true
				delete(value, name)
				continue
			}
			if err := supports(name, property.Versions, f.version); err != nil {
				return nil, err
			}
			if value[name], err = f.value(name, property, value[name]); err != nil {
				return nil, err
			}
		}
	case []any:
		for i := range value {
			if value[i], err = f.value(name, property, value[i]); err != nil {
				return nil, err
			}
		}
	case string:
		return f.text(name, property, value)
	}
	return value, nil
}

// text records a secret, and returns the spelling of an enum value in the version. Servers ignore letter case
// (spec/FACTS.md#6), but proxies and mock servers may not. A value that the document does not have is sent as it is.
func (f *fitting) text(name string, property gen.Property, value string) (string, error) {
	if property.Secret {
		f.secrets = append(f.secrets, gen.Secret(value))
	}
	for _, documented := range gen.Schemas[property.Schema].Values {
		is := func(s gen.Spelling) bool { return strings.EqualFold(s.Text, value) }
		if !slices.ContainsFunc(documented.Spellings, is) {
			continue
		}
		if err := supports(name+" "+value, documented.Versions, f.version); err != nil {
			return "", err
		}
		for _, spelling := range documented.Spellings {
			if spelling.Versions.Has(int(f.version)) {
				f.changed = f.changed || spelling.Text != value
				return spelling.Text, nil
			}
		}
	}
	return value, nil
}

func supports(what string, versions gen.Versions, version Version) error {
	if versions.Has(int(version)) {
		return nil
	}
	return invalid("%s is not supported by API %v, only by %v", what, version, versions)
}
