package api

import (
	"context"
	"net/http"

	"github.com/vbo365/vbo365-go/gen"
)

// How the server sends mail. The vendor's documents of the early versions do not list the properties: they are those of later
// versions.
type (
	// EmailSettings is how the server sends mail.
	EmailSettings = gen.EmailSettings
	// EmailSettingsChange says what to change about it. What is left zero keeps its value.
	EmailSettingsChange = gen.EmailSettingsChange
)

// EmailSettings reads how the server sends mail, which [Folder.SendTo] needs. In v2 these are the settings that the server has for
// SharePoint, later those for OneDrive.
func (c *Client) EmailSettings(ctx context.Context) (EmailSettings, error) {
	const op = "get e-mail settings"
	var settings EmailSettings
	response, err := c.exchange(ctx, call{}, func(w wire) (*http.Response, error) {
		if w.version == V2 {
			return w.GetSharePointEmailSettings(ctx, acceptJSON)
		}
		return w.GetOneDriveEmailSettings(ctx, acceptJSON)
	})
	if err == nil {
		err = readJSON(response, &settings)
	}
	return settings, failed(op, err)
}

// SetEmailSettings changes how the server sends mail. UserID, MailAPIURL and RequestID are known to v8 only: with another version,
// the error matches [ErrInvalid] and nothing is sent.
func (c *Client) SetEmailSettings(ctx context.Context, change EmailSettingsChange) error {
	const op = "set e-mail settings"
	response, err := c.exchange(ctx, call{}.with(change.UserPassword), func(w wire) (*http.Response, error) {
		if err := w.knows(
			option{"userId", change.UserID != "", V8, V8},
			option{"mailApiUrl", change.MailAPIURL != "", V8, V8},
			option{"requestId", change.RequestID != "", V8, V8},
		); err != nil {
			return nil, err
		}
		if w.version == V2 {
			return w.SetSharePointEmailSettings(ctx, change, acceptJSON)
		}
		return w.SetOneDriveEmailSettings(ctx, change, acceptJSON)
	})
	if err != nil {
		return failed(op, err)
	}
	return failed(op, readNothing(response))
}
