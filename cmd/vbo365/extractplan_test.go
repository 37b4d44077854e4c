package main

import (
	"archive/zip"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// TestPlanOfOtherSystems has names, and their replacements on each system in the same order. "" means no replacement.
func TestPlanOfOtherSystems(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ä", 255)
	for name, test := range map[string]struct {
		names  []string
		stored map[fileSystem][]string
	}{
		"devices": {
			[]string{"CON", "a/nul.txt", "COM¹", "lpt1 .x", "console.txt", "COM10", "aux/x", "conin$"},
			map[fileSystem][]string{
				"windows": {"_CON", "a/_nul.txt", "_COM¹", "_lpt1 .x", "", "", "_aux/x", "_conin$"},
			},
		},
		"characters": {
			[]string{"a:b", `c\d`, "e\nf", `<>"|?*`, "C:/g", "h\x7f\u202e"},
			map[fileSystem][]string{"windows": {"a_b", "c_d", "e_f", "______", "C_/g", ""}},
		},
		"ends": {
			[]string{"a. /b", "c.", "...", " d", "e.f "},
			map[fileSystem][]string{"windows": {"a._/b", "c_", ".._", "", "e.f_"}},
		},
		"a name that is taken by a later one": {
			[]string{"a:b", "a*b", "a_b", "a_b (2)"},
			map[fileSystem][]string{"windows": {"a_b (3)", "a_b (4)", "", ""}},
		},
		"letter case": {
			[]string{"a/Report.txt", "a/report.TXT", "E/x", "e/y", "b/report.txt", "ΣΑΣ", "σας", "K", "\u212a"},
			map[fileSystem][]string{
				"windows": {"", "a/report (2).TXT", "", "e (3)/y", "", "", "σας (4)", "", "\u212a (5)"},
				"darwin":  {"", "a/report (2).TXT", "", "e (3)/y", "", "", "σας (4)", "", "\u212a (5)"},
			},
		},
		"normalization": {
			[]string{"\u00e4", "a\u0308", "A\u0308"},
			map[fileSystem][]string{
				"windows": {"", "", "A\u0308 (2)"},
				"darwin":  {"", "a\u0308 (2)", "A\u0308 (3)"},
			},
		},
		"not UTF-8": {
			[]string{"\xff.txt", "\xfe.txt"},
			map[fileSystem][]string{"windows": {"_.txt", "_ (2).txt"}, "darwin": {"_.txt", "_ (2).txt"}},
		},
		"length": {
			[]string{long, "a" + long + ".txt", "b" + long + ".txt"},
			map[fileSystem][]string{
				"windows": {"", "a" + long[:2*249] + "~.txt", "b" + long[:2*249] + "~.txt"},
				"darwin":  {long[:2*127] + "~", "a" + long[:2*124] + "~.txt", "b" + long[:2*124] + "~.txt"},
				"linux":   {long[:2*127] + "~", "a" + long[:2*124] + "~.txt", "b" + long[:2*124] + "~.txt"},
			},
		},
	} {
		for _, system := range []fileSystem{"windows", "darwin", "linux"} {
			var entries []*zip.File
			for _, name := range test.names {
				entries = append(entries, &zip.File{FileHeader: zip.FileHeader{Name: name}})
			}
			for _, skip := range []bool{false, true} {
				nodes, err := extraction{system: system, skip: skip}.plan(t.Context(), entries)
				if err != nil {
					t.Fatal(err)
				}
				got, want := make([]string, len(nodes)), test.stored[system]
				if want == nil {
					want = make([]string, len(nodes))
				}
				for i, at := range nodes {
					switch {
					case at.moved && skip != at.skipped:
						t.Errorf("%s: %s, %q: moved %v, skipped %v", name, system, test.names[i], at.moved, at.skipped)
					case at.moved && skip:
						got[i] = want[i]
					case at.moved:
						got[i] = at.path()
					case at.path() != test.names[i]:
						t.Errorf("%s: %s, %q becomes %q", name, system, test.names[i], at.path())
					}
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s: %s, skip %v: %s", name, system, skip, diff)
				}
			}
		}
	}
}

// FuzzSafe looks for names that cannot be stored after all.
func FuzzSafe(f *testing.F) {
	for _, name := range []string{
		"a.txt", "CON", "con .tar.gz", "a:b", "a. . ", "...", "\x00", "\xff\xfe.", "COM¹", strings.Repeat("ä", 400),
		strings.Repeat(" ", 300),
		"CON" + strings.Repeat(" ", 300) + ".txt", "CON." + strings.Repeat("x", 300), strings.Repeat("a", 254) + ".b",
		strings.Repeat("\xff", 300),
		strings.Repeat("😀", 200) + "." + strings.Repeat("😀", 7), "a" + strings.Repeat(".", 300),
		strings.Repeat(".", 255) + " ",
	} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if checkName(name) != nil || strings.Contains(name, "/") {
			return
		}
		for _, system := range []fileSystem{"windows", "darwin", "linux"} {
			for _, suffix := range []string{"", " (2)", " (1048576)"} {
				safe := system.safe(name, suffix)
				switch {
				case checkName(safe) != nil || strings.ContainsAny(safe, "/\x00"):
					t.Errorf("%s: %q becomes %q, which is not a name", system, name, safe)
				case system.safe(safe, "") != safe:
					t.Errorf("%s: %q becomes %q, which becomes %q", system, name, safe, system.safe(safe, ""))
				case !strings.Contains(safe, suffix):
					t.Errorf("%s: %q becomes %q without %q", system, name, safe, suffix)
				case system.length(safe) > 255:
					t.Errorf("%s: %q becomes %q, which is too long", system, name, safe)
				case system != "linux" && !utf8.ValidString(safe):
					t.Errorf("%s: %q becomes %q, which is not UTF-8", system, name, safe)
				case system == "windows" &&
					(isDevice(safe) || strings.TrimRight(safe, ". ") != safe ||
						strings.ContainsAny(safe, "\n<>:\"\\|?*")):
					t.Errorf("%s: %q becomes %q, which Windows does not store", system, name, safe)
				}
			}
		}
	})
}
