package main

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// kind says what a part of the document is. A kind that begins with [] is a list of the kind that follows.
type kind string

// grammar says of which kind the members of each kind are; * stands for names of the author's choice. Members that are
// not here, such as examples and extensions, are data.
var grammar = map[kind]map[string]kind{
	"document": {"paths": "paths", "components": "components"},
	"components": {
		"schemas": "schemas", "responses": "responses", "parameters": "parameters", "examples": "examples",
		"requestBodies": "requestBodies", "headers": "headers", "callbacks": "callbacks", "pathItems": "paths",
	},
	"paths": {"*": "pathItem"},
	"pathItem": {
		"parameters": "[]parameter",
		"get":        "operation", "put": "operation", "post": "operation", "delete": "operation",
		"options": "operation", "head": "operation", "patch": "operation", "trace": "operation",
	},
	"operation": {
		"parameters": "[]parameter", "requestBody": "requestBody", "responses": "responses", "callbacks": "callbacks",
	},
	"callbacks":     {"*": "paths"},
	"requestBodies": {"*": "requestBody"},
	"requestBody":   {"content": "content"},
	"responses":     {"*": "response"},
	"response":      {"headers": "headers", "content": "content"},
	"content":       {"*": "mediaType"},
	"mediaType":     {"schema": "schema", "examples": "examples", "encoding": "encodings"},
	"encodings":     {"*": "encoding"},
	"encoding":      {"headers": "headers"},
	"headers":       {"*": "parameter"},
	"parameters":    {"*": "parameter"},
	"parameter":     {"schema": "schema", "examples": "examples", "content": "content"},
	"examples":      {"*": "example"},
	"schemas":       {"*": "schema"},
	"schema": {
		"properties": "schemas", "items": "schema", "additionalProperties": "schema", "not": "schema",
		"allOf": "[]schema", "oneOf": "[]schema", "anyOf": "[]schema",
	},
}

// walk calls keep for n, which is of kind k, and for everything below it, parents first. What keep returns false for is
// removed, and nothing below it is looked at. It returns what keep returns for n.
func walk(n *yaml.Node, k kind, keep func(n *yaml.Node, k kind) bool) bool {
	if !keep(n, k) {
		return false
	}
	if elements, ok := strings.CutPrefix(string(k), "[]"); ok {
		removeElements(n, func(element *yaml.Node) bool { return !walk(element, kind(elements), keep) })
		return true
	}
	removeMembers(n, func(name string, value *yaml.Node) bool {
		child, ok := grammar[k][name]
		// Where the author chooses the names, those that begin with x- are extensions all the same, except in schemas.
		if !ok && (k == "schemas" || !strings.HasPrefix(name, "x-")) {
			child, ok = grammar[k]["*"]
		}
		return ok && !walk(value, child, keep)
	})
	return true
}
