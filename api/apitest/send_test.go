package apitest_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/mail"
	"net/smtp"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/vbo365/vbo365-go/api/apitest"
)

func startMailbox(t *testing.T, dir string) *apitest.Mailbox {
	t.Helper()
	mailbox, err := apitest.StartMailbox(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := mailbox.Close(); err != nil {
			t.Error(err)
		}
	})
	return mailbox
}

func readMessage(t *testing.T, message apitest.Message) (*mail.Message, string) {
	t.Helper()
	opened, err := message.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	text, err := io.ReadAll(opened)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := mail.ReadMessage(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return parsed, string(text)
}

func readAttachment(t *testing.T, message apitest.Message) (string, map[string]string) {
	t.Helper()
	name, content, err := message.Attachment()
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	archive, err := io.ReadAll(content)
	if err != nil {
		t.Fatal(err)
	}
	return name, unzip(t, archive)
}

func TestSendTo(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{"", filepath.Join(t.TempDir(), "mail")} {
		mailbox := startMailbox(t, dir)
		b := newBench(t, apitest.Config{SMTP: mailbox.Addr})
		before := fingerprint(t, b.srv.Drives()...)
		subject := strings.Repeat("Überschrift\r\nBcc: c@x ", 20)
		got := b.act("Documents", `{"sendTo": {"from": "Backup <backup@example.com>", "to": "bob@example.com; \"Doe, Jane\" <jane@example.com>",
			"subject": "`+strings.NewReplacer("\r", `\r`, "\n", `\n`).Replace(subject)+`", "text": "Grüße\n.\nend"}}`)
		if got.status != http.StatusOK || len(got.body) != 0 || got.header.Get("Content-Type") != "" {
			t.Fatalf("got %d %s %s", got.status, got.header, got.body)
		}
		messages := mailbox.Messages()
		if len(messages) != 1 {
			t.Fatalf("%d messages", len(messages))
		}
		message := messages[0]
		if message.From != "backup@example.com" {
			t.Errorf("from %s", message.From)
		}
		wantSame(t, "recipients", []string{"bob@example.com", "jane@example.com"}, message.To)
		parsed, text := readMessage(t, message)
		header := parsed.Header
		decoded, err := new(mime.WordDecoder).DecodeHeader(header.Get("Subject"))
		if err != nil || decoded != subject {
			t.Errorf("subject %q: %v", decoded, err)
		}
		if header.Get("Bcc") != "" {
			t.Error("the subject has become a header")
		}
		if to, err := header.AddressList("To"); err != nil || len(to) != 2 || to[1].Name != "Doe, Jane" {
			t.Errorf("to %v: %v", to, err)
		}
		if _, err := header.Date(); err != nil || header.Get("Message-ID") == "" {
			t.Errorf("date %q, id %q", header.Get("Date"), header.Get("Message-ID"))
		}
		if !strings.Contains(text, "Gr=C3=BC=C3=9Fe\r\n.\r\nend") {
			t.Errorf("the text is not in the message")
		}
		for line := range strings.SplitSeq(text, "\r\n") {
			if len(line) > 998 || strings.Contains(line, "\n") {
				t.Errorf("bad line %q", line)
			}
		}
		name, files := readAttachment(t, message)
		if name != "Documents.zip" {
			t.Errorf("attachment %s", name)
		}
		wantSame(t, "attachment", b.act("Documents", `{"save":null}`).archived(t), files)
		wantSame(t, "production", before, fingerprint(t, b.srv.Drives()...))
		if dir != "" {
			wantSame(t, "files", []string{message.Path}, glob(t, filepath.Join(dir, "*")))
		}

		// The root takes the name of the OneDrive. Subject and text may be missing.
		if got := b.act("", `{"sendTo": {"from": "a@x", "to": "b@x,"}}`); got.status != http.StatusOK {
			t.Fatalf("got %d %s", got.status, got.body)
		}
		messages, err = mailbox.Wait(t.Context(), 2)
		if err != nil {
			t.Fatal(err)
		}
		name, files = readAttachment(t, messages[1])
		if name != "Alice Example.zip" || files["Start.txt"] == "" {
			t.Errorf("attachment %s, %d files", name, len(files))
		}
	}
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestSendToFails(t *testing.T) {
	t.Parallel()
	const send = `{"sendTo": {"from": "a@x", "to": "b@x"}}`
	newBench(t, apitest.Config{}).act("", send).
		wantMessage(t, http.StatusInternalServerError, "The e-mail settings of the server are not set.")

	mailbox, err := apitest.StartMailbox("")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(mailbox.Close(), mailbox.Close()); err != nil {
		t.Fatal(err)
	}
	newBench(t, apitest.Config{SMTP: mailbox.Addr}).act("", send).
		wantMessage(t, http.StatusInternalServerError, "The message could not be sent")
}

// TestSendToUnreadable sees that a message whose attachment could not be finished is not delivered.
func TestSendToUnreadable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mailbox := startMailbox(t, dir)
	b := newBench(t, apitest.Config{SMTP: mailbox.Addr, Organizations: oneDrive(t, brokenFS{
		MapFS:  fstest.MapFS{"a": {Data: bytes.Repeat([]byte("a"), 1<<20)}, "z": {Data: []byte("unreadable")}},
		broken: "z",
	})})
	b.act("", `{"sendTo": {"from": "a@x", "to": "b@x"}}`).
		wantMessage(t, http.StatusInternalServerError, "The message could not be sent")
	if err := mailbox.Close(); err != nil {
		t.Fatal(err)
	}
	if messages := mailbox.Messages(); len(messages) != 0 {
		t.Errorf("%d messages were delivered", len(messages))
	}
	if names := glob(t, filepath.Join(dir, "*")); len(names) != 0 {
		t.Errorf("%s were left", names)
	}
}

func TestMailboxWait(t *testing.T) {
	t.Parallel()
	mailbox := startMailbox(t, "")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := mailbox.Wait(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	waited := make(chan error, 1)
	go func() {
		_, err := mailbox.Wait(t.Context(), 2)
		waited <- err
	}()
	plain := []byte("Subject: plain\r\nContent-Type: text/plain\r\n\r\nno attachment\r\n")
	for range 2 {
		if err := smtp.SendMail(mailbox.Addr, nil, "a@x", []string{"b@x"}, plain); err != nil {
			t.Fatal(err)
		}
	}
	if err := <-waited; err != nil {
		t.Error(err)
	}
	if _, _, err := mailbox.Messages()[0].Attachment(); err == nil {
		t.Error("a message without attachment has one")
	}
}

func TestMailboxErrors(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := apitest.StartMailbox(file); err == nil {
		t.Error("a file was taken for a directory")
	}
	if _, err := (apitest.Message{Path: file + "x"}).Open(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
