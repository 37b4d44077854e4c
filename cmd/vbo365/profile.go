package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"
)

// A configuration is the content of the configuration file: servers by name.
type configuration struct {
	Default  string             `yaml:"default,omitempty"`
	Profiles map[string]profile `yaml:"profiles"`

	file string
}

// A profile has values for flags of the same names. It has no password, but says where to get it.
type profile struct {
	Server                string `yaml:"server" json:"server"`
	Login                 string `yaml:"login,omitempty" json:"login"`
	Username              string `yaml:"username,omitempty" json:"username"`
	PasswordFile          string `yaml:"password-file,omitempty" json:"passwordFile"`
	PasswordCommand       string `yaml:"password-command,omitempty" json:"passwordCommand"`
	Fingerprint           string `yaml:"fingerprint,omitempty" json:"fingerprint"`
	CAFile                string `yaml:"ca-file,omitempty" json:"caFile"`
	ClientCertificateFile string `yaml:"client-certificate-file,omitempty" json:"clientCertificateFile"`
	APIVersion            string `yaml:"api-version,omitempty" json:"apiVersion"`
	Org                   string `yaml:"org,omitempty" json:"org"`
}

func configFile() (string, error) {
	dir, err := os.UserConfigDir()
	return filepath.Join(dir, "vbo365", "config.yaml"), err
}

// readConfiguration reads the configuration file. Without one, the configuration is empty.
func readConfiguration() (configuration, error) {
	var config configuration
	file, err := configFile()
	if err != nil {
		return config, nil //nolint:nilerr // services may have no home directory, and hence no configuration
	}
	config.file = file
	content, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return config, nil
	}
	if err == nil {
		err = config.parse(content)
	}
	if err != nil {
		return config, fmt.Errorf("read configuration: %w", err)
	}
	return config, nil
}

func (c *configuration) parse(content []byte) error {
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.KnownFields(true)
	if err := decoder.Decode(c); err != nil && !errors.Is(err, io.EOF) { // a file of comments only
		text := strings.ReplaceAll(strings.TrimPrefix(err.Error(), "yaml: "), "\n ", "")
		text = strings.TrimPrefix(text, "unmarshal errors: ")
		for kind, name := range map[string]string{"main.configuration": "the configuration", "main.profile": "a profile"} {
			text = strings.ReplaceAll(text, "not found in type "+kind, "is not a key of "+name)
		}
		return fmt.Errorf("%s: %s", c.file, text)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Profiles)) {
		if err := c.Profiles[name].check(); err != nil {
			return fmt.Errorf("%s: profile %s: %w", c.file, name, err)
		}
	}
	if _, ok := c.Profiles[c.Default]; c.Default != "" && !ok {
		return fmt.Errorf("%s: default: there is no profile %q", c.file, c.Default)
	}
	return nil
}

func (p profile) check() error {
	switch {
	case !isAddress(p.Server):
		return errors.New("server is not an address such as https://backup.example.com:4443")
	case p.Fingerprint != "" && p.CAFile != "":
		return errors.New("fingerprint and ca-file exclude each other")
	case p.PasswordFile != "" && p.PasswordCommand != "":
		return errors.New("password-file and password-command exclude each other")
	}
	return nil
}

// isAddress distinguishes the address of a server from the name of a profile.
func isAddress(server string) bool { return strings.Contains(server, "://") }

// find returns a profile.
func (c configuration) find(name string) (profile, error) {
	found, ok := c.Profiles[name]
	switch {
	case ok:
		return found, nil
	case strings.ContainsAny(name, ".:"):
		return found, fmt.Errorf("the server %q is neither a profile nor an address: an address starts with https://", name)
	case len(c.Profiles) == 0:
		return found, fmt.Errorf("there is no profile %q: %s has none; to add one: vbo365 config add %s URL",
			name, cmp.Or(c.file, "the configuration"), name)
	}
	names := strings.Join(slices.Sorted(maps.Keys(c.Profiles)), ", ")
	return found, fmt.Errorf("there is no profile %q in %s, only %s", name, c.file, names)
}

// path returns the path of a file that the configuration names. It may be relative to the configuration file.
func (c configuration) path(name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	if strings.HasPrefix(name, "~") {
		return kong.ExpandPath(name)
	}
	return filepath.Join(filepath.Dir(c.file), name)
}

// AfterApply completes the flags from the profile, after they were parsed. A value of a flag or of the environment
// takes precedence. A server that is named by its address has no profile, so that no password of another server is
// sent to it.
func (s *server) AfterApply() error {
	if err := s.applyProfile(); err != nil {
		return usageError{err}
	}
	return nil
}

func (s *server) applyProfile() error {
	if !isAddress(s.Server) {
		config, err := readConfiguration()
		if err != nil {
			return err
		}
		name := cmp.Or(s.Server, os.Getenv("VBO365_PROFILE"), config.Default)
		if name == "" {
			return errors.New("no server: name it with --server or VBO365_SERVER, or add it with: vbo365 config add NAME URL")
		}
		found, err := config.find(name)
		if err != nil {
			return err
		}
		s.complete(config, found)
	}
	if s.Username == "" {
		return errors.New("no account: name it with --username or VBO365_USERNAME")
	}
	return nil
}

func (s *server) complete(config configuration, p profile) {
	s.Server = p.Server
	if s.Username == "" {
		s.Username, s.Login = p.Username, cmp.Or(s.Login, p.Login)
	}
	ownPassword := s.PasswordFile != "" || s.PasswordCommand != "" || os.Getenv("VBO365_PASSWORD") != ""
	if s.Username == p.Username && !ownPassword {
		s.PasswordFile, s.PasswordCommand = config.path(p.PasswordFile), p.PasswordCommand
	}
	if s.Fingerprint == "" && s.CAFile == "" && !s.Insecure {
		s.Fingerprint, s.CAFile = p.Fingerprint, config.path(p.CAFile)
	}
	s.ClientCertificateFile = cmp.Or(s.ClientCertificateFile, config.path(p.ClientCertificateFile))
	s.APIVersion = cmp.Or(s.APIVersion, p.APIVersion)
	s.org = p.Org
}
