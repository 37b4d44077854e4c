package main

import (
	"context"
	"io"
	"strings"

	"github.com/vbo365/vbo365-go/api"
)

type sendCommand struct {
	selection
	output

	From    string   `required:"" placeholder:"ADDRESS" help:"Address of the sender."`
	To      []string `required:"" sep:"none" placeholder:"ADDRESS" help:"Address of the recipient. Repeatable: the addresses are sent with ; between them."`
	Subject string   `placeholder:"TEXT" help:"Subject of the message."`
	Text    string   `placeholder:"TEXT" help:"Text of the message."`

	SkipItemChecks *bool `negatable:"" help:"Skip the checks of the items before the message is sent (API v6 and later)."`
}

// Run mails items.
func (c *sendCommand) Run(ctx context.Context, t terminal) error {
	// All recipients get one message. No public document says how to separate the addresses. The semicolon is our
	// choice, because Microsoft's mail programs use it.
	to := strings.Join(c.To, ";")
	return c.perform(ctx, t, c.output, "send", nothing, func(ctx context.Context, items target) (any, error) {
		return sent{To: to}, items.SendTo(ctx, api.SendTo{
			From: c.From, To: to, Subject: c.Subject, Text: c.Text, SkipItemChecks: c.SkipItemChecks,
		})
	})
}

type sent struct {
	To string `json:"to"`
}

func (s sent) print(out io.Writer, action string) {
	_ = printf(out, "%s: handed over for %s\n", action, s.To)
}
