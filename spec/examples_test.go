package spec_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
)

func TestExamples(t *testing.T) {
	t.Parallel()
	editions, err := filepath.Glob("dist/openapi.*")
	if err != nil {
		t.Fatal(err)
	}
	if len(editions) == 0 {
		t.Fatal("there are no editions in dist")
	}
	documents(t, append(editions, "openapi.yaml"), func(t *testing.T, d document) {
		t.Helper()
		for _, problem := range examine(d) {
			t.Error(problem)
		}
	})
}

// What TestExamples looks for is found in a document that has nothing else.
func TestExaminerFindsProblems(t *testing.T) {
	t.Parallel()
	d := load(t, []byte(`
openapi: 3.0.3
info: {title: Bad, version: '1'}
tags: [{name: Bad}]
paths:
  /bad:
    post:
      parameters:
        - {name: a, in: query, schema: {type: string}}
        - {name: b, in: query, description: B, schema: {type: string}, example: 1}
      requestBody:
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Union'}
            examples:
              left: {value: {left: true}}
              both: {value: {left: true, right: true}}
      responses:
        '200':
          description: No example.
          headers: {X-Bad: {schema: {type: string}}}
          content: {text/plain: {schema: {type: string, description: A text.}}}
components:
  securitySchemes:
    bad: {type: http, scheme: bearer}
  schemas:
    Left:
      description: L
      type: object
      required: [left]
      additionalProperties: false
      properties: {left: {type: boolean, description: L, example: true}}
    Right:
      type: object
      required: [right]
      additionalProperties: false
      properties:
        right: {type: boolean, example: 'true'}
        list: {type: array, description: L, items: {type: string, description: S}}
        none: {type: object, description: N, additionalProperties: false}
        free: {type: object, description: F}
    Union: {description: U, oneOf: [{$ref: '#/components/schemas/Left'}, {$ref: '#/components/schemas/Right'}]}
`))
	want := []string{
		"POST /bad: no description",
		"POST /bad: no summary",
		"POST /bad: parameter a: no description",
		"POST /bad: parameter a: no example",
		"POST /bad: parameter b: example: value must be a string",
		"POST /bad: request: no description",
		`POST /bad: request: application/json: example both: doesn't match schema due to: property "right" is unsupported`,
		"POST /bad: request: application/json: no example of #/components/schemas/Right",
		"POST /bad: 200: header X-Bad: no description",
		"POST /bad: 200: header X-Bad: no example",
		"POST /bad: 200: text/plain: no example",
		"schema Right: no description",
		"schema Right: free: no example",
		"schema Right: list: no example",
		"schema Right: right: no description",
		"schema Right: right: example: value must be a boolean",
		"security scheme bad: no description",
		"tag Bad: no description",
	}
	var got []string
	for _, problem := range examine(d) {
		line, _, _ := strings.Cut(problem, "\n") // The validator goes on with the schema and the value.
		got = append(got, line)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// examine returns what is wrong with the descriptions and examples of a document: each operation, parameter, header,
// schema and property must have a description; each parameter, header, request, response and property an example, and
// each union in a request an example of each branch; and each example must be one that its schema allows.
func examine(d document) []string {
	e := examiner{document: d}
	for _, path := range d.Paths.InMatchingOrder() {
		item := d.Paths.Value(path)
		for _, method := range slices.Sorted(maps.Keys(item.Operations())) {
			e.operation(method+" "+path, item.Parameters, item.Operations()[method])
		}
	}
	for name, schema := range sorted(d.Components.Schemas) {
		e.schema("schema "+name, schema)
	}
	for name, scheme := range sorted(d.Components.SecuritySchemes) {
		e.description("security scheme "+name, scheme.Value.Description)
	}
	for _, tag := range d.Tags {
		e.description("tag "+tag.Name, tag.Description)
	}
	return e.problems
}

type examiner struct {
	document
	problems []string
}

func (e *examiner) problem(place, format string, args ...any) {
	e.problems = append(e.problems, place+": "+fmt.Sprintf(format, args...))
}

func (e *examiner) description(place, description string) {
	if description == "" {
		e.problem(place, "no description")
	}
}

func (e *examiner) operation(place string, shared openapi3.Parameters, operation *openapi3.Operation) {
	e.description(place, operation.Description)
	if operation.Summary == "" {
		e.problem(place, "no summary")
	}
	for _, parameter := range slices.Concat(shared, operation.Parameters) {
		e.parameter(place+": parameter "+parameter.Value.Name, parameter.Value)
	}
	if operation.RequestBody != nil {
		request := operation.RequestBody.Value
		e.description(place+": request", request.Description)
		for name, content := range sorted(request.Content) {
			e.content(place+": request: "+name, content)
		}
	}
	for status, response := range sorted(operation.Responses.Map()) {
		for name, header := range sorted(response.Value.Headers) {
			e.parameter(place+": "+status+": header "+name, &header.Value.Parameter)
		}
		for name, content := range sorted(response.Value.Content) {
			e.content(place+": "+status+": "+name, content)
		}
	}
}

func (e *examiner) parameter(place string, parameter *openapi3.Parameter) {
	e.description(place, parameter.Description)
	e.examples(place, parameter.Schema, parameter.Example, parameter.Examples)
	if parameter.Example == nil && len(parameter.Examples) == 0 && !hasExample(parameter.Schema) {
		e.problem(place, "no example")
	}
}

func (e *examiner) content(place string, content *openapi3.MediaType) {
	values := e.examples(place, content.Schema, content.Example, content.Examples)
	if content.Example == nil && len(content.Examples) == 0 {
		e.problem(place, "no example")
	}
	for _, branch := range slices.Concat(content.Schema.Value.OneOf, content.Schema.Value.AnyOf) {
		if !slices.ContainsFunc(values, func(value any) bool { return e.validate(branch, value) == nil }) {
			e.problem(place, "no example of %s", branch.Ref)
		}
	}
}

// examples checks examples against their schema and returns those that it allows.
func (e *examiner) examples(place string, schema *openapi3.SchemaRef, one any, named openapi3.Examples) []any {
	var allowed []any
	check := func(place string, value any) {
		if err := e.validate(schema, value); err != nil {
			e.problem(place, "%v", err)
			return
		}
		allowed = append(allowed, value)
	}
	if one != nil {
		check(place+": example", one)
	}
	for name, example := range sorted(named) {
		check(place+": example "+name, example.Value.Value)
	}
	return allowed
}

// schema checks a schema and those in it, but not those that it refers to.
func (e *examiner) schema(place string, schema *openapi3.SchemaRef) {
	if schema.Ref != "" {
		return
	}
	value := schema.Value
	e.description(place, value.Description)
	if value.Example != nil {
		e.examples(place, schema, value.Example, nil)
	}
	for _, example := range value.Examples {
		e.examples(place, schema, example, nil)
	}
	for name, property := range sorted(value.Properties) {
		e.schema(place+": "+name, property)
		if !hasExample(property) {
			e.problem(place+": "+name, "no example")
		}
	}
	if value.Items != nil {
		e.schema(place+": items", value.Items)
	}
}

// hasExample reports whether a schema, or what it refers to, has an example. A list has one if its items have. Objects
// and unions need none of their own: what they consist of is checked by itself. Nor does an object that can have no
// members: there is nothing to show.
func hasExample(schema *openapi3.SchemaRef) bool {
	value := schema.Value
	switch {
	case value.Example != nil || len(value.Examples) > 0:
		return true
	case value.Items != nil:
		return hasExample(value.Items)
	case value.AdditionalProperties.Has != nil && !*value.AdditionalProperties.Has:
		return true
	default:
		return len(value.Properties)+len(value.OneOf)+len(value.AnyOf)+len(value.AllOf) > 0
	}
}

// sorted calls yield for each entry of a map, in the order of the keys.
func sorted[V any](entries map[string]V) func(yield func(string, V) bool) {
	return func(yield func(string, V) bool) {
		for _, key := range slices.Sorted(maps.Keys(entries)) {
			if !yield(key, entries[key]) {
				return
			}
		}
	}
}
