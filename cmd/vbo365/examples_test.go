package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// TestExamples parses the examples of each command. A pipe has several commands.
func TestExamples(t *testing.T) {
	t.Parallel()
	var cli commands
	parser, err := newParser(&cli, terminal{})
	if err != nil {
		t.Fatal(err)
	}
	shown := make(map[string]bool)
	for _, command := range parser.Model.Leaves(true) {
		path := command.Path()
		shown[path] = true
		text := strings.NewReplacer("\\\n", " ", "|\n", "| ").Replace(examples[path])
		if !slices.ContainsFunc(strings.Split(text, "\n"), func(line string) bool {
			return strings.HasPrefix(line, "vbo365 "+path) || strings.Contains(line, "(vbo365 "+path) ||
				command.Tag.Default != "" && line == "vbo365 "+strings.TrimSuffix(path, " "+command.Name)
		}) {
			t.Errorf("%s has no example: %q", path, text)
		}
		for line := range strings.Lines(examples[path]) {
			if len(line) > 92 {
				t.Errorf("the help wraps %s", line)
			}
		}
		for line := range strings.Lines(text) {
			for _, part := range strings.Split(line, " |") {
				part = strings.TrimSpace(part)
				if part = strings.TrimSuffix(strings.TrimPrefix(part, "source <("), ")"); part == "" {
					continue
				}
				checkExample(t, parser, part)
			}
		}
	}
	for path := range examples {
		if !shown[path] {
			t.Errorf("there is no command %s", path)
		}
	}
}

func checkExample(t *testing.T, parser *kong.Kong, line string) {
	t.Helper()
	line, _, _ = strings.Cut(line, " >")
	line = strings.ReplaceAll(line, "~/Documents", ".") // a directory that exists
	words, err := splitWords(line)
	if err != nil {
		t.Errorf("%s: %v", line, err)
	}
	if len(words) > 0 && words[0] == "vbo365" {
		traced, err := kong.Trace(parser, words[1:])
		if err == nil {
			err = traced.Error
		}
		if err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
}
