package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/vbo365/vbo365-go/api"
)

// server holds the flags that say which server to talk to, as whom, and which certificate to trust. A profile has those
// that are left out.
type server struct {
	Server          string `group:"Connection" env:"VBO365_SERVER" placeholder:"URL|NAME" help:"Address of the backup server, https://HOST:4443, or name of a profile. Default: the profile that VBO365_PROFILE or the configuration names."`
	Login           string `group:"Connection" env:"VBO365_LOGIN" enum:"${logins}," default:"" placeholder:"password|jwt|operator" help:"How to log in. password (default): with a user name. jwt: the user name is that or the id of the tenant, and the password the JSON response of Microsoft's token endpoint (API v4 and later). operator: the user name is USERID.TENANTID, and the password the access token in that response (API v6 and later)."`
	Username        string `group:"Connection" env:"VBO365_USERNAME" placeholder:"USER" help:"Account to log in with: DOMAIN\\user, or that of the organization."`
	PasswordFile    string `group:"Connection" type:"path" placeholder:"FILE" xor:"password" help:"File that holds the password, - for standard input. Otherwise VBO365_PASSWORD, that of the profile, or a prompt."`
	PasswordCommand string `group:"Connection" placeholder:"COMMAND" xor:"password" help:"Program that prints the password, with its arguments. It is run without a shell."`

	Fingerprint           string `group:"Connection" env:"VBO365_FINGERPRINT" placeholder:"SHA256" xor:"trust" help:"Trust the certificate with this SHA-256 fingerprint."`
	CAFile                string `group:"Connection" name:"ca-file" env:"VBO365_CA_FILE" type:"path" placeholder:"FILE" xor:"trust" help:"Trust certificates of the authorities in this PEM file."`
	ClientCertificateFile string `group:"Connection" env:"VBO365_CLIENT_CERTIFICATE_FILE" type:"path" placeholder:"FILE" help:"PEM file with a certificate and its private key, for a proxy that requests one."`

	APIVersion string    `group:"Connection" name:"api-version" env:"VBO365_API_VERSION" enum:"${apiVersions}," default:"" placeholder:"${oldestAPI}|…|${newestAPI}" help:"Version of the API to speak. Default: the newest that the server serves."`
	Attempts   *int      `group:"Connection" env:"VBO365_ATTEMPTS" placeholder:"N" help:"Maximum number of attempts for a request that can be retried (default 6)."`
	Verbose    bool      `group:"Connection" short:"v" help:"Write a line for every request to standard error."`
	LogFormat  logFormat `group:"Connection" enum:"text,json" default:"text" placeholder:"text|json" help:"Form of the messages on standard error (${default})."`
	Insecure   bool      `group:"Connection" name:"insecure-skip-certificate-verification" xor:"trust" help:"Trust any certificate: whoever can reach the connection can read the passwords."`

	ConnectTimeout   timeout `group:"Timeouts" placeholder:"DURATION" help:"How long to wait for a connection, and again for its TLS handshake (default 30s)."`
	FirstByteTimeout timeout `group:"Timeouts" placeholder:"DURATION" help:"How long to wait for the response to a save, restore, copy or send (default 12h)."`
	StallTimeout     timeout `group:"Timeouts" placeholder:"DURATION" help:"How long to wait for any other data from the server (default 5m)."`

	org   string // of the profile
	limit rate   // of received data: the flag --limit-rate of some commands
}

// logins are the ways to log in.
var logins = map[string]func(username, password string) api.Option{
	"password": api.WithPassword,
	"jwt":      api.WithJWTBearer,
	"operator": api.WithOperator,
}

// client returns a client for the server, whose version it has detected.
func (s server) client(ctx context.Context, t terminal) (*api.Client, error) {
	client, err := s.newClient(ctx, t)
	if err != nil {
		return nil, err
	}
	t.job.base.Server = s.Server
	version, err := client.APIVersion(ctx) // the first request would detect it, too
	if err != nil {
		client.CloseIdleConnections()
		return nil, err
	}
	t.job.base.APIVersion = version.String()
	return client, nil
}

// newClient returns a client with more options. It sends nothing.
func (s server) newClient(ctx context.Context, t terminal, more ...api.Option) (*api.Client, error) {
	password, err := s.password(ctx, t)
	if err != nil {
		return nil, err
	}
	opts := []api.Option{
		logins[cmp.Or(s.Login, "password")](s.Username, password),
		api.WithTimeouts(api.Timeouts{
			Connect:      time.Duration(s.ConnectTimeout),
			TLSHandshake: time.Duration(s.ConnectTimeout),
			FirstByte:    time.Duration(s.FirstByteTimeout),
			Stall:        time.Duration(s.StallTimeout),
		}),
		api.WithRetryNotice(func(n api.RetryNotice) {
			t.job.retries.Add(1)
			wait := n.Wait.Round(100 * time.Millisecond)
			t.say("attempt %d of %d failed: %v; retrying in %v", n.Attempt, n.Attempts, n.Err, wait)
		}),
	}
	if opts, err = withAPIVersion(opts, s.APIVersion); err != nil {
		return nil, err
	}
	if s.Attempts != nil {
		opts = append(opts, api.WithAttempts(*s.Attempts))
	}
	if s.Verbose {
		opts = append(opts, api.WithLogger(slog.New(s.LogFormat.handler(t.err))))
	}
	if s.limit > 0 {
		opts = append(opts, api.WithTransport(s.limit.limit))
	}
	switch {
	case s.Fingerprint != "":
		opts = append(opts, api.WithCertificateFingerprint(s.Fingerprint))
	case s.CAFile != "":
		opts = append(opts, api.WithCAFile(s.CAFile))
	case s.Insecure:
		opts = append(opts, api.WithInsecureSkipCertificateVerification())
	}
	if s.ClientCertificateFile != "" {
		certificate, err := tls.LoadX509KeyPair(s.ClientCertificateFile, s.ClientCertificateFile)
		if err != nil {
			return nil, usageError{fmt.Errorf("read client certificate: %w", err)}
		}
		opts = append(opts, api.WithClientCertificate(certificate))
	}
	return api.NewClient(s.Server, append(opts, more...)...)
}

// password returns the password of the account.
func (s server) password(ctx context.Context, t terminal) (string, error) {
	if s.PasswordCommand == "" {
		return secret(ctx, t, "VBO365_PASSWORD", s.PasswordFile, "Password of "+s.Username)
	}
	words, err := splitWords(s.PasswordCommand)
	if err == nil && len(words) == 0 {
		err = errors.New("it is empty")
	}
	if err != nil {
		return "", usageError{fmt.Errorf("password command: %w", err)}
	}
	command := exec.CommandContext(ctx, words[0], words[1:]...) //nolint:gosec // the user has named the program
	command.Stdin, command.Stderr = t.in, t.err
	output, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("password command %s: %w", words[0], err)
	}
	password := strings.TrimRight(string(output), "\r\n")
	if password == "" {
		return "", fmt.Errorf("password command %s printed nothing", words[0])
	}
	return password, nil
}

// A timeout is a positive duration. Zero means that the flag was not given.
type timeout time.Duration

// UnmarshalText reads a timeout such as 90s or 2h30m.
func (d *timeout) UnmarshalText(text []byte) error {
	duration, err := time.ParseDuration(string(text))
	if err == nil && duration <= 0 {
		err = fmt.Errorf("%s is not more than zero", text)
	}
	*d = timeout(duration)
	return err
}

// withAPIVersion adds the option for a version of the API, if one is named.
func withAPIVersion(opts []api.Option, name string) ([]api.Option, error) {
	if name == "" {
		return opts, nil
	}
	version, err := api.ParseVersion(name)
	return append(opts, api.WithAPIVersion(version)), err
}

// secret reads a secret from a file, from the environment, or from the terminal, in this order. Flags have no secrets,
// because everybody on the computer can read a command line. The file - is standard input.
func secret(ctx context.Context, t terminal, variable, file, prompt string) (string, error) {
	if file != "" {
		read := os.ReadFile
		if file == "-" {
			read = func(string) ([]byte, error) { return io.ReadAll(t.in) }
		}
		content, err := read(file)
		if err != nil {
			return "", usageError{err}
		}
		value := strings.TrimRight(strings.TrimPrefix(string(content), "\ufeff"), "\r\n")
		if value == "" {
			return "", usageError{fmt.Errorf("the file %s is empty", file)}
		}
		return value, nil
	}
	if value := os.Getenv(variable); value != "" {
		return value, nil
	}
	if !isTerminal(t.in) {
		return "", usageError{fmt.Errorf("no password: set %s, name a file, or run this in a terminal", variable)}
	}
	value, err := typed(ctx, t, prompt)
	if err != nil {
		return "", fmt.Errorf("read password: %w", err)
	}
	if value == "" {
		return "", usageError{errors.New("no password was typed")}
	}
	return value, nil
}

// typed reads a line from the terminal without echo.
func typed(ctx context.Context, t terminal, prompt string) (string, error) {
	fd := int(t.in.Fd())
	shown, err := term.GetState(fd)
	if err != nil {
		return "", err
	}
	_ = printf(t.err, "%s: ", prompt)
	defer func() { _ = printf(t.err, "\n") }()
	type line struct {
		text []byte
		err  error
	}
	lines := make(chan line, 1)
	go func() {
		text, err := term.ReadPassword(fd)
		lines <- line{text, err}
	}()
	select {
	case line := <-lines:
		return string(line.text), line.err
	case <-ctx.Done():
		_ = term.Restore(fd, shown) // a failure has no remedy
		return "", ctx.Err()
	}
}
