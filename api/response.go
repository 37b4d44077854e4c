package api

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
)

// maxJSONSize is the maximum size of a JSON body. The largest expected one is a page of 10,000 items with long links.
const maxJSONSize = 64 << 20

// readText reads and closes the body of a response, without white space at its ends.
func readText(response *http.Response) ([]byte, error) {
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body) // receive has bounded it
	return bytes.TrimSpace(body), err
}

// readNothing reads a response that must have no body. A body is an error: it is the log-in page of a proxy, or a
// message that something else happened.
func readNothing(response *http.Response) error {
	body, err := readText(response)
	if err == nil && len(body) > 0 && string(body) != "null" {
		kind := response.Header.Get("Content-Type")
		err = unexpected("a response of type %q instead of an empty one: %s", oneLine(kind), message(kind, body))
	}
	return failedWith(response.StatusCode, err)
}

// readJSON returns a function that decodes the object in a response. It refuses an object without the property due,
// such as an error message, because its zero values would be wrong.
func readJSON[T any](due string, value *T) func(*http.Response) error {
	return func(response *http.Response) error {
		var read T // copies of the old value may be in use, and share its maps
		body, err := readText(response)
		if err == nil {
			err = decodeJSON(response, body, '{', maxElements, &read)
		}
		if err == nil && due != "" {
			err = requireAny(body, due)
		}
		if err != nil {
			return failedWith(response.StatusCode, err)
		}
		completeLinks(response.Request, &read)
		*value = read
		return nil
	}
}

// requireAny refuses an object that has none of the properties.
func requireAny(body []byte, due ...string) error {
	var properties map[string]json.RawMessage
	_ = json.Unmarshal(body, &properties) // no error: it was decoded before
	for name, value := range properties {
		isName := func(other string) bool { return strings.EqualFold(other, name) }
		if text := string(value); slices.ContainsFunc(due, isName) && text != `""` && text != "null" {
			return nil
		}
	}
	return unexpected("the response is not what was requested: %s", message("", body))
}

func failedWith(status int, err error) error {
	if err == nil {
		return nil
	}
	return &Error{StatusCode: status, Err: err}
}

// decodeJSON decodes a value that starts with open, { or [, and has at most most elements in all of its arrays
// together.
func decodeJSON(response *http.Response, body []byte, open byte, most int, value any) error {
	switch {
	case len(body) == 0:
		return unexpected("the response is empty")
	case len(body) > maxJSONSize:
		return unexpected("the response is longer than %d bytes", maxJSONSize)
	case body[0] == '[' && open == '{':
		return unexpected("the response is a bare array")
	case body[0] != open:
		return unexpected("the response is not JSON (content type %q)", oneLine(mediaType(response)))
	}
	if err := checkElements(body, most); err != nil {
		return err
	}
	if err := json.Unmarshal(body, value); err != nil {
		return unexpected("the response cannot be read: %w", err)
	}
	return nil
}

func mediaType(response *http.Response) string {
	mediaType, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	return mediaType
}

// isJSON reports whether the content type is JSON. Servers have been observed to send two names of it.
func isJSON(response *http.Response) bool {
	mediaType := mediaType(response)
	return mediaType == "application/json" || mediaType == "application/json-stream"
}

// closeDelimited reports whether the body has neither Content-Length nor chunked encoding. The transport cannot detect
// that such a body is truncated.
func closeDelimited(response *http.Response) bool {
	chunked := slices.Contains(response.TransferEncoding, "chunked")
	return response.ContentLength < 0 && !chunked && response.ProtoMajor < 2
}

// completeLinks makes the links of a resource absolute. Up to v5, they are absolute in the response; later versions
// leave out the host (spec/FACTS.md#4.2).
func completeLinks(request *http.Request, resource any) {
	linked, ok := resource.(interface{ completeLinks(func(string) string) })
	if !ok {
		return
	}
	linked.completeLinks(func(address string) string {
		if strings.HasPrefix(address, "/") {
			return request.URL.Scheme + "://" + request.URL.Host + address
		}
		return address
	})
}

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
