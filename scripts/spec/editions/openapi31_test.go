package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOpenAPI31(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, source, want string }{
		{"nullable", "{type: string, nullable: true}", "{type: [string, 'null']}"},
		{"not nullable", "{type: string, nullable: false}", "{type: string}"},
		{"nullable enum", "{type: string, nullable: true, enum: [a]}", "{type: [string, 'null'], enum: [a, null]}"},
		{"bound", "{type: integer, minimum: 0, exclusiveMinimum: true}", "{type: integer, exclusiveMinimum: 0}"},
		{"bound that counts", "{type: integer, maximum: 9, exclusiveMaximum: false}", "{type: integer, maximum: 9}"},
		{"base64", "{type: string, format: byte}", "{type: string, contentEncoding: base64}"},
		{"bytes", "{type: string, format: binary}", "{type: string, format: binary}"},
		{"example", "{type: string, example: a}", "{type: string, examples: [a]}"},
		{
			"properties with the names of keywords",
			"{type: object, properties: {nullable: {type: boolean, nullable: true}, example: {type: string, example: b}}}",
			"{type: object, properties: {nullable: {type: [boolean, 'null']}, example: {type: string, examples: [b]}}}",
		},
		{
			"schemas in schemas",
			"{oneOf: [{items: {type: string, nullable: true}}], additionalProperties: {type: string, nullable: true}}",
			"{oneOf: [{items: {type: [string, 'null']}}], additionalProperties: {type: [string, 'null']}}",
		},
		{"no properties", "{type: object, additionalProperties: false}", "{type: object, additionalProperties: false}"},
		{
			"data",
			"{type: object, example: {nullable: true, example: 1}}",
			"{type: object, examples: [{nullable: true, example: 1}]}",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := change(t, "openapi: 3.0.3\ncomponents:\n  schemas:\n    A: "+test.source+"\n", openAPI31)
			if diff := cmp.Diff("openapi: 3.1.0\ncomponents:\n  schemas:\n    A: "+test.want+"\n", got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestOpenAPI31LeavesOtherExamples(t *testing.T) {
	t.Parallel()
	paths := `paths:
  /a:
    get:
      parameters:
        - {name: b, in: query, schema: {type: string}, example: c}
`
	if diff := cmp.Diff("openapi: 3.1.0\n"+paths, change(t, "openapi: 3.0.3\n"+paths, openAPI31)); diff != "" {
		t.Error(diff)
	}
}

func TestOpenAPI31NeedsATypeForNullable(t *testing.T) {
	t.Parallel()
	doc, err := parse([]byte("openapi: 3.0.3\ncomponents:\n  schemas:\n    A: {nullable: true}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if err := openAPI31(doc); err == nil || !strings.Contains(err.Error(), "line 4: nullable without a type") {
		t.Errorf("openAPI31: %v", err)
	}
}
