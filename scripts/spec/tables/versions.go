package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// slice is what one version of the API has of the document.
type slice struct {
	version int
	doc     *openapi3.T
}

// version is one that the document covers.
type version struct {
	number int
	// release is the product that brought it, or empty if the document does not name it.
	release string
}

// versionsOf returns the versions of the API that the document covers, oldest first.
func versionsOf(doc *openapi3.T) ([]version, error) {
	var versions []version
	for _, server := range doc.Servers {
		variable := server.Variables["apiVersion"]
		if variable == nil {
			continue
		}
		releases, _ := variable.Extensions["x-releases"].(map[string]any)
		for _, name := range variable.Enum {
			number, err := strconv.Atoi(strings.TrimPrefix(name, "v"))
			if err != nil {
				return nil, fmt.Errorf("%q is no API version", name)
			}
			release, _ := releases[name].(string)
			versions = append(versions, version{number, release})
		}
	}
	slices.SortFunc(versions, func(a, b version) int { return a.number - b.number })
	if len(versions) == 0 {
		return nil, errors.New("no server has a variable apiVersion with an enum")
	}
	return versions, nil
}

// numbers makes the list of the versions.
func numbers(versions []version) string {
	var list []string
	for _, version := range versions {
		list = append(list, strconv.Itoa(version.number))
	}
	return "// APIVersions are the versions of the API that the document covers, in ascending order.\n" +
		"var APIVersions = []int{" + strings.Join(list, ", ") + "}\n"
}

// constants makes the versions of package api.
func constants(versions []version) string {
	var out strings.Builder
	var names []string
	out.WriteString("// The versions of the API, with the releases of the product that brought them.\nconst (\n")
	for _, version := range versions {
		fmt.Fprintf(&out, "V%d Version = %[1]d", version.number)
		if version.release != "" {
			out.WriteString(" // " + version.release)
		}
		out.WriteString("\n")
		names = append(names, fmt.Sprintf("V%d", version.number))
	}
	return out.String() + ")\n\nvar versions = []Version{" + strings.Join(names, ", ") + "}\n"
}

// span writes those of all slices that have something as the Go value of a gen.Versions. It is empty if all have it.
func span(all []slice, have []int) (string, error) {
	first := slices.IndexFunc(all, func(s slice) bool { return s.version == have[0] })
	last := first + len(have) - 1
	if last >= len(all) || all[last].version != have[len(have)-1] {
		return "", fmt.Errorf("the versions that have it are not in a row: %v", have)
	}
	switch from, to := have[0], have[len(have)-1]; {
	case len(have) == len(all):
		return "", nil
	case last == len(all)-1:
		return fmt.Sprintf("{From: %d}", from), nil
	case first == 0 && len(have) > 1:
		return fmt.Sprintf("{To: %d}", to), nil
	default:
		return fmt.Sprintf("{From: %d, To: %d}", from, to), nil
	}
}
