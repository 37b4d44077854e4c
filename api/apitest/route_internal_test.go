package apitest

import (
	"slices"
	"testing"
)

// TestEditions sees that all versions of the spec are served, with a handler for each operation, and that the names of
// operations that faults know are those of all versions.
func TestEditions(t *testing.T) {
	t.Parallel()
	doc, err := loadSpec()
	if err != nil {
		t.Fatal(err)
	}
	if known := doc.Servers[0].Variables["apiVersion"].Enum; !slices.Equal(known, apiVersions) {
		t.Errorf("versions %s, the spec has %s", apiVersions, known)
	}
	names, err := operationNames()
	if err != nil {
		t.Fatal(err)
	}
	srv := NewServer(t, Config{})
	for i, version := range apiVersions {
		ed, err := editions[version]()
		if err != nil {
			t.Fatal(err)
		}
		for _, route := range ed.routes {
			if srv.operations[route.method+" "+route.template] == nil {
				t.Errorf("%s: no handler for %s %s", version, route.method, route.template)
			}
			if !slices.Contains(names, route.operation.OperationID) {
				t.Errorf("%s: no fault can be for %s", version, route.operation.OperationID)
			}
		}
		e := exchange{version: version}
		if number := firstVersion + i; !e.since(number) || e.since(number+1) || (builds[version] != "") != e.since(6) {
			t.Errorf("%s has the wrong age", version)
		}
	}
	if new(exchange).since(firstVersion) {
		t.Error("a request without a version is as old as the first")
	}
}
