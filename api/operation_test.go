package api

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/vbo365/vbo365-go/gen"
)

// TestOperationsAreFound finds each operation of the document by a request of it, and no other one.
func TestOperationsAreFound(t *testing.T) {
	t.Parallel()
	for _, want := range gen.Operations {
		// An id that looks like a word of another path, and one that is escaped.
		for _, id := range []string{"x", "a%2Fb"} {
			path := namesInBraces.ReplaceAllString(want.Path, id)
			request, err := http.NewRequestWithContext(t.Context(), want.Method, "http://127.0.0.1/v8"+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got, traits := operationOf(request, path); got.ID != want.ID || traits != want.Traits {
				t.Errorf("%s %s: got %s, %+v", want.Method, path, got.ID, traits)
			}
		}
		for branch, traits := range want.Branches {
			body := `{"` + branch + `":null}`
			request, err := http.NewRequestWithContext(t.Context(), want.Method, "http://127.0.0.1/",
				strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			if got, found := operationOf(request, namesInBraces.ReplaceAllString(want.Path, "x")); got.ID != want.ID ||
				found != traits {
				t.Errorf("%s: got %s, %+v", body, got.ID, found)
			}
			if sent, err := io.ReadAll(request.Body); err != nil || string(sent) != body {
				t.Errorf("the body is %q after that, %v", sent, err)
			}
		}
	}
	// It is unknown which of several branches a server takes.
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://127.0.0.1/",
		strings.NewReader(`{"save":null,"restoreToOriginalLocation":{}}`))
	if err != nil {
		t.Fatal(err)
	}
	const path = "/RestoreSessions/s/Organization/OneDrives/d/Folders/f/Action"
	if got, traits := operationOf(request, path); got.Branches == nil || traits != (gen.Traits{}) {
		t.Errorf("several branches: got %s, %+v", got.ID, traits)
	}
	request, err = http.NewRequestWithContext(t.Context(), http.MethodPost, "http://127.0.0.1/", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"", "/", "/Unknown", "/RestoreSessions//Stop/x"} {
		if got, traits := operationOf(request, path); got.ID != "" || traits != (gen.Traits{}) {
			t.Errorf("%q: got %s, %+v", path, got.ID, traits)
		}
	}
}

// TestWhatTheDocumentSaysOfTheActions holds the traits against what must never be wrong: a change that is sent twice is
// damage.
func TestWhatTheDocumentSaysOfTheActions(t *testing.T) {
	t.Parallel()
	checked := 0
	check := func(name string, traits gen.Traits) {
		name = strings.ToLower(name)
		saves := strings.HasPrefix(name, "save")
		for _, action := range []string{"restoretooriginal", "restoreonedrive", "operatorrestore", "copy", "send", "save"} {
			if strings.HasPrefix(name, action) && !strings.HasSuffix(name, "testemail") {
				checked++
				if traits != (gen.Traits{Repeatable: saves, Slow: true, Stream: saves}) {
					t.Errorf("%s: got %+v", name, traits)
				}
			}
		}
	}
	for _, operation := range gen.Operations {
		check(operation.ID, operation.Traits)
		for branch, traits := range operation.Branches {
			check(branch, traits)
		}
	}
	if checked != 50 {
		t.Errorf("%d actions", checked)
	}
}
