// Command apigen writes two files of package api from package gen. api/types.gen.go has the types of options and
// properties, so that the documentation of package api shows their fields. api/resources.gen.go has the resources, with
// their lists, reads and actions. It is run by go generate in the root of the repository.
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
