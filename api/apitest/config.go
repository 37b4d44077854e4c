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

// Config says what a simulator serves and how. The zero value is useful: a small made-up OneDrive on a free port.
type Config struct {
	// Listen is the address to listen on. The default is 127.0.0.1:0, a free port of the loopback interface.
	Listen string

	// Username and Password are the only account. The default name is EXAMPLE\operator, the default password is random;
	// both can be read from the [Server]. Names are compared without regard to letter case.
	Username, Password string

	// APIVersions are the versions of the API that are served, in any order: "v8", for example. A version that is not
	// among them is answered like one that does not exist. Nil means all that the OpenAPI document has.
	APIVersions []string

	// TokenLifetime is how long an access token lives. The default is 60 minutes.
	TokenLifetime time.Duration

	// SessionIdleTimeout is how long a restore session that was started over the wire may be without requests: it is
	// stopped then. A request that is being answered keeps it alive. The default is 30 minutes, our choice; negative
	// means that sessions do not expire.
	SessionIdleTimeout time.Duration

	// Assertions maps a client_id to the one assertion that is accepted for it, byte for byte, with the jwt-bearer and
	// operator grants. Without it these grants are refused.
	Assertions map[string]string

	// Organizations are what was backed up. Without any, the one of [SampleOrganization] is made in a temporary
	// directory.
	Organizations []Organization

	// SMTP is the "host:port" of an SMTP server, such as a [Mailbox], that the e-mail settings have from the start: in
	// the clear and without a login. Without it, sendTo fails until the settings have been set over the wire.
	SMTP string

	// EmptyAnswers makes restoreToOriginalLocation and copyTo answer 200 without a body up to v5, as the vendor
	// documents it, in place of the statistics that clients have seen.
	EmptyAnswers bool

	// RestorePace is how long a restore or copy pauses after each document in v8, where it goes on after its request
	// was answered, so that one can see it work. The default is no pause.
	RestorePace time.Duration

	// Chunked makes save answer without Content-Length.
	Chunked bool

	// Log receives one line for each request: method, route template, status, duration and deviations from the spec,
	// never bodies, queries or tokens. It also receives warnings about files that cannot be in a OneDrive. Nil logs
	// nothing.
	Log *slog.Logger
}

// Organization is a Microsoft 365 organization that was backed up.
type Organization struct {
	// Name is the name of the organization, such as example.onmicrosoft.com. Required; unique without regard to letter
	// case.
	Name string

	// OneDrives are the OneDrives of its users.
	OneDrives []OneDrive
}

// OneDrive is one user's OneDrive: what was backed up of it, and what the user sees now.
type OneDrive struct {
	// Owner is the e-mail address of the user. Required; unique in the organization without regard to letter case.
	Owner string

	// Name is the display name. The default is Owner.
	Name string

	// Backup holds the restore points, in any order. Their times differ.
	Backup []RestorePoint

	// Production is the directory that restores and copies write to. It is created if missing. The default is a
	// temporary directory, which [Server.Close] removes. Its subdirectory .versions is reserved: the version history of
	// the document a/b is in .versions/a/b/1.0, 2.0 and so on, oldest first, without the current version.
	Production string
}

// RestorePoint is the content of a OneDrive at a point in time.
//
// Anything but directories and regular files (symbolic links, devices), names that are not UTF-8, and a directory
// .versions at the top do not exist in a OneDrive: they are left out, with a warning in [Config].Log.
type RestorePoint struct {
	// Time is when the backup was made, cut to 100 nanoseconds, the finest that is sent.
	Time time.Time

	// FS is what was backed up. It must not change. It is only read, by several goroutines at once. It may be generated
	// and as large as one likes: the simulator remembers its folders and the names in those that were listed last, not
	// its documents.
	FS fs.FS
}

// NewOneDrive serves a plain directory as the only restore point of a OneDrive, made at the beginning of this minute,
// so that a restore session as of now finds it even if its time has no seconds. The directory backup is never written
// to. production may be empty; see [OneDrive]. That one of the directories is inside the other is an error.
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
			if err := drive.complete(tempDir); err != nil {
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
