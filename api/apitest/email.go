package apitest

import (
	"cmp"
	"crypto/tls"
	"net"
	"net/http"
	"net/mail"
	"net/smtp"
	"strconv"
	"strings"
	"sync"

	"github.com/vbo365/vbo365-go/api/apitest/internal/mailer"
	"github.com/vbo365/vbo365-go/gen/server"
)

// emailSettings say how mail is sent. They are safe for concurrent use.
type emailSettings struct {
	mu       sync.Mutex
	settings server.EmailSettings
	password string // never answered
}

// newEmailSettings presets an SMTP server, "host:port", if there is one. The configuration has been checked.
func newEmailSettings(address string) *emailSettings {
	es := &emailSettings{}
	if address != "" {
		host, port, _ := net.SplitHostPort(address)
		number, _ := strconv.ParseInt(port, 10, 32)
		es.settings = server.EmailSettings{EnableNotification: new(true), Server: &host, Port: new(int32(number))}
	}
	return es
}

func (es *emailSettings) get() server.EmailSettings {
	es.mu.Lock()
	defer es.mu.Unlock()
	return es.settings
}

// change sets what is given and leaves the rest.
func (es *emailSettings) change(change server.EmailSettingsChange) error {
	if from := value(change.From); from != "" {
		if _, err := mail.ParseAddress(from); err != nil {
			return badRequest("from: must be an e-mail address.")
		}
	}
	es.mu.Lock()
	defer es.mu.Unlock()
	set(&es.settings.EnableNotification, change.EnableNotification)
	set(&es.settings.Server, change.Server)
	set(&es.settings.Port, change.Port)
	set(&es.settings.From, change.From)
	set(&es.settings.UseAuthentication, change.UseAuthentication)
	set(&es.settings.UseSSL, change.UseSSL)
	set(&es.settings.Username, change.Username)
	if change.UserPassword != nil {
		es.password = *change.UserPassword
	}
	return nil
}

func set[T any](setting **T, change *T) {
	if change != nil {
		*setting = change
	}
}

// outgoing gives the sender of messages that name none, and the server to hand them to. useSSL means STARTTLS with a
// verified certificate, useAuthentication a PLAIN login: our choices.
func (es *emailSettings) outgoing() (from string, through mailer.Relay, err error) {
	es.mu.Lock()
	defer es.mu.Unlock()
	settings := es.settings
	from = value(settings.From)
	host := value(settings.Server)
	switch {
	case host == "" || settings.Port == nil:
		return from, through, failure{http.StatusInternalServerError, "The e-mail settings of the server are not set."}
	case settings.EnableNotification != nil && !*settings.EnableNotification:
		return from, through, failure{
			http.StatusInternalServerError, "The e-mail settings of the server forbid sending.",
		}
	}
	through = mailer.Relay{Host: host, Port: strconv.Itoa(int(*settings.Port))}
	if value(settings.UseSSL) {
		through.StartTLS = &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	}
	if value(settings.UseAuthentication) {
		through.Auth = smtp.PlainAuth("", value(settings.Username), es.password, host)
	}
	return from, through, nil
}

// emailSettings are those that a request is about.
func (s *Server) emailSettings(e *exchange) *emailSettings {
	if strings.HasPrefix(e.route.template, "/VESPEmailSettings") {
		return s.sharePointMail
	}
	return s.oneDriveMail
}

func (s *Server) getEmailSettings(e *exchange) (any, error) {
	settings := s.emailSettings(e).get()
	self := e.href(strings.ToLower(strings.TrimPrefix(e.route.template, "/")))
	settings.UnderscoreLinks = &server.Links{"self": {Href: self}}
	return settings, nil
}

func (s *Server) setEmailSettings(e *exchange) (any, error) {
	var change server.EmailSettingsChange
	if err := e.readOptions(&change); err != nil {
		return nil, err
	}
	if err := s.emailSettings(e).change(change); err != nil {
		return nil, err
	}
	s.execute(e)
	return nil, nil
}

// sendTestEmail sends a message without an attachment.
func (s *Server) sendTestEmail(e *exchange) (any, error) {
	var options struct{ Email string }
	if err := e.readOptions(&options); err != nil {
		return nil, err
	}
	to, err := mail.ParseAddress(options.Email)
	if err != nil {
		return nil, e.badOption("email", "must be an e-mail address")
	}
	s.execute(e)
	from, through, err := s.emailSettings(e).outgoing()
	if err != nil {
		return nil, err
	}
	sender := &mail.Address{Address: cmp.Or(from, to.Address)}
	if address, err := mail.ParseAddress(from); err == nil {
		sender = address
	}
	err = mailer.Message{
		From: sender, To: []*mail.Address{to}, Subject: "Test message", Text: "The e-mail settings work.",
	}.Deliver(s.ctx, through)
	if err != nil {
		return nil, failure{http.StatusInternalServerError, "The message could not be sent: " + err.Error()}
	}
	return nil, nil
}

// signInForMail is not modelled: it needs Microsoft or Google.
func (s *Server) signInForMail(*exchange) (any, error) {
	return nil, failure{http.StatusInternalServerError, "The simulator does not model the sign-in for mail."}
}
