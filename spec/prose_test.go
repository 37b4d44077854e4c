package spec_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/vbo365/vbo365-go/gen"
	"github.com/vbo365/vbo365-go/spec"
)

// Texts of a slice are its titles, descriptions and summaries. They must name no other API version, and no property,
// parameter, operation, path, schema or value that the slice does not have.
func TestSliceTexts(t *testing.T) {
	t.Parallel()
	for _, number := range gen.APIVersions {
		version := fmt.Sprint("v", number)
		content, err := spec.Slice(version)
		if err != nil {
			t.Fatal(err)
		}
		for _, problem := range examineTexts(t, version, content) {
			t.Errorf("%s: %s", version, problem)
		}
	}
}

// What TestSliceTexts looks for is found in a document that has nothing else.
func TestTextExaminerFindsProblems(t *testing.T) {
	t.Parallel()
	got := examineTexts(t, "v6", []byte(`
info: {title: 'Folders, API v6', description: 'From v2 to v10 or [v6: later].'}
paths:
  /Folders/{folderId}/copyTo:
    post:
      operationId: copyFolder
      summary: Copy a folder with a device code
      description: 'Needs `+"`userName`, not `userCode`: see `…/{folderId}/copyTo`, `/restore`, `copyFolder`"+`.'
components:
  schemas:
    Options:
      description: How userName or userCode is used. Of `+"`keep` and `Keep`"+`, one counts.
      properties:
        userName: {type: string, description: A name., example: keep all}
        description: {type: string, description: A text., example: the userCode}
    Kind:
      description: 'A `+"`kind`"+` of folder.'
      enum: [Keep]
`))
	want := []string{
		`"From v2 to v10 or [v6: later]." names v2`,
		`"From v2 to v10 or [v6: later]." names v10`,
		`"From v2 to v10 or [v6: later]." has a mark`,
		`"Copy a folder with a device code" tells of "device code", but there is no userCode`,
		"\"Needs `userName`, not `userCode`: see `…/{folderId}/copyTo`, `/restore`, `copyFolder`.\" names userCode",
		"\"Needs `userName`, not `userCode`: see `…/{folderId}/copyTo`, `/restore`, `copyFolder`.\" names restore",
		"\"How userName or userCode is used. Of `keep` and `Keep`, one counts.\" names keep",
		"\"How userName or userCode is used. Of `keep` and `Keep`, one counts.\" names userCode",
		"\"A `kind` of folder.\" names kind",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// subjects are what a version has only if it has one of these names.
var subjects = map[string][]string{
	"device code": {"userCode"},
	"certificate": {"applicationCertificate"},
	"antiforgery": {"disable_antiforgery_token"},
	"repository":  {"repositoryId"},
	"Teams":       {"vet", "Vet"},
}

var (
	anyVersion = regexp.MustCompile(`\bv\d+\b`)
	code       = regexp.MustCompile("`[^`]*`")
	word       = regexp.MustCompile(`[A-Za-z_][\w-]*`)
	camelCase  = regexp.MustCompile(`\b[a-z]+[A-Z]\w*`)
)

// literals are code that is no name of the API.
var literals = strings.NewReplacer(
	"`null`", "", "`Authorization: Bearer …`", "", "`POST ", "`", "`PUT ", "`", `DOMAIN\user`, "", "`userId.tenantId`", "",
	`{"save":null}`, "", "`yyyy.MM.dd hh:mm:ss`", "", "`yyyy-MM-dd HH:mm:ss.SSS`", "", "`invalid_request`", "",
	"`filename=`", "", "`report (restored).docx`", "", "`first` and `prev`", "",
	"`export`", "") // which the document says that OneDrives do not have

// examineTexts returns what the texts of a slice name, but the slice does not have.
func examineTexts(t *testing.T, version string, content []byte) []string {
	t.Helper()
	var document yaml.Node
	if err := yaml.Unmarshal(content, &document); err != nil {
		t.Fatal(err)
	}
	var texts []string
	known := map[string]bool{}
	know := func(text string) {
		for _, word := range word.FindAllString(text, -1) {
			known[word] = true
		}
	}
	var visit func(n *yaml.Node, name string)
	visit = func(n *yaml.Node, name string) {
		switch {
		case n.Kind == yaml.MappingNode:
			for i := 0; i < len(n.Content); i += 2 {
				know(n.Content[i].Value)
				visit(n.Content[i+1], n.Content[i].Value)
			}
		case n.Kind != yaml.ScalarNode:
			for _, child := range n.Content {
				visit(child, name)
			}
		case name == "title" || name == "description" || name == "summary":
			texts = append(texts, n.Value)
		case !strings.Contains(n.Value, " "): // Others are prose in examples.
			know(n.Value)
		}
	}
	visit(&document, "")
	var problems []string
	for _, text := range texts {
		problem := func(format string, args ...any) {
			problems = append(problems, fmt.Sprintf("%q ", text)+fmt.Sprintf(format, args...))
		}
		for _, other := range anyVersion.FindAllString(text, -1) {
			if other != version {
				problem("names %s", other)
			}
		}
		if strings.Contains(text, "["+version) || strings.Contains(text, "[all versions") {
			problem("has a mark")
		}
		without := literals.Replace(strings.Join(strings.Fields(text), " "))
		named := word.FindAllString(strings.Join(code.FindAllString(without, -1), " "), -1)
		named = append(named, camelCase.FindAllString(code.ReplaceAllString(without, ""), -1)...)
		for _, word := range named {
			if !known[word] {
				problem("names %s", word)
			}
		}
		for subject, names := range sorted(subjects) {
			if strings.Contains(text, subject) && !slices.ContainsFunc(names, func(name string) bool { return known[name] }) {
				problem("tells of %q, but there is no %s", subject, strings.Join(names, " or "))
			}
		}
	}
	return problems
}
