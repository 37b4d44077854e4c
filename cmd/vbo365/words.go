package main

import (
	"errors"
	"strings"
)

// splitWords splits a command line at spaces, as a shell does. Quotation marks, double or single, keep what is between
// them together. A backslash is an ordinary character, as in the paths of Windows.
func splitWords(line string) (words []string, err error) {
	var word strings.Builder
	var quote rune
	begun := false
	for _, r := range line {
		switch {
		case r == quote:
			quote = 0
		case quote == 0 && (r == '"' || r == '\''):
			quote, begun = r, true
		case quote == 0 && strings.ContainsRune(" \t\r\n", r):
			if begun {
				words = append(words, word.String())
			}
			word.Reset()
			begun = false
		default:
			begun = true
			_, _ = word.WriteRune(r)
		}
	}
	if quote != 0 {
		return nil, errors.New("a quotation mark is not closed")
	}
	if begun {
		words = append(words, word.String())
	}
	return words, nil
}
