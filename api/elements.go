package api

import "bytes"

// Three bytes of JSON may take hundreds of bytes in memory: a response of 64 MiB took 15 GiB. So the elements and
// properties of a response are counted before it is decoded. The largest accepted response takes 350 MiB of heap during
// decoding, garbage included, besides its text (BenchmarkMemoryOfAnswers). The limits refuse no real response: the
// failed items of a restore have more than 134 bytes for each element and more than 27 bytes for each property, of at
// most 64 MiB.
const (
	// maxElements is the maximum number of elements in all arrays of a response together.
	maxElements = 500_000
	// maxMembers is the maximum number of properties in all objects of a response together.
	maxMembers = 2_500_000
	// maxListed is the maximum number of elements of a list without pages.
	maxListed = 100_000
	// elementsPerItem is the maximum number of elements for each item of a page, the item included.
	elementsPerItem = 20
)

// checkElements refuses a JSON text whose arrays together have more than most elements, or whose objects together have
// more than maxMembers properties. It does not validate the text.
func checkElements(text []byte, most int) error {
	// An array has at most one element more than it has commas. So this sum is an upper bound of the number of
	// elements, which is enough for most responses. With few commas, there are also few properties to decode.
	if bytes.Count(text, []byte{','})+bytes.Count(text, []byte{'['}) <= most {
		return nil
	}
	switch elements, members := countValues(text); {
	case elements > most:
		return unexpected("the response has more than %d elements", most)
	case members > maxMembers:
		return unexpected("the response has more than %d properties", maxMembers)
	}
	return nil
}

// countValues counts the elements of all arrays and the properties of all objects in a JSON text. Each of them follows
// a comma or an opening bracket, and each property has a colon.
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
