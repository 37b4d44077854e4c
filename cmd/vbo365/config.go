package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/vbo365/vbo365-go/api"
)

type configCommand struct {
	Add  configAddCommand  `cmd:"" help:"Add a server, or change it, and pin its certificate."`
	Init configInitCommand `cmd:"" help:"Write a configuration file without servers, with an explanation of its keys."`
	Show configShowCommand `cmd:"" help:"Print the configuration, without what a password command may contain."`
	Path configPathCommand `cmd:"" help:"Print the path of the configuration file."`
}

type configPathCommand struct{ output }

// Run prints the path of the configuration file.
func (c *configPathCommand) Run(ctx context.Context, t terminal) error {
	file, err := configFile()
	if err != nil {
		return err
	}
	return named(ctx, t, file, file)
}

type configInitCommand struct{ output }

// emptyConfiguration explains the keys.
//
//go:embed config.yaml
var emptyConfiguration []byte

// Run writes an empty configuration.
func (c *configInitCommand) Run(ctx context.Context, t terminal) error {
	file, err := configFile()
	if err != nil {
		return err
	}
	if _, err := os.Stat(file); err == nil {
		return usageError{fmt.Errorf("%s exists", file)}
	}
	if err := writeConfiguration(file, emptyConfiguration); err != nil {
		return err
	}
	return named(ctx, t, file, file)
}

type configShowCommand struct {
	output

	Name string `arg:"" optional:"" help:"Name of a profile. Default: all."`
}

// listedProfile is the JSON form of a profile.
type listedProfile struct {
	Name    string `json:"name"`
	Default bool   `json:"default"`
	profile
}

// Run prints profiles. The arguments of a password command may be a secret.
func (c *configShowCommand) Run(t terminal) error {
	config, err := readConfiguration()
	if err != nil {
		return usageError{err}
	}
	if c.Name != "" {
		found, err := config.find(c.Name)
		if err != nil {
			return usageError{err}
		}
		config.Profiles = map[string]profile{c.Name: found}
	}
	for name, p := range config.Profiles {
		if program, arguments, _ := strings.Cut(p.PasswordCommand, " "); arguments != "" {
			p.PasswordCommand = program + " …"
			config.Profiles[name] = p
		}
	}
	if c.JSON {
		for _, name := range slices.Sorted(maps.Keys(config.Profiles)) {
			item := listedProfile{name, name == config.Default, config.Profiles[name]}
			if err := t.encode("profile", item); err != nil {
				return outputError(err)
			}
		}
		return nil
	}
	text := &page{terminal: isTerminal(t.out)}
	_ = printf(text, "# %s\n", config.file)
	encoder := yaml.NewEncoder(text)
	encoder.SetIndent(2)
	if err := encoder.Encode(config); err != nil {
		return err
	}
	return t.publish(t.out, text.Bytes())
}

type configAddCommand struct {
	output

	Name    string `arg:"" help:"Name of the profile, for --server and VBO365_PROFILE."`
	Address string `arg:"" name:"url" help:"Address of the backup server: https://HOST:4443."`

	Login           string `enum:"${logins}," default:"" placeholder:"password|jwt|operator" help:"How to log in (default password)."`
	Username        string `placeholder:"USER" help:"Account to log in with."`
	PasswordFile    string `type:"path" placeholder:"FILE" xor:"password" help:"File that holds the password."`
	PasswordCommand string `placeholder:"COMMAND" xor:"password" help:"Program that prints the password, with its arguments."`
	Fingerprint     string `placeholder:"SHA256" xor:"trust" help:"Pin the certificate without a question, if it has this SHA-256 fingerprint."`
	CAFile          string `name:"ca-file" type:"path" placeholder:"FILE" xor:"trust" help:"Trust certificates of the authorities in this PEM file, and pin none."`
	APIVersion      string `name:"api-version" enum:"${apiVersions}," default:"" placeholder:"${oldestAPI}|…|${newestAPI}" help:"Version of the API to speak."`
	Org             string `placeholder:"NAME" help:"Name of the organization for commands without --org."`
}

// Run adds a profile. It shows the certificate of the server and asks whether to trust it, as ssh does.
func (c *configAddCommand) Run(ctx context.Context, t terminal) error {
	if isAddress(c.Name) {
		return usageError{fmt.Errorf("the name %q is an address: the name comes first", c.Name)}
	}
	if err := c.checkAddress(); err != nil {
		return usageError{err}
	}
	config, err := readConfiguration()
	if err != nil {
		return usageError{err}
	}
	fingerprint, err := c.trust(ctx, t, config.Profiles[c.Name].Fingerprint)
	if err != nil {
		return err
	}
	values := [][2]string{
		{"server", c.Address},
		{"login", c.Login},
		{"username", c.Username},
		{"password-file", c.PasswordFile},
		{"password-command", c.PasswordCommand},
		{"fingerprint", fingerprint},
		{"ca-file", c.CAFile},
		{"api-version", c.APIVersion},
		{"org", c.Org},
	}
	if config.file == "" {
		_, err := configFile()
		return err
	}
	replaced := []string{"fingerprint", "ca-file"}
	if c.PasswordFile != "" || c.PasswordCommand != "" {
		replaced = append(replaced, "password-file", "password-command")
	}
	if err := addProfile(config.file, c.Name, values, replaced); err != nil {
		return err
	}
	summary := fmt.Sprintf("profile %s is in %s; try: vbo365 orgs --server %s", c.Name, config.file, c.Name)
	return named(ctx, t, config.file, summary)
}

// named reports an action on the configuration file.
func named(ctx context.Context, t terminal, file, summary string) error {
	return t.report(ctx, func(r *result) error {
		r.Target, r.bare, r.summary = file, true, summary
		return nil
	})
}

// checkAddress refuses what a client refuses.
func (c *configAddCommand) checkAddress() error {
	opts := []api.Option{api.WithPassword("unused", "unused")}
	if c.Fingerprint != "" {
		opts = append(opts, api.WithCertificateFingerprint(c.Fingerprint))
	}
	if c.CAFile != "" {
		opts = append(opts, api.WithCAFile(c.CAFile))
	}
	_, err := api.NewClient(c.Address, opts...)
	return err
}

// trust returns the fingerprint to pin: none if the authorities of the system, or those of the file, vouch for the
// certificate. old is the fingerprint that was pinned before.
func (c *configAddCommand) trust(ctx context.Context, t terminal, old string) (string, error) {
	address, err := url.Parse(c.Address)
	if err != nil || address.Scheme == "http" {
		return "", err
	}
	state, err := handshake(ctx, address)
	if err != nil {
		return "", err
	}
	certificate := state.PeerCertificates[0]
	seen := fmt.Sprintf("%x", sha256.Sum256(certificate.Raw))
	if c.Fingerprint != "" {
		if want := normalised(c.Fingerprint); want != seen {
			return "", fmt.Errorf("%w: its SHA-256 fingerprint is %s, not %s", api.ErrCertificate, seen, want)
		}
		return seen, nil
	}
	untrusted, err := c.verify(state, address.Hostname())
	if err != nil || untrusted == nil {
		return "", err
	}
	if c.CAFile != "" {
		return "", fmt.Errorf("%w: %w", api.ErrCertificate, untrusted)
	}
	if normalised(old) == seen {
		return seen, nil
	}
	if !isTerminal(t.in) {
		return "", usageError{fmt.Errorf(
			"the certificate is to be confirmed: give --fingerprint, or run this in a terminal; it is %s", seen)}
	}
	changed := ""
	if old != "" {
		changed = "\nThe certificate HAS CHANGED: the pinned one was " + old
	}
	if err := printf(t.err, "The certificate of %s is not verified: %v"+changed+`
  subject      %s
  issuer       %s
  valid        %s to %s
  fingerprint  %s (SHA-256)
Compare the fingerprint with that on the server. Is it the same (yes, no, or the fingerprint)? `,
		address.Host, untrusted, certificate.Subject, certificate.Issuer, certificate.NotBefore.Format(time.DateOnly),
		certificate.NotAfter.Format(time.DateOnly), seen); err != nil {
		return "", outputError(err)
	}
	typed, err := readLine(ctx, t)
	if err != nil {
		return "", err
	}
	if typed != "yes" && normalised(typed) != seen {
		return "", fmt.Errorf("%w: it was not confirmed", api.ErrCertificate)
	}
	return seen, nil
}

func normalised(fingerprint string) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimSpace(fingerprint), ":", ""))
}

// verify returns why the certificate is not trusted, or nil.
func (c *configAddCommand) verify(state tls.ConnectionState, host string) (untrusted, err error) {
	options := x509.VerifyOptions{DNSName: host, Intermediates: x509.NewCertPool()}
	for _, certificate := range state.PeerCertificates[1:] {
		options.Intermediates.AddCert(certificate)
	}
	if c.CAFile != "" {
		pem, err := os.ReadFile(c.CAFile)
		if err != nil {
			return nil, err
		}
		options.Roots = x509.NewCertPool()
		options.Roots.AppendCertsFromPEM(pem)
	}
	_, untrusted = state.PeerCertificates[0].Verify(options)
	return untrusted, nil
}

// handshake connects to a server to see its certificate, and sends nothing.
func handshake(ctx context.Context, address *url.URL) (tls.ConnectionState, error) {
	port := address.Port()
	if port == "" {
		port = "443"
	}
	dialer := tls.Dialer{
		NetDialer: &net.Dialer{Timeout: 30 * time.Second},
		Config:    &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // the certificate is shown and confirmed
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(address.Hostname(), port))
	if err != nil {
		return tls.ConnectionState{}, fmt.Errorf("get certificate: %w: %w", api.ErrNoAnswer, err)
	}
	defer func() { _ = conn.Close() }()
	return conn.(*tls.Conn).ConnectionState(), nil
}

// addProfile sets values of a profile in the configuration file, and keeps what else is in it, comments too. An empty
// value removes a key of those that are replaced, and leaves others as they are.
func addProfile(file, name string, values [][2]string, replaced []string) error {
	content, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		content, err = emptyConfiguration, nil
	}
	var document yaml.Node
	if err == nil {
		err = yaml.Unmarshal(content, &document)
	}
	if err != nil {
		return err
	}
	if document.Kind == 0 { // no file, or only comments
		document = yaml.Node{Kind: yaml.DocumentNode, HeadComment: strings.TrimSpace(string(content)), Content: []*yaml.Node{
			{Kind: yaml.MappingNode},
		}}
	}
	root := document.Content[0]
	profiles := valueOf(root, "profiles")
	profiles.Kind, profiles.Tag, profiles.Value, profiles.Style = yaml.MappingNode, "", "", 0
	first := len(profiles.Content) == 0
	found := valueOf(profiles, name)
	found.Kind, found.Tag, found.Value = yaml.MappingNode, "", ""
	for _, value := range values {
		if value[1] != "" {
			valueOf(found, value[0]).SetString(value[1])
		} else if slices.Contains(replaced, value[0]) {
			remove(found, value[0])
		}
	}
	if first {
		valueOf(root, "default").SetString(name)
	}
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	if err := encoder.Encode(&document); err != nil {
		return err
	}
	changed := configuration{file: file}
	if err := changed.parse(text.Bytes()); err != nil {
		return usageError{err}
	}
	return writeConfiguration(file, text.Bytes())
}

// valueOf returns the value of a key, which it adds if the mapping has none.
func valueOf(mapping *yaml.Node, key string) *yaml.Node {
	for i := 0; i < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i+1]
		}
	}
	value := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null"}
	name := new(yaml.Node)
	name.SetString(key)
	mapping.Content = append(mapping.Content, name, value)
	return value
}

func remove(mapping *yaml.Node, key string) {
	for i := 0; i < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			mapping.Content = slices.Delete(mapping.Content, i, i+2)
			return
		}
	}
}

// writeConfiguration replaces the file as a whole. Only its owner can read it.
func writeConfiguration(file string, content []byte) (err error) {
	if real, err := filepath.EvalSymlinks(file); err == nil {
		file = real
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(file), ".config-*.yaml") // with permissions 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(temporary.Name())
		}
	}()
	_, err = temporary.Write(content)
	if err = errors.Join(err, temporary.Sync(), temporary.Close()); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), file)
}
