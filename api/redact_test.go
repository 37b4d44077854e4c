package api

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"log"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/vbo365/vbo365-go/gen"
)

// TestServersThatSaySecretsBack has servers that echo what they were sent, in errors and in answers, in each form that
// they may.
func TestServersThatSaySecretsBack(t *testing.T) {
	t.Parallel()
	const password = `pa"ss<word> ü/&1`
	forms := map[string]func(string) string{
		"plain": func(s string) string { return s },
		"JSON": func(s string) string {
			encoded, err := json.Marshal(s)
			if err != nil {
				t.Error(err)
			}
			return string(encoded)
		},
		"HTML":   html.EscapeString,
		"form":   url.QueryEscape,
		"base64": func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	}
	for name, form := range forms {
		for _, status := range []int{http.StatusOK, http.StatusBadRequest, http.StatusInternalServerError} {
			for _, inJSON := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s/%d/%v", name, status, inJSON), func(t *testing.T) {
					t.Parallel()
					folder := newFolder(t, func(w http.ResponseWriter, r *http.Request) {
						token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
						text := "you sent " + form(token) + " and " + form(password)
						w.Header().Set("Content-Type", "text/html")
						if inJSON {
							w.Header().Set("Content-Type", "application/json")
							encoded, err := json.Marshal(map[string]string{"message": text})
							if err != nil {
								t.Error(err)
							}
							text = string(encoded)
						}
						w.WriteHeader(status)
						_, _ = io.WriteString(w, text)
					})
					_, err := folder.CopyTo(t.Context(), CopyTo{UserName: "u", UserPassword: password})
					if err == nil || strings.Contains(err.Error(), "you sent") &&
						!strings.Contains(err.Error(), redacted) {
						t.Errorf("got %v", err)
					}
					for _, secret := range []string{password, canaryToken} {
						for _, form := range forms {
							for _, text := range []string{err.Error(), html.UnescapeString(err.Error())} {
								if strings.Contains(text, form(secret)) {
									t.Errorf("%q is in it", form(secret))
								}
							}
						}
					}
				})
			}
		}
	}
}

// TestSecretsAsOthersWriteThem has servers that escape other characters than Go does: those of .NET, for example.
func TestSecretsAsOthersWriteThem(t *testing.T) {
	t.Parallel()
	const password = `p'w+d&x"<ü>1`
	for name, test := range map[string]struct{ body, want string }{
		"JSON of .NET": {
			`{"errors":["'p\u0027w\u002Bd\u0026x\u0022\u003C\u00FC\u003E1' is bad"]}`, `{"errors":["'[redacted]' is ` +
				`bad"]}`,
		},
		"HTML of .NET":        {`<p>bad p&#39;w+d&amp;x&quot;&lt;&#252;&gt;1!</p>`, "bad [redacted]!"},
		"HTML in hexadecimal": {`<p>bad p&#x27;w&#x2B;d&#x26;x&#x22;&#x3c;&#xFC;&#x3e;1!</p>`, "bad [redacted]!"},
		"HTML unescaped":      {`<p>bad p'w+d&x"<ü>1!</p>`, "bad [redacted]!"},
		"form in lower case":  {`bad p%27w%2bd%26x%22%3c%c3%bc%3e1!`, "bad [redacted]!"},
		"some of an address":  {`bad p'w%2Bd&x%22%3C%C3%BC%3E1!`, "bad [redacted]!"},
		"JSON in HTML":        {`<p>{p'w+d&amp;x\&quot;\u003cü\u003e1}</p>`, "{[redacted]}"},
		"cut":                 {`bad p%27w%2Bd%26x%22%3C`, "bad [redacted]"},
		"cut in a character":  {`bad p%27w%2Bd%26x%22%3C%C3%B`, "bad [redacted]%B"},
		"twice":               {`a p'w+d&x"<ü>1 b p'w+d&x"<ü>1 c`, "a [redacted] b [redacted] c"},
		"another":             {`bad p'w+d&x"<ü>2!`, `bad p'w+d&x"<ü>2!`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := newFolder(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusBadRequest)
				_, _ = io.WriteString(w, test.body)
			})
			_, err := folder.CopyTo(t.Context(), CopyTo{UserName: "u", UserPassword: password})
			if e, ok := errors.AsType[*Error](err); !ok || e.Message != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

// TestSecretThatIsCutOff has a message that ends in the middle of a password.
func TestSecretThatIsCutOff(t *testing.T) {
	t.Parallel()
	folder := newFolder(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"message":"you sent `+canaryPassword[:len(canaryPassword)-3]+`"}`)
	})
	_, err := folder.CopyTo(t.Context(), CopyTo{UserName: "u", UserPassword: canaryPassword})
	if err == nil || !strings.HasSuffix(err.Error(), "you sent "+redacted) {
		t.Errorf("got %v", err)
	}
}

// TestTokenEndpointThatSaysSecretsBack refuses a log-in with what was sent.
func TestTokenEndpointThatSaysSecretsBack(t *testing.T) {
	t.Parallel()
	client, err := NewClient(newEcho(t), WithAPIVersion(V2), WithPassword("operator", canaryPassword), WithAttempts(1))
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	if err := client.RestoreSession("s").Stop(t.Context()); err == nil ||
		strings.Contains(err.Error(), canaryPassword) {
		t.Errorf("got %v", err)
	}
}

// TestSecretsOfARestoreInWhatIsToldLater has a server of v8 that says the password back in the events and statistics of
// the restore.
func TestSecretsOfARestoreInWhatIsToldLater(t *testing.T) {
	t.Parallel()
	server := &asyncServer{
		sessionID: "r", sessions: []string{working, stopped},
		statistics: []string{"", `{"totalItemsCount":1,"restoredItemsCount":0,"failedItemsCount":1,"skippedItemsCount":0,"items":[
			{"path":"a","status":"Failed","error":"refused ` + canaryPassword + `"}]}`},
		events: `{"id":"e","type":"Restore","status":"Running","startTime":"$now","order":1,"message":"with ` +
			canaryPassword + `"}`,
	}
	folder, _ := newAsyncFolder(t, server)
	restore, err := folder.StartCopyTo(t.Context(), CopyTo{UserName: "u", UserPassword: canaryPassword})
	if err != nil {
		t.Fatal(err)
	}
	var told bytes.Buffer
	result, err := restore.Wait(t.Context(),
		WithRestoreProgress(func(p RestoreProgress) { fmt.Fprintf(&told, "%+v\n", p) }))
	fmt.Fprintf(&told, "%+v %v\n%+v %#v", result, err, restore, restore)
	if !errors.Is(err, ErrIncomplete) || strings.Contains(told.String(), canaryPassword) ||
		strings.Count(told.String(), redacted) < 3 {
		t.Errorf("got %s", told.String())
	}
}

// TestAnswersThatAreLongerThanTheySay must not bring secrets into the log of the program, where package net/http writes
// what comes after an answer.
//
//nolint:paralleltest // it looks at the log of the program
func TestAnswersThatAreLongerThanTheySay(t *testing.T) {
	var logged bytes.Buffer
	before := log.Writer()
	log.SetOutput(&logged)
	defer log.SetOutput(before)
	folder := newFolder(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = fmt.Fprintf(connection, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n%s", body)
		<-time.After(50 * time.Millisecond) // for the client to read it
		_ = connection.Close()
	})
	if _, err := folder.CopyTo(t.Context(), CopyTo{UserName: "u", UserPassword: canaryPassword}); err != nil {
		t.Fatal(err)
	}
	<-time.After(100 * time.Millisecond)
	if strings.Contains(logged.String(), canaryPassword) {
		t.Errorf("got %s", logged.String())
	}
}

// dotNet escapes all that .NET may escape in JSON.
func dotNet(text string) string {
	var escaped strings.Builder
	for _, unit := range utf16.Encode([]rune(text)) {
		if strings.ContainsAny(string(rune(unit)), "abcdefghijklmnopqrstuvwxyz") {
			escaped.WriteByte(byte(unit))
		} else {
			fmt.Fprintf(&escaped, `\u%04X`, unit)
		}
	}
	return escaped.String()
}

func FuzzRedact(f *testing.F) {
	f.Add("before secret after", "secret")
	f.Add(`{"a":"se\"c<ret"}`, `se"c<ret`)
	f.Add("", "se😀cret")
	f.Fuzz(func(t *testing.T, text, secret string) {
		if len(secret) < minSecretLength || strings.Contains(redacted, secret) || !utf8.ValidString(secret) {
			return
		}
		clean := redact(text, []gen.Secret{gen.Secret(secret)})
		if len(strings.ReplaceAll(clean, redacted, "")) > len(text) {
			t.Errorf("%q became %q", text, clean)
		}
		for _, form := range []string{
			html.EscapeString(secret), url.QueryEscape(secret), url.PathEscape(secret),
			dotNet(secret),
		} {
			if got := redact("a "+form+" b", []gen.Secret{gen.Secret(secret)}); got != "a "+redacted+" b" &&
				!strings.Contains("a  b", secret[:1]) {
				t.Errorf("%q became %q", form, got)
			}
		}
		if strings.Contains(strings.ReplaceAll(clean, redacted, "\x00"), secret) && !strings.Contains(secret, "\x00") {
			t.Errorf("%q is in %q", secret, clean)
		}
	})
}
