package main

import (
	"context"
	"io"
	"strings"

	"github.com/vbo365/vbo365-go/api"
)

type sendCommand struct {
	folder
	output

	From    string   `required:"" placeholder:"ADDRESS" help:"Address of the sender."`
	To      []string `required:"" sep:"none" placeholder:"ADDRESS" help:"Address of the recipient. Repeatable: the addresses are sent with ; between them."`
	Subject string   `placeholder:"TEXT" help:"Subject of the message."`
	Text    string   `placeholder:"TEXT" help:"Text of the message."`

	SkipItemChecks *bool `negatable:"" help:"Leave out the checks of the items before the message is sent (API v6 and later)."`
}

// Run mails a folder.
func (c *sendCommand) Run(ctx context.Context, t terminal) error {
	// One message for all. No document says how several addresses are written: this is our choice, and what mail programs of
	// the same world do.
	to := strings.Join(c.To, ";")
	return c.report(ctx, t, "send", func() (any, error) {
		return sent{To: to}, c.withFolder(ctx, t, func(ctx context.Context, folder api.Folder) error {
			return folder.SendTo(ctx, api.SendTo{
				From: c.From, To: to, Subject: c.Subject, Text: c.Text, SkipItemChecks: c.SkipItemChecks,
			})
		})
	})
}

type sent struct {
	To string `json:"to"`
}

func (s sent) print(out io.Writer, action string) {
	_ = printf(out, "%s: handed over for %s\n", action, s.To)
}
