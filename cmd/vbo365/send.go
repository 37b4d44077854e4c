package main

import (
	"context"
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
	t.job.base.Target = to
	return c.perform(ctx, t, nothing, func(ctx context.Context, items chosen, r *result, _ *progress) error {
		err := items.SendTo(ctx, api.SendTo{
			From: c.From, To: to, Subject: c.Subject, Text: c.Text, SkipItemChecks: c.SkipItemChecks,
		})
		if err == nil {
			r.summary = "handed over for " + to
		}
		return err
	})
}

// nothing is the preparation of an action that needs none.
func nothing(context.Context, api.RestoreSession, []chosen) error { return nil }
