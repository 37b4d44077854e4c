package api

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/vbo365/vbo365-go/gen"
)

const (
	redacted = "[redacted]"
	// minSecretLength is that of the shortest secret that is searched for: shorter ones are in any text by chance.
	minSecretLength = 4
	// minSecretBegin is that of the shortest beginning of a secret that is taken for one at the end of a text that was cut.
	minSecretBegin = 8
)

// secretsOf lists what a request shows of secrets: a server that says back what it was sent has them.
func secretsOf(call call, request *http.Request) []gen.Secret {
	token, _ := strings.CutPrefix(request.Header.Get("Authorization"), "Bearer ")
	return append(slices.Clone(call.secrets), gen.Secret(token))
}

// redact removes secrets from what comes from a server, as they are and in the forms that they have in JSON, HTML, addresses and
// headers.
func redact(text string, secrets []gen.Secret) string {
	for _, form := range formsOf(secrets) {
		text = strings.ReplaceAll(text, form, redacted)
	}
	for _, secret := range secrets { // whose end was cut off
		for n := len(secret) - 1; n >= minSecretBegin; n-- {
			if begin, ok := strings.CutSuffix(text, string(secret[:n])); ok {
				return begin + redacted
			}
		}
	}
	return text
}

// cleaner returns a function that removes secrets from texts.
func cleaner(secrets []gen.Secret) func(string) string {
	return func(text string) string { return redact(text, secrets) }
}

// formsOf returns the forms of secrets, the longest first: one may be in another.
func formsOf(secrets []gen.Secret) []string {
	var forms []string
	for _, secret := range secrets {
		if len(secret) < minSecretLength {
			continue
		}
		plain := string(secret)
		if !strings.ContainsFunc(plain, isEscaped) { // a token, most of the time
			forms = append(forms, plain, base64.StdEncoding.EncodeToString([]byte(plain)))
			continue
		}
		// What was sent is JSON, and may be quoted whole in a message or a page.
		for _, form := range []string{plain, jsonForm(plain, true), jsonForm(plain, false), html.EscapeString(plain), url.QueryEscape(plain)} {
			forms = append(forms, form, jsonForm(form, true), jsonForm(form, false), html.EscapeString(form))
		}
		forms = append(forms, url.PathEscape(plain), base64.StdEncoding.EncodeToString([]byte(plain)))
	}
	slices.SortFunc(forms, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	return slices.Compact(forms)
}

// isEscaped reports whether a character has another form somewhere.
func isEscaped(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-._~", r)
}

// redactBody is redact for what may be long, and has no secrets most of the time.
func redactBody(body []byte, secrets []gen.Secret) []byte {
	for _, form := range formsOf(secrets) {
		if bytes.Contains(body, []byte(form)) {
			body = bytes.ReplaceAll(body, []byte(form), []byte(redacted))
		}
	}
	return body
}

// jsonForm returns a text as it stands in a JSON string.
func jsonForm(text string, escapeHTML bool) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(escapeHTML)
	if err := encoder.Encode(text); err != nil {
		return text // which does not happen: a string can be encoded
	}
	quoted := bytes.TrimSpace(out.Bytes())
	return string(quoted[1 : len(quoted)-1])
}

// redactError removes secrets from the text of an error that may quote the server. Without any, it stays as it is.
func redactError(err error, secrets []gen.Secret) error {
	text := err.Error()
	if clean := redact(text, secrets); clean != text {
		return errors.New(clean)
	}
	return err
}
