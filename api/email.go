package api

import (
	"context"
	"net/http"
)

// EmailSettings reads how the server sends mail, which [Folder.SendTo] needs. In v2 these are the settings that the
// server has for SharePoint, later those for OneDrive.
func (c *Client) EmailSettings(ctx context.Context) (EmailSettings, error) {
	var settings EmailSettings
	err := c.RestoreSession("").read(ctx, "get e-mail settings", c.check(), "", &settings,
		func(w wire) (*http.Response, error) { return w.emailSettings(ctx) })
	return settings, err
}

// SetEmailSettings changes how the server sends mail. UserID, MailAPIURL and RequestID are supported by v8 only: with
// another version, the error matches [ErrInvalid] and nothing is sent.
func (c *Client) SetEmailSettings(ctx context.Context, change EmailSettingsChange) error {
	const op = "set e-mail settings"
	response, err := c.exchange(ctx, call{}, func(w wire) (*http.Response, error) {
		return w.setEmailSettings(ctx, change)
	})
	if err != nil {
		return failed(op, err)
	}
	return failed(op, readNothing(response))
}
