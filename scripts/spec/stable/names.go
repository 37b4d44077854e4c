package main

import (
	"fmt"
	"maps"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// gone returns the names in a released document that the current one lacks, sorted. A name that changed is gone.
func gone(released, current *openapi3.T) []string {
	left := names(current)
	missing := names(released)
	maps.DeleteFunc(missing, func(name string, _ struct{}) bool {
		_, ok := left[name]
		return ok
	})
	return slices.Sorted(maps.Keys(missing))
}

// names returns what generators make names of: operations and their tags, components, properties, and values of enums.
func names(doc *openapi3.T) map[string]struct{} {
	found := map[string]struct{}{}
	add := func(format string, args ...any) { found[fmt.Sprintf(format, args...)] = struct{}{} }

	for path, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			add("operationId %s of %s %s", operation.OperationID, method, path)
			for _, tag := range operation.Tags {
				add("tag %s of operation %s", tag, operation.OperationID)
			}
		}
	}
	if doc.Components == nil {
		return found
	}
	for name, schema := range doc.Components.Schemas {
		add("schema %s", name)
		for property := range schema.Value.Properties {
			add("property %s of schema %s", property, name)
		}
		for _, value := range schema.Value.Enum {
			add("value %v of enum %s", value, name)
		}
	}
	for name := range doc.Components.Parameters {
		add("parameter %s", name)
	}
	for name := range doc.Components.Responses {
		add("response %s", name)
	}
	for name := range doc.Components.RequestBodies {
		add("request body %s", name)
	}
	for name := range doc.Components.Headers {
		add("header %s", name)
	}
	for name := range doc.Components.SecuritySchemes {
		add("security scheme %s", name)
	}
	return found
}
