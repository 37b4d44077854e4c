package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// compiledSchema is that of the lines of --json.
var compiledSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("result.schema.json", document); err != nil {
		return nil, err
	}
	return compiler.Compile("result.schema.json")
})

// checkLines validates lines of JSON.
func checkLines(text []byte) error {
	compiled, err := compiledSchema()
	if err != nil {
		return err
	}
	for line := range bytes.Lines(text) {
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(line))
		if err == nil {
			err = compiled.Validate(value)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", line, err)
		}
	}
	return nil
}

// exitSchema is the exit status of the command under test if --json writes what is not in its schema.
const exitSchema = 99

// checkedMain is the command of the scripts. With --json, each line on standard output, and each line on standard error
// that looks like one, must be valid.
func checkedMain() {
	t := terminal{in: os.Stdin, out: os.Stdout, err: os.Stderr}
	if !slices.Contains(os.Args, "--json") || slices.Contains(os.Args, "__complete") {
		os.Exit(Main(t))
	}
	var out, messages bytes.Buffer
	if !slices.Contains(os.Args, "-") { // the archive
		t.out = io.MultiWriter(os.Stdout, &out)
	}
	t.err = io.MultiWriter(os.Stderr, &messages)
	status := Main(t)
	for line := range bytes.Lines(messages.Bytes()) {
		if bytes.HasPrefix(line, []byte(`{"schemaVersion"`)) {
			out.Write(line)
		}
	}
	if err := checkLines(out.Bytes()); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "vbo365: SCHEMA:", err)
		status = exitSchema
	}
	os.Exit(status)
}
