// Command apigen writes three files of package api from package gen. api/types.gen.go has the types of options and
// properties, so that the documentation of package api shows their fields. api/resources.gen.go has the resources, with
// their lists, reads and actions. api/requests.gen.go has the requests that are made with another operation in some
// versions. It is run by go generate in the root of the repository.
package main

import (
	"fmt"
	"os"
)

const typesFile = "api/types.gen.go"

func main() {
	for name, source := range map[string]func() ([]byte, error){
		typesFile:              func() ([]byte, error) { return makeTypes("gen", "api") },
		"api/resources.gen.go": func() ([]byte, error) { return makeResources(resources) },
		"api/requests.gen.go":  func() ([]byte, error) { return makeRequests(requests) },
	} {
		text, err := source()
		if err == nil {
			err = os.WriteFile(name, text, 0o644)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "apigen:", err)
			os.Exit(1)
		}
	}
}
