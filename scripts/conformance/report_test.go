package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEntry(t *testing.T) {
	t.Parallel()
	o := outcome{}
	for _, c := range checks {
		o[c] = nil
	}
	o[streams] = errors.New("took 600 MiB more memory")
	got := result{
		row: row{
			Name: "go-x", APIVersion: "v5", Language: "Go", Tool: "x", Documents: map[string]string{"v5": "openapi.yaml"},
			Patched: "Zero.", Limits: []string{"One."}, Fails: map[string]map[check]string{"v5": {streams: "Two."}},
		},
		version: "1.2.3",
		outcome: o,
	}.entry()
	want := entry{
		Row: "go-x", Language: "Go", Tool: "x", Version: "1.2.3", APIVersion: "v5", Document: "openapi.yaml",
		Generated: true, Compiled: true, Patched: true, Login: true, SaveBody: true, Unauthorized: true, ServerError: true,
		Actions: map[check]bool{
			restoreToOriginalLocation: true, sendTo: true, copyTo: true, save: true, saveOneDrive: true, saveDocument: true,
		},
		Limits: []string{"Zero.", "One.", "Two."},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("entry (-want +got):\n%s", diff)
	}
	o[streams] = nil
	if e := (result{outcome: o}).entry(); !e.OK {
		t.Errorf("all checks passed, and the entry is %+v", e)
	}
}

func TestWriteReport(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	one := func(name string, o outcome) []result {
		return []result{{row: row{Name: name, APIVersion: "v8", Language: name, Limits: []string{"Limit of " + name + "."}}, outcome: o}}
	}
	all := outcome{}
	for _, c := range checks {
		all[c] = nil
	}
	steps := []struct {
		results []result
		keep    bool
		rows    []string
		good    string
	}{
		{one("b", all), true, []string{"b"}, "1 of 1 rows, in 1 languages; 1 of these rows are of v8"},
		{one("a", nil), true, []string{"a", "b"}, "1 of 2 rows, in 1 languages"},
		{one("a", all), true, []string{"a", "b"}, "2 of 2 rows, in 2 languages"},
		{one("c", all), false, []string{"c"}, "1 of 1 rows, in 1 languages; 1 of these rows are of v8"},
	}
	for i, step := range steps {
		if err := writeReport(dir, step.results, step.keep); err != nil {
			t.Fatal(err)
		}
		document, err := os.ReadFile(filepath.Join(dir, "generators.json"))
		if err != nil {
			t.Fatal(err)
		}
		page, err := os.ReadFile(filepath.Join(dir, "GENERATORS.md"))
		if err != nil {
			t.Fatal(err)
		}
		var entries []entry
		if err := json.Unmarshal(document, &entries); err != nil {
			t.Fatal(err)
		}
		var rows []string
		for _, e := range entries {
			rows = append(rows, e.Row)
			if !strings.Contains(string(page), "\n- Limit of "+e.Row+".\n") {
				t.Errorf("step %d: the page lacks the limit of %s", i, e.Row)
			}
		}
		if diff := cmp.Diff(step.rows, rows); diff != "" {
			t.Errorf("step %d: rows (-want +got):\n%s", i, diff)
		}
		if !strings.Contains(string(page), step.good) {
			t.Errorf("step %d: the page does not say %q:\n%s", i, step.good, page)
		}
	}
}

// The files in spec/ are those that the last run of all rows has written.
func TestReportIsOfTheRows(t *testing.T) {
	t.Parallel()
	rows, err := readRows("rows")
	if err != nil {
		t.Fatal(err)
	}
	document, err := os.ReadFile("../../spec/generators.json")
	if err != nil {
		t.Fatal(err)
	}
	var entries []entry
	if err := json.Unmarshal(document, &entries); err != nil {
		t.Fatal(err)
	}
	want, got := map[string][]string{}, map[string][]string{}
	for _, r := range rows {
		want[r.String()] = result{row: r}.entry().Limits
	}
	for _, e := range entries {
		got[e.Row+"-"+e.APIVersion] = e.Limits
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("run the rows that differ (-rows +generators.json):\n%s", diff)
	}
	page, err := os.ReadFile("../../spec/GENERATORS.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(markdown(entries), string(page)); diff != "" {
		t.Errorf("GENERATORS.md is not made of generators.json (-want +got):\n%s", diff)
	}
}
