package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

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

// TestSchemaIsStrict removes, adds and changes keys of a valid line.
func TestSchemaIsStrict(t *testing.T) {
	t.Parallel()
	valid := newJob().base
	valid.Items, valid.Issues, valid.Warnings = []string{}, []issue{}, []string{}
	valid.Renamed, valid.Skipped, valid.Attempts = []renaming{}, []string{}, 1
	text, err := json.Marshal(valid)
	if err != nil {
		t.Fatal(err)
	}
	if err := checkLines(text); err != nil {
		t.Fatal(err)
	}
	for old, changed := range map[string]string{
		`"owner":"",`:         ``,
		`"ok":false`:          `"ok":false,"new":1`,
		`"schemaVersion":1`:   `"schemaVersion":2`,
		`"kind":"result"`:     `"kind":"else"`,
		`"restorePoint":null`: `"restorePoint":{"id":"x"}`,
		`"size":0`:            `"size":-1`,
		`"error":null`:        `"error":"text"`,
		`"at":null`:           `"at":"2026-11-24T18:00:00"`,
	} {
		other := bytes.Replace(text, []byte(old), []byte(changed), 1)
		if bytes.Equal(other, text) || checkLines(other) == nil {
			t.Errorf("valid: %s", other)
		}
	}
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
	if !strings.Contains(strings.Join(os.Args, " "), "-o -") { // the archive
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
