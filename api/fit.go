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

// fit refuses a request that the version does not support, by the versions that the document has for the operation, and
// for the properties and values in the body. A server would ignore them without an error. fit also changes values to
// the spelling of the version, and returns the secrets in the body.
func fit(request *http.Request, operation gen.Operation, version Version) (secrets []gen.Secret, err error) {
	if err := supports(operation.ID, operation.Versions, version); err != nil {
		return nil, err
	}
	if operation.Request == "" || request.GetBody == nil {
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

// A fitting is the state of fit while it reads a body.
type fitting struct {
	version Version
	body    []byte
	decoder *json.Decoder
	spelled []byte // the new body so far; nil if no value has changed
	copied  int64  // how many bytes of body are in spelled
	secrets []gen.Secret
}

// form reads a form.
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

// value reads the next value of a JSON text.
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
		_, err = f.decoder.Token() // the closing bracket
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
