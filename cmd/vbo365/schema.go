package main

import _ "embed"

//go:embed result.schema.json
var schema []byte

type schemaCommand struct{}

// Run prints the schema.
func (schemaCommand) Run(t terminal) error {
	_, err := t.out.Write(schema)
	return outputError(err)
}
