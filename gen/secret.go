package gen

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a string that is sent but not printed. Package fmt prints "[redacted]" for it with every verb, and so do
// log/slog and the runtime for a panic. Convert it to a string to read it.
//
// Two ways remain to print it. Package fmt does not call methods of unexported fields of a struct, so keep a secret in
// an exported field or in a function. Package encoding/json encodes the secret, because requests need it: a struct of
// your own that has a secret needs a LogValue method, otherwise log/slog's JSON handler writes it. The types of this
// package have one.
type Secret string

const redacted = "[redacted]"

// Format writes "[redacted]" for every verb, or nothing for an empty secret.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// String returns "[redacted]", or "" for an empty secret. The runtime calls it for a panic.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// LogValue returns "[redacted]", or "" for an empty secret.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// The types below have secrets. Without LogValue, log/slog's JSON handler would encode them as for a request.

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

// LogValue returns the options without their secrets.
func (o RestoreDocumentsOptions) LogValue() slog.Value { return printed(o) }

// LogValue returns the action without its secrets.
func (a RestoreDocumentsAction) LogValue() slog.Value { return printed(a) }

// LogValue returns the options without their secrets.
func (o CopyDocumentsOptions) LogValue() slog.Value { return printed(o) }

// LogValue returns the action without its secrets.
func (a CopyDocumentsAction) LogValue() slog.Value { return printed(a) }

// LogValue returns the options without their secrets.
func (o CopyDocumentOptions) LogValue() slog.Value { return printed(o) }

// LogValue returns the options without their secrets.
func (o RestoreOneDrivesOptions) LogValue() slog.Value { return printed(o) }

// LogValue returns the action without its secrets.
func (a OneDrivesAction) LogValue() slog.Value { return printed(a) }

// LogValue returns the settings without their secrets.
func (c EmailSettingsChange) LogValue() slog.Value { return printed(c) }

// Format writes the request without its secrets, for every verb.
func (r TokenRequest) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "{GrantType:%s Username:%s}", r.GrantType, r.Username)
}

// LogValue returns the request without its secrets.
func (r TokenRequest) LogValue() slog.Value { return printed(r) }

// LogValue returns the properties of the tokens without the tokens.
func (t Token) LogValue() slog.Value { return printed(t) }

// LogValue returns the code without the part that serves as credentials.
func (c RestoreDeviceCode) LogValue() slog.Value { return printed(c) }

// LogValue returns the response without the code.
func (c AuthCode) LogValue() slog.Value { return printed(c) }

// LogValue returns the options without their secrets.
func (o MailSignInOptions) LogValue() slog.Value { return printed(o) }

// LogValue returns the options without their secrets.
func (c MailSignInCompletion) LogValue() slog.Value { return printed(c) }

func printed(v any) slog.Value { return slog.StringValue(fmt.Sprintf("%+v", v)) }
