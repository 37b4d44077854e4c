package fleet

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"strings"
	"sync"

	"github.com/vbo365/vbo365-go/api"
)

// A setting of a server has a name in the file of credentials, and a variable in the environment.
var settings = []struct {
	name, variable string
	field          func(*account) *string
}{
	{"url", "", func(a *account) *string { return &a.url }},
	{"username", "VBO365_USERNAME", func(a *account) *string { return &a.username }},
	{"password", "VBO365_PASSWORD", func(a *account) *string { return &a.password }},
	{"fingerprint", "VBO365_FINGERPRINT", func(a *account) *string { return &a.fingerprint }},
	{"caFile", "VBO365_CA_FILE", func(a *account) *string { return &a.caFile }},
	{"userName", "VBO365_USER_NAME", func(a *account) *string { return &a.userName }},
	{"userPassword", "VBO365_USER_PASSWORD", func(a *account) *string { return &a.userPassword }},
	{"applicationId", "VBO365_APPLICATION_ID", func(a *account) *string { return &a.applicationID }},
	{
		"applicationCertificateFile", "VBO365_APPLICATION_CERTIFICATE_FILE",
		func(a *account) *string { return &a.certificateFile },
	},
	{
		"applicationCertificatePassword", "VBO365_APPLICATION_CERTIFICATE_PASSWORD",
		func(a *account) *string { return &a.certificatePassword },
	},
}

// An account says how to reach a server, and as whom to write to its OneDrives.
type account struct {
	url, username, password, fingerprint, caFile                                string
	userName, userPassword, applicationID, certificateFile, certificatePassword string
}

// Servers has a client for each backup server, which all items of that server share: its token, and its connections. It
// is safe for concurrent use.
type Servers struct {
	file    map[string]map[string]string
	logger  *slog.Logger
	options []api.Option

	mu      sync.Mutex
	clients map[string]*server
}

// A server is a client with the credentials that restores and copies write with.
type server struct {
	*api.Client
	account     account
	certificate api.Secret
}

// NewServers reads credentials. A setting comes from the file if that has it, else from the variable of its name with
// the server's at its end, such as VBO365_PASSWORD_BACKUP1_EXAMPLE_COM_4443, else from the variable, such as
// VBO365_PASSWORD. The file may be empty. It has a JSON object for each server, by name or address:
//
//	{"berlin": {"url": "https://backup1.example.com:4443", "username": "EXAMPLE\\operator", "password": "…"}}
//
// A file that other users can read is refused, except on Windows. The options are added to those of each client.
func NewServers(file string, logger *slog.Logger, options ...api.Option) (*Servers, error) {
	s := &Servers{logger: logger, options: options, clients: map[string]*server{}}
	if file == "" {
		return s, nil
	}
	info, err := os.Stat(file)
	if err != nil {
		return nil, fmt.Errorf("read credentials: %w", err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
		return nil, fmt.Errorf("read credentials: other users can read %s (mode %#o): chmod 600 %s", file, mode, file)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read credentials: %w", err)
	}
	if err := json.Unmarshal(content, &s.file); err != nil {
		return nil, fmt.Errorf("read credentials: %s: %w", file, withoutValues(err))
	}
	for name, values := range s.file {
		for key := range values {
			if !isSetting(key) {
				return nil, fmt.Errorf("read credentials: %s: %s has an unknown setting %q", file, name, key)
			}
		}
	}
	return s, nil
}

// withoutValues removes what package json quotes from a file with secrets.
func withoutValues(err error) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("no JSON after %d bytes", syntax.Offset)
	}
	return errors.New("not an object of objects of texts")
}

func isSetting(name string) bool {
	for _, setting := range settings {
		if setting.name == name {
			return true
		}
	}
	return false
}

// suffix is the name of a server at the end of a variable.
func suffix(server string) string {
	_, name, found := strings.Cut(server, "://")
	if !found {
		name = server
	}
	return "_" + strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.ToUpper(strings.TrimRight(name, "/")))
}

func (s *Servers) account(name string) account {
	var a account
	for _, setting := range settings {
		value := s.file[name][setting.name]
		if value == "" && setting.variable != "" {
			value = os.Getenv(setting.variable + suffix(name))
		}
		if value == "" && setting.variable != "" {
			value = os.Getenv(setting.variable)
		}
		*setting.field(&a) = value
	}
	if a.url == "" {
		a.url = name
	}
	return a
}

// server returns the client of a server.
func (s *Servers) server(name string) (*server, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if found := s.clients[name]; found != nil {
		return found, nil
	}
	a := s.account(name)
	if a.username == "" || a.password == "" {
		return nil, fmt.Errorf("server %s: no credentials: set VBO365_USERNAME%[2]s and VBO365_PASSWORD%[2]s, "+
			"or name the server in the file of --credentials", name, suffix(name))
	}
	options := []api.Option{api.WithPassword(a.username, a.password), api.WithLogger(s.logger.With("server", name))}
	if a.fingerprint != "" {
		options = append(options, api.WithCertificateFingerprint(a.fingerprint))
	}
	if a.caFile != "" {
		options = append(options, api.WithCAFile(a.caFile))
	}
	client, err := api.NewClient(a.url, append(options, s.options...)...)
	if err != nil {
		return nil, fmt.Errorf("server %s: %w", name, err)
	}
	found := &server{Client: client, account: a}
	if a.certificateFile != "" {
		content, err := os.ReadFile(a.certificateFile)
		if err != nil {
			return nil, fmt.Errorf("server %s: read certificate: %w", name, err)
		}
		found.certificate = api.Secret(base64.StdEncoding.EncodeToString(content))
	}
	s.clients[name] = found
	return found, nil
}

// canWrite returns an error if there are no credentials to write to the OneDrives of a server with.
func (s *server) canWrite(name string) error {
	if s.account.applicationID != "" && s.certificate != "" || s.account.userName != "" && s.account.userPassword != "" {
		return nil
	}
	return fmt.Errorf("server %s: no credentials to write to OneDrives with: set VBO365_USER_NAME%[2]s and "+
		"VBO365_USER_PASSWORD%[2]s, or userName and userPassword in the file of --credentials", name, suffix(name))
}

func (s *server) restoreOptions(given map[string]string) api.RestoreToOriginalLocation {
	options := apply(restoreOptions, given)
	if s.account.applicationID != "" {
		options.ApplicationID, options.ApplicationCertificate = s.account.applicationID, s.certificate
		options.ApplicationCertificatePassword = api.Secret(s.account.certificatePassword)
		return options
	}
	options.UserName, options.UserPassword = s.account.userName, api.Secret(s.account.userPassword)
	return options
}

func (s *server) copyOptions(item Item) api.CopyTo {
	options := apply(copyOptions, item.Options)
	options.OneDrive = &api.OneDriveProperties{URL: item.TargetURL}
	if s.account.applicationID != "" {
		options.ApplicationID, options.ApplicationCertificate = s.account.applicationID, s.certificate
		options.ApplicationCertificatePassword = api.Secret(s.account.certificatePassword)
		return options
	}
	options.UserName, options.UserPassword = s.account.userName, api.Secret(s.account.userPassword)
	return options
}

// Close closes the connections that are not in use.
func (s *Servers) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, server := range s.clients {
		server.CloseIdleConnections()
	}
}
