package apitest

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vbo365/vbo365-go/spec"
)

// Config is the configuration of a simulator. The zero value serves the organization of [SampleOrganization] on a free
// port.
type Config struct {
	// Listen is the address to listen on. The default is 127.0.0.1:0, a free port of the loopback interface.
	Listen string

	// Username and Password are the only account. The default name is EXAMPLE\operator, and the default password is
	// random. The [Server] has both. Letter case does not count in the name.
	Username, Password string

	// APIVersions are the served versions of the API, such as "v8", in any order. The status for other versions is 404.
	// The default is all versions of the OpenAPI document.
	APIVersions []string

	// TokenLifetime is the lifetime of an access token. The default is 60 minutes.
	TokenLifetime time.Duration

	// StrictAntiforgery says that a token of v7 or later is valid only with the antiforgery cookie that came with it,
	// unless its request had disable_antiforgery_token=true. By default, the cookie is sent, but not needed. Which of
	// the two a product server does depends on its build.
	StrictAntiforgery bool

	// SessionIdleTimeout is the time without requests after which a restore session that was started by a request is
	// stopped. A running request keeps it alive. The default is 30 minutes, our choice. If it is negative, sessions do
	// not expire.
	SessionIdleTimeout time.Duration

	// Assertions maps a client_id to the only valid assertion for it, in the grants jwt-bearer and operator. The
	// default refuses these grants.
	Assertions map[string]string

	// Operators are the restore operators, by their client_id in the grant operator, which needs an assertion in
	// Assertions, too. The default is none.
	Operators map[string]Operator

	// Organizations have the backed-up data. The default is the [SampleOrganization], in a temporary directory.
	Organizations []Organization

	// Repositories have the restore points. The default is one with the name Default Backup Repository.
	Repositories []Repository

	// RetrievalTime is how long a data retrieval takes. By default, the data is there at once.
	RetrievalTime time.Duration

	// SMTP is the "host:port" of an SMTP server, such as a [Mailbox], in the initial e-mail settings, without TLS and
	// log-in. Without it, sendTo fails until a request has changed the settings.
	SMTP string

	// EmptyAnswers leaves out the body of the responses to restoreToOriginalLocation and copyTo up to v5, as the vendor
	// documents them. The default is to send the statistics that clients have observed.
	EmptyAnswers bool

	// RestorePace is the pause of a restore or copy after each document in v8, where it continues after the response.
	// The default is no pause.
	RestorePace time.Duration

	// Chunked leaves out the Content-Length of the response to save. The default is to send it.
	Chunked bool

	// TemporaryArchives makes a save of v7 and later as the product does: it writes all of the response into a
	// temporary file before the first byte, even if the client goes away, and keeps the file for the same request in the
	// same session until all of it has been sent. The default is to send archives while they are made.
	TemporaryArchives bool

	// Log gets one record for each request: method, route template, status, duration and deviations from the OpenAPI
	// document, without bodies, queries and tokens. It also gets warnings about files that cannot be in a OneDrive. The
	// default is no log.
	Log *slog.Logger
}

// Operator is a restore operator.
type Operator struct {
	// User is the e-mail address of the operator, and may be empty. Without a scope, a session of the operator has the
	// OneDrive of this owner.
	User string

	// Scope has the e-mail addresses of the owners whose OneDrives the operator may restore.
	Scope []string
}

// Repository is a backup repository.
type Repository struct {
	// Name is the name of the repository. It is required, and unique without letter case.
	Name string

	// Archive says that the storage class of the repository is an archive. A OneDrive whose restore point is in it is
	// listed, but nothing in it can be read or restored before a data retrieval: the status is 500.
	Archive bool

	// Copies says that copy jobs write to the repository. Only a session of the repository itself shows what is in it.
	Copies bool
}

// Organization is a backed-up Microsoft 365 organization.
type Organization struct {
	// Name is the name of the organization, such as example.onmicrosoft.com. It is required, and unique without letter
	// case.
	Name string

	// OneDrives are the OneDrives of its users.
	OneDrives []OneDrive
}

// OneDrive is the OneDrive of a user: its restore points and its current files.
type OneDrive struct {
	// Owner is the e-mail address of the user. It is required, and unique in the organization without letter case.
	Owner string

	// Name is the display name. The default is Owner.
	Name string

	// Backup has the restore points, in any order. Their times must differ.
	Backup []RestorePoint

	// Production is the directory that restores and copies write to. It is created if missing. The default is a
	// temporary directory, which [Server.Close] removes. Its subdirectory .versions is reserved: the version history of
	// the document a/b is in .versions/a/b/1.0, 2.0 and so on, oldest first, without the current version.
	Production string

	// UserDeleted says that the user does not exist in the organization any more. Such a OneDrive has backups, but no
	// Production: a restore to it fails, and it is no target of copyTo. A bulk restore with skipUnresolved leaves it
	// out.
	UserDeleted bool
}

// RestorePoint is the content of a OneDrive at a point in time.
//
// Symbolic links, devices and other special files, names that are not UTF-8, and a directory .versions at the top are
// left out, with a warning in [Config].Log.
type RestorePoint struct {
	// Time is the time of the backup. It is truncated to 100 nanoseconds, the resolution of responses.
	Time time.Time

	// Repository is the name of the repository that has the restore point. The default is the first one.
	Repository string

	// FS has the backed-up files. It must not change. The simulator only reads it, from several goroutines
	// concurrently. It may be generated and of any size: the simulator keeps its folders in memory, and the names in
	// those that were listed last, but no content of documents.
	FS fs.FS
}

// NewOneDrive returns a OneDrive whose only restore point is the directory backup, which is not written to. Its time is
// the start of the current minute, so that a restore session as of now includes it, even if the time has no seconds.
// production may be empty; see [OneDrive]. If one directory is inside the other, NewOneDrive returns an error.
func NewOneDrive(owner, backup, production string) (OneDrive, error) {
	info, err := os.Stat(backup)
	if err != nil {
		return OneDrive{}, fmt.Errorf("open backup: %w", err)
	}
	if !info.IsDir() {
		return OneDrive{}, fmt.Errorf("open backup: %s is not a directory", backup)
	}
	if production != "" {
		if err := checkApart(backup, production); err != nil {
			return OneDrive{}, err
		}
		if err := os.MkdirAll(production, 0o755); err != nil {
			return OneDrive{}, fmt.Errorf("create production directory: %w", err)
		}
	}
	return OneDrive{
		Owner:      owner,
		Backup:     []RestorePoint{{Time: time.Now().Truncate(time.Minute), FS: os.DirFS(backup)}},
		Production: production,
	}, nil
}

// complete fills in the defaults and checks the rest. tempDir makes a temporary directory.
func (c Config) complete(tempDir func() (string, error)) (_ Config, err error) {
	c.Listen = cmp.Or(c.Listen, "127.0.0.1:0")
	c.Username, c.Password = cmp.Or(c.Username, `EXAMPLE\operator`), cmp.Or(c.Password, rand.Text())
	c.TokenLifetime = cmp.Or(c.TokenLifetime, 60*time.Minute)
	c.SessionIdleTimeout = cmp.Or(c.SessionIdleTimeout, 30*time.Minute)
	c.Log = cmp.Or(c.Log, slog.New(slog.DiscardHandler))
	if c.TokenLifetime < 0 {
		return c, errors.New("token lifetime is negative")
	}
	if c.RestorePace < 0 {
		return c, errors.New("restore pace is negative")
	}
	if c.RetrievalTime < 0 {
		return c, errors.New("retrieval time is negative")
	}
	if len(c.Repositories) == 0 {
		c.Repositories = []Repository{{Name: "Default Backup Repository"}}
	}
	repositories := map[string]bool{}
	for i, repository := range c.Repositories {
		name := strings.ToLower(repository.Name)
		if name == "" || repositories[name] {
			return c, fmt.Errorf("repository %d: the name %q is empty or not unique", i, repository.Name)
		}
		repositories[name] = true
	}
	if c.APIVersions, err = chooseVersions(c.APIVersions); err != nil {
		return c, err
	}
	if c.SMTP != "" {
		host, port, err := net.SplitHostPort(c.SMTP)
		if err != nil {
			return c, fmt.Errorf("smtp address: %w", err)
		}
		if number, err := strconv.ParseUint(port, 10, 16); err != nil || number == 0 || host == "" {
			return c, fmt.Errorf("smtp address: %s has no host or no port number", c.SMTP)
		}
	}
	if len(c.Organizations) == 0 {
		dir, err := tempDir()
		if err != nil {
			return c, err
		}
		sample, err := SampleOrganization(dir)
		if err != nil {
			return c, err
		}
		c.Organizations = []Organization{sample}
	}

	organizations := make([]Organization, len(c.Organizations)) // a copy: the caller's slices stay as they are
	names := map[string]bool{}
	for i, organization := range c.Organizations {
		name := strings.ToLower(organization.Name)
		if name == "" || names[name] {
			return c, fmt.Errorf("organization %d: the name %q is empty or not unique", i, organization.Name)
		}
		names[name] = true
		organization.OneDrives = slices.Clone(organization.OneDrives)
		owners := map[string]bool{}
		for j := range organization.OneDrives {
			drive := &organization.OneDrives[j]
			owner := strings.ToLower(drive.Owner)
			if owner == "" || owners[owner] {
				return c, fmt.Errorf("organization %s: the owner %q is empty or not unique",
					organization.Name, drive.Owner)
			}
			owners[owner] = true
			err := drive.complete(tempDir)
			for k := range drive.Backup {
				name := cmp.Or(drive.Backup[k].Repository, c.Repositories[0].Name)
				if drive.Backup[k].Repository = name; err == nil && !repositories[strings.ToLower(name)] {
					err = fmt.Errorf("there is no repository %q", name)
				}
			}
			if err != nil {
				return c, fmt.Errorf("organization %s, OneDrive of %s: %w", organization.Name, drive.Owner, err)
			}
		}
		organizations[i] = organization
	}
	c.Organizations = organizations
	return c, nil
}

// chooseVersions gives the chosen ones of the versions that there are, oldest first.
func chooseVersions(chosen []string) ([]string, error) {
	all := spec.Versions()
	if chosen == nil {
		return all, nil
	}
	var versions []string
	for _, version := range all {
		if slices.ContainsFunc(chosen, func(c string) bool { return strings.EqualFold(c, version) }) {
			versions = append(versions, version)
		}
	}
	for _, c := range chosen {
		if !slices.ContainsFunc(all, func(v string) bool { return strings.EqualFold(c, v) }) {
			return nil, fmt.Errorf("there is no API version %q; they are %s", c, strings.Join(all, ", "))
		}
	}
	if len(versions) == 0 {
		return nil, fmt.Errorf("no API version is chosen; they are %s", strings.Join(all, ", "))
	}
	return versions, nil
}

func (d *OneDrive) complete(tempDir func() (string, error)) (err error) {
	d.Name = cmp.Or(d.Name, d.Owner)
	d.Backup = slices.Clone(d.Backup)
	for i := range d.Backup {
		d.Backup[i].Time = d.Backup[i].Time.Truncate(100) // else the time that was sent would be before it
	}
	slices.SortFunc(d.Backup, func(a, b RestorePoint) int { return a.Time.Compare(b.Time) })
	for i, point := range d.Backup {
		if point.FS == nil {
			return fmt.Errorf("restore point %s has no content", point.Time)
		}
		if i > 0 && point.Time.Equal(d.Backup[i-1].Time) {
			return fmt.Errorf("two restore points have the time %s", point.Time)
		}
	}
	if d.UserDeleted {
		if d.Production != "" {
			return errors.New("the user is deleted, but has a production directory")
		}
		return nil
	}
	if d.Production == "" {
		if d.Production, err = tempDir(); err != nil {
			return err
		}
	}
	if d.Production, err = filepath.Abs(d.Production); err != nil {
		return err
	}
	if err := os.MkdirAll(d.Production, 0o755); err != nil {
		return fmt.Errorf("create production directory: %w", err)
	}
	d.Production, err = filepath.EvalSymlinks(d.Production)
	return err
}
