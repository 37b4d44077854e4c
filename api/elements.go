package api

import "bytes"

// What is three bytes of JSON, {} for example, may be hundreds in memory: 64 MiB of it became 15 GiB. So a response is
// counted before it is decoded. The worst one that is accepted grows to 350 MiB of heap while it is decoded, garbage
// among it, besides its text (BenchmarkMemoryOfAnswers). No honest one is refused: the items of a restore that failed
// have more than 134 bytes for each element, and more than 27 for each property, of the 64 MiB that a response may
// have.
const (
	// maxElements is the most elements that all arrays of an answer may have together.
	maxElements = 500_000
	// maxMembers is the same for the members of objects.
	maxMembers = 2_500_000
	// maxListed is for a list that the server answers at once.
	maxListed = 100_000
	// elementsPerItem is for the items of a page and the arrays in them.
	elementsPerItem = 20
)

// checkElements refuses a JSON text whose arrays have more elements than most, all together, or whose objects have too
// many members. A text that is no JSON may pass.
func checkElements(text []byte, most int) error {
	// Each comma ends an element or a member, and each array has at most one more than it has commas. So most responses
	// need no more than this: what has few commas has few members, too, that are decoded.
	if bytes.Count(text, []byte{','})+bytes.Count(text, []byte{'['}) <= most {
		return nil
	}
	switch elements, members := countValues(text); {
	case elements > most:
		return unexpected("the answer has more than %d elements", most)
	case members > maxMembers:
		return unexpected("the answer has more than %d properties", maxMembers)
	}
	return nil
}

// countValues counts the elements of all arrays and the members of all objects in a JSON text. A comma or an opening
// bracket comes before each of them, and a colon is in each member.
func countValues(text []byte) (elements, members int) {
	values := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		case '{', '[':
			empty := text[i] + 2 // the bracket that closes it
			if rest := bytes.TrimLeft(text[i+1:], " \t\r\n"); len(rest) > 0 && rest[0] != empty {
				values++
			}
		case ',':
			values++
		case ':':
			members++
		}
	}
	return values - members, members
}
