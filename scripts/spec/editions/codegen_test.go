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
    Kind: {title: Kind, type: string, enum: [session, other]}
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
    Kind: {title: Kind, type: string, enum: [session, other], x-enum-varnames: [KindSession, Other]}
`
	if diff := cmp.Diff(want, change(t, source, codegen)); diff != "" {
		t.Error(diff)
	}
}

func TestCodegenOfResponses(t *testing.T) {
	t.Parallel()
	source := `paths:
  /a: {get: {responses: {'200': {$ref: '#/components/responses/A'}}}}
  /b: {get: {responses: {'200': {$ref: '#/components/responses/B'}}}}
components:
  responses:
    A: {content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}
    B: {content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}
    C: {content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}
  schemas:
    A: {type: object}
    B: {type: object}
`
	want := `paths:
  /a: {get: {responses: {'200': {$ref: '#/components/responses/A'}}}}
  /b: {get: {responses: {'200': {$ref: '#/components/responses/BResponse'}}}}
components:
  responses:
    A: {content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}
    BResponse: {content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}
    C: {content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}
  schemas:
    A: {type: object}
    B: {type: object}
`
	if diff := cmp.Diff(want, change(t, source, codegen)); diff != "" {
		t.Error(diff)
	}
}
