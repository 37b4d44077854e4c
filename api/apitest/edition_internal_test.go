package apitest

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/vbo365/vbo365-go/spec"
)

// TestEditions sees that all versions of the document are served, that each of their operations is implemented and can
// meet faults, and that nothing else is implemented.
func TestEditions(t *testing.T) {
	t.Parallel()
	doc, err := openapi3.NewLoader().LoadFromData(spec.OpenAPI)
	if err != nil {
		t.Fatal(err)
	}
	if versions := doc.Servers[0].Variables["apiVersion"].Enum; !slices.Equal(versions, spec.Versions()) {
		t.Errorf("versions %s, the document has %s", spec.Versions(), versions)
	}
	names := operationNames()
	unused := maps.Clone(operations)
	for _, version := range spec.Versions() {
		ed, err := editions[version]()
		if err != nil {
			t.Fatal(err)
		}
		for _, route := range ed.routes {
			id := route.operation.OperationID
			delete(unused, id)
			if route.run == nil || route.status == 0 {
				t.Errorf("%s: %s is not implemented, or cannot succeed", version, id)
			}
			if !slices.Contains(names, id) {
				t.Errorf("%s: no fault can be for %s", version, id)
			}
			if e := (exchange{edition: ed, route: route}); e.route.errorSchema(500) == nil {
				t.Errorf("%s: %s cannot fail", version, id)
			}
		}
	}
	if len(unused) > 0 {
		t.Errorf("no version has the operations %q", slices.Sorted(maps.Keys(unused)))
	}
}

// TestTrim sees that a response has only what its schema has, in its spelling, and is otherwise as it was.
func TestTrim(t *testing.T) {
	t.Parallel()
	word := openapi3.NewStringSchema().WithEnum("Yes", "No")
	maybe := openapi3.NewStringSchema().WithEnum("Yes", "No").WithNullable()
	inner := openapi3.NewObjectSchema().WithProperty("a", openapi3.NewStringSchema()).WithProperty("word", word)
	schema := openapi3.NewObjectSchema().WithProperty("a", openapi3.NewFloat64Schema()).WithProperty("inner", inner).
		WithProperty("maybe", maybe).WithProperty("list", openapi3.NewArraySchema().WithItems(inner)).
		WithProperty("map", openapi3.NewObjectSchema().WithAdditionalProperties(inner))
	for in, want := range map[string]string{
		`{}`: `{}`,
		`{"a":-1.5e3,"b":{"a":[1,{"c":"}\""}]},"list":[],"c":null}`:              `{"a":-1.5e3,"list":[]}`,
		`{"b":1,"inner":{"b":"\\","a":"\\\"{","word":"YES"}}`:                    `{"inner":{"a":"\\\"{","word":"Yes"}}`,
		`{"list":[{"a":"1","b":2},{"b":3},{"word":"no"}],"maybe":"no"}`:          `{"list":[{"a":"1"},{},{"word":"No"}],"maybe":"No"}`,
		`{"map":{"x":{"a":"1","b":"2"},"y\"":{"word":"other"}},"maybe":"other"}`: `{"map":{"x":{"a":"1"},"y\"":{"word":"other"}},"maybe":null}`,
	} {
		got, rest := trim(nil, []byte(in), schema)
		if string(got) != want || len(rest) > 0 || !json.Valid(got) {
			t.Errorf("%s\n got %s %s\nwant %s", in, got, rest, want)
		}
		if same, _ := trim(nil, []byte(in), nil); string(same) != in {
			t.Errorf("%s without a schema is %s", in, same)
		}
	}
}
