package main

import (
	"context"
	"fmt"
	"io"

	"github.com/vbo365/vbo365-go/api"
)

type sendCommand struct {
	folder
	output

	From    string `required:"" placeholder:"ADDRESS" help:"Address of the sender."`
	To      string `required:"" placeholder:"ADDRESS" help:"Address of the recipient."`
	Subject string `placeholder:"TEXT" help:"Subject of the message."`
	Text    string `placeholder:"TEXT" help:"Text of the message."`

	SkipItemChecks *bool `negatable:"" help:"Leave out the checks of the items before the message is sent (API v6 and later)."`
}

// Run mails a folder.
func (c *sendCommand) Run(ctx context.Context, t terminal) error {
	return c.report(ctx, t, "send", func() (any, error) {
		return sent{To: c.To}, c.withFolder(ctx, t, func(ctx context.Context, folder api.Folder) error {
			return folder.SendTo(ctx, api.SendTo{
				From: c.From, To: c.To, Subject: c.Subject, Text: c.Text, SkipItemChecks: c.SkipItemChecks,
			})
		})
	})
}

type sent struct {
	To string `json:"to"`
}

func (s sent) print(out io.Writer, action string) {
	_, _ = fmt.Fprintf(out, "%s: handed over for %s\n", action, s.To)
}
