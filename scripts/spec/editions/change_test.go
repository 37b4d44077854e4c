package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

// node parses a value.
func node(t *testing.T, source string) *yaml.Node {
	t.Helper()
	var file yaml.Node
	if err := yaml.Unmarshal([]byte(source), &file); err != nil {
		t.Fatal(err)
	}
	return file.Content[0]
}

// written returns a value on one line.
func written(t *testing.T, n *yaml.Node) string {
	t.Helper()
	n.Style = yaml.FlowStyle
	out, err := yaml.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(string(out), "\n")
}

func TestMergePatch(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, old, patch, want string }{
		{"a value replaces", "{type: string}", "{type: integer}", "{type: integer}"},
		{"a new member is added at the end", "{type: string}", "{nullable: true}", "{type: string, nullable: true}"},
		{"nested objects are merged", "{a: {b: {c: 1, d: 2}}}", "{a: {b: {d: 3, e: 4}}}", "{a: {b: {c: 1, d: 3, e: 4}}}"},
		{"an object replaces what is none", "{a: 1}", "{a: {b: 2}}", "{a: {b: 2}}"},
		{"lists are replaced", "{enum: [a, b]}", "{enum: [B]}", "{enum: [B]}"},
		{"null removes", "{type: string, format: uuid}", "{format: null}", "{type: string}"},
		{"null removes a list", "{required: [a], type: object}", "{required: null}", "{type: object}"},
		{"null for what is not there changes nothing", "{type: string}", "{format: null}", "{type: string}"},
		{"null marks an object", "{a: {type: string}}", "{a: null}", "{a: {type: string, x-api-versions: none}}"},
		{"null removes an extension", "{x-a: {b: [v2]}, type: string}", "{x-a: null}", "{type: string}"},
		{"null removes an example", "{example: {a: 1}, type: object}", "{example: null}", "{type: object}"},
		{"an example replaces", "{example: {a: 1, b: 2}}", "{example: {b: 3}}", "{example: {b: 3}}"},
		{"examples replace", "{examples: {one: {value: 1}}}", "{examples: {two: {value: 2}}}", "{examples: {two: {value: 2}}}"},
		{"a reference replaces", "{schema: {type: string}}", "{schema: {$ref: '#/a'}}", "{schema: {$ref: '#/a'}}"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			n := node(t, test.old)
			patch := node(t, test.patch)
			mergePatch(n, patch)
			if diff := cmp.Diff(test.want, written(t, n)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.patch, written(t, patch)); diff != "" {
				t.Error("the patch has changed:", diff)
			}
		})
	}
}

// What is taken from a patch is not shared: two versions, or two places, must not change each other.
func TestMergePatchCopies(t *testing.T) {
	t.Parallel()
	patch := node(t, "{a: {b: 1}}")
	one, two := node(t, "{}"), node(t, "{}")
	mergePatch(one, patch)
	mergePatch(two, patch)
	member(member(one, "a"), "b").Value = "2"
	if got := written(t, two); got != "{a: {b: 1}}" {
		t.Errorf("got %s", got)
	}
}

const changed = `openapi: 3.0.3
servers:
  - url: https://{host}/{apiVersion}
    variables: {apiVersion: {default: v2, enum: [v2, v6, v8]}}
paths:
  /explore:
    post:
      x-api-changes:
        - {versions: v6, to: {responses: {'201': null}}}
        - {versions: v8, to: {responses: {'200': null}, summary: Start}}
      responses:
        '200': {$ref: '#/components/responses/Ready'}
        '201': {$ref: '#/components/responses/Created'}
components:
  responses:
    Ready:
      description: Ready.
      content: {application/json: {schema: {$ref: '#/components/schemas/Session'}, example: {id: a, kind: veod, old: b}}}
    Created: {description: Created.}
  schemas:
    Session:
      type: object
      required: [id, old]
      x-api-changes:
        - versions: v6 and later
          to: {properties: {old: null, kind: {$ref: '#/components/schemas/Kind'}}}
      properties:
        id:
          type: string
          x-api-changes: [{versions: v6, to: {minLength: 1}}]
        kind: {type: string}
        old: {type: string}
    Kind: {type: string, enum: [Veod]}
`

func TestSliceWithChanges(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{
		"v2": `
paths:
  /explore:
    post:
      responses:
        '200': {$ref: '#/components/responses/Ready'}
        '201': {$ref: '#/components/responses/Created'}
components:
  responses:
    Ready:
      description: Ready.
      content: {application/json: {schema: {$ref: '#/components/schemas/Session'}, example: {id: a, kind: veod, old: b}}}
    Created: {description: Created.}
  schemas:
    Session:
      type: object
      required: [id, old]
      properties:
        id:
          type: string
        kind: {type: string}
        old: {type: string}
`,
		"v6": `
paths:
  /explore:
    post:
      responses:
        '200': {$ref: '#/components/responses/Ready'}
components:
  responses:
    Ready:
      description: Ready.
      content: {application/json: {schema: {$ref: '#/components/schemas/Session'}, example: {id: a, kind: Veod}}}
  schemas:
    Session:
      type: object
      required: [id]
      properties:
        id:
          type: string
          minLength: 1
        kind: {$ref: '#/components/schemas/Kind'}
    Kind: {type: string, enum: [Veod]}
`,
		"v8": `
paths:
  /explore:
    post:
      responses:
        '201': {$ref: '#/components/responses/Created'}
      summary: Start
components:
  responses:
    Created: {description: Created.}
`,
	} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			got := change(t, changed, slice(version))
			_, got, _ = strings.Cut(got, "["+version+"]}}")
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestChangesRefuse(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ changes, want string }{
		{"{versions: v2, to: {}}", "line 1: x-api-changes must be a list"},
		{"[{to: {}}]", "line 1: a change has versions, an object to, and nothing else"},
		{"[{versions: v2}]", "line 1: a change has versions"},
		{"[{versions: v2, to: [a]}]", "line 1: a change has versions"},
		{"[{versions: v2, to: {}, from: {}}]", "line 1: a change has versions"},
		{"[v2]", "line 1: a change has versions"},
		{"[{versions: [v2], to: {}}]", `line 1: "" is no mark`},
		{"[{versions: v3 and earlier, to: {}}, {versions: v2, to: {}}]", "line 1: an earlier change is for v2, too"},
		// A mistake counts in the slices of other versions, too.
		{"[{versions: v9}]", "line 1: a change has versions"},
	} {
		t.Run(test.changes, func(t *testing.T) {
			t.Parallel()
			doc, err := parse([]byte("x-api-changes: " + test.changes + "\n"))
			if err != nil {
				t.Fatal(err)
			}
			if err := applyChanges(doc, "v2"); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("applyChanges: %v, want %q", err, test.want)
			}
		})
	}
}

func TestRespell(t *testing.T) {
	t.Parallel()
	const host = "https://localhost:4443"
	for _, test := range []struct{ name, schema, version, value, want string }{
		{"an enum in another letter case", "{enum: [Overwrite, Keep]}", "v6", "keep", "Keep"},
		{"an enum in its own", "{enum: [overwrite, Overwrite]}", "v2", "overwrite", "overwrite"},
		{"no value of the enum", "{enum: [Overwrite]}", "v6", "merge", "merge"},
		{"what is no enum", "{type: string}", "v6", "keep", "keep"},
		{"v2", "{}", "v2", host + "/v2/organizations/1/action", host + "/v2/organizations/1/action"},
		{"absolute up to v5", "{}", "v5", host + "/v2/organizations/1/action", host + "/v5/organizations/1/action"},
		{"relative from v6 on", "{}", "v6", host + "/v2/organizations", "/v6/organizations"},
		{"a route for each action from v6 on", "{}", "v6", host + "/v2/organizations/1/action", "/v6/organizations/1/explore"},
		{"the root in v6", "{}", "v6", host + "/v2/folders?parentId=null", "/v6/folders?parentId=null"},
		{"the root from v7 on", "{}", "v7", host + "/v2/folders?parentId=null", "/v7/folders?parentId=root"},
		{"another address", "{}", "v6", "https://example-my.sharepoint.com/v2/action", "https://example-my.sharepoint.com/v2/action"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			value := text(test.value)
			respell(node(t, test.schema), value, test.version)
			if value.Value != test.want {
				t.Errorf("got %s, want %s", value.Value, test.want)
			}
		})
	}
}
