package main

import (
	"context"
	"errors"
	"os"

	"github.com/vbo365/vbo365-go/api"
)

type mailCommand struct {
	Get mailGetCommand `cmd:"" default:"withargs" help:"Show how the server sends mail (the default)."`
	Set mailSetCommand `cmd:"" help:"Change how the server sends mail. What is not named keeps its value."`
}

type mailGetCommand struct {
	server
	output
}

// mailSettings is the JSON form of the settings.
type mailSettings struct {
	EnableNotification bool   `json:"enableNotification"`
	Server             string `json:"server"`
	Port               int32  `json:"port"`
	From               string `json:"from"`
	UseSSL             bool   `json:"useSSL"`
	UseAuthentication  bool   `json:"useAuthentication"`
	Username           string `json:"username"`
}

// Run shows the mail settings.
func (c *mailGetCommand) Run(ctx context.Context, t terminal) error {
	client, err := c.client(ctx, t)
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	settings, err := client.EmailSettings(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return outputError(t.encode("mailSettings", mailSettings{
			settings.EnableNotification, settings.Server, settings.Port, settings.From, settings.UseSSL,
			settings.UseAuthentication, settings.Username,
		}))
	}
	format := "enabled         %t\nserver          %s\nport            %d\nfrom            %s\n" +
		"ssl             %t\nauthentication  %t\nusername        %s\n"
	return outputError(printf(t.out, format, settings.EnableNotification, settings.Server, settings.Port, settings.From,
		settings.UseSSL, settings.UseAuthentication, settings.Username))
}

type mailSetCommand struct {
	server
	output

	Enable           *bool  `negatable:"" help:"Let the server send mail."`
	SMTPServer       string `name:"smtp-server" placeholder:"HOST" help:"SMTP server."`
	SMTPPort         *int32 `name:"smtp-port" placeholder:"PORT" help:"Its port."`
	From             string `placeholder:"ADDRESS" help:"Sender, if a message names none."`
	SSL              *bool  `name:"ssl" negatable:"" help:"Encrypt the connection."`
	Authentication   *bool  `negatable:"" help:"Log in to the SMTP server."`
	SMTPUsername     string `name:"smtp-username" placeholder:"USER" help:"Account to log in with. Its password comes from --smtp-password-file or VBO365_SMTP_PASSWORD."`
	SMTPPasswordFile string `name:"smtp-password-file" type:"path" placeholder:"FILE" help:"File that holds the password of that account."`
}

// Run changes the mail settings.
func (c *mailSetCommand) Run(ctx context.Context, t terminal) error {
	change := api.EmailSettingsChange{
		EnableNotification: c.Enable,
		Server:             c.SMTPServer,
		Port:               c.SMTPPort,
		From:               c.From,
		UseSSL:             c.SSL,
		UseAuthentication:  c.Authentication,
		Username:           c.SMTPUsername,
	}
	if c.SMTPPasswordFile != "" || os.Getenv("VBO365_SMTP_PASSWORD") != "" {
		password, err := secret(ctx, t, "VBO365_SMTP_PASSWORD", c.SMTPPasswordFile, "")
		if err != nil {
			return err
		}
		change.UserPassword = api.Secret(password)
	}
	if change == (api.EmailSettingsChange{}) {
		return usageError{errors.New("nothing to change: name at least one setting")}
	}
	client, err := c.client(ctx, t)
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	return t.report(ctx, func(*result) error { return client.SetEmailSettings(ctx, change) })
}
