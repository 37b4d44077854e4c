// Package mailer sends messages that are made while they are sent: they may be larger than the memory.
package mailer

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/smtp"
	"net/textproto"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Message is an e-mail with one attachment, or with none if Content is nil.
type Message struct {
	From       *mail.Address
	To         []*mail.Address
	Subject    string
	Text       string
	Attachment string // its name
	Content    func(io.Writer) error
}

// smtpTimeout bounds how long the SMTP server may be silent.
const smtpTimeout = time.Minute

// Relay is the SMTP server that messages are handed to.
type Relay struct {
	Host, Port string
	StartTLS   *tls.Config // nil: in the clear
	Auth       smtp.Auth   // nil: without a login
}

// Deliver hands the message to an SMTP server: completely or not at all.
func (m Message) Deliver(ctx context.Context, through Relay) error {
	dialer := net.Dialer{Timeout: smtpTimeout}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(through.Host, through.Port))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // in the middle of the message, this is what keeps it from being delivered
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()

	client, err := smtp.NewClient(idleConn{conn}, through.Host)
	if err != nil {
		return err
	}
	if through.StartTLS != nil {
		if err := client.StartTLS(through.StartTLS); err != nil {
			return fmt.Errorf("start TLS: %w", err)
		}
	}
	if through.Auth != nil {
		if err := client.Auth(through.Auth); err != nil {
			return fmt.Errorf("log in: %w", err)
		}
	}
	if err := client.Mail(m.From.Address); err != nil {
		return err
	}
	for _, to := range m.To {
		if err := client.Rcpt(to.Address); err != nil {
			return err
		}
	}
	body, err := client.Data()
	if err != nil {
		return err
	}
	if err := m.write(body); err != nil {
		return err
	}
	if err := body.Close(); err != nil {
		return err
	}
	_ = client.Quit() // the message has been accepted already
	return nil
}

// idleConn fails when nothing moves for a while.
type idleConn struct{ net.Conn }

func (c idleConn) Read(p []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(smtpTimeout)); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}

func (c idleConn) Write(p []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(smtpTimeout)); err != nil {
		return 0, err
	}
	return c.Conn.Write(p)
}

// write writes header, text and attachment.
func (m Message) write(w io.Writer) error {
	out := bufio.NewWriterSize(w, 64<<10)
	parts := multipart.NewWriter(out)
	var to []string
	for _, address := range m.To {
		to = append(to, address.String())
	}
	_, domain, _ := strings.Cut(m.From.Address, "@")
	var header strings.Builder
	for _, field := range [][2]string{
		{"From", m.From.String()},
		{"To", strings.Join(to, ",\r\n ")},
		{"Subject", encodeHeader(m.Subject)},
		{"Date", time.Now().Format(time.RFC1123Z)},
		{"Message-ID", "<" + uuid.NewString() + "@" + domain + ">"},
		{"MIME-Version", "1.0"},
		{"Content-Type", "multipart/mixed; boundary=" + parts.Boundary()},
	} {
		fmt.Fprintf(&header, "%s: %s\r\n", field[0], field[1])
	}
	if _, err := io.WriteString(out, header.String()+"\r\n"); err != nil {
		return err
	}

	part, err := parts.CreatePart(textproto.MIMEHeader{
		"Content-Type":              {"text/plain; charset=utf-8"},
		"Content-Transfer-Encoding": {"quoted-printable"},
	})
	if err != nil {
		return err
	}
	printable := quotedprintable.NewWriter(part)
	if _, err := io.WriteString(printable, m.Text); err != nil {
		return err
	}
	if err := printable.Close(); err != nil {
		return err
	}
	if m.Content != nil {
		if err := m.attach(parts); err != nil {
			return err
		}
	}
	if err := parts.Close(); err != nil {
		return err
	}
	return out.Flush()
}

// attach adds the attachment to the parts of the message.
func (m Message) attach(parts *multipart.Writer) error {
	part, err := parts.CreatePart(textproto.MIMEHeader{
		"Content-Type":              {"application/zip"},
		"Content-Transfer-Encoding": {"base64"},
		"Content-Disposition":       {mime.FormatMediaType("attachment", map[string]string{"filename": m.Attachment})},
	})
	if err != nil {
		return err
	}
	encoder := base64.NewEncoder(base64.StdEncoding, &lineWriter{w: part})
	if err := m.Content(encoder); err != nil {
		return err
	}
	return encoder.Close()
}

// encodeHeader makes a text fit for a header field, with a line for each encoded word.
func encodeHeader(s string) string {
	return strings.ReplaceAll(mime.QEncoding.Encode("utf-8", s), "?= =?", "?=\r\n =?")
}

// lineWriter breaks base64 into lines (RFC 2045 section 6.8).
type lineWriter struct {
	w      io.Writer
	column int
}

func (l *lineWriter) Write(p []byte) (int, error) {
	const width = 76
	written := 0
	for len(p) > 0 {
		if l.column == width {
			if _, err := io.WriteString(l.w, "\r\n"); err != nil {
				return written, err
			}
			l.column = 0
		}
		n, err := l.w.Write(p[:min(len(p), width-l.column)])
		written += n
		l.column += n
		p = p[n:]
		if err != nil {
			return written, err
		}
	}
	return written, nil
}
