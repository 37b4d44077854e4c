package main

import (
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
)

const released = `
openapi: 3.0.3
info: {title: Folders, version: 1.0.0}
paths:
  /folders:
    get:
      operationId: listFolders
      tags: [Folders]
      responses: {'200': {$ref: '#/components/responses/Folder'}}
components:
  parameters: {limit: {name: limit, in: query, schema: {type: integer}}}
  requestBodies: {Body: {content: {text/plain: {schema: {type: string}}}}}
  headers: {Age: {schema: {type: integer}}}
  securitySchemes: {bearer: {type: http, scheme: bearer}}
  responses:
    Folder: {description: A folder., content: {application/json: {schema: {$ref: '#/components/schemas/Folder'}}}}
  schemas:
    Folder: {type: object, properties: {id: {type: string}, kind: {$ref: '#/components/schemas/Kind'}}}
    Kind: {type: string, enum: [plain, zip]}
`

func parse(t *testing.T, source string) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData([]byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestGone(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		changes []string // What is replaced, each followed by what it becomes.
		want    []string
	}{
		{name: "nothing changed"},
		{
			name:    "what is added is not gone",
			changes: []string{"enum: [plain, zip]", "enum: [tar, plain, zip]"},
		},
		{
			name: "operation", changes: []string{"listFolders", "getFolders"},
			want: []string{"operationId listFolders of GET /folders", "tag Folders of operation listFolders"},
		},
		{
			name: "path", changes: []string{"/folders:", "/Folders:"},
			want: []string{"operationId listFolders of GET /folders"},
		},
		{
			name: "tag", changes: []string{"tags: [Folders]", "tags: [Directories]"},
			want: []string{"tag Folders of operation listFolders"},
		},
		{
			name: "schema", changes: []string{"schemas/Kind", "schemas/Sort", "Kind: {", "Sort: {"},
			want: []string{"schema Kind", "value plain of enum Kind", "value zip of enum Kind"},
		},
		{
			name: "property", changes: []string{"id: {", "key: {"},
			want: []string{"property id of schema Folder"},
		},
		{
			name: "value of an enum", changes: []string{"plain, zip", "Plain, zip"},
			want: []string{"value plain of enum Kind"},
		},
		{
			name: "parameter", changes: []string{"{limit: {name", "{pageLimit: {name"},
			want: []string{"parameter limit"},
		},
		{
			name:    "response",
			changes: []string{"responses/Folder", "responses/Files", "Folder: {description", "Files: {description"},
			want:    []string{"response Folder"},
		},
		{
			name: "request body", changes: []string{"{Body: ", "{Form: "},
			want: []string{"request body Body"},
		},
		{
			name: "header", changes: []string{"{Age: ", "{Length: "},
			want: []string{"header Age"},
		},
		{
			name: "security scheme", changes: []string{"{bearer: ", "{token: "},
			want: []string{"security scheme bearer"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			current := strings.NewReplacer(test.changes...).Replace(released)
			if diff := cmp.Diff(test.want, gone(parse(t, released), parse(t, current))); diff != "" {
				t.Error(diff)
			}
		})
	}
}
