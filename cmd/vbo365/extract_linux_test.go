package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestExtractNamesThatOnlyOtherSystemsForbid has names that Linux stores as they are.
func TestExtractNamesThatOnlyOtherSystemsForbid(t *testing.T) {
	t.Parallel()
	want := make(map[string]string)
	names := []string{
		"CON", "nul.txt", "a:b", "C:\\a\\..\\b", "e\nf", "g\x1b\u202e", "h.", "i ", "<>\"|?*",
		"Report.txt", "report.TXT", "\xff", "\xfe",
		"\u00e4", "a\u0308",
	}
	for _, name := range names {
		want[name] = "content of " + name
	}
	s := saveExtract(t.Context(), t, t.TempDir(), packed(t, names...))
	s.check(t, 0, "")
	if diff := cmp.Diff(want, s.files(t)); diff != "" || s.err != "" {
		t.Errorf("%s%s", diff, s.err)
	}
}
