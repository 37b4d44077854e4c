package main

import (
	"slices"
	"strings"
	"testing"
)

// TestRowOfARequest: a row of the table is a request in the form of each version, which builds.
func TestRowOfARequest(t *testing.T) {
	t.Parallel()
	got, err := makeRequests(append(slices.Clone(requests), request{
		Name: "halt", Operations: []string{"endRestoreSession", "stopRestoreSession"}, Branch: "stop",
		Call: &call{On: "RestoreSession", Name: "Halt", Op: "halt session", Comment: "stops\nthe session."},
	}))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"if (gen.Versions{From: 6, To: 0}).Has(int(w.version)) {\n\t\treturn w.EndRestoreSession(ctx, restoreSessionId)",
		`json.Marshal(map[string]any{"stop": nil})`,
		"// Halt stops\n// the session.\nfunc (s RestoreSession) Halt(",
	} {
		if !strings.Contains(string(got), want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	builds(t, "requests.gen.go", got)
}

func TestRequestThatTheDocumentDoesNotHave(t *testing.T) {
	t.Parallel()
	if _, err := makeRequests([]request{{Name: "none", Operations: []string{"none"}}}); err == nil {
		t.Error("it is no error")
	}
}
