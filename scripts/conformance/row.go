package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// row is a line of the matrix: a generator and a language.
type row struct {
	Name     string `json:"-"` // of its folder
	folder   string
	Language string `json:"language"`
	Tool     string `json:"tool"`
	Document string `json:"document"` // in spec/, that the client is made of

	// Fast rows need only Go, Node.js and Python, and what lock files name.
	Fast bool `json:"fast"`

	// Patched is what has to be changed in the client, by row.sh patch, before it compiles. Most need nothing.
	Patched string `json:"patched"`

	// Limits are what users should know.
	Limits []string `json:"limits"`

	// Fails are the checks that are expected to fail, and why: the limit that the tool's issue is about.
	Fails map[check]string `json:"fails"`
}

// rowSet is a matrix, sorted by name.
type rowSet []row

// readRows reads the rows in a folder.
func readRows(folder string) (rowSet, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*", "row.json"))
	if err != nil {
		return nil, err
	}
	var rows rowSet
	for _, file := range files {
		r, err := readRow(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		rows = append(rows, r)
	}
	return rows, nil
}

func readRow(file string) (row, error) {
	f, err := os.Open(file)
	if err != nil {
		return row{}, err
	}
	defer func() { _ = f.Close() }()
	folder := filepath.Dir(file)
	r := row{Name: filepath.Base(folder), folder: folder}
	decoder := json.NewDecoder(f)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&r); err != nil {
		return row{}, err
	}
	for c := range r.Fails {
		if !slices.Contains(checks, c) {
			return row{}, fmt.Errorf("there is no check %q", c)
		}
	}
	return r, nil
}

// fast gives the rows that are fast.
func (s rowSet) fast() rowSet {
	return slices.DeleteFunc(slices.Clone(s), func(r row) bool { return !r.Fast })
}

// named finds a row by name.
func (s rowSet) named(name string) (row, error) {
	for _, r := range s {
		if r.Name == name {
			return r, nil
		}
	}
	return row{}, fmt.Errorf("there is no row %q", name)
}
