package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// row is a line of the matrix: a generator, a language, and an API version.
type row struct {
	Name       string `json:"-"` // of its folder
	folder     string
	APIVersion string `json:"-"` // one of Documents
	Language   string `json:"language"`
	Tool       string `json:"tool"`

	// Documents are the documents in spec/ that clients are made of, by the API version that the client uses.
	Documents map[string]string `json:"documents"`

	// Fast is the API version whose row is fast. It needs only Go, Node.js and Python, and what lock files name.
	Fast string `json:"fast"`

	// Patched is what has to be changed in the client, by row.sh patch, before it compiles. Most need nothing.
	Patched string `json:"patched"`

	// Limits are what users should know.
	Limits []string `json:"limits"`

	// Fails are the checks that are expected to fail, and why, by API version.
	Fails map[string]map[check]string `json:"fails"`
}

// String returns the name by which -row finds exactly this row.
func (r row) String() string { return r.Name + "-" + r.APIVersion }

// document returns the document that the client is made of.
func (r row) document() string { return r.Documents[r.APIVersion] }

// rowSet is a matrix, sorted by name and version.
type rowSet []row

// readRows reads the rows in a folder.
func readRows(folder string) (rowSet, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*", "row.json"))
	if err != nil {
		return nil, err
	}
	var rows rowSet
	for _, file := range files {
		some, err := readFolder(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		rows = append(rows, some...)
	}
	return rows, nil
}

// readFolder reads the rows of one generator.
func readFolder(file string) (rowSet, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	folder := filepath.Dir(file)
	r := row{Name: filepath.Base(folder), folder: folder}
	decoder := json.NewDecoder(f)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&r); err != nil {
		return nil, err
	}
	for version, fails := range r.Fails {
		if r.Documents[version] == "" {
			return nil, fmt.Errorf("there is no document of %s, which is expected to fail", version)
		}
		for c := range fails {
			if !slices.Contains(checks, c) {
				return nil, fmt.Errorf("there is no check %q", c)
			}
		}
	}
	var rows rowSet
	for _, r.APIVersion = range slices.Sorted(maps.Keys(r.Documents)) {
		rows = append(rows, r)
	}
	return rows, nil
}

// fast gives the rows that are fast.
func (s rowSet) fast() rowSet {
	return slices.DeleteFunc(slices.Clone(s), func(r row) bool { return r.Fast != r.APIVersion })
}

// named finds the rows of a generator, or one of them by its full name.
func (s rowSet) named(name string) (rowSet, error) {
	rows := slices.DeleteFunc(slices.Clone(s), func(r row) bool { return r.Name != name && r.String() != name })
	if len(rows) == 0 {
		return nil, fmt.Errorf("there is no row %q", name)
	}
	return rows, nil
}
