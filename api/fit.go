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

// fit refuses a request that the version does not support, by what the document says of the operation and of the properties and values
// in the body: a server would leave out what it does not support without a word. It spells the values as the version documents them.
func fit(request *http.Request, operation gen.Operation, version Version) error {
	err := supports(operation.ID, operation.Versions, version)
	if err != nil || operation.Request == "" {
		return err
	}
	body, err := bodyOf(request)
	if err != nil || len(body) == 0 {
		return err
	}
	f := fitting{version: version}
	if request.Header.Get("Content-Type") == "application/x-www-form-urlencoded" {
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return err
		}
		properties := make(map[string]any, len(form))
		for name := range form {
			properties[name] = form.Get(name)
		}
		_, err = f.value("", operation.Request, properties)
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return err
	}
	if value, err = f.value("", operation.Request, value); err != nil || !f.spelled {
		return err
	}
	if body, err = json.Marshal(value); err != nil {
		return err
	}
	request.ContentLength = int64(len(body))
	request.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	request.Body, err = request.GetBody()
	return err
}

// bodyOf reads a copy of the body of a request. It is empty if the request has none.
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

// A fitting goes through a body.
type fitting struct {
	version Version
	spelled bool // whether a value is spelled otherwise now
}

// value returns a value of a schema as the version documents it.
func (f *fitting) value(name, schema string, value any) (any, error) {
	var err error
	switch value := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			property := gen.Schemas[schema].Properties[name]
			if err := supports(name, property.Versions, f.version); err != nil {
				return nil, err
			}
			if value[name], err = f.value(name, property.Schema, value[name]); err != nil {
				return nil, err
			}
		}
	case []any:
		for i := range value {
			if value[i], err = f.value(name, schema, value[i]); err != nil {
				return nil, err
			}
		}
	case string:
		return f.spell(name, schema, value)
	}
	return value, nil
}

// spell returns how the version documents a value of an enum. Servers do not mind the letter case (spec/FACTS.md#6), proxies and mock
// servers may. A value that the document does not have is for the server to judge.
func (f *fitting) spell(name, schema, value string) (string, error) {
	for _, documented := range gen.Schemas[schema].Values {
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
