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

func TestCodegenOfSchemas(t *testing.T) {
	t.Parallel()
	source := `openapi: 3.0.3
components:
  schemas:
    Login:
      type: object
      properties:
        disable_antiforgery_token: {type: boolean}
    Explore:
      type: object
      properties:
        datetime: {type: string, format: date-time}
        id: {type: string, format: uuid}
    Session:
      type: object
      properties:
        endTime: {type: string, format: date-time}
    Result: {title: Result, type: string, enum: [success, failed]}
    Action: {title: Action, type: string, enum: [keep]}
    Status: {title: Status, type: string, enum: [Running, Success]}
`
	want := `openapi: 3.0.3
components:
  schemas:
    Login:
      type: object
      properties:
        disable_antiforgery_token: {type: boolean, default: true}
    Explore:
      type: object
      properties:
        datetime: {type: string}
        id: {type: string, format: uuid}
    Session:
      type: object
      properties:
        endTime: {type: string, format: date-time}
    Result: {title: Result, type: string, enum: [success, failed]}
    Action: {title: Action, type: string, enum: [keep]}
    Status: {title: Status, type: string, enum: [Running, Success], x-enum-varnames: [Running, StatusSuccess]}
`
	if diff := cmp.Diff(want, change(t, source, codegen)); diff != "" {
		t.Error(diff)
	}
}
