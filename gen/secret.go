package gen

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a string that goes over the wire but is never printed: package fmt shows "[redacted]" for it with every
// verb, and so does log/slog. Convert it to a string to read it.
type Secret string

const redacted = "[redacted]"

// Format writes a placeholder, or nothing for an empty secret, whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) {
	if s != "" {
		_, _ = io.WriteString(f, redacted)
	}
}

// LogValue returns a placeholder.
func (s Secret) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(s)) }

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

func printed(v any) slog.Value { return slog.StringValue(fmt.Sprintf("%+v", v)) }
