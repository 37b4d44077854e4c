package fleet

import (
	"crypto/sha256"
	"fmt"
)

// duplicates finds rows about the same place.
type duplicates map[[16]byte]earlier

type earlier struct {
	line int
	work [8]byte
}

// add refuses an item at a place that an earlier one has: the same work twice, or two restores or copies, of which
// nobody could say which comes last. A save beside a restore is fine.
func (d duplicates) add(item Item, at func(int, string) *InputError) *InputError {
	kind := "write"
	if item.Action == Save || item.Action == Send {
		kind = item.work() // each save and message is its own
	}
	place := sha256.Sum256([]byte(item.place() + "\x00" + kind))
	work := sha256.Sum256([]byte(item.work()))
	key, value := [16]byte(place[:16]), earlier{item.Line, [8]byte(work[:8])}
	first, found := d[key]
	if !found {
		d[key] = value
		return nil
	}
	text := fmt.Sprintf("%s is in line %d with another action, time, target or options", item.name(), first.line)
	if first.work == value.work {
		text = fmt.Sprintf("%s is in line %d already", item.name(), first.line)
	}
	return at(0, text)
}

// name is the place of an item as people write it.
func (i Item) name() string {
	if i.Path == "" {
		return i.Owner + " on " + i.Server
	}
	return i.Owner + ", " + i.Path + " on " + i.Server
}
