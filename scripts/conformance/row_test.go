package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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
		if r.Language == "" || r.Tool == "" || len(r.Limits) == 0 {
			t.Errorf("%s: language, tool or limits are missing", r.Name)
		}
		if _, err := os.Stat(filepath.Join("../..", documentFolder, r.Document)); err != nil {
			t.Errorf("%s: document: %v", r.Name, err)
		}
		script, err := os.ReadFile(filepath.Join("rows", r.Name, "row.sh"))
		if err != nil {
			t.Errorf("%s: %v", r.Name, err)
		}
		if needsJava := strings.Contains(string(script), "$CONFORMANCE/"); r.Fast == needsJava {
			t.Errorf("%s: fast is %t, and row.sh calls the scripts that need Java: %t", r.Name, r.Fast, needsJava)
		}
		for _, step := range []string{"install", "version", "generate", "compile"} {
			if !strings.Contains(string(script), "\n"+step+"() {\n") {
				t.Errorf("%s: row.sh has no %s", r.Name, step)
			}
		}
	}
	if diff := cmp.Diff(folders, names(rows)); diff != "" {
		t.Errorf("rows (-folders +read):\n%s", diff)
	}
}

func TestReadRowRefuses(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{
		"a check that does not exist": `{"fails": {"dances": "no"}}`,
		"a field that does not exist": `{"laguage": "Go"}`,
		"what is not JSON":            `language: Go`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "row.json")
			if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
			if r, err := readRow(file); err == nil {
				t.Errorf("read %+v, want an error", r)
			}
		})
	}
}

func TestFast(t *testing.T) {
	t.Parallel()
	rows := rowSet{{Name: "a"}, {Name: "b", Fast: true}, {Name: "c"}, {Name: "d", Fast: true}}
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
	rows := rowSet{{Name: "a"}, {Name: "b"}}
	if r, err := rows.named("b"); err != nil || r.Name != "b" {
		t.Errorf("named(b) = %q, %v", r.Name, err)
	}
	if r, err := rows.named("c"); err == nil {
		t.Errorf("named(c) = %q, want an error", r.Name)
	}
}
