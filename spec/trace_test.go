package spec_test

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/vbo365/vbo365-go/spec"
)

var (
	tracePlace = regexp.MustCompile("`([^`]+)`")
	traceWords = regexp.MustCompile(`: “([^”]+)”$`)
	spaces     = regexp.MustCompile(`\s+`)
)

// Each place in TRACE.md exists in the document of v2, and has the words that the row quotes. An oddity has words.
// scripts/promises checks that the tests exist.
func TestTrace(t *testing.T) {
	t.Parallel()
	content, err := spec.Slice("v2")
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := yaml.Unmarshal(content, &doc); err != nil {
		t.Fatal(err)
	}
	trace, err := os.ReadFile("TRACE.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.Lines(string(trace)) {
		cells := strings.Split(line, " | ")
		if len(cells) != 5 || strings.HasPrefix(line, "| part ") {
			continue
		}
		rows++
		words, text := traceWords.FindStringSubmatch(cells[3]), ""
		for _, place := range tracePlace.FindAllStringSubmatch(traceWords.ReplaceAllString(cells[3], ""), -1) {
			found, err := lookUp(doc, place[1])
			if err != nil {
				t.Errorf("%s: %v", place[1], err)
			}
			if object, ok := found.(map[string]any); ok {
				found = object["description"]
			}
			text += fmt.Sprint(found)
		}
		switch {
		case words == nil && strings.Contains(cells[1], "*Oddity"):
			t.Errorf("%s: the document does not say what is odd", cells[1])
		case words != nil && !strings.Contains(spaces.ReplaceAllString(text, " "), words[1]):
			t.Errorf("%s: %q does not stand there", cells[1], words[1])
		}
		if !strings.Contains(cells[4], "[✓][") {
			t.Errorf("%s: no test shows it", cells[1])
		}
	}
	if rows < 30 {
		t.Errorf("%d rows", rows)
	}
}

// lookUp finds a place in a document: a JSON pointer that begins with #, or one in an operation that begins with its
// operationId. It follows references.
func lookUp(doc map[string]any, place string) (any, error) {
	var found any = doc
	for i, name := range strings.Split(place, "/") {
		if i == 0 {
			if name == "#" {
				continue
			}
			if found = operation(doc, name); found == nil {
				return nil, fmt.Errorf("there is no operation %s", name)
			}
			continue
		}
		name = strings.NewReplacer("~1", "/", "~0", "~").Replace(name)
		var next any
		switch value := found.(type) {
		case map[string]any:
			next = value[name]
		case []any:
			if i, err := strconv.Atoi(name); err == nil && i < len(value) {
				next = value[i]
			}
		}
		if next == nil {
			return nil, fmt.Errorf("there is no %s", name)
		}
		found = next
		if object, ok := found.(map[string]any); ok && object["$ref"] != nil {
			target, err := lookUp(doc, fmt.Sprint(object["$ref"]))
			if err != nil {
				return nil, err
			}
			found = target
		}
	}
	return found, nil
}

// operation returns the operation of an operationId, or nil.
func operation(doc map[string]any, id string) any {
	paths, _ := doc["paths"].(map[string]any)
	for _, item := range paths {
		methods, _ := item.(map[string]any)
		for _, value := range methods {
			if operation, ok := value.(map[string]any); ok && operation["operationId"] == id {
				return value
			}
		}
	}
	return nil
}
