package api

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
)

// maxSimilar is the maximum number of similar names in an error.
const maxSimilar = 3

// search returns the item with a name. Letter case does not count, as in OneDrive, unless several names differ only in
// it. With unique, it returns the first item with the name in the same letter case.
func search[T any](
	what, name string, unique bool, items iter.Seq2[T, error], names func(T) []string,
) (none T, err error) {
	var exact, folded []T
	var hints []string // quoted
	for item, err := range items {
		if err != nil {
			return none, err
		}
		names := names(item)
		switch {
		case name == "": // no item has an empty name
		case slices.Contains(names, name):
			if unique {
				return item, nil
			}
			exact = append(exact, item)
		case slices.ContainsFunc(names, func(other string) bool { return strings.EqualFold(other, name) }):
			folded = append(folded, item)
		default:
			for _, other := range names {
				if len(hints) < maxSimilar && similar(other, name) && !slices.Contains(hints, strconv.Quote(other)) {
					hints = append(hints, strconv.Quote(other))
				}
			}
		}
	}
	if len(exact) == 0 {
		exact = folded
	}
	switch {
	case len(exact) > 1:
		return none, fmt.Errorf("%w: %d items match %s %q", ErrAmbiguous, len(exact), what, name)
	case len(exact) == 1:
		return exact[0], nil
	case len(hints) > 0:
		similar := strings.Join(hints, ", ")
		return none, fmt.Errorf("%w: there is no %s %q; similar: %s", ErrNotFound, what, name, similar)
	}
	return none, fmt.Errorf("%w: there is no %s %q", ErrNotFound, what, name)
}

// similar reports whether name contains meant, or starts with the same three characters.
func similar(name, meant string) bool {
	name, meant = strings.ToLower(name), strings.ToLower(meant)
	begin := meant[:min(len(meant), 3)]
	return len(begin) == 3 && (strings.Contains(name, meant) || strings.HasPrefix(name, begin))
}
