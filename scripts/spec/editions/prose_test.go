package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSliceTexts(t *testing.T) {
	t.Parallel()
	const source = `openapi: 3.0.3
info:
  title: Folders
  description: |-
    All of them. [all versions: Marks
    say which.]

    [v6 and later: New.
    Newer.]

    Last.
servers:
  - variables: {apiVersion: {default: v2, enum: [v2, v4, v6]}}
paths:
  /a:
    get:
      summary: '[v4 and earlier: Old] [v6: New] names'
      description: 'The same ` + "`keep`" + `[v4: , or not].'
      responses: {'200': {description: Done., content: {application/json: {schema: {$ref: '#/components/schemas/Kind'}}}}}
components:
  schemas:
    Kind:
      type: string
      description: '` + "`keep`, `drop` or `other`" + `.'
      enum: [keep, drop]
      x-api-changes: [{versions: v6, to: {enum: [Keep, Drop]}}]
`
	for version, want := range map[string]string{
		"v2": `openapi: 3.0.3
info:
  title: Folders, API v2
  description: |-
    All of them.

    Last.
servers:
  - variables: {apiVersion: {default: v2, enum: [v2]}}
paths:
  /a:
    get:
      summary: 'Old names'
      description: 'The same ` + "`keep`" + `.'
      responses: {'200': {description: Done., content: {application/json: {schema: {$ref: '#/components/schemas/Kind'}}}}}
components:
  schemas:
    Kind:
      type: string
      description: '` + "`keep`, `drop` or `other`" + `.'
      enum: [keep, drop]
`,
		"v4": `openapi: 3.0.3
info:
  title: Folders, API v4
  description: |-
    All of them.

    Last.
servers:
  - variables: {apiVersion: {default: v4, enum: [v4]}}
paths:
  /a:
    get:
      summary: 'Old names'
      description: 'The same ` + "`keep`" + `, or not.'
      responses: {'200': {description: Done., content: {application/json: {schema: {$ref: '#/components/schemas/Kind'}}}}}
components:
  schemas:
    Kind:
      type: string
      description: '` + "`keep`, `drop` or `other`" + `.'
      enum: [keep, drop]
`,
		"v6": `openapi: 3.0.3
info:
  title: Folders, API v6
  description: |-
    All of them.

    New.
    Newer.

    Last.
servers:
  - variables: {apiVersion: {default: v6, enum: [v6]}}
paths:
  /a:
    get:
      summary: 'New names'
      description: 'The same ` + "`keep`" + `.'
      responses: {'200': {description: Done., content: {application/json: {schema: {$ref: '#/components/schemas/Kind'}}}}}
components:
  schemas:
    Kind:
      type: string
      description: '` + "`Keep`, `Drop` or `other`" + `.'
      enum: [Keep, Drop]
`,
	} {
		got := change(t, source, func(doc *document) error { return sliceVersion(doc, version) })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", version, diff)
		}
	}
}
