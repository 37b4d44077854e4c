package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCodegen(t *testing.T) {
	t.Parallel()
	source := `openapi: 3.0.3
paths:
  /a:
    post:
      requestBody:
        content:
          application/x-www-form-urlencoded: {schema: {type: object}}
          application/json: {schema: {type: object}}
      responses:
        '200': {$ref: '#/components/responses/Done'}
        '401': {description: No body.}
components:
  responses:
    Done:
      description: Done.
      content:
        application/json: {example: {content: {a: 1, b: 2}}}
        application/octet-stream: {schema: {type: string, format: binary}}
`
	want := `openapi: 3.0.3
paths:
  /a:
    post:
      requestBody:
        content:
          application/x-www-form-urlencoded: {schema: {type: object}}
        x-alternative-content:
          application/json: {schema: {type: object}}
      responses:
        '200': {$ref: '#/components/responses/Done'}
        '401': {description: No body.}
components:
  responses:
    Done:
      description: Done.
      content:
        application/octet-stream: {schema: {type: string, format: binary}}
      x-alternative-content:
        application/json: {example: {content: {a: 1, b: 2}}}
`
	if diff := cmp.Diff(want, change(t, source, codegen)); diff != "" {
		t.Error(diff)
	}
}
