package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vbo365/vbo365-go/spec"
)

func TestReadRows(t *testing.T) {
	t.Parallel()
	rows, err := readRows("rows")
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir("rows")
	if err != nil {
		t.Fatal(err)
	}
	var folders []string
	for _, entry := range entries {
		folders = append(folders, entry.Name())
	}
	for _, r := range rows {
		if !slices.Contains(spec.Versions(), r.APIVersion) || r.Fast != "" && r.Documents[r.Fast] == "" {
			t.Errorf("%s: a version is not there", r)
		}
		if r.Language == "" || r.Tool == "" || len(r.Limits) == 0 {
			t.Errorf("%s: language, tool or limits are missing", r.Name)
		}
		if _, err := os.Stat(filepath.Join("../..", documentFolder, r.document())); err != nil {
			t.Errorf("%s: document: %v", r.Name, err)
		}
		script, err := os.ReadFile(filepath.Join("rows", r.Name, "row.sh"))
		if err != nil {
			t.Errorf("%s: %v", r.Name, err)
		}
		if needsJava := strings.Contains(string(script), "$CONFORMANCE/"); (r.Fast != "") == needsJava {
			t.Errorf("%s: fast is %q, and row.sh calls the scripts that need Java: %t", r.Name, r.Fast, needsJava)
		}
		for _, step := range []string{"install", "version", "generate", "compile"} {
			if !strings.Contains(string(script), "\n"+step+"() {\n") {
				t.Errorf("%s: row.sh has no %s", r.Name, step)
			}
		}
	}
	if diff := cmp.Diff(folders, slices.Compact(names(rows))); diff != "" {
		t.Errorf("rows (-folders +read):\n%s", diff)
	}
}

func TestReadRowRefuses(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{
		"a check that does not exist": `{"documents": {"v5": "x"}, "fails": {"v5": {"dances": "no"}}}`,
		"a failure of no version":     `{"documents": {"v5": "x"}, "fails": {"v8": {"save": "no"}}}`,
		"a field that does not exist": `{"laguage": "Go"}`,
		"what is not JSON":            `language: Go`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "row.json")
			if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
			if r, err := readFolder(file); err == nil {
				t.Errorf("read %+v, want an error", r)
			}
		})
	}
}

func TestFast(t *testing.T) {
	t.Parallel()
	rows := rowSet{
		{Name: "a", APIVersion: "v5", Fast: "v8"},
		{Name: "b", APIVersion: "v8", Fast: "v8"},
		{Name: "c", APIVersion: "v8"},
		{Name: "d", APIVersion: "v5", Fast: "v5"},
	}
	if diff := cmp.Diff([]string{"b", "d"}, names(rows.fast())); diff != "" {
		t.Errorf("fast rows (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"a", "b", "c", "d"}, names(rows)); diff != "" {
		t.Errorf("all rows afterwards (-want +got):\n%s", diff)
	}
}

func names(rows rowSet) []string {
	var names []string
	for _, r := range rows {
		names = append(names, r.Name)
	}
	return names
}

func TestNamed(t *testing.T) {
	t.Parallel()
	rows := rowSet{{Name: "a", APIVersion: "v5"}, {Name: "b", APIVersion: "v5"}, {Name: "b", APIVersion: "v8"}}
	for name, want := range map[string]string{"b": "[b-v5 b-v8]", "b-v8": "[b-v8]", "c": "[]", "b-v6": "[]"} {
		got, err := rows.named(name)
		if fmt.Sprint(got) != want || (err == nil) != (len(got) > 0) {
			t.Errorf("named(%s) = %v, %v, want %s", name, got, err, want)
		}
	}
}
