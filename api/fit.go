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
// in the body: a server would leave out what it does not support without a word. It spells the values as the version documents them, and
// returns the secrets in the body.
func fit(request *http.Request, operation gen.Operation, version Version) (secrets []gen.Secret, err error) {
	if err := supports(operation.ID, operation.Versions, version); err != nil || operation.Request == "" || request.GetBody == nil {
		return nil, err
	}
	reader, err := request.GetBody()
	if err != nil {
		return nil, err
	}
	defer func() { _ = reader.Close() }()
	body, err := io.ReadAll(reader)
	if err != nil {
		return nil, err
	}
	f := fitting{version: version, body: body, decoder: json.NewDecoder(bytes.NewReader(body))}
	if request.Header.Get("Content-Type") == "application/x-www-form-urlencoded" {
		err := f.form(operation.Request)
		return f.secrets, err
	}
	if err := f.value("", gen.Property{Schema: operation.Request}); err != nil || f.spelled == nil {
		return f.secrets, err
	}
	fitted := append(f.spelled, body[f.copied:]...)
	request.ContentLength = int64(len(fitted))
	request.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(fitted)), nil }
	request.Body, err = request.GetBody()
	return f.secrets, err
}

// A fitting goes through a body.
type fitting struct {
	version Version
	body    []byte
	decoder *json.Decoder
	spelled []byte // the body so far, if a value in it is spelled otherwise
	copied  int64  // how much of the body is in spelled
	secrets []gen.Secret
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
		if _, err := f.text(name, property, value[0]); err != nil {
			return err
		}
	}
	return nil
}

// value goes through the next value of a JSON text.
func (f *fitting) value(name string, property gen.Property) error {
	token, err := f.decoder.Token()
	if err != nil {
		return err
	}
	switch token := token.(type) {
	case json.Delim:
		for f.decoder.More() {
			name, property := name, property
			if token == '{' {
				key, err := f.decoder.Token()
				if err != nil {
					return err
				}
				name, _ = key.(string)
				property = gen.Schemas[property.Schema].Properties[name]
				if err := supports(name, property.Versions, f.version); err != nil {
					return err
				}
			}
			if err := f.value(name, property); err != nil {
				return err
			}
		}
		_, err = f.decoder.Token() // the closing one
	case string:
		var spelling string
		if spelling, err = f.text(name, property, token); err == nil && spelling != token {
			end := f.decoder.InputOffset()
			begin := end - int64(len(token)+len(`""`)) // no value of the document is escaped
			f.spelled = append(append(f.spelled, f.body[f.copied:begin]...), `"`+spelling+`"`...)
			f.copied = end
		}
	}
	return err
}

// text notes a secret, and returns how the version documents a value of an enum. Servers do not mind the letter case (spec/FACTS.md#6), proxies and mock
// servers may. A value that the document does not have is for the server to judge.
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
