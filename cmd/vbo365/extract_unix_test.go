//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestExtractNamesThatCannotBeStored has names with a zero byte, and some that are too long.
func TestExtractNamesThatCannotBeStored(t *testing.T) {
	t.Parallel()
	long, short := strings.Repeat("ä", 150), strings.Repeat("ä", 125) // of 300 and 250 bytes
	names := []string{
		"a.txt", "zero\x00\u202e/", "zero\x00\u202e/b.txt", long + "1.txt", "zero_\u202e/c.txt", long +
			"2.txt", "\x00.txt",
	}
	type renamed struct {
		Name   string `json:"name"`
		Stored string `json:"stored"`
	}
	for flag, want := range map[string]struct {
		files    int
		renamed  []renamed
		skipped  []string
		contents map[string]string // their names in the archive
		said     string
	}{
		"rename": {
			files: 6,
			renamed: []renamed{
				{names[1], "zero_\u202e (2)"},
				{names[2], "zero_\u202e (2)/b.txt"},
				{names[3], short + "~.txt"},
				{names[5], short[:246] + "~ (3).txt"},
				{names[6], "_.txt"},
			},
			contents: map[string]string{
				"a.txt": names[0], "zero_\u202e (2)/": "", "zero_\u202e (2)/b.txt": names[2],
				short + "~.txt": names[3], "zero_\u202e/": "",
				"zero_\u202e/c.txt": names[4], short[:246] + "~ (3).txt": names[5], "_.txt": names[6],
			},
			said: fmt.Sprintf(`vbo365: "zero\x00\u202e/" is stored as "zero_\u202e (2)"
vbo365: "zero\x00\u202e/b.txt" is stored as "zero_\u202e (2)/b.txt"
vbo365: %q is stored as %q
vbo365: %q is stored as %q
vbo365: "\x00.txt" is stored as "_.txt"
`, names[3], short+"~.txt", names[5], short[:246]+"~ (3).txt"),
		},
		"skip": {
			files:    2,
			skipped:  []string{names[1], names[2], names[3], names[5], names[6]},
			contents: map[string]string{"a.txt": names[0], "zero_\u202e/": "", "zero_\u202e/c.txt": names[4]},
			said: fmt.Sprintf(`vbo365: "zero\x00\u202e/" is skipped: this system cannot store it under its name
vbo365: "zero\x00\u202e/b.txt" is skipped: this system cannot store it under its name
vbo365: %q is skipped: this system cannot store it under its name
vbo365: %q is skipped: this system cannot store it under its name
vbo365: "\x00.txt" is skipped: this system cannot store it under its name
`, names[3], names[5]),
		},
	} {
		s := saveExtract(t.Context(), t, t.TempDir(), packed(t, names...), "--json", "--unsafe-names", flag)
		s.check(t, 0, "")
		if diff := cmp.Diff(want.said, s.err); diff != "" {
			t.Errorf("%s: standard error: %s", flag, diff)
		}
		var line struct {
			Files   int       `json:"files"`
			OK      bool      `json:"ok"`
			Renamed []renamed `json:"renamed"`
			Skipped []string  `json:"skipped"`
		}
		if err := json.Unmarshal([]byte(s.out), &line); err != nil || !line.OK || line.Files != want.files {
			t.Errorf("%s: %v: %s", flag, err, s.out)
		}
		if diff := cmp.Diff(want.renamed, line.Renamed, cmpopts.EquateEmpty()) +
			cmp.Diff(want.skipped, line.Skipped, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s", flag, diff)
		}
		for stored, name := range want.contents {
			if name != "" {
				want.contents[stored] = "content of " + name
			}
		}
		if diff := cmp.Diff(want.contents, s.files(t)); diff != "" {
			t.Errorf("%s: %s", flag, diff)
		}
	}
}

// TestExtractedFilesAreForTheUserOnly has files that others could read in the archive.
func TestExtractedFilesAreForTheUserOnly(t *testing.T) {
	t.Parallel()
	s := saveExtract(t.Context(), t, t.TempDir(), packed(t, "a/b/c.txt", "d/"))
	s.check(t, 0, "")
	for name, want := range map[string]os.FileMode{
		"": os.ModeDir | 0o700, "a": os.ModeDir | 0o700, "a/b": os.ModeDir | 0o700, "a/b/c.txt": 0o600,
		"d": os.ModeDir | 0o700,
	} {
		if info, err := os.Stat(filepath.Join(s.directory(), name)); err != nil || info.Mode() != want {
			t.Errorf("%q: %v, %v", name, info, err)
		}
	}
}

// TestExtractOfADeepTreeIsCleanedUp limits a process to fewer open files than the tree has levels, and extracts an
// archive whose last file is damaged.
func TestExtractOfADeepTreeIsCleanedUp(t *testing.T) {
	t.Parallel()
	command, err := exec.LookPath("vbo365")
	if err != nil {
		t.Fatal(err)
	}
	archive := bytes.Replace(packed(t, strings.Repeat("d/", 200)+"personal.txt", "damaged.txt"),
		[]byte("content of damaged"), []byte("CONTENT of damaged"), 1)
	s := savedExtract{parent: t.TempDir()}
	args := append([]string{"-c", `ulimit -n 64 && exec "$0" "$@"`, command, "save", "--extract", s.directory()},
		flagsFor(t, archive)...)
	shell := exec.CommandContext(t.Context(), "sh", args...)
	output, err := shell.CombinedOutput()
	s.err, s.status = string(output), shell.ProcessState.ExitCode()
	if err == nil {
		t.Error("it succeeded")
	}
	s.check(t, exitFailure, `extract "damaged.txt": zip: checksum error`)
}
