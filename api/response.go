package api

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/vbo365/vbo365-go/gen"
)

// maxJSONSize bounds every JSON response. The largest honest one is a page of 10,000 items with long links.
const maxJSONSize = 64 << 20

// readText reads and closes a response. White space at its ends does not count.
func readText(response *http.Response) ([]byte, error) {
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body) // receive has bounded it
	return bytes.TrimSpace(body), err
}

// readNothing reads a response that has no body. One that has is not this API's: the page of a proxy that wants a
// log-in, or a message that says that something else has happened.
func readNothing(response *http.Response) error {
	body, err := readText(response)
	if err == nil && len(body) > 0 && string(body) != "null" {
		kind := response.Header.Get("Content-Type")
		err = unexpected("a response of type %q instead of an empty one: %s", oneLine(kind), message(kind, body))
	}
	return failedWith(response.StatusCode, err)
}

// readJSON decodes the object that a request is responded with. It refuses one without the property that is due, a
// message for example: all others would be zero, and nothing of that is true.
func readJSON(response *http.Response, due string, value any) error {
	body, err := readText(response)
	if err == nil {
		err = decodeJSON(response, body, '{', maxElements, value)
	}
	if err == nil && due != "" {
		var properties map[string]json.RawMessage
		_ = json.Unmarshal(body, &properties) // which it can: it was decoded before
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

// decodeJSON decodes a value that begins with open, { or [, and has at most so many elements in all of its arrays.
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

// isJSON reports whether the content type is JSON. Servers have been seen to name it in two ways.
func isJSON(response *http.Response) bool {
	mediaType := mediaType(response)
	return mediaType == "application/json" || mediaType == "application/json-stream"
}

// closeDelimited reports whether the body has neither Content-Length nor chunked encoding. The transport cannot tell
// such a body that ends early from a whole one.
func closeDelimited(response *http.Response) bool {
	return response.ContentLength < 0 && !slices.Contains(response.TransferEncoding, "chunked") && response.ProtoMajor < 2
}

// completeLinks makes the links of a resource absolute, as servers up to v5 write them: later ones leave out the server
// (spec/FACTS.md#4.2).
func completeLinks(request *http.Request, resource any) {
	complete := func(address *string) {
		if request != nil && strings.HasPrefix(*address, "/") {
			*address = request.URL.Scheme + "://" + request.URL.Host + *address
		}
	}
	if linked, ok := resource.(interface{ links() gen.Links }); ok {
		links := linked.links()
		for name, link := range links {
			complete(&link.Href)
			links[name] = link
		}
	}
	if organization, ok := resource.(*OrganizationProperties); ok {
		for name, action := range organization.Actions {
			complete(&action.URI)
			organization.Actions[name] = action
		}
	}
}
