package main

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestEmptyConfiguration reads the configuration that "config init" writes: it explains each key, and no other.
func TestEmptyConfiguration(t *testing.T) {
	t.Parallel()
	var empty configuration
	if err := empty.parse(emptyConfiguration); err != nil || len(empty.Profiles) != 0 {
		t.Errorf("got %+v, %v", empty, err)
	}
	text := strings.ReplaceAll(string(emptyConfiguration), "\n# ", "\n")
	_, text, _ = strings.Cut(text, "\n#\ndefault:")
	text, _, _ = strings.Cut("default:"+text, "\n#\n")
	var explained configuration
	decoder := yaml.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.KnownFields(true)
	if err := decoder.Decode(&explained); err != nil {
		t.Fatalf("%v:\n%s", err, text)
	}
	value := reflect.ValueOf(explained.Profiles[explained.Default])
	for i := range value.NumField() {
		if value.Field(i).IsZero() {
			t.Errorf("%s is not explained", value.Type().Field(i).Tag.Get("yaml"))
		}
	}
}

// TestSplitWords splits command lines as a shell does, but for backslashes.
func TestSplitWords(t *testing.T) {
	t.Parallel()
	for line, want := range map[string][]string{
		"":                           nil,
		"  pass  show backup\t":      {"pass", "show", "backup"},
		`"C:\Program Files\x.exe" y`: {`C:\Program Files\x.exe`, "y"},
		`sh -c 'a "b" | c' ''`:       {"sh", "-c", `a "b" | c`, ""},
		`a"b c"d`:                    {"ab cd"},
	} {
		if got, err := splitWords(line); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %q, %v", line, got, err)
		}
	}
	for _, line := range []string{`"`, `a 'b`} {
		if got, err := splitWords(line); err == nil {
			t.Errorf("%s: got %q", line, got)
		}
	}
}
