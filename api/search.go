package api

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A search looks for the one item of a name among many. Letter case does not count, as in OneDrive, unless only it tells
// two apart. It keeps the matches and a few similar names only.
type search[T any] struct {
	what, name    string
	exact, folded map[string]T // by id
	similar       []string     // quoted
}

// maxSimilar is how many similar names an error mentions.
const maxSimilar = 3

func newSearch[T any](what, name string) *search[T] {
	return &search[T]{what: what, name: name, exact: make(map[string]T), folded: make(map[string]T)}
}

// see looks at an item and its names.
func (s *search[T]) see(item T, id string, names ...string) {
	for _, name := range names {
		switch {
		case name == "":
		case name == s.name:
			s.exact[id] = item
		case strings.EqualFold(name, s.name):
			s.folded[id] = item
		case len(s.similar) < maxSimilar && similar(name, s.name) && !slices.Contains(s.similar, strconv.Quote(name)):
			s.similar = append(s.similar, strconv.Quote(name))
		}
	}
}

// similar reports whether one name may have been meant by another: it contains it, or begins like it.
func similar(name, meant string) bool {
	name, meant = strings.ToLower(name), strings.ToLower(meant)
	begin := meant[:min(len(meant), 3)]
	return len(begin) == 3 && (strings.Contains(name, meant) || strings.HasPrefix(name, begin))
}

// result returns the one, or an error.
func (s *search[T]) result() (item T, err error) {
	found := s.exact
	if len(found) == 0 {
		found = s.folded
	}
	if len(found) > 1 {
		return item, fmt.Errorf("%w: there are %d of %s %q", ErrAmbiguous, len(found), s.what, s.name)
	}
	for _, item := range found {
		return item, nil
	}
	hint := ""
	if len(s.similar) > 0 {
		hint = ", but " + strings.Join(s.similar, ", ")
	}
	return item, fmt.Errorf("%w: there is no %s %q%s", ErrNotFound, s.what, s.name, hint)
}
