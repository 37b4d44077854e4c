package apitest

import (
	"cmp"
	"io"
	"net/http"
	"net/mail"
	"strings"

	"github.com/vbo365/vbo365-go/api/apitest/internal/mailer"
	"github.com/vbo365/vbo365-go/api/apitest/internal/tenant"
	"github.com/vbo365/vbo365-go/gen/server"
)

// sendTo mails folders as a ZIP archive. The message is made while it is sent: it may be larger than the memory.
func (s *Server) sendTo(e *exchange, chosen tenant.Selection, options options) error {
	settings := s.oneDriveMail
	if e.edition.sharePointMail {
		settings = s.sharePointMail
	}
	defaultFrom, through, settingsErr := settings.outgoing()
	from, err := mail.ParseAddress(cmp.Or(options.From, defaultFrom))
	if err != nil {
		return e.badOption("from", "must be an e-mail address")
	}
	to, err := mail.ParseAddressList(strings.ReplaceAll(options.To, ";", ","))
	if err != nil {
		return e.badOption("to", "must be an e-mail address, or several with commas or semicolons between them")
	}
	s.execute(e)
	progress := e.session.begin(chosen, server.EventTypeSend, "Sending", options.To)
	if settingsErr != nil {
		progress.fail(settingsErr)
		return settingsErr
	}
	err = mailer.Message{
		From: from, To: to, Subject: options.Subject, Text: options.Text, Attachment: chosen.Name() + ".zip",
		Content: func(w io.Writer) error {
			_, err := chosen.WriteArchive(s.ctx, w, func(size int64) { progress.add(size, true) })
			return err
		},
	}.Deliver(s.ctx, through)
	progress.endArchive(err)
	if err != nil {
		return failure{http.StatusInternalServerError, "The message could not be sent: " + err.Error()}
	}
	return nil
}
