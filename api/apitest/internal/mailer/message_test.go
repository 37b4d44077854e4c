package mailer

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"net/mail"
	"net/smtp"
	"net/textproto"
	"strings"
	"testing"
)

// secureSMTP is an SMTP server for one connection, which asks for TLS and a login before it takes a message.
type secureSMTP struct {
	listener    net.Listener
	certificate tls.Certificate
	login       string // what PLAIN is to send, in base64
	done        chan error
	messages    []string // may be read when done
}

func startSecureSMTP(t *testing.T) *secureSMTP {
	t.Helper()
	https := httptest.NewTLSServer(nil) // for its certificate
	https.Close()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &secureSMTP{
		listener: listener, certificate: https.TLS.Certificates[0], done: make(chan error, 1),
		login: base64.StdEncoding.EncodeToString([]byte("\x00me\x00secret")),
	}
	go func() {
		conn, err := listener.Accept()
		if err == nil {
			err = errors.Join(s.serve(t.Context(), conn), conn.Close())
		}
		s.done <- errors.Join(err, listener.Close())
	}()
	return s
}

// serve answers until the client hangs up.
func (s *secureSMTP) serve(ctx context.Context, conn net.Conn) error {
	secure, loggedIn := false, false
	text := textproto.NewConn(conn)
	if err := text.PrintfLine("220 ready"); err != nil {
		return err
	}
	for {
		line, err := text.ReadLine()
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		verb, _, _ := strings.Cut(line, " ")
		answer := "250 OK"
		switch {
		case verb == "EHLO" && !secure:
			answer = "250-localhost\r\n250 STARTTLS"
		case verb == "EHLO":
			answer = "250-localhost\r\n250 AUTH PLAIN"
		case verb == "STARTTLS":
			if err := text.PrintfLine("220 go ahead"); err != nil {
				return err
			}
			encrypted := tls.Server(conn,
				&tls.Config{Certificates: []tls.Certificate{s.certificate}, MinVersion: tls.VersionTLS12})
			if trusted := encrypted.HandshakeContext(ctx) == nil; !trusted {
				return nil
			}
			secure, text = true, textproto.NewConn(encrypted)
			continue
		case verb == "AUTH" && secure && line == "AUTH PLAIN "+s.login:
			loggedIn, answer = true, "235 welcome"
		case verb == "AUTH":
			answer = "535 who are you"
		case !loggedIn:
			answer = "530 log in first"
		case verb == "DATA":
			if err := text.PrintfLine("354 go ahead"); err != nil {
				return err
			}
			content, err := io.ReadAll(bufio.NewReader(text.DotReader()))
			if err != nil {
				return err
			}
			s.messages = append(s.messages, string(content))
		}
		if err := text.PrintfLine("%s", answer); err != nil {
			return err
		}
	}
}

// TestSecureMail sees that a message goes only to a server whose certificate is trusted and that knows the login.
func TestSecureMail(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name           string
		trusted        bool
		serverName     string
		user, password string
		err            string // empty: delivered
	}{
		{"all right", true, "127.0.0.1", "me", "secret", ""},
		{"unknown certificate", false, "127.0.0.1", "me", "secret", "start TLS: tls: failed to verify certificate"},
		{
			"certificate of another server", true, "smtp.example.net", "me", "secret",
			"start TLS: tls: failed to verify certificate",
		},
		{"wrong password", true, "127.0.0.1", "me", "canary", `log in: 535 "who are you"`},
		{"no login", true, "127.0.0.1", "", "", `530 "log in first"`},
	} {
		relay := startSecureSMTP(t)
		host, port, err := net.SplitHostPort(relay.listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		through := Relay{Host: host, Port: port, StartTLS: &tls.Config{
			ServerName: test.serverName, RootCAs: x509.NewCertPool(), MinVersion: tls.VersionTLS12,
		}}
		if test.trusted {
			through.StartTLS.RootCAs.AddCert(relay.certificate.Leaf)
		}
		if test.user != "" {
			through.Auth = smtp.PlainAuth("", test.user, test.password, host)
		}
		address := &mail.Address{Address: "a@x"}
		err = Message{
			From: address, To: []*mail.Address{address},
			Content: func(io.Writer) error { return nil },
		}.Deliver(t.Context(), through)
		if test.err == "" && err != nil || test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)) {
			t.Errorf("%s: %v", test.name, err)
		}
		if err := <-relay.done; err != nil {
			t.Errorf("%s: server: %v", test.name, err)
		}
		if delivered := len(relay.messages) == 1; delivered != (test.err == "") {
			t.Errorf("%s: delivered: %t", test.name, delivered)
		}
	}
}
