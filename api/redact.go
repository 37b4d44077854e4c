package api

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/vbo365/vbo365-go/gen"
)

const (
	redacted = "[redacted]"
	// minSecretLength is the length of the shortest secret that is removed. Shorter ones occur in any text by chance.
	minSecretLength = 4
	// minSecretBegin is the length of the shortest beginning of a secret that is removed at the end of a text, which
	// may be truncated.
	minSecretBegin = 8
	// maxEscapes is how often a text may be escaped. JSON in an HTML page is escaped twice.
	maxEscapes = 2
)

// secretsOf returns the secrets in a request, which a server may echo.
func secretsOf(call call, request *http.Request) []gen.Secret {
	token, _ := strings.CutPrefix(request.Header.Get("Authorization"), "Bearer ")
	return append(slices.Clone(call.secrets), gen.Secret(token))
}

// redact removes secrets from the text of a server: plain, in base64, or escaped as in JSON, HTML, URLs and forms.
// Servers differ in the characters that they escape. So redact unescapes the text, and does not escape the secrets.
func redact(text string, secrets []gen.Secret) string {
	found := find(text, formsOf(secrets), maxEscapes)
	slices.SortFunc(found, func(a, b span) int { return cmp.Compare(a.begin, b.begin) })
	var clean strings.Builder
	end := 0
	for _, s := range found {
		if s.begin >= end && s.begin < s.end { // otherwise it overlaps another secret
			clean.WriteString(text[end:s.begin] + redacted)
		}
		end = max(end, s.end)
	}
	return clean.String() + text[end:]
}

// redactBody is redact for long bodies, which rarely contain secrets. It first searches for the letters and digits of
// each secret, which are never escaped.
func redactBody(body []byte, secrets []gen.Secret) []byte {
	for _, form := range formsOf(secrets) {
		missing := func(run string) bool { return !bytes.Contains(body, []byte(run)) }
		if !slices.ContainsFunc(notEscaped.FindAllString(form, -1), missing) {
			return []byte(redact(string(body), secrets))
		}
	}
	return body
}

var notEscaped = regexp.MustCompile(`[A-Za-z0-9]+`)

// formsOf returns the secrets, plain and in base64.
func formsOf(secrets []gen.Secret) []string {
	var forms []string
	for _, secret := range secrets {
		if len(secret) >= minSecretLength {
			forms = append(forms, string(secret), base64.StdEncoding.EncodeToString([]byte(secret)))
		}
	}
	return forms
}

// A span is a part of a text.
type span struct{ begin, end int }

// find returns the places of the forms in a text. The text may be escaped, and may be truncated within a form.
func find(text string, forms []string, escapes int) []span {
	var found []span
	for _, form := range forms {
		end := 0
		for _, part := range strings.SplitAfter(text, form) {
			if end += len(part); strings.HasSuffix(part, form) {
				found = append(found, span{end - len(form), end})
			}
		}
		for n := len(form) - 1; n >= minSecretBegin; n-- {
			if strings.HasSuffix(text, form[:n]) {
				found = append(found, span{len(text) - n, len(text)})
				break
			}
		}
	}
	for _, e := range escapings {
		if escapes > 0 && e.pattern.MatchString(text) {
			plain, ends := e.unescape(text)
			for _, s := range find(plain, forms, escapes-1) {
				found = append(found, span{ends[s.begin], ends[s.end]})
			}
		}
	}
	return found
}

// An escaping has a pattern that matches an escaped character. At the end of a text, it also matches a truncated one,
// which stands for no character.
type escaping struct {
	pattern   *regexp.Regexp
	character func(escaped string) (string, error)
}

var escapings = []escaping{
	{ // JSON
		regexp.MustCompile(`(?i)\\(ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}|u[0-9a-f]{4}|u[0-9a-f]{0,3}\z|[^u]|\z)`),
		func(escaped string) (character string, err error) {
			if escaped == `\'` { // in JavaScript
				return "'", nil
			}
			err = json.Unmarshal([]byte(`"`+escaped+`"`), &character)
			return character, err
		},
	},
	{ // HTML
		regexp.MustCompile(`&#?\w*(;|\z)`),
		func(escaped string) (string, error) {
			if !strings.HasSuffix(escaped, ";") {
				return "", nil
			}
			return html.UnescapeString(escaped), nil
		},
	},
	{regexp.MustCompile(`(?i)%([0-9a-f]{2}|[0-9a-f]?\z)`), url.PathUnescape},
	{regexp.MustCompile(`(?i)%([0-9a-f]{2}|[0-9a-f]?\z)|\+`), url.QueryUnescape}, // of forms
}

// unescape returns the unescaped text, and for each length from 0 on the end of the source of its beginning.
func (e escaping) unescape(text string) (plain string, ends []int) {
	characters, end := make([]byte, 0, len(text)), 0
	ends = append(make([]int, 0, len(text)+1), 0)
	for _, found := range append(e.pattern.FindAllStringIndex(text, -1), []int{len(text), len(text)}) {
		for ; end < found[0]; end++ {
			characters, ends = append(characters, text[end]), append(ends, end+1)
		}
		end = found[1]
		character, _ := e.character(text[found[0]:end])
		for _, b := range []byte(character) {
			characters, ends = append(characters, b), append(ends, end)
		}
	}
	return string(characters), ends
}

// cleaner returns a function that removes secrets from texts.
func cleaner(secrets []gen.Secret) func(string) string {
	return func(text string) string { return redact(text, secrets) }
}
