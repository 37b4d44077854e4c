// Command apigen writes what package api says the same way of many types and resources of the document:
// api/types.gen.go has the types that its users fill in or read, so that their fields stand in its documentation, and
// api/resources.gen.go has what can be listed, read and acted on. It is run by go generate in the root of the
// repository.
package main

import (
	"fmt"
	"os"
)

const typesFile = "api/types.gen.go"

func main() {
	source, err := makeTypes("gen", "api")
	if err == nil {
		err = os.WriteFile(typesFile, source, 0o644)
	}
	if err == nil {
		source, err = makeResources(resources)
	}
	if err == nil {
		err = os.WriteFile("api/resources.gen.go", source, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "apigen:", err)
		os.Exit(1)
	}
}
