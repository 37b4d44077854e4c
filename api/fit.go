package api

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/vbo365/vbo365-go/gen"
)

// fit refuses a request that the version does not support, by what the document says of the operation and of the properties and values
// in the body: a server would leave out what it does not support without a word. It spells the values as the version documents them.
func fit(request *http.Request, operation gen.Operation, version Version) error {
	if err := supports(operation.ID, operation.Versions, version); err != nil || operation.Request == "" || request.GetBody == nil {
		return err
	}
	reader, err := request.GetBody()
	if err != nil {
		return err
	}
	defer func() { _ = reader.Close() }()
	body, err := io.ReadAll(reader)
	if err != nil {
		return err
	}
	f := fitting{version: version, body: body, decoder: json.NewDecoder(bytes.NewReader(body))}
	if request.Header.Get("Content-Type") == "application/x-www-form-urlencoded" {
		return f.form(operation.Request)
	}
	if err := f.value("", operation.Request); err != nil || f.spelled == nil {
		return err
	}
	fitted := append(f.spelled, body[f.copied:]...)
	request.ContentLength = int64(len(fitted))
	request.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(fitted)), nil }
	request.Body, err = request.GetBody()
	return err
}

// A fitting goes through a body.
type fitting struct {
	version Version
	body    []byte
	decoder *json.Decoder
	spelled []byte // the body so far, if a value in it is spelled otherwise
	copied  int64  // how much of the body is in spelled
}

// form goes through a form.
func (f *fitting) form(schema string) error {
	values, err := url.ParseQuery(string(f.body))
	if err != nil {
		return err
	}
	for name, value := range values {
		property := gen.Schemas[schema].Properties[name]
		if err := supports(name, property.Versions, f.version); err != nil {
			return err
		}
		if _, err := f.spell(name, property.Schema, value[0]); err != nil {
			return err
		}
	}
	return nil
}

// value goes through the next value of a JSON text.
func (f *fitting) value(name, schema string) error {
	token, err := f.decoder.Token()
	if err != nil {
		return err
	}
	switch token := token.(type) {
	case json.Delim:
		for f.decoder.More() {
			name, schema := name, schema
			if token == '{' {
				key, err := f.decoder.Token()
				if err != nil {
					return err
				}
				name, _ = key.(string)
				property := gen.Schemas[schema].Properties[name]
				if err := supports(name, property.Versions, f.version); err != nil {
					return err
				}
				schema = property.Schema
			}
			if err := f.value(name, schema); err != nil {
				return err
			}
		}
		_, err = f.decoder.Token() // the closing one
	case string:
		var spelling string
		if spelling, err = f.spell(name, schema, token); err == nil && spelling != token {
			end := f.decoder.InputOffset()
			begin := end - int64(len(token)+len(`""`)) // no value of the document is escaped
			f.spelled = append(append(f.spelled, f.body[f.copied:begin]...), `"`+spelling+`"`...)
			f.copied = end
		}
	}
	return err
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
