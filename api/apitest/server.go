package apitest

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/vbo365/vbo365-go/api/apitest/internal/tenant"
)

// Server is a running simulator. The caller must not change its fields. Its methods are safe for concurrent use.
type Server struct {
	URL         string            // https://127.0.0.1:port, without an API version
	Fingerprint string            // SHA-256 of the certificate, in lower-case hex
	Certificate *x509.Certificate // self-signed, made for this server
	Username    string            // of the only account
	Password    string

	config        Config
	organizations []*tenant.Organization
	repositories  []*tenant.Repository
	retrievals    retrievals
	archives      temporaryArchives
	archiveDir    string
	tokens        *tokens
	sessions      sessions
	log           requestLog
	faults        faults
	http          http.Server

	ctx         context.Context // ends with the server
	cancel      context.CancelFunc
	work        gate
	temporaries []string // directories

	sharePointMail, oneDriveMail *emailSettings
}

// TB is the part of [testing.TB] that this package needs, so that programs do not import package testing.
type TB interface {
	Helper()
	Cleanup(func())
	TempDir() string
	Fatalf(format string, args ...any)
}

// NewServer starts a simulator for a test, and closes it at the end of the test. It uses temporary directories of the
// test. If the configuration is not valid, the test fails.
func NewServer(tb TB, config Config) *Server {
	tb.Helper()
	s, err := start(config, func(*Server) (string, error) { return tb.TempDir(), nil })
	if err != nil {
		tb.Fatalf("%v", err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Fatalf("%v", err)
		}
	})
	return s
}

// Start starts a simulator. The caller closes it.
func Start(config Config) (*Server, error) {
	return start(config, func(s *Server) (string, error) {
		dir, err := os.MkdirTemp("", "vbo365-simulator-")
		s.temporaries = append(s.temporaries, dir)
		return dir, err
	})
}

func start(config Config, tempDir func(*Server) (string, error)) (_ *Server, err error) {
	s := &Server{faults: faults{struck: map[FaultKind]int{}, executions: map[string]int{}}}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("start simulator: %w", err), s.removeTemporaries())
		}
	}()

	if s.config, err = config.complete(func() (string, error) { return tempDir(s) }); err != nil {
		return nil, err
	}
	s.Username, s.Password = s.config.Username, s.config.Password
	for _, r := range s.config.Repositories {
		s.repositories = append(s.repositories, tenant.NewRepository(r.Name, r.Archive, r.Copies))
	}
	s.organizations = newOrganizations(s.config, s.repositories)
	s.tokens = newTokens(s.config)
	s.sessions.idleTimeout, s.sessions.byID = s.config.SessionIdleTimeout, map[string]*session{}
	s.archives.byRequest = map[string]*temporaryArchive{}
	if s.config.TemporaryArchives {
		if s.archiveDir, err = tempDir(s); err != nil {
			return nil, err
		}
	}
	s.sharePointMail, s.oneDriveMail = newEmailSettings(s.config.SMTP), newEmailSettings(s.config.SMTP)

	host, _, err := net.SplitHostPort(s.config.Listen)
	if err != nil {
		return nil, err
	}
	certificate, err := newCertificate(host)
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256(certificate.Leaf.Raw)
	s.Certificate, s.Fingerprint = certificate.Leaf, hex.EncodeToString(digest[:])

	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", s.config.Listen)
	if err != nil {
		return nil, err
	}
	address := *listener.Addr().(*net.TCPAddr)
	if address.IP.IsUnspecified() {
		address.IP = net.IPv4(127, 0, 0, 1)
	}
	s.URL = "https://" + address.String()

	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.http = http.Server{
		Handler: http.HandlerFunc(s.serve),
		TLSConfig: &tls.Config{
			Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12,
			GetConfigForClient: s.faults.meet,
		},
		MaxHeaderBytes:    maxHeaderSize,
		ReadHeaderTimeout: readHeaderTimeout,
		IdleTimeout:       idleTimeout,
		ErrorLog:          slog.NewLogLogger(s.config.Log.Handler(), slog.LevelWarn), // failed handshakes, panics
		Protocols:         new(http.Protocols),
	}
	s.http.Protocols.SetHTTP1(true) // bulk streams cost half the CPU of HTTP/2
	s.work.inside.Go(func() { _ = s.http.ServeTLS(listener, "", "") })
	return s, nil
}

// Close stops the server. It closes all connections, ends running work without partial documents, waits for it, and
// removes the temporary directories. The request log stays readable. Another Close has no effect.
func (s *Server) Close() error {
	if !s.work.close() {
		return nil
	}
	s.cancel()
	err := s.http.Close()
	s.work.inside.Wait()
	s.archives.close()
	return errors.Join(err, s.removeTemporaries())
}

func (s *Server) removeTemporaries() error {
	var errs []error
	for _, dir := range s.temporaries {
		errs = append(errs, os.RemoveAll(dir))
	}
	return errors.Join(errs...)
}

// CertPool returns a new pool that trusts the server's certificate, for [tls.Config].
func (s *Server) CertPool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate)
	return pool
}

func newOrganizations(
	config Config, repositories []*tenant.Repository,
) (organizations []*tenant.Organization) {
	productions := map[string]*tenant.Production{}
	for _, c := range config.Organizations {
		organization := tenant.NewOrganization(c.Name, config.Log)
		for _, d := range c.OneDrives {
			if productions[d.Production] == nil {
				productions[d.Production] = tenant.NewProduction(d.Production)
			}
			drive := organization.AddDrive(d.Owner, d.Name, productions[d.Production])
			drive.UserDeleted = d.UserDeleted
			for _, point := range d.Backup {
				in := slices.IndexFunc(repositories, func(r *tenant.Repository) bool {
					return strings.EqualFold(r.Name, point.Repository)
				})
				drive.AddPoint(point.Time, point.FS, repositories[in])
			}
		}
		organizations = append(organizations, organization)
	}
	return organizations
}

// Drive describes a OneDrive of a simulator. It is a value. Its methods are safe for concurrent use.
type Drive struct {
	Organization string // name of the organization
	Owner        string // e-mail address
	Name         string // display name
	ID           string // oneDriveId: two GUIDs run together
	URL          string // address in Microsoft 365, as a target of copyTo
	RootFolderID string // folderId of the whole OneDrive
	Production   string // absolute path of the directory with what the user sees now
}

// FolderID returns the folderId for a slash-separated path in the OneDrive, even if there is no such folder. The empty
// path and "." mean the root.
func (d Drive) FolderID(name string) string {
	return tenant.FolderID(d.ID, path.Clean(strings.Trim(name, "/"))).String()
}

// DocumentID returns the documentId for a slash-separated path in the OneDrive, even if there is no such document.
func (d Drive) DocumentID(name string) string {
	return tenant.DocumentID(d.ID, path.Clean(strings.Trim(name, "/"))).String()
}

// Drives returns all OneDrives, in the order of the configuration.
func (s *Server) Drives() []Drive {
	var drives []Drive
	for _, o := range s.organizations {
		for _, d := range o.Drives {
			root := tenant.FolderID(d.ID, ".").String()
			drives = append(drives, Drive{o.Name, d.Owner, d.Name, d.ID, d.URL, root, d.Production.Dir})
		}
	}
	return drives
}
