package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/vbo365/vbo365-go/api/apitest"
)

type simulateCommand struct {
	Backup string `type:"existingdir" xor:"data" placeholder:"DIR" help:"Directory to serve as the backed-up OneDrive, as of this minute. It is never written to."`

	RestorePoints []string `name:"restore-point" sep:"none" xor:"data" placeholder:"TIME=DIR" help:"Directory to serve as the OneDrive as of that time, instead of --backup: 2026-01-11T22:00:00+01:00=DIR, or '2026-01-11 22:00=DIR' in local time. Repeatable: each one is a restore point."`

	Data       string `type:"existingdir" xor:"data" placeholder:"DIR" help:"Data directory to serve instead, with ORGANIZATION/OWNER/backup/TIME/… and ORGANIZATION/OWNER/production/…; TIME is in UTC, such as 2026-01-11T21-00-00Z or 2026-01-11"`
	Production string `type:"path" placeholder:"DIR" help:"Directory of the current OneDrive: restores are written here. Default: a temporary one."`
	Target     string `type:"path" placeholder:"DIR" help:"Directory of a second, empty OneDrive to copy to. Default: a temporary one."`

	Organization string `default:"example.onmicrosoft.com" placeholder:"NAME" help:"Name of the organization (${default})."`
	Owner        string `default:"alice@example.com" placeholder:"ADDRESS" help:"Owner of the OneDrive (${default})."`
	TargetOwner  string `default:"bob@example.com" placeholder:"ADDRESS" help:"Owner of the second OneDrive (${default})."`

	SMTP string `name:"smtp" placeholder:"HOST:PORT" xor:"mail" help:"SMTP server to send mail through."`
	Mail string `type:"path" placeholder:"DIR" xor:"mail" help:"Directory to write mail to, one .eml file per message, instead of sending it."`

	Listen       string        `default:"127.0.0.1:4443" placeholder:"HOST:PORT" help:"Address to serve at; port 0 is a free one (${default})."`
	Username     string        `default:"EXAMPLE\\operator" placeholder:"USER" help:"Account that may log in (${default})."`
	PasswordFile string        `type:"path" placeholder:"FILE" help:"File that holds its password. Otherwise VBO365_PASSWORD, or a random one that is shown."`
	APIVersions  []string      `name:"api-versions" enum:"${apiVersions}" placeholder:"${oldestAPI},…" help:"Versions of the API to serve. Default: all."`
	EmptyAnswers bool          `help:"Respond to restores and copies without statistics, as the vendor documents."`
	RestorePace  time.Duration `placeholder:"DURATION" help:"Pause after each document of a restore or copy in API v8, to make its progress visible."`
	Chunked      bool          `help:"Send saves without Content-Length."`
	Faults       []string      `name:"fault" sep:"none" placeholder:"FAULT" help:"Inject a fault: KIND[:ARG][@OPERATION][/after][xTIMES][~PROBABILITY], such as 503:30x2, cut-length:1000@save, reset@copyTo/after or latency:2s~0.1. An unknown KIND lists all kinds. Repeatable."`
	Quiet        bool          `short:"q" help:"Do not write a line for every request to standard error."`
}

// A readyLine is one line of JSON with what a program needs to use the simulator.
type readyLine struct {
	URL         string `json:"url"`
	Fingerprint string `json:"fingerprint"`
	Username    string `json:"username"`
	Password    string `json:"password,omitempty"` // only if it is random: it protects nothing else
	SessionID   string `json:"sessionId"`
	OneDriveID  string `json:"oneDriveId"`
	FolderID    string `json:"folderId"`

	Organization string `json:"organization"`
	Owner        string `json:"owner"`
	Drive        string `json:"drive"`
	Production   string `json:"production"`

	// The next OneDrive, to copy to; empty if there is none.
	TargetOneDriveID string `json:"targetOneDriveId,omitempty"`
	TargetURL        string `json:"targetUrl,omitempty"`
	TargetProduction string `json:"targetProduction,omitempty"`
}

// export is a command that sets the environment for other commands: of PowerShell on Windows, and of a POSIX shell
// elsewhere.
func (r readyLine) export(system string) string {
	command, format, quote := "export", " %s='%s'", `'\''`
	if system == "windows" {
		command, format, quote = "", "$env:%s = '%s'; ", "''"
	}
	for _, variable := range [][2]string{
		{"VBO365_SERVER", r.URL},
		{"VBO365_USERNAME", r.Username},
		{"VBO365_PASSWORD", r.Password},
		{"VBO365_FINGERPRINT", r.Fingerprint},
	} {
		if variable[1] != "" {
			command += fmt.Sprintf(format, variable[0], strings.ReplaceAll(variable[1], "'", quote))
		}
	}
	return strings.TrimSuffix(command, "; ")
}

// Run serves until it is interrupted.
func (c *simulateCommand) Run(ctx context.Context, t terminal) (err error) {
	config, err := c.config(ctx, t)
	if err != nil {
		return err
	}
	faults := make([]apitest.Fault, len(c.Faults))
	for i, text := range c.Faults {
		if faults[i], err = apitest.ParseFault(text); err != nil {
			return usageError{err}
		}
	}
	if c.Mail != "" {
		mailbox, err := apitest.StartMailbox(c.Mail)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, mailbox.Close()) }()
		config.SMTP = mailbox.Addr
	}
	server, err := apitest.Start(config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	for _, fault := range faults {
		if err := server.Inject(fault); err != nil {
			return usageError{err}
		}
	}
	line, err := c.ready(server, config.Password == "")
	if err != nil {
		return err
	}
	if !c.Quiet {
		t.say("for other terminals: %s", line.export(runtime.GOOS))
	}
	if err := json.NewEncoder(t.out).Encode(line); err != nil { //nolint:gosec // the line contains the password on purpose
		return outputError(err)
	}
	<-ctx.Done()
	return nil
}

func (c *simulateCommand) config(ctx context.Context, t terminal) (apitest.Config, error) {
	organizations, err := c.organizations()
	if err != nil {
		return apitest.Config{}, usageError{err}
	}
	config := apitest.Config{
		Listen:        c.Listen,
		Username:      c.Username,
		Organizations: organizations,
		SMTP:          c.SMTP,
		APIVersions:   c.APIVersions,
		RestorePace:   c.RestorePace,
		EmptyAnswers:  c.EmptyAnswers,
		Chunked:       c.Chunked,
	}
	if !c.Quiet {
		config.Log = slog.New(slog.NewTextHandler(t.err, nil))
	}
	if c.PasswordFile != "" || os.Getenv("VBO365_PASSWORD") != "" {
		config.Password, err = secret(ctx, t, "VBO365_PASSWORD", c.PasswordFile, "")
	}
	return config, err
}

func (c *simulateCommand) organizations() ([]apitest.Organization, error) {
	switch {
	case c.Data != "":
		return apitest.Load(c.Data)
	case c.Backup == "" && len(c.RestorePoints) == 0:
		return nil, errors.New("--backup, --restore-point or --data is needed")
	}
	drive, err := c.oneDrive()
	return []apitest.Organization{{
		Name:      c.Organization,
		OneDrives: []apitest.OneDrive{drive, {Owner: c.TargetOwner, Production: c.Target}},
	}}, err
}

func (c *simulateCommand) oneDrive() (apitest.OneDrive, error) {
	if c.Backup != "" {
		return apitest.NewOneDrive(c.Owner, c.Backup, c.Production)
	}
	var all apitest.OneDrive
	for _, text := range c.RestorePoints {
		at, dir, ok := strings.Cut(text, "=")
		if !ok {
			return all, fmt.Errorf("--restore-point %q is not TIME=DIR", text)
		}
		point, err := parseTime("--restore-point", at, time.Now(), dayStart)
		if err != nil {
			return all, err
		}
		drive, err := apitest.NewOneDrive(c.Owner, dir, c.Production)
		if err != nil {
			return all, err
		}
		drive.Backup[0].Time = point
		drive.Backup = append(drive.Backup, all.Backup...)
		all = drive
	}
	return all, nil
}

func (c *simulateCommand) ready(server *apitest.Server, showPassword bool) (readyLine, error) {
	drives := server.Drives()
	session, err := server.StartRestoreSession(drives[0].Organization, time.Time{})
	if err != nil {
		return readyLine{}, err
	}
	line := readyLine{
		URL:          server.URL,
		Fingerprint:  server.Fingerprint,
		Username:     server.Username,
		SessionID:    session.ID,
		OneDriveID:   drives[0].ID,
		FolderID:     drives[0].RootFolderID,
		Organization: drives[0].Organization,
		Owner:        drives[0].Owner,
		Drive:        drives[0].Name,
		Production:   drives[0].Production,
	}
	if len(drives) > 1 {
		line.TargetOneDriveID, line.TargetURL, line.TargetProduction = drives[1].ID, drives[1].URL, drives[1].Production
	}
	if showPassword {
		line.Password = server.Password
	}
	return line, nil
}
