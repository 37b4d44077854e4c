package apitest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"mime"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/tailscale/hujson"
)

// reading turns what clients send into what the spec asks for, as far as the product is known to understand it
// (spec/FACTS.md#6, #8), and notes what it had to change. It is driven by the schemas of the spec. What it cannot
// change it leaves as it is, for the validation to refuse.
//
// Neither notes nor errors repeat a value that was sent.
type reading struct {
	deviations []string
	action     string           // the member of an externally tagged body
	schema     *openapi3.Schema // of the body: the branch of the action where there are several
}

// maxDeviations bounds how many are noted of a request.
const maxDeviations = 100

func (rd *reading) note(format string, args ...any) {
	if len(rd.deviations) < maxDeviations {
		rd.deviations = append(rd.deviations, fmt.Sprintf(format, args...))
	}
}

// spelling notes that a name differs in letter case.
func (rd *reading) spelling(what, got, want string) {
	if got != want {
		rd.note("%s %q written for %q", what, got, want)
	}
}

// contentType tells whether the content type of a request means the media type of the spec.
func (rd *reading) contentType(got, want string) bool {
	if got == "" {
		rd.note("no content type")
		return true
	}
	mediaType, _, err := mime.ParseMediaType(got) // a charset is usual; all of this is UTF-8
	return (err == nil || errors.Is(err, mime.ErrInvalidMediaParameter)) && strings.EqualFold(mediaType, want)
}

// form reads a form. A field that is there twice is an error.
func (rd *reading) form(body []byte, schema *openapi3.Schema) ([]byte, error) {
	if len(body) == 0 {
		return nil, badRequest("The request body is empty.")
	}
	got, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, badRequest("The request body is not a form.")
	}
	fields := rd.values("form field", got, schema.Properties)
	for name, values := range fields {
		if len(values) > 1 {
			return nil, badRequest("The form field %s is there more than once.", name)
		}
	}
	if len(fields) == 0 {
		names := slices.Sorted(maps.Keys(schema.Properties))
		return nil, badRequest("The form has none of the fields %s.", strings.Join(names, ", "))
	}
	rd.schema = schema
	return typed(fields, schema.Properties)
}

// typed makes a JSON object of what values returned.
func typed(values url.Values, schemas openapi3.Schemas) ([]byte, error) {
	object := map[string]any{}
	for name := range values {
		object[name], _ = new(reading).scalar("", name, values.Get(name), schemas[name].Value)
	}
	return json.Marshal(object)
}

// values spells names and values as the schemas do. The names of unknown ones are not repeated: a secret with an
// unescaped & in it would be among them.
func (rd *reading) values(what string, got url.Values, schemas openapi3.Schemas) url.Values {
	result := url.Values{}
	for _, sent := range slices.Sorted(maps.Keys(got)) {
		name, schema := property(schemas, sent)
		if schema == nil {
			rd.note("unknown %s", what)
			continue
		}
		rd.spelling(what, sent, name)
		for _, text := range got[sent] {
			if value, ok := rd.scalar(what, name, text, schema); ok {
				result.Add(name, fmt.Sprint(value))
			}
		}
	}
	return result
}

// maxBrackets bounds how deep a JSON body can be nested: the parser is recursive and would run out of stack.
const maxBrackets = 100_000

// json reads a JSON body that may have trailing commas and comments.
func (rd *reading) json(body []byte, schema *openapi3.Schema) ([]byte, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, badRequest("The request body is empty.")
	}
	if bytes.Count(body, []byte("{"))+bytes.Count(body, []byte("[")) > maxBrackets {
		return nil, badRequest("The request body has too many brackets.")
	}
	value, err := hujson.Parse(body)
	if err != nil {
		where, _, _ := strings.Cut(strings.TrimPrefix(err.Error(), "hujson: "), ": ") // what follows repeats the body
		return nil, badRequest("The request body is not JSON: %s.", where)
	}
	if !value.IsStandard() {
		rd.note("trailing commas or comments")
	}
	rd.schema = schema
	var result any
	if branches := tagged(schema); branches != nil {
		result, err = rd.taggedObject(value, branches)
	} else {
		result, err = rd.value("the request body", value, schema)
	}
	if err != nil {
		return nil, err
	}
	return json.Marshal(result)
}

// tagged gives the branches of the body of an action: an object with one member, whose name says what is to be done.
// The spec has a oneOf where there is a choice. Other schemas have none.
func tagged(schema *openapi3.Schema) openapi3.SchemaRefs {
	if len(schema.OneOf) == 0 && len(schema.Properties) == 1 && len(schema.Required) == 1 && isClosed(schema) {
		return openapi3.SchemaRefs{{Value: schema}}
	}
	return schema.OneOf
}

// isClosed tells whether a schema forbids properties that it does not name.
func isClosed(schema *openapi3.Schema) bool {
	has := schema.AdditionalProperties.Has
	return has != nil && !*has
}

// taggedObject reads an object with exactly one member, whose name says which of the branches is meant.
func (rd *reading) taggedObject(value hujson.Value, schemas openapi3.SchemaRefs) (any, error) {
	branches := openapi3.Schemas{}
	var names []string
	for _, branch := range schemas {
		for _, name := range slices.Sorted(maps.Keys(branch.Value.Properties)) {
			branches[name] = branch.Value.Properties[name]
			names = append(names, name)
		}
	}
	choice := names[len(names)-1]
	if len(names) > 1 {
		choice = strings.Join(names[:len(names)-1], ", ") + " or " + choice
	}
	object, ok := value.Value.(*hujson.Object)
	if !ok {
		return nil, badRequest("The request body must be an object that names exactly one action: %s.", choice)
	}
	for _, member := range object.Members {
		sent := member.Name.Value.(hujson.Literal).String()
		if name, _ := property(branches, sent); name == "" {
			return nil, badRequest("The request body names an unknown action%s. It must name exactly one of %s.",
				printable(sent), choice)
		}
	}
	if n := len(object.Members); n != 1 {
		return nil, badRequest("The request body names %d actions. It must name exactly one of %s.", n, choice)
	}
	sent := object.Members[0].Name.Value.(hujson.Literal).String()
	name, branch := property(branches, sent)
	rd.spelling("property", sent, name)
	content := object.Members[0].Value
	_, isObject := content.Value.(*hujson.Object)
	if isNull := content.Value.Kind() == 'n'; !isObject && (!isNull || !branch.Nullable) {
		return nil, badRequest("%s: must be an object.", name)
	}
	rd.action, rd.schema = name, &openapi3.Schema{Properties: openapi3.Schemas{name: {Value: branch}}}
	result, err := rd.value(name, content, branch)
	return map[string]any{name: result}, err
}

// value reads any other value. name is what errors call it.
func (rd *reading) value(name string, value hujson.Value, schema *openapi3.Schema) (any, error) {
	switch v := value.Value.(type) {
	case *hujson.Object:
		if schema.Type.Is("object") {
			return rd.object(name, v, schema)
		}
	case *hujson.Array:
		if schema.Type.Is("array") && schema.Items != nil {
			return rd.array(name, v, schema)
		}
	}
	value.Standardize()
	return json.RawMessage(value.Pack()), nil
}

func (rd *reading) object(name string, object *hujson.Object, schema *openapi3.Schema) (any, error) {
	result := map[string]any{}
	seen := map[string]bool{}
	for _, member := range object.Members {
		sent := member.Name.Value.(hujson.Literal).String()
		known, inner := property(schema.Properties, sent)
		if others := schema.AdditionalProperties.Schema; inner == nil && others != nil && printable(sent) != "" {
			known, inner = sent, others.Value // a map: the names are the client's
		}
		if inner == nil {
			rd.note("unknown property%s in %s", printable(sent), name)
			continue
		}
		path := name + "." + known
		rd.spelling("property", sent, known)
		if seen[known] {
			return nil, badRequest("%s: is there more than once.", path)
		}
		seen[known] = true
		literal, isLiteral := member.Value.Value.(hujson.Literal)
		switch {
		case isLiteral && literal.Kind() == 'n' && !inner.Nullable:
			rd.note("null for property %q", known)
		case isLiteral && literal.Kind() == '"':
			if scalar, ok := rd.scalar("property", known, literal.String(), inner); ok {
				result[known] = scalar
			}
		default:
			content, err := rd.value(path, member.Value, inner)
			if err != nil {
				return nil, err
			}
			result[known] = content
		}
	}
	return result, nil
}

func (rd *reading) array(name string, array *hujson.Array, schema *openapi3.Schema) (any, error) {
	result := make([]any, 0, len(array.Elements))
	for _, element := range array.Elements {
		content, err := rd.value(name, element, schema.Items.Value)
		if err != nil {
			return nil, err
		}
		result = append(result, content)
	}
	return result, nil
}

// scalar reads a text for which the schema may want something else. Where it wants anything but free text, an empty
// text means that nothing was set; ok is false then.
func (rd *reading) scalar(what, name, text string, schema *openapi3.Schema) (value any, ok bool) {
	freeText := schema.Type.Is("string") && len(schema.Enum) == 0 &&
		schema.Format != "uuid" && schema.Format != "date-time"
	if freeText {
		return text, true
	}
	if text == "" {
		rd.note("empty %s %q", what, name)
		return nil, false
	}
	isJSON := what == "property" // elsewhere everything is text
	switch {
	case schema.Type.Is("boolean"):
		if boolean := strings.ToLower(text); boolean == "true" || boolean == "false" {
			if isJSON || boolean != text {
				rd.note("text for the boolean %s %q", what, name)
			}
			return boolean == "true", true
		}
	case schema.Format == "date-time":
		if at, err := parseTime(text, time.Local); err == nil {
			if _, err := time.Parse(time.RFC3339, text); err != nil {
				rd.note("%s %q is not a time with a zone", what, name)
			}
			return at.Format(time.RFC3339Nano), true
		}
	case schema.Type.Is("integer"), schema.Type.Is("number"):
		if number := strings.TrimSpace(text); jsonNumber.MatchString(number) {
			if isJSON || number != text {
				rd.note("text for the number %s %q", what, name)
			}
			return json.Number(number), true
		}
	}
	for _, allowed := range schema.Enum {
		if allowed, _ := allowed.(string); strings.EqualFold(allowed, text) {
			rd.spelling("value of "+name, text, allowed)
			return allowed, true
		}
	}
	return text, true
}

var jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

// property finds a property by its name in any letter case.
func property(schemas openapi3.Schemas, sent string) (string, *openapi3.Schema) {
	for name, schema := range schemas {
		if strings.EqualFold(name, sent) {
			return name, schema.Value
		}
	}
	return "", nil
}

// printable gives " "name"" for messages if the name is one that people give to properties; others stay unsaid.
func printable(name string) string {
	if ordinaryName.MatchString(name) {
		return " " + strconv.Quote(name)
	}
	return ""
}

var ordinaryName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]{0,39}$`)
