package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/vbo365/vbo365-go/api"
)

// server holds the flags that say which server to talk to, as whom, and which certificate to trust.
type server struct {
	Server       string `required:"" env:"VBO365_SERVER" placeholder:"URL" help:"Address of the backup server: https://HOST:4443."`
	Username     string `required:"" env:"VBO365_USERNAME" placeholder:"USER" help:"Account to log in with: DOMAIN\\user, or that of the organization."`
	PasswordFile string `type:"path" placeholder:"FILE" help:"File that holds the password. Otherwise VBO365_PASSWORD, or a prompt."`

	Fingerprint string `env:"VBO365_FINGERPRINT" placeholder:"SHA256" xor:"trust" help:"Trust the certificate with this SHA-256 fingerprint."`
	CAFile      string `name:"ca-file" env:"VBO365_CA_FILE" type:"path" placeholder:"FILE" xor:"trust" help:"Trust certificates of the authorities in this PEM file."`
	APIVersion  string `name:"api-version" env:"VBO365_API_VERSION" enum:"v2,v3,v4,v5,v6,v7,v8," default:"" placeholder:"v2|…|v8" help:"Version of the API to speak. Default: the newest that the server serves."`
	Attempts    int    `env:"VBO365_ATTEMPTS" placeholder:"N" help:"How often to try what may be repeated when the server does not answer (default 6)."`
	Verbose     bool   `short:"v" help:"Write a line for every request to standard error."`
	Insecure    bool   `name:"insecure-skip-certificate-verification" xor:"trust" help:"Trust any certificate: whoever can reach the connection can read the passwords."`
}

func (s server) client(t terminal) (*api.Client, error) {
	password, err := secret(t, "VBO365_PASSWORD", s.PasswordFile, "Password of "+s.Username)
	if err != nil {
		return nil, err
	}
	opts := []api.Option{api.WithPassword(s.Username, password)}
	if opts, err = withAPIVersion(opts, s.APIVersion); err != nil {
		return nil, err
	}
	if s.Attempts != 0 {
		opts = append(opts, api.WithAttempts(s.Attempts))
	}
	if s.Verbose {
		opts = append(opts, api.WithLogger(slog.New(slog.NewTextHandler(t.err, &slog.HandlerOptions{Level: slog.LevelDebug}))))
	}
	switch {
	case s.Fingerprint != "":
		opts = append(opts, api.WithCertificateFingerprint(s.Fingerprint))
	case s.CAFile != "":
		opts = append(opts, api.WithCAFile(s.CAFile))
	case s.Insecure:
		opts = append(opts, api.WithInsecureSkipCertificateVerification())
	}
	return api.NewClient(s.Server, opts...)
}

// withAPIVersion adds the option for a version of the API, if one is named.
func withAPIVersion(opts []api.Option, name string) ([]api.Option, error) {
	if name == "" {
		return opts, nil
	}
	version, err := api.ParseVersion(name)
	return append(opts, api.WithAPIVersion(version)), err
}

// secret reads a secret from a file, from the environment, or from the terminal, in this order: never from the command
// line, where everybody on the computer can see it.
func secret(t terminal, variable, file, prompt string) (string, error) {
	if file != "" {
		content, err := os.ReadFile(file)
		if err != nil {
			return "", usageError{err}
		}
		value := strings.TrimRight(strings.TrimPrefix(string(content), "\ufeff"), "\r\n")
		if value == "" {
			return "", usageError{fmt.Errorf("%s is empty", file)}
		}
		return value, nil
	}
	if value := os.Getenv(variable); value != "" {
		return value, nil
	}
	if !term.IsTerminal(int(t.in.Fd())) {
		return "", usageError{fmt.Errorf("no password: set %s, name a file, or run this in a terminal", variable)}
	}
	_, _ = io.WriteString(t.err, prompt+": ")
	value, err := term.ReadPassword(int(t.in.Fd()))
	_, _ = io.WriteString(t.err, "\n")
	if err != nil {
		return "", fmt.Errorf("read password: %w", err)
	}
	if len(value) == 0 {
		return "", usageError{errors.New("no password was typed")}
	}
	return string(value), nil
}
