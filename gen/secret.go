package gen

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a string that goes over the wire and is not printed: package fmt shows "[redacted]" for it with every verb,
// so does log/slog, and so does the runtime for a panic. Convert it to a string to read it.
//
// Go lets two ways be. Package fmt prints what is in unexported fields of a struct without asking, so keep a secret in
// an exported field, or in a function. Package encoding/json encodes the secret, which is what the wire needs: a struct
// of your own that holds one needs a LogValue, or log/slog's JSON handler writes it. The types of this package have
// one.
type Secret string

const redacted = "[redacted]"

// Format writes a placeholder, or nothing for an empty secret, whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// String returns a placeholder, or nothing for an empty secret. The runtime calls it for a panic.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// LogValue returns a placeholder.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// The types below hold secrets. log/slog would encode them as JSON, and JSON is for the wire: it has the secrets.

// LogValue returns the options without their secrets.
func (o RestoreToOriginalLocationOptions) LogValue() slog.Value { return printed(o) }

// LogValue returns the action without its secrets.
func (a RestoreToOriginalLocationAction) LogValue() slog.Value { return printed(a) }

// LogValue returns the options without their secrets.
func (o CopyToOptions) LogValue() slog.Value { return printed(o) }

// LogValue returns the action without its secrets.
func (a CopyToAction) LogValue() slog.Value { return printed(a) }

// LogValue returns the options without their secrets.
func (o RestoreFoldersOptions) LogValue() slog.Value { return printed(o) }

// LogValue returns the action without its secrets.
func (a RestoreFoldersAction) LogValue() slog.Value { return printed(a) }

// LogValue returns the options without their secrets.
func (o CopyFoldersOptions) LogValue() slog.Value { return printed(o) }

// LogValue returns the action without its secrets.
func (a CopyFoldersAction) LogValue() slog.Value { return printed(a) }

// LogValue returns the settings without their secrets.
func (c EmailSettingsChange) LogValue() slog.Value { return printed(c) }

// Format writes the request without its secrets, whatever the verb.
func (r TokenRequest) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "{GrantType:%s Username:%s}", r.GrantType, r.Username)
}

// LogValue returns the request without its secrets.
func (r TokenRequest) LogValue() slog.Value { return printed(r) }

// LogValue returns the tokens' properties without the tokens.
func (t Token) LogValue() slog.Value { return printed(t) }

// LogValue returns the code without the part that is good as credentials.
func (c RestoreDeviceCode) LogValue() slog.Value { return printed(c) }

func printed(v any) slog.Value { return slog.StringValue(fmt.Sprintf("%+v", v)) }
