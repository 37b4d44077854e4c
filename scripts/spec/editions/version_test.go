package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const versioned = `openapi: 3.0.3
info: {title: Folders, version: 1.0.0}
servers:
  - url: https://{host}/{apiVersion}
    variables:
      apiVersion:
        default: v2
        enum: [v2, v4, v6]
tags:
  - name: Old
  - name: New
paths:
  /old:
    parameters:
      - $ref: '#/components/parameters/id'
      - $ref: '#/components/parameters/set'
      - $ref: '#/components/parameters/parent'
    post:
      tags: [Old]
      x-api-versions: v4 and earlier
      requestBody:
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Action'}
            examples:
              save: {value: {save: null}}
              restore: {value: {restore: {user: alice}}}
              restoreWithCode: {value: {restore: {code: secret}}}
              restoreNewKind: {value: {restore: {user: alice, kind: new}}}
              shared: {$ref: '#/components/examples/withCode'}
      responses:
        '200': {$ref: '#/components/responses/Done'}
  /new:
    get:
      tags: [New]
      x-api-versions: v6 and later
      responses:
        '204': {description: Nothing.}
components:
  securitySchemes:
    bearer: {type: http, scheme: bearer}
  parameters:
    id: {name: id, in: query, schema: {type: string}, example: a}
    set: {name: set, in: query, x-api-versions: v4 and later, schema: {type: string}}
    parent:
      name: parent
      in: query
      schema: {type: string}
      examples:
        root: {x-api-versions: v4, value: root}
  examples:
    withCode: {value: {restore: {code: secret}}}
  responses:
    Done:
      description: Done.
      content:
        application/json:
          schema: {$ref: '#/components/schemas/Result'}
          example: {count: 1, regions: [{name: a}], code: b}
  schemas:
    Action:
      oneOf:
        - {$ref: '#/components/schemas/SaveAction'}
        - {$ref: '#/components/schemas/RestoreAction'}
        - {$ref: '#/components/schemas/MoveAction'}
    SaveAction: {type: object, required: [save], properties: {save: {type: object, nullable: true}}}
    RestoreAction: {type: object, required: [restore], properties: {restore: {$ref: '#/components/schemas/Restore'}}}
    MoveAction: {type: object, required: [move], x-api-versions: v4, properties: {move: {type: string}}}
    Restore:
      type: object
      required: [user, code]
      properties:
        user: {type: string}
        code: {type: string, x-api-versions: v4}
        kind: {$ref: '#/components/schemas/Kind'}
    Kind:
      type: string
      enum: [old, new]
      x-enum-api-versions: {new: v4 and later}
      example: old
    Result:
      type: object
      required: [code]
      properties:
        count: {type: integer}
        code: {type: string, x-api-versions: v4}
        regions: {type: array, items: {$ref: '#/components/schemas/Region'}}
    Region:
      type: object
      properties: {name: {type: string, x-api-versions: v4}}
`

const sliceV2 = `openapi: 3.0.3
info: {title: 'Folders, API v2', version: 1.0.0}
servers:
  - url: https://{host}/{apiVersion}
    variables:
      apiVersion:
        default: v2
        enum: [v2]
tags:
  - name: Old
paths:
  /old:
    parameters:
      - $ref: '#/components/parameters/id'
      - $ref: '#/components/parameters/parent'
    post:
      tags: [Old]
      requestBody:
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Action'}
            examples:
              save: {value: {save: null}}
              restore: {value: {restore: {user: alice}}}
      responses:
        '200': {$ref: '#/components/responses/Done'}
components:
  securitySchemes:
    bearer: {type: http, scheme: bearer}
  parameters:
    id: {name: id, in: query, schema: {type: string}, example: a}
    parent:
      name: parent
      in: query
      schema: {type: string}
  responses:
    Done:
      description: Done.
      content:
        application/json:
          schema: {$ref: '#/components/schemas/Result'}
          example: {count: 1, regions: [{}]}
  schemas:
    Action:
      oneOf:
        - {$ref: '#/components/schemas/SaveAction'}
        - {$ref: '#/components/schemas/RestoreAction'}
    SaveAction: {type: object, required: [save], properties: {save: {type: object, nullable: true}}}
    RestoreAction: {type: object, required: [restore], properties: {restore: {$ref: '#/components/schemas/Restore'}}}
    Restore:
      type: object
      required: [user]
      properties:
        user: {type: string}
        kind: {$ref: '#/components/schemas/Kind'}
    Kind:
      type: string
      enum: [old]
      example: old
    Result:
      type: object
      properties:
        count: {type: integer}
        regions: {type: array, items: {$ref: '#/components/schemas/Region'}}
    Region:
      type: object
      properties: {}
`

const sliceV6 = `openapi: 3.0.3
info: {title: 'Folders, API v6', version: 1.0.0}
servers:
  - url: https://{host}/{apiVersion}
    variables:
      apiVersion:
        default: v6
        enum: [v6]
tags:
  - name: New
paths:
  /new:
    get:
      tags: [New]
      responses:
        '204': {description: Nothing.}
components:
  securitySchemes:
    bearer: {type: http, scheme: bearer}
`

// slice returns a function for change that makes the slice of a version.
func slice(version string) func(doc *document) error {
	return func(doc *document) error { return sliceVersion(doc, version) }
}

func TestSliceVersion(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{"v2": sliceV2, "v6": sliceV6} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(want, change(t, versioned, slice(version))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Only the marks, the unused path and the server are different in a slice of a version that has the rest.
func TestSliceKeepsWhatTheVersionHas(t *testing.T) {
	t.Parallel()
	want := strings.NewReplacer(
		"title: Folders,", "title: 'Folders, API v4',",
		"default: v2", "default: v4", "[v2, v4, v6]", "[v4]",
		"  - name: New\n", "",
		", x-api-versions: v4 and later", "", ", x-api-versions: v4", "", "x-api-versions: v4, ", "",
		"      x-api-versions: v4 and earlier\n", "",
		"      x-enum-api-versions: {new: v4 and later}\n", "",
	).Replace(versioned)
	from, to := strings.Index(want, "  /new:"), strings.Index(want, "components:")
	want = want[:from] + want[to:]
	if diff := cmp.Diff(want, change(t, versioned, slice("v4"))); diff != "" {
		t.Error(diff)
	}
}

func TestSliceVersionRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, schemas, want string }{
		{
			"a list of what the version lacks",
			"A: {type: array, items: {$ref: '#/components/schemas/B'}}\n    B: {type: string, x-api-versions: v4}",
			"line 3: v2 lacks the items here",
		},
		{"an enum without values", "A: {type: string, enum: [b], x-enum-api-versions: {b: v4}}", "lacks every value"},
		{
			"a mark of no value",
			"A: {type: string, enum: [b], x-enum-api-versions: {c: v4}}",
			`x-enum-api-versions names "c", which is not in the enum`,
		},
		{"a union without branches", "A: {oneOf: [{type: string, x-api-versions: v4}]}", "lacks every branch of the oneOf"},
		{
			"an example that the version lacks",
			"A: {type: string, enum: [b, c], x-enum-api-versions: {b: v4}, example: b}",
			"line 3: v2 does not know this example",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			doc, err := parse([]byte("components:\n  schemas:\n    " + test.schemas + "\n"))
			if err != nil {
				t.Fatal(err)
			}
			if err := sliceVersion(doc, "v2"); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("sliceVersion: %v, want %q", err, test.want)
			}
		})
	}
}
