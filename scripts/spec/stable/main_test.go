package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"go.uber.org/goleak"

	"github.com/vbo365/vbo365-go/spec"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestMayBreak(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		from, to string
		want     bool
	}{
		{"v0.1.0", "v0.1.0", false},
		{"v0.1.0", "v0.1.1", false},
		{"v0.1.0", "v0.2.0", true},
		{"v0.2.0", "v0.1.0", false},
		{"v0.9.0", "v1.0.0", true},
		{"v1.0.0", "v1.1.0", false},
		{"v1.1.0", "v2.0.0", true},
		{"v2.0.0", "v1.0.0", false},
		{"v1.0.0", "v2", true},
		{"v1.0.0", "next", false},
	} {
		if got := mayBreak(test.from, test.to); got != test.want {
			t.Errorf("mayBreak(%s, %s) = %t", test.from, test.to, got)
		}
	}
}

// The two gates are the check of names, and oasdiff. Each finds what the other does not look for.
func TestGates(t *testing.T) {
	t.Parallel()
	const names, wire, allowed = " is gone or has another name\n", "oasdiff breaking: ", "version v0.1.0 may not break users of v0.1.0"
	for _, test := range []struct {
		name    string
		changes []string // What is replaced, each followed by what it becomes.
		want    []string // What the error says. Without any, there must be none.
	}{
		{name: "nothing changed"},
		{name: "an addition", changes: []string{"\n    Folder:\n", "\n    Added: {type: string}\n    Folder:\n"}},
		{
			name: "a route is gone", changes: []string{"  /Organizations:\n", "  /Tenants:\n"},
			want: []string{
				"operationId listOrganizations of GET /Organizations" + names, wire, "[api-path-removed-without-deprecation]", allowed,
			},
		},
		{
			name: "a property is renamed", changes: []string{" restoredItemsCount:", " restoredCount:"},
			want: []string{
				"property restoredItemsCount of schema RestoreStatistics" + names, wire, "[response-required-property-removed]", allowed,
			},
		},
		{
			name: "an enum is narrowed", changes: []string{"enum: [overwrite, keep]", "enum: [overwrite]"},
			want: []string{"value keep of enum DocumentAction" + names, wire, "[request-property-enum-value-removed]", allowed},
		},
		{
			name:    "a schema is renamed, which the wire does not show",
			changes: []string{"/FolderPage'", "/Folders'", "\n    FolderPage:\n", "\n    Folders:\n"},
			want:    []string{"schema FolderPage" + names, allowed},
		},
		{
			name: "a request must have more, under the same names", changes: []string{"[grant_type]", "[grant_type, username]"},
			want: []string{wire, "[request-property-became-required]", allowed},
		},
		{
			name:    "a route is gone, and the version says so",
			changes: []string{"  /Organizations:\n", "  /Tenants:\n", "\n  version: 0.1.0\n", "\n  version: 0.2.0\n"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			check(t, compare(t.Context(), write(t, "released.yaml"), write(t, "current.yaml", test.changes...)), test.want)
		})
	}
}

// What only later API versions have stands in x-api-changes, which is compared in the slices.
func TestGatesOfSlices(t *testing.T) {
	t.Parallel()
	released, current := t.TempDir(), t.TempDir()
	for folder, source := range map[string]string{
		released: write(t, "released.yaml"),
		current:  write(t, "current.yaml", "enum: [Overwrite, Keep]", "enum: [Overwrite]"),
	} {
		if err := derive(t.Context(), "../../..", source, folder); err != nil {
			t.Fatal(err)
		}
	}
	for slice, want := range map[string][]string{
		"openapi.v5.yaml": nil,
		"openapi.v8.yaml": {"value Keep of enum DocumentAction is gone", "[request-property-enum-value-removed]"},
	} {
		check(t, compare(t.Context(), filepath.Join(released, slice), filepath.Join(current, slice)), want)
	}
}

// The release that the document is compared with is in both change logs, and what comes after it has a place there.
func TestReleaseIsLogged(t *testing.T) {
	t.Parallel()
	released, err := openapi3.NewLoader().LoadFromFile("../../../" + releasedFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, log := range []string{"../../../CHANGELOG.md", "../../../spec/CHANGELOG.md"} {
		content, err := os.ReadFile(log)
		if err != nil {
			t.Fatal(err)
		}
		var sections []string
		for _, section := range regexp.MustCompile(`(?m)^## (Unreleased|[0-9].*)$`).FindAllStringSubmatch(string(content), -1) {
			sections = append(sections, section[1])
		}
		form := `^Unreleased ` + regexp.QuoteMeta(released.Info.Version) + ` - \d{4}-\d\d-\d\d\b`
		if found := strings.Join(sections, " "); !regexp.MustCompile(form).MatchString(found) {
			t.Errorf("%s has the sections %q, want %s", log, found, form)
		}
	}
}

// write writes the document, with changes, to a file.
func write(t *testing.T, name string, changes ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	content := strings.NewReplacer(changes...).Replace(string(spec.OpenAPI))
	if len(changes) > 0 && content == string(spec.OpenAPI) {
		t.Fatalf("the document has no %q", changes[0])
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// check fails the test unless the error says all of want, or there is none if want is empty.
func check(t *testing.T, err error, want []string) {
	t.Helper()
	if err != nil && want == nil {
		t.Error(err)
	}
	for _, text := range want {
		if err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%v, want %q", err, text)
		}
	}
}
