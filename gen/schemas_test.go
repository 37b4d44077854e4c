package gen_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vbo365/vbo365-go/gen"
)

// TestSchemas has some facts of FACTS.md, which the table must have from the document.
func TestSchemas(t *testing.T) {
	t.Parallel()
	const restore, restoreFolders = "RestoreToOriginalLocationOptions", "RestoreFoldersOptions"
	for _, test := range []struct {
		schema, property string
		want             gen.Property
		from             string // the section of FACTS.md
	}{
		{restore, "userName", gen.Property{}, "1.4"},
		{restore, "userCode", gen.Property{Versions: gen.Versions{From: 4}, Secret: true}, "1.4"},
		{restoreFolders, "userCode", gen.Property{Versions: gen.Versions{From: 4}, Secret: true}, "1.4"},
		{"CopyToOptions", "userCode", gen.Property{Versions: gen.Versions{From: 4}, Secret: true}, "1.6"},
		{"SendToOptions", "skipItemChecks", gen.Property{Versions: gen.Versions{From: 6}}, "1.5"},
		{restore, "documentVersion", gen.Property{Versions: gen.Versions{To: 5}, Schema: "DocumentVersion"}, "1.4"},
		{restoreFolders, "folders", gen.Property{Versions: gen.Versions{From: 3}, Schema: "FolderReference"}, "1.8"},
		{restore, "officeRegion", gen.Property{Versions: gen.Versions{From: 5}, Schema: "OfficeRegion"}, "1.4"},
		{"OneDriveFolderAction", "save", gen.Property{Versions: gen.Versions{To: 5}, Schema: "SaveOptions"}, "1.3"},
		{"Organization", "username", gen.Property{Versions: gen.Versions{From: 2, To: 2}}, "4.3"},
	} {
		got, ok := gen.Schemas[test.schema].Properties[test.property]
		if diff := cmp.Diff(test.want, got); diff != "" || !ok {
			t.Errorf("%s.%s (spec/FACTS.md#%s): %s", test.schema, test.property, test.from, diff)
		}
	}
	want := []gen.Value{ // spec/FACTS.md#1.4
		{Spellings: []gen.Spelling{{gen.Versions{To: 5}, "overwrite"}, {gen.Versions{From: 6}, "Overwrite"}}},
		{Spellings: []gen.Spelling{{gen.Versions{To: 5}, "keep"}, {gen.Versions{From: 6}, "Keep"}}},
	}
	if diff := cmp.Diff(want, gen.Schemas["DocumentAction"].Values); diff != "" {
		t.Error(diff)
	}
}

// TestSchemasAreThere follows each name of a schema.
func TestSchemasAreThere(t *testing.T) {
	t.Parallel()
	check := func(place, name string) {
		if _, ok := gen.Schemas[name]; name != "" && !ok {
			t.Errorf("%s: there is no schema %q", place, name)
		}
	}
	for _, operation := range gen.Operations {
		check(operation.ID, operation.Request)
	}
	for name, schema := range gen.Schemas {
		for property, has := range schema.Properties {
			check(name+"."+property, has.Schema)
		}
	}
}
