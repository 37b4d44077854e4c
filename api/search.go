package api

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// A search looks for the one thing of a name among many. Letter case does not count, as in OneDrive, unless only it tells
// two apart. It uses memory for the matches and a few similar names only.
type search struct {
	what, name string

	exact, folded []string // ids
	near          []similar
}

type similar struct {
	name     string
	distance int
}

// maxNear is how many similar names an error mentions.
const maxNear = 3

func newSearch(what, name string) *search { return &search{what: what, name: name} }

// see looks at a name, and reports whether it may be the one.
func (s *search) see(name, id string) bool {
	switch {
	case name == "":
		return false
	case name == s.name:
		s.exact = appendNew(s.exact, id)
		return true
	case strings.EqualFold(name, s.name):
		s.folded = appendNew(s.folded, id)
		return true
	}
	s.consider(name)
	return false
}

func appendNew(ids []string, id string) []string {
	if slices.Contains(ids, id) {
		return ids
	}
	return append(ids, id)
}

// result returns the id of the one, or an error.
func (s *search) result() (string, error) {
	ids := s.exact
	if len(ids) == 0 {
		ids = s.folded
	}
	switch len(ids) {
	case 1:
		return ids[0], nil
	case 0:
		hint := ""
		if len(s.near) > 0 {
			names := make([]string, len(s.near))
			for i, near := range s.near {
				names[i] = fmt.Sprintf("%q", near.name)
			}
			hint = ", but " + strings.Join(names, ", ")
		}
		return "", fmt.Errorf("%w: there is no %s %q%s", ErrNotFound, s.what, s.name, hint)
	}
	return "", fmt.Errorf("%w: there are %d of %s %q", ErrAmbiguous, len(ids), s.what, s.name)
}

// consider keeps a name if it is similar, and among the most similar ones.
func (s *search) consider(name string) {
	length := utf8.RuneCountInString(s.name)
	limit := min(max(1, length/4), 3)
	distance := editDistance(strings.ToLower(s.name), strings.ToLower(name), limit)
	if distance > limit {
		if length < 3 || !strings.Contains(strings.ToLower(name), strings.ToLower(s.name)) {
			return
		}
		distance = limit + 1 // one that begins with what was typed, say
	}
	at, _ := slices.BinarySearchFunc(s.near, distance, func(n similar, d int) int { return n.distance - d })
	if at >= maxNear || slices.ContainsFunc(s.near, func(n similar) bool { return n.name == name }) {
		return
	}
	s.near = slices.Insert(s.near, at, similar{name, distance})
	s.near = s.near[:min(len(s.near), maxNear)]
}

// editDistance returns the number of characters to insert, delete or replace to make b of a, or more than limit if it is
// more than that.
func editDistance(a, b string, limit int) int {
	from, to := []rune(a), []rune(b)
	if d := len(from) - len(to); d > limit || -d > limit {
		return limit + 1
	}
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j, q := range to {
			cost := diagonal
			if r != q {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(to)]
}
