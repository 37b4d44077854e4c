package api

import (
	"context"
	"net/http"
)

// EmailSettings reads the settings with which the server sends e-mail for [Folder.SendTo]. In v2, they are the settings
// for SharePoint; in later versions, those for OneDrive. The response has no password.
func (c *Client) EmailSettings(ctx context.Context) (EmailSettings, error) {
	var settings EmailSettings
	err := c.RestoreSession("").read(ctx, "get e-mail settings", c.check(), "", &settings,
		func(w wire) (*http.Response, error) { return w.emailSettings(ctx) })
	return settings, err
}

// SetEmailSettings changes the settings with which the server sends e-mail. Only v8 supports UserID, MailAPIURL and
// RequestID. With another version, the error matches [ErrInvalid], and nothing is sent.
func (c *Client) SetEmailSettings(ctx context.Context, change EmailSettingsChange) error {
	return c.RestoreSession("").read(ctx, "set e-mail settings", c.check(), "", nil,
		func(w wire) (*http.Response, error) { return w.setEmailSettings(ctx, change) })
}
