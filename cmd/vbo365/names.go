package main

import (
	"regexp"
	"slices"
	"strings"
)

// names are the names and addresses that a published output must not have, with what to write for each.
type names struct{ known []known }

type known struct{ text, stand string }

// add adds texts that are names of a kind: HOST, for example. Later texts that contain earlier ones count first.
func (n *names) add(stand string, texts ...string) {
	for _, text := range texts {
		if text != "" {
			n.known = append(n.known, known{text, stand})
		}
	}
	slices.SortStableFunc(n.known, func(a, b known) int { return len(b.text) - len(a.text) })
}

// What identifies somebody or something, wherever it is from.
var (
	address     = regexp.MustCompile(`https?://[^\s"]+`)
	guid        = regexp.MustCompile(`(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	endpoint    = regexp.MustCompile(`(\b\d{1,3}(\.\d{1,3}){3}|\[[0-9a-fA-F:.%a-z]+\]):\d+`)
	mailAddress = regexp.MustCompile(`[^\s@"<>]+@[^\s@"<>]+`)
	fingerprint = regexp.MustCompile(`(?i)[0-9a-f]{64}`)
)

// replace replaces the names, in any letter case.
func (n *names) replace(text string) string {
	for _, known := range n.known {
		expression := regexp.QuoteMeta(known.text)
		if word := regexp.MustCompile(`^\w`); word.MatchString(known.text) {
			expression = `\b` + expression
		}
		if word := regexp.MustCompile(`\w$`); word.MatchString(known.text) {
			expression += `\b`
		}
		text = regexp.MustCompile("(?i)"+expression).ReplaceAllLiteralString(text, known.stand)
	}
	for _, general := range []struct {
		expression *regexp.Regexp
		stand      string
	}{{address, "URL"}, {guid, "ID"}, {endpoint, "ADDRESS"}, {mailAddress, "MAIL"}} {
		text = general.expression.ReplaceAllLiteralString(text, general.stand)
	}
	return strings.ToValidUTF8(text, "")
}
