package apitest

import (
	"bufio"
	"cmp"
	"context"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/mail"
	"net/smtp"
	"net/textproto"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/vbo365/vbo365-go/gen/server"
)

// sendTo mails folders as a ZIP archive. The message is made while it is sent: it may be larger than the memory.
func (s *Server) sendTo(e *exchange, chosen selection, options server.SendToOptions) error {
	settings := s.oneDriveMail
	if e.edition.sharePointMail {
		settings = s.sharePointMail
	}
	defaultFrom, through, settingsErr := settings.outgoing()
	from, err := mail.ParseAddress(cmp.Or(text(options.From), defaultFrom))
	if err != nil {
		return e.badOption("from", "must be an e-mail address")
	}
	to, err := mail.ParseAddressList(strings.ReplaceAll(text(options.To), ";", ","))
	if err != nil {
		return e.badOption("to", "must be an e-mail address, or several with commas or semicolons between them")
	}
	s.execute(e)
	progress := chosen.begin(server.EventTypeSend, "Sending", text(options.To))
	if settingsErr != nil {
		progress.fail(settingsErr)
		return settingsErr
	}
	message := message{
		from: from, to: to, subject: text(options.Subject), text: text(options.Text), attachment: chosen.name() + ".zip",
		content: func(w io.Writer) error { return chosen.writeArchive(s.ctx, w, progress) },
	}
	err = message.deliver(s.ctx, through)
	progress.endArchive(err)
	if err != nil {
		return failure{http.StatusInternalServerError, "The message could not be sent: " + err.Error()}
	}
	return nil
}

// message is an e-mail with one attachment.
type message struct {
	from       *mail.Address
	to         []*mail.Address
	subject    string
	text       string
	attachment string // its name
	content    func(io.Writer) error
}

// smtpTimeout bounds how long the SMTP server may be silent.
const smtpTimeout = time.Minute

// smtpServer is where messages are handed to.
type smtpServer struct {
	host, port string
	startTLS   *tls.Config // nil: in the clear
	auth       smtp.Auth   // nil: without a login
}

// deliver hands the message to an SMTP server: completely or not at all.
func (m message) deliver(ctx context.Context, through smtpServer) error {
	dialer := net.Dialer{Timeout: smtpTimeout}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(through.host, through.port))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // in the middle of the message, this is what keeps it from being delivered
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()

	client, err := smtp.NewClient(idleConn{conn}, through.host)
	if err != nil {
		return err
	}
	if through.startTLS != nil {
		if err := client.StartTLS(through.startTLS); err != nil {
			return fmt.Errorf("start TLS: %w", err)
		}
	}
	if through.auth != nil {
		if err := client.Auth(through.auth); err != nil {
			return fmt.Errorf("log in: %w", err)
		}
	}
	if err := client.Mail(m.from.Address); err != nil {
		return err
	}
	for _, to := range m.to {
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
func (m message) write(w io.Writer) error {
	out := bufio.NewWriterSize(w, streamBuffer)
	parts := multipart.NewWriter(out)
	var to []string
	for _, address := range m.to {
		to = append(to, address.String())
	}
	_, domain, _ := strings.Cut(m.from.Address, "@")
	var header strings.Builder
	for _, field := range [][2]string{
		{"From", m.from.String()},
		{"To", strings.Join(to, ",\r\n ")},
		{"Subject", encodeHeader(m.subject)},
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
	if _, err := io.WriteString(printable, m.text); err != nil {
		return err
	}
	if err := printable.Close(); err != nil {
		return err
	}

	part, err = parts.CreatePart(textproto.MIMEHeader{
		"Content-Type":              {"application/zip"},
		"Content-Transfer-Encoding": {"base64"},
		"Content-Disposition":       {mime.FormatMediaType("attachment", map[string]string{"filename": m.attachment})},
	})
	if err != nil {
		return err
	}
	encoder := base64.NewEncoder(base64.StdEncoding, &lineWriter{w: part})
	if err := m.content(encoder); err != nil {
		return err
	}
	if err := encoder.Close(); err != nil {
		return err
	}
	if err := parts.Close(); err != nil {
		return err
	}
	return out.Flush()
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
