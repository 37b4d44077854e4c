// Package query reads the queries of a search and compares items with them (spec/FACTS.md#14). It knows no HTTP.
package query

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// Item is a folder or a document.
type Item interface {
	Name() string
	Path() string  // with slashes, in the OneDrive
	Owner() string // display name of the user
	Stat() (fs.FileInfo, error)
}

// Query is a condition on items. The zero value matches all. It is safe for concurrent use.
type Query struct{ match condition }

// condition tells whether it holds for an item.
type condition func(Item) (bool, error)

// Match tells whether an item matches.
func (q Query) Match(item Item) (bool, error) {
	if q.match == nil {
		return true, nil
	}
	return q.match(item)
}

// maxDepth bounds how deep parentheses can be nested: the parser is recursive.
const maxDepth = 100

// Parse reads a query. How AND, OR, NOT and parentheses bind, and what a value without the name of a property means, is
// our choice. Errors do not repeat what was sent, except for names of properties.
func Parse(text string) (Query, error) {
	tokens, err := scan(text)
	if err != nil || len(tokens) == 0 {
		return Query{}, err
	}
	p := parser{tokens: tokens}
	match, err := p.either()
	if err == nil && len(p.tokens) > 0 {
		err = fmt.Errorf("there is a %s too many", p.tokens[0])
	}
	return Query{match}, err
}

// parser takes tokens off the beginning.
type parser struct {
	tokens []token
	depth  int
}

// next tells whether the next token is this one.
func (p *parser) next(k kind) bool { return len(p.tokens) > 0 && p.tokens[0].kind == k }

// take takes the next token if it is this one.
func (p *parser) take(k kind) bool {
	is := p.next(k)
	if is {
		p.tokens = p.tokens[1:]
	}
	return is
}

// either reads conditions with OR between them.
func (p *parser) either() (condition, error) {
	match, err := p.all()
	for err == nil && p.take(or) {
		var right condition
		left := match
		right, err = p.all()
		match = func(item Item) (bool, error) {
			if ok, err := left(item); ok || err != nil {
				return ok, err
			}
			return right(item)
		}
	}
	return match, err
}

// all reads conditions with AND or nothing between them.
func (p *parser) all() (condition, error) {
	match, err := p.one()
	for err == nil && (p.take(and) || p.next(not) || p.next(open) || p.next(term)) {
		var right condition
		left := match
		right, err = p.one()
		match = func(item Item) (bool, error) {
			if ok, err := left(item); !ok || err != nil {
				return false, err
			}
			return right(item)
		}
	}
	return match, err
}

// one reads a condition, or several in parentheses, after any number of NOT.
func (p *parser) one() (condition, error) {
	negative := false
	for p.take(not) {
		negative = !negative
	}
	match, err := p.positive()
	if err != nil || !negative {
		return match, err
	}
	return func(item Item) (bool, error) {
		ok, err := match(item)
		return !ok && err == nil, err
	}, nil
}

func (p *parser) positive() (condition, error) {
	switch {
	case len(p.tokens) == 0:
		return nil, errors.New("a condition is missing at the end")
	case p.next(term):
		found := p.tokens[0]
		p.tokens = p.tokens[1:]
		return found.condition()
	case !p.take(open):
		return nil, fmt.Errorf("a condition is missing before a %s", p.tokens[0])
	}
	if p.depth++; p.depth > maxDepth {
		return nil, fmt.Errorf("there are more than %d parentheses in one another", maxDepth)
	}
	match, err := p.either()
	if err == nil && !p.take(shut) {
		err = errors.New("a parenthesis is not closed")
	}
	p.depth--
	return match, err
}

// token is a word of a query.
type token struct {
	kind     kind
	property string // of a term; empty if it has none
	value    string
}

type kind int

const (
	term kind = iota
	and
	or
	not
	open
	shut
)

func (t token) String() string {
	return []string{"condition", "AND", "OR", "NOT", "parenthesis", "closing parenthesis"}[t.kind]
}

const spaces = " \t\r\n"

// scan cuts a query into tokens.
func scan(text string) (tokens []token, err error) {
	words := map[string]kind{"AND": and, "OR": or, "NOT": not}
	for text = strings.TrimLeft(text, spaces); text != ""; text = strings.TrimLeft(text, spaces) {
		if k := strings.IndexByte("()", text[0]); k >= 0 {
			tokens = append(tokens, token{kind: open + kind(k)})
			text = text[1:]
			continue
		}
		t := token{}
		if n := strings.IndexAny(text, spaces+`():"`); n > 0 && text[n] == ':' {
			t.property, text = text[:n], strings.TrimLeft(text[n+1:], spaces)
			if text == "" {
				return nil, fmt.Errorf("%s: the value is missing", t.property)
			}
		}
		var quoted bool
		if t.value, text, quoted, err = scanValue(text); err != nil {
			return nil, err
		}
		if k, ok := words[t.value]; ok && t.property == "" && !quoted {
			t = token{kind: k}
		}
		tokens = append(tokens, t)
	}
	return tokens, nil
}

// scanValue takes a value off the beginning of a text: up to a space or a parenthesis, except in quotes.
func scanValue(text string) (value, rest string, quoted bool, err error) {
	var found strings.Builder
	for {
		n := strings.IndexAny(text, spaces+`()"`)
		if n < 0 {
			n = len(text)
		}
		found.WriteString(text[:n])
		if text = text[n:]; text == "" || text[0] != '"' {
			return found.String(), text, quoted, nil
		}
		inside, after, closed := strings.Cut(text[1:], `"`)
		if !closed {
			return "", "", false, errors.New("a quotation mark is not closed")
		}
		found.WriteString(inside)
		text, quoted = after, true
	}
}
