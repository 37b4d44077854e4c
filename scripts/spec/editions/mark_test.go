package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCovers(t *testing.T) {
	t.Parallel()
	versions := []string{"v2", "v3", "v4", "v5", "v6", "v10"}
	for mark, want := range map[string]string{
		"v4":             "v4",
		"v10":            "v10",
		"v5 and later":   "v5 v6 v10",
		"v4 and earlier": "v2 v3 v4",
		"v3 to v5":       "v3 v4 v5",
		"v6 to v11":      "v6 v10",
		"v5 to v3":       "",
	} {
		var got []string
		for _, version := range versions {
			covered, err := covers(text(mark), version)
			if err != nil {
				t.Fatal(err)
			}
			if covered {
				got = append(got, version)
			}
		}
		if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s: %s", mark, diff)
		}
	}
}

func TestMarksRefused(t *testing.T) {
	t.Parallel()
	const source = `openapi: 3.0.3
servers:
  - url: https://{host}/{apiVersion}
    variables: {apiVersion: {default: v2, enum: [v2, v3, v4]}}
components:
  schemas:
    A: `
	for _, test := range []struct{ schema, want string }{
		{"{x-api-versions: v3}", ""},
		{"{x-api-versions: v3 and later}", ""},
		{"{x-api-versions: [v3, v4]}", `line 7: "" is no mark`},
		{"{x-api-versions: from v3 on}", `line 7: "from v3 on" is no mark such as "v6 and later"`},
		{"{x-api-versions: v3 and later and more}", `line 7: "v3 and later and more" is no mark`},
		{"{x-api-versions: none}", `line 7: "none" is no mark`},
		{"{x-api-versions: v5 and later}", `line 7: "v5 and later" names no API version`},
		{"{x-api-versions: v4 to v3}", `line 7: "v4 to v3" names no API version`},
		{"{x-api-versions: v2 and later}", `line 7: "v2 and later" names all API versions`},
		{"{properties: {a: {x-api-versions: v4 and earlier}}}", `line 7: "v4 and earlier" names all API versions`},
		{"{enum: [a, b], x-enum-api-versions: {a: v1, b: v3}}", `line 7: "v1" names no API version`},
		{"{x-api-changes: [{versions: v2 to v4, to: {}}]}", `line 7: "v2 to v4" names all API versions`},
		{"{x-api-changes: [{versions: v3, to: {x-api-versions: v8}}]}", `line 7: "v8" names no API version`},
		{"{description: '[v3: A.] [all versions: B.] An [array] of 2.'}", ""},
		{"{description: '[v5 and later: A.]'}", `line 7: "v5 and later" names no API version`},
		{"{description: '[v4 and earlier: A.]'}", `line 7: "v4 and earlier" names all API versions`},
		{"{description: '[v3 or v4: A.]'}", `line 7: a part of the text is not of the form "[v4 and later: …]"`},
		{"{description: '[v3: A. [v4: B.]]'}", `line 7: a part of the text is not of the form`},
		{"{properties: {description: {description: '[v3 A.]'}}}", `line 7: a part of the text is not of the form`},
		{"{x-api-changes: [{versions: v3, to: {description: '[all versions; A.]'}}]}", `line 7: a part of the text is not`},
	} {
		_, err := derive([]byte(source+test.schema+"\n"), samples)
		if (err != nil) != (test.want != "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.schema, err, test.want)
		}
	}
}
