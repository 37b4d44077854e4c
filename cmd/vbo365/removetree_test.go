package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestRemoveTree removes a directory that is deep and wide, and has names with the prefix of the temporary names. The
// targets of links stay.
func TestRemoveTree(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	outside := filepath.Join(parent, "outside")
	directory := filepath.Join(parent, "directory")
	for _, name := range []string{outside, directory} {
		if err := os.Mkdir(name, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(directory)
	if err != nil {
		t.Fatal(err)
	}
	levels := 2000
	if runtime.GOOS == "windows" { // where there are no file descriptors to run out of, and names are limited to 260
		levels = 200
	}
	deep := strings.Repeat("d/", levels) + "d"
	for i := range 1100 { // more than are listed at once
		for _, folder := range []string{"wide", fmt.Sprintf("top%d", i%10), deep[:2*(i/100)+1]} {
			err := root.MkdirAll(folder, 0o700)
			if err == nil {
				err = root.WriteFile(fmt.Sprintf("%s/%d", folder, i), []byte("content"), 0o600)
			}
			if err == nil {
				err = root.Mkdir(fmt.Sprintf("%s/folder%d", folder, i), 0o700)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := root.MkdirAll(deep, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := root.WriteFile(deep+"/file", []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := root.Symlink(outside, "d/d/link"); err != nil && runtime.GOOS != "windows" { // where few may make links
		t.Fatal(err)
	}
	if err := root.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(outside, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := removeTree(directory); err != nil {
		t.Error(err)
	}
	entries, err := os.ReadDir(parent)
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	if _, err := os.Stat(filepath.Join(outside, "file")); err != nil {
		t.Error(err)
	}
	if err := removeTree(directory); !os.IsNotExist(err) {
		t.Errorf("what is not there: %v", err)
	}
}
