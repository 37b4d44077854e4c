package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestToJSON(t *testing.T) {
	t.Parallel()
	doc, err := parse([]byte(`
z: {nothing: null, empty: [], '200': first}
a:
  - 1
  - -2.5
  - true
  - yes
  - '3'
  - 2026-11-23
  - a <b> & "c"
  - |-
    two
    lines
`))
	if err != nil {
		t.Fatal(err)
	}
	got, err := toJSON(doc)
	if err != nil {
		t.Fatal(err)
	}
	want := `{
  "z": {
    "nothing": null,
    "empty": [],
    "200": "first"
  },
  "a": [
    1,
    -2.5,
    true,
    "yes",
    "3",
    "2026-11-23",
    "a <b> & \"c\"",
    "two\nlines"
  ],
  "x-derived": "` + derived + `"
}
`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"[]":                              "parse: the document is not an object",
		"":                                "parse: the document is not an object",
		"a: [":                            "parse: yaml: line 1: did not find expected node content",
		"a: &x {b: *x}":                   "parse: yaml: anchor 'x' value contains itself",
		"a: &x {b: 1}\nc: {<<: *x, d: 2}": "parse: line 2: YAML 1.2 has no merge keys",
	} {
		if _, err := parse([]byte(source)); err == nil || err.Error() != want {
			t.Errorf("parse(%q): %v, want %s", source, err, want)
		}
	}
}

func TestParseDropsComments(t *testing.T) {
	t.Parallel()
	const source = "# Top.\n\na: 1 # Line.\n# == B ==\nb: [2] # End.\n# Foot.\n"
	got := change(t, source, func(*document) error { return nil })
	if diff := cmp.Diff("a: 1\nb: [2]\n", got); diff != "" {
		t.Error(diff)
	}
}

// An alias becomes a copy: what is done to one of them, or to what the anchor is at, is not done to the others.
func TestParseExpandsAliases(t *testing.T) {
	t.Parallel()
	got := change(t, "a: &x {b: &y {c: 1}}\nd: *x\ne: [*x, *y]\n", func(doc *document) error {
		setMember(member(member(doc.root, "d"), "b"), "c", text("changed"))
		return nil
	})
	if diff := cmp.Diff("a: {b: {c: 1}}\nd: {b: {c: changed}}\ne: [{b: {c: 1}}, {c: 1}]\n", got); diff != "" {
		t.Error(diff)
	}
}

func TestToYAMLKeepsStyle(t *testing.T) {
	t.Parallel()
	source := `openapi: 3.0.3
info: {title: Größe, version: '1'}
tags:
  - name: A
    description: |-
      Two
      lines.
`
	if diff := cmp.Diff(source, change(t, source, func(*document) error { return nil })); diff != "" {
		t.Error(diff)
	}
}
