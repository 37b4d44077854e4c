package main

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

var samples = fstest.MapFS{
	"README.md": {Data: []byte("# Samples\n\n```go\npackage main\n\n// {apiVersion}\n```\n\n```python\nimport os\n\n```\n")},
	"run.md": {Data: []byte(`# run

` + "```sh\ncurl {apiVersion}/run\n```" + `

## v2

` + "```go alone\npackage old\n```" + `

## v4 and later

` + "```go\n\tnew()\n\n\t\tend()\n```" + `

## restore

` + "```python\nimport time\nrun()\n```" + `
`)},
}

func TestAddSamples(t *testing.T) {
	t.Parallel()
	const source = `openapi: 3.0.3
servers:
  - variables: {apiVersion: {enum: [v2, v4, v6]}}
paths:
  /run:
    post:
      operationId: run
      x-api-versions: v4 and later
    get: {operationId: look}
`
	const shell = "curl v4/run\n"
	for _, test := range []struct{ version, want string }{
		{"v2", `
      x-codeSamples:
        - lang: Shell
          label: curl
          source: |
            curl v2/run
        - lang: Go
          label: Go
          source: |
            package old
        - lang: Python
          label: 'Python: restore'
          source: |
            import time
            import os

            run()
`},
		{"v6", `
      x-codeSamples:
        - lang: Shell
          label: curl
          source: |
            curl v6/run
        - lang: Go
          label: Go
          source: |
            package main

            // v6
            	new()

            		end()
        - lang: Python
          label: 'Python: restore'
          source: |
            import time
            import os

            run()
`},
		{"", `
      x-codeSamples:
        - lang: Shell
          label: curl
          source: |
            ` + shell},
	} {
		t.Run(test.version, func(t *testing.T) {
			t.Parallel()
			got := change(t, source, func(doc *document) error { return addSamples(doc, samples, test.version) })
			if !strings.Contains(got, "and later"+test.want) {
				t.Error(cmp.Diff(source+test.want, got))
			}
			if strings.Count(got, samplesName) != 1 {
				t.Error("an operation without a file has samples")
			}
		})
	}
}

func TestAddSamplesRefuses(t *testing.T) {
	t.Parallel()
	doc, err := parse([]byte("paths: {/run: {get: {operationId: run}}}"))
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{"README.md": {}, "run.md": {Data: []byte("```cobol\nSTOP RUN.\n```\n")}}
	if err := addSamples(doc, files, "v2"); err == nil || !strings.Contains(err.Error(), `run.md: "cobol" is no language`) {
		t.Errorf("addSamples: %v", err)
	}
}
