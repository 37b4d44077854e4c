package spec_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/vbo365/vbo365-go/api"
)

// oneDrives is how the paths of everything in a OneDrive begin.
const oneDrives = "/RestoreSessions/{restoreSessionId}/Organization/OneDrives"

// TestOperations compares OPERATIONS.md with the slices. From v6 on, the vendor has 43 operations for OneDrives.
func TestOperations(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("OPERATIONS.md")
	if err != nil {
		t.Fatal(err)
	}
	table := make(map[string][]string) // the columns, by method and path
	var head []string
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "| ") {
			continue
		}
		columns := strings.Split(strings.Trim(line, "| \n"), " | ")
		if head == nil {
			head = columns
			continue
		}
		table[columns[1]+" "+strings.Trim(columns[2], "`")] = columns
	}
	for _, version := range api.Versions() {
		column := slices.Index(head, version.String())
		if column < 0 {
			t.Fatalf("%v has no column", version)
		}
		doc, err := openapi3.NewLoader().LoadFromFile(fmt.Sprintf("dist/wire/openapi.%v.yaml", version))
		if err != nil {
			t.Fatal(err)
		}
		count := 0
		has := make(map[string]bool)
		for path, item := range doc.Paths.Map() {
			for method := range item.Operations() {
				has[method+" "+path] = true
				if strings.HasPrefix(path, oneDrives) {
					count++
				}
			}
		}
		for _, operation := range slices.Sorted(maps.Keys(table)) {
			if marked := table[operation][column] == "✓"; marked != has[operation] {
				t.Errorf("%v, %s: the table has %v, the slice %v", version, operation, marked, has[operation])
			}
			delete(has, operation)
		}
		for operation := range has {
			t.Errorf("%v, %s is not in the table", version, operation)
		}
		if version >= api.V6 && count != 43 {
			t.Errorf("%v has %d operations for OneDrives, not 43", version, count)
		}
	}
}
