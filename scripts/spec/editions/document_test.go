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
		"[]":             "parse: the document is not an object",
		"":               "parse: the document is not an object",
		"a: &x 1\nb: *x": "parse: line 2: aliases are not supported, use $ref",
	} {
		if _, err := parse([]byte(source)); err == nil || err.Error() != want {
			t.Errorf("parse(%q): %v, want %s", source, err, want)
		}
	}
	if _, err := parse([]byte("a: [")); err == nil {
		t.Error("parse takes what is not YAML")
	}
}

func TestToYAMLKeepsStyle(t *testing.T) {
	t.Parallel()
	source := `openapi: 3.0.3
# Why.
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
