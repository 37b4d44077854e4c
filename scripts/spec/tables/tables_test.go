package main

import (
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
)

// load parses a small document.
func load(t *testing.T, source string) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData([]byte("openapi: 3.0.3\ninfo: {title: t, version: '1'}\n" + source))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// slicesOf parses the slices of versions that follow one another.
func slicesOf(t *testing.T, first int, sources ...string) []slice {
	t.Helper()
	var all []slice
	for i, source := range sources {
		all = append(all, slice{first + i, load(t, source)})
	}
	return all
}

const source = `
servers:
  - url: https://{host}/{apiVersion}
    variables:
      host: {default: localhost}
      apiVersion: {default: v4, enum: [v10, v3, v4], x-releases: {v3: Product 3.0, v10: Product 10}}
paths:
  /folders:
    get: {operationId: listFolders, responses: {'200': {description: d}}}
    post: {operationId: copyFolders, x-slow: true, responses: {'200': {description: d}}}
`

const sliceV3 = `
paths:
  /folders:
    parameters: [{$ref: '#/components/parameters/limit'}]
    get:
      parameters: [{name: X-Trace, in: header, schema: {type: string}}]
      responses:
        '200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Folder'}}}}
        '400': {description: d, content: {text/html: {schema: {type: string}}}}
components:
  parameters: {limit: {name: limit, in: query, schema: {type: integer}}}
  schemas:
    Id: {type: string}
    Base: {type: object, properties: {id: {$ref: '#/components/schemas/Id'}, kind: {$ref: '#/components/schemas/Kind'}}}
    Folder:
      allOf: [{$ref: '#/components/schemas/Base'}, {type: object, properties: {old: {type: string}}}]
    Kind: {type: string, enum: [plain, zip]}
`

const sliceV4 = `
paths:
  /folders:
    parameters: [{$ref: '#/components/parameters/limit'}]
    get:
      parameters: [{name: sort, in: query, schema: {type: string}}]
      responses:
        '200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Folder'}}}}
    post:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Folder'}}}}
      responses:
        '201': {description: d, content: {b/b: {schema: {type: string}}, a/a: {schema: {type: string}}}}
        '204': {description: d}
components:
  parameters: {limit: {name: limit, in: query, schema: {type: integer}}}
  schemas:
    Folder:
      type: object
      properties:
        id: {type: string}
        key: {type: string, format: password}
        kind: {nullable: true, allOf: [{$ref: '#/components/schemas/Kind'}]}
        children: {type: array, items: {$ref: '#/components/schemas/Folder'}}
    Kind: {type: string, enum: [Plain, Tar]}
    Either: {oneOf: [{$ref: '#/components/schemas/Left'}, {$ref: '#/components/schemas/Right'}]}
    Left: {type: object, required: [left], properties: {left: {$ref: '#/components/schemas/Folder'}}}
    Right: {type: object, required: [right], properties: {right: {type: string}}}
`

func TestOperations(t *testing.T) {
	t.Parallel()
	got, err := operations(load(t, source), slicesOf(t, 3, sliceV3, sliceV4))
	if err != nil {
		t.Fatal(err)
	}
	want := `// Operations are those of the document, in the order of their paths.
var Operations = []Operation{
{
ID: "listFolders", Method: "GET", Path: "/folders",
Parameters: map[string]Versions{
"limit": {},
"sort": {From: 4},
},
ContentTypes: []string{"application/json"},
Traits: Traits{Repeatable: true},
},
{
ID: "copyFolders", Method: "POST", Path: "/folders",
Versions: Versions{From: 4},
Parameters: map[string]Versions{
"limit": {From: 4},
},
Request: "Folder",
ContentTypes: []string{"a/a", "b/b"},
Traits: Traits{Slow: true},
},
}
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSchemas(t *testing.T) {
	t.Parallel()
	got, err := schemas(slicesOf(t, 3, sliceV3, sliceV4))
	if err != nil {
		t.Fatal(err)
	}
	want := `// Schemas are the objects, unions and enums of the document, by name.
var Schemas = map[string]Schema{
"Base": {Properties: map[string]Property{
"id": {Versions: Versions{From: 3, To: 3}},
"kind": {Versions: Versions{From: 3, To: 3}, Schema: "Kind"},
}},
"Either": {Properties: map[string]Property{
"left": {Versions: Versions{From: 4}, Schema: "Folder"},
"right": {Versions: Versions{From: 4}},
}},
"Folder": {Properties: map[string]Property{
"children": {Versions: Versions{From: 4}, Schema: "Folder"},
"id": {},
"key": {Versions: Versions{From: 4}, Secret: true},
"kind": {Schema: "Kind"},
"old": {Versions: Versions{From: 3, To: 3}},
}},
"Kind": {Values: []Value{
{Spellings: []Spelling{{Versions: Versions{From: 3, To: 3}, Text: "plain"}, {Versions: Versions{From: 4}, Text: "Plain"}}},
{Versions: Versions{From: 3, To: 3}, Spellings: []Spelling{{Versions: Versions{From: 3, To: 3}, Text: "zip"}}},
{Versions: Versions{From: 4}, Spellings: []Spelling{{Versions: Versions{From: 4}, Text: "Tar"}}},
}},
"Left": {Properties: map[string]Property{
"left": {Versions: Versions{From: 4}, Schema: "Folder"},
}},
"Right": {Properties: map[string]Property{
"right": {Versions: Versions{From: 4}},
}},
}
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSpan(t *testing.T) {
	t.Parallel()
	all := []slice{{version: 2}, {version: 3}, {version: 4}, {version: 10}}
	for _, test := range []struct {
		have []int
		want string
	}{
		{[]int{2, 3, 4, 10}, ""},
		{[]int{4, 10}, "{From: 4}"},
		{[]int{10}, "{From: 10}"},
		{[]int{2, 3}, "{To: 3}"},
		{[]int{2}, "{From: 2, To: 2}"},
		{[]int{3, 4}, "{From: 3, To: 4}"},
	} {
		if got, err := span(all, test.have); err != nil || got != test.want {
			t.Errorf("%v: %q, %v", test.have, got, err)
		}
	}
	if got, err := span(all, []int{2, 4}); err == nil {
		t.Errorf("a gap is %q", got)
	}
}

func TestAPIVersions(t *testing.T) {
	t.Parallel()
	versions, err := versionsOf(load(t, source))
	if err != nil {
		t.Fatal(err)
	}
	if got := numbers(versions); !strings.HasSuffix(got, "= []int{3, 4, 10}\n") {
		t.Error(got)
	}
	const want = "(\nV3 Version = 3 // Product 3.0\nV4 Version = 4\nV10 Version = 10 // Product 10\n)\n\n" +
		"var versions = []Version{V3, V4, V10}\n"
	if got := constants(versions); !strings.HasSuffix(got, want) {
		t.Error(got)
	}
	const noVersion = "servers: [{url: 'https://{apiVersion}', variables: {apiVersion: {default: x, enum: [x]}}}]"
	for _, bad := range []string{"", noVersion} {
		if versions, err := versionsOf(load(t, "paths: {}\n"+bad)); err == nil {
			t.Errorf("%q has %v", bad, versions)
		}
	}
}

// TestWhatTheTablesRefuse has documents that the tables cannot tell.
func TestWhatTheTablesRefuse(t *testing.T) {
	t.Parallel()
	const begin = `paths:
  /x:
    post:
      operationId: x
      responses: {'200': {description: d}}
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/U'}}}}
components:
  schemas:
    A: {type: object, required: [a, b]}
    `
	const union = "U: {oneOf: [{$ref: '#/components/schemas/A'}]}"
	const object = "U: {type: object, properties: {a: {$ref: '#/components/schemas/A'}}}"
	const other = "B: {type: object}\n    U: {type: object, properties: {a: {$ref: '#/components/schemas/B'}}}"
	for _, test := range []struct {
		name string
		make func() (string, error)
		want string
	}{
		{"a branch of two properties", func() (string, error) {
			return operations(load(t, begin+union), slicesOf(t, 2, begin+union))
		}, "x: a branch of its union must require one property"},
		{"an operation of no version", func() (string, error) {
			return operations(load(t, begin+object), slicesOf(t, 2, "paths: {}"))
		}, "x: no version has it"},
		{"another body later", func() (string, error) {
			later := strings.ReplaceAll(begin+object, "U", "V")
			return operations(load(t, begin+object), slicesOf(t, 2, begin+object, later))
		}, "x: its body is a V in v3, but a U, too"},
		{"a branch that has no name", func() (string, error) {
			return unions(load(t, begin+"U: {oneOf: [{type: object, required: [a]}]}"))
		}, "U: a branch of the union must be a reference"},
		{"another object later", func() (string, error) {
			return schemas(slicesOf(t, 2, begin+object, begin+other))
		}, `U: v3: the value of a is a "B", but a "A" in an earlier version`},
		{"a property that comes back", func() (string, error) {
			return schemas(slicesOf(t, 2, begin+object, begin+"U: {type: object}", begin+object))
		}, "U: the versions that have it are not in a row: [2 4]"},
	} {
		if _, err := test.make(); err == nil || err.Error() != test.want {
			t.Errorf("%s: %v, want %s", test.name, err, test.want)
		}
	}
}
