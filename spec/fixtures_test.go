package spec_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
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
