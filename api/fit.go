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

	"github.com/vbo365/vbo365-go/gen"
)

// fit refuses a request that the version does not support, by the versions that the document has for the operation, and
// for the properties and values in the body. A server would ignore them without an error. fit also changes values to
// the spelling of the version, and returns the secrets in the body.
func fit(request *http.Request, operation gen.Operation, version Version) ([]gen.Secret, error) {
	err := supports(operation.ID, operation.Versions, version)
	for name := range request.URL.Query() {
		if versions, ok := operation.Parameters[name]; ok && err == nil {
			err = supports(name, versions, version)
		}
	}
	if err != nil || operation.Request == "" {
		return nil, err
	}
	body, err := bodyOf(request)
	if err != nil || len(body) == 0 {
		return nil, err
	}
	f := fitting{version: version}
	isForm := request.Header.Get("Content-Type") == "application/x-www-form-urlencoded"
	value, err := decodeBody(body, isForm)
	if err == nil {
		value, err = f.value("", gen.Property{Schema: operation.Request}, value)
	}
	if err != nil || isForm || !f.spelled {
		return f.secrets, err
	}
	if body, err = json.Marshal(value); err != nil {
		return f.secrets, err
	}
	request.ContentLength = int64(len(body))
	request.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	request.Body, err = request.GetBody()
	return f.secrets, err
}

// bodyOf reads a copy of the body of a request. It is empty if there is none.
func bodyOf(request *http.Request) ([]byte, error) {
	if request.GetBody == nil {
		return nil, nil
	}
	body, err := request.GetBody()
	if err != nil {
		return nil, err
	}
	defer func() { _ = body.Close() }()
	return io.ReadAll(body)
}

// decodeBody returns the value of a JSON text, or the first value of each field of a form.
func decodeBody(body []byte, isForm bool) (value any, err error) {
	if !isForm {
		decoder := json.NewDecoder(bytes.NewReader(body))
		decoder.UseNumber() // to keep all digits
		err = decoder.Decode(&value)
		return value, err
	}
	form, err := url.ParseQuery(string(body))
	fields := make(map[string]any, len(form))
	for name := range form {
		fields[name] = form.Get(name)
	}
	return fields, err
}

// A fitting is the state of fit while it reads a body.
type fitting struct {
	version Version
	spelled bool // whether a value has changed
	secrets []gen.Secret
}

// value returns a value of a property as the version documents it. It changes objects and lists in place.
func (f *fitting) value(name string, property gen.Property, value any) (any, error) {
	var err error
	switch value := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			property := gen.Schemas[property.Schema].Properties[name]
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
				f.spelled = f.spelled || spelling.Text != value
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
