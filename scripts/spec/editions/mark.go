package main

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

const (
	markName     = "x-api-versions"
	enumMarkName = "x-enum-api-versions"
	// noVersion is the mark of what a change takes out. It names no version, and no document may have it.
	noVersion = "none"
)

var markForm = regexp.MustCompile(`^v(\d+)(?: and (later|earlier)| to v(\d+))?$`)

// covers reports whether a mark names an API version. It fails if the mark is not "v6 and later", "v5 and earlier",
// "v3 to v5" or "v4".
func covers(mark *yaml.Node, version string) (bool, error) {
	parts := markForm.FindStringSubmatch(mark.Value)
	if parts == nil {
		return false, fmt.Errorf(`line %d: %q is no mark such as "v6 and later", "v5 and earlier", "v3 to v5" or "v4"`,
			mark.Line, mark.Value)
	}
	from, number := versionNumber(parts[1]), versionNumber(version)
	switch {
	case parts[2] == "later":
		return number >= from, nil
	case parts[2] == "earlier":
		return number <= from, nil
	case parts[3] != "":
		return number >= from && number <= versionNumber(parts[3]), nil
	}
	return number == from, nil
}

// versionNumber returns the number of "v6" or "6".
func versionNumber(version string) int {
	number, _ := strconv.Atoi(strings.TrimPrefix(version, "v"))
	return number
}

// checkMarks fails for each mark, also of a part of a text, that is unreadable, that none of the versions has, or that
// all have: that needs no mark.
func checkMarks(doc *document, versions []string) error {
	check := func(mark *yaml.Node) error {
		named := 0
		for _, version := range versions {
			covered, err := covers(mark, version)
			if err != nil {
				return err
			}
			if covered {
				named++
			}
		}
		switch named {
		case 0:
			return fmt.Errorf("line %d: %q names no API version", mark.Line, mark.Value)
		case len(versions):
			return fmt.Errorf("line %d: %q names all API versions", mark.Line, mark.Value)
		}
		return nil
	}
	var failed []error
	var visit func(n *yaml.Node)
	visit = func(n *yaml.Node) {
		for name, value := range members(n) {
			switch name {
			case markName:
				failed = append(failed, check(value))
			case enumMarkName:
				for _, mark := range members(value) {
					failed = append(failed, check(mark))
				}
			case changesName:
				for _, change := range value.Content {
					if mark := member(change, "versions"); mark != nil {
						failed = append(failed, check(mark))
					}
				}
			}
		}
		for _, child := range n.Content {
			visit(child)
		}
	}
	visit(doc.root)
	return errors.Join(append(failed, checkTexts(doc, check))...)
}
