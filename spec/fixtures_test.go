package spec_test

import (
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// The fixtures are bodies that a schema allows, or does not: fixtures/<schema>/<valid or invalid>/<what it shows>.json.
// scripts/spec/validate.mjs asks a second validator about the same files.
func TestFixtures(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("fixtures/*/*/*.json")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatal("there are no fixtures")
	}
	documents(t, []string{"openapi.yaml", "dist/openapi.3.1.yaml"}, func(t *testing.T, d document) {
		t.Helper()
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var value any
			if err := json.Unmarshal(content, &value); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			name := strings.Split(filepath.ToSlash(file), "/")
			schema := d.Components.Schemas[name[1]]
			if schema == nil {
				t.Errorf("%s: there is no such schema", file)
				continue
			}
			switch err := d.validate(schema, value); {
			case name[2] == "valid" && err != nil:
				t.Errorf("%s: %v", file, err)
			case name[2] == "invalid" && err == nil:
				t.Errorf("%s: is allowed", file)
			}
		}
	})
}

// Every request and response has fixtures, valid and invalid.
func TestFixturesAreComplete(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, item := range load(t, content).Paths.Map() {
		for _, operation := range item.Operations() {
			var bodies []openapi3.Content
			if operation.RequestBody != nil {
				bodies = append(bodies, operation.RequestBody.Value.Content)
			}
			for _, response := range operation.Responses.Map() {
				bodies = append(bodies, response.Value.Content)
			}
			for _, body := range bodies {
				for _, content := range body {
					schema := content.Schema
					if schema.Value.Items != nil {
						schema = schema.Value.Items
					}
					found[path.Base(schema.Ref)] = schema.Ref != "" // bytes have no schema of their own
				}
			}
		}
	}
	for schema := range found {
		for _, kind := range []string{"valid", "invalid"} {
			files, err := filepath.Glob("fixtures/" + schema + "/" + kind + "/*.json")
			if err != nil {
				t.Fatal(err)
			}
			if found[schema] && len(files) == 0 {
				t.Errorf("%s has no %s fixtures", schema, kind)
			}
		}
	}
}
