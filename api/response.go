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

// readJSON decodes the object in a response. It refuses an object without the property due, such as an error message,
// because its zero values would be wrong.
func readJSON(response *http.Response, due string, value any) error {
	body, err := readText(response)
	if err == nil {
		err = decodeJSON(response, body, '{', maxElements, value)
	}
	if err == nil && due != "" {
		var properties map[string]json.RawMessage
		_ = json.Unmarshal(body, &properties) // no error: it was decoded before
		if present := string(properties[due]); present == "" || present == `""` || present == "null" {
			err = unexpected("the response is not what was requested: %s", message("", body))
		}
	}
	completeLinks(response.Request, value)
	return failedWith(response.StatusCode, err)
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
