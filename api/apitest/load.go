package apitest

import (
	"errors"
	"fmt"
	"io/fs"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// The parts of a data directory.
const (
	backupFolder     = "backup"
	productionFolder = "production"
	deletedFolder    = "deleted"
)

// pointTimes are the forms that the name of a restore point has in a data directory. The second is that of midnight.
var pointTimes = []string{"2006-01-02T15-04-05Z", "2006-01-02"}

// Load reads a data directory for [Config].Organizations:
//
//	dir/<organization>/<e-mail address of the owner>/backup/<time>/…
//	dir/<organization>/<e-mail address of the owner>/production/…
//	dir/<organization>/<e-mail address of the owner>/deleted/
//
// The time of a restore point is in UTC, such as 2026-01-10T02-00-00Z or 2026-01-10. The directory backup is optional.
// [Start] creates production if it is missing. An empty directory deleted in its place says that the user does not exist
// any more. Names that start with a dot are ignored. Other names that do not fit are
// an error. Load does not read the content of restore points and of production.
//
// [SampleOrganization] creates such a directory.
func Load(dir string) ([]Organization, error) {
	names, err := subdirectories(dir)
	if err != nil {
		return nil, fmt.Errorf("load data directory: %w", err)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("load data directory: %s has no organizations", dir)
	}
	var organizations []Organization
	for _, name := range names {
		organization, err := loadOrganization(filepath.Join(dir, name))
		if err != nil {
			return nil, fmt.Errorf("load data directory: %w", err)
		}
		organizations = append(organizations, organization)
	}
	return organizations, nil
}

func loadOrganization(dir string) (Organization, error) {
	organization := Organization{Name: filepath.Base(dir)}
	owners, err := subdirectories(dir)
	if err != nil {
		return organization, err
	}
	for _, owner := range owners {
		if address, err := mail.ParseAddress(owner); err != nil || address.Address != owner {
			return organization, fmt.Errorf("%s: the name is not an e-mail address", filepath.Join(dir, owner))
		}
		drive, err := loadOneDrive(filepath.Join(dir, owner))
		if err != nil {
			return organization, err
		}
		organization.OneDrives = append(organization.OneDrives, drive)
	}
	return organization, nil
}

func loadOneDrive(dir string) (OneDrive, error) {
	drive := OneDrive{Owner: filepath.Base(dir), Production: filepath.Join(dir, productionFolder)}
	parts, err := subdirectories(dir)
	if err != nil {
		return drive, err
	}
	for _, part := range parts {
		if part != backupFolder && part != productionFolder && part != deletedFolder {
			return drive, fmt.Errorf("%s: neither %s nor %s", filepath.Join(dir, part), backupFolder, productionFolder)
		}
	}
	drive.UserDeleted = slices.Contains(parts, deletedFolder)
	if drive.UserDeleted && slices.Contains(parts, productionFolder) {
		return drive, fmt.Errorf("%s: both %s and %s", dir, productionFolder, deletedFolder)
	}
	points, err := subdirectories(filepath.Join(dir, backupFolder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return drive, err
	}
	for _, name := range points {
		path := filepath.Join(dir, backupFolder, name)
		at, err := parsePointTime(name)
		if err != nil {
			return drive, fmt.Errorf("%s: %w", path, err)
		}
		if err := checkApart(path, drive.Production); err != nil {
			return drive, err
		}
		drive.Backup = append(drive.Backup, RestorePoint{Time: at, FS: os.DirFS(path)})
	}
	if drive.UserDeleted {
		drive.Production = ""
	}
	return drive, nil
}

func parsePointTime(name string) (time.Time, error) {
	for _, layout := range pointTimes {
		if at, err := time.Parse(layout, name); err == nil {
			return at, nil
		}
	}
	return time.Time{}, errors.New("the name is not a time like 2026-01-10T02-00-00Z or 2026-01-10")
}

// subdirectories gives the names in a directory, all of which must be directories or links to such.
func subdirectories(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		path := filepath.Join(dir, entry.Name())
		if info, err := os.Stat(path); err != nil {
			return nil, err
		} else if !info.IsDir() {
			return nil, fmt.Errorf("%s: not a directory", path)
		}
		names = append(names, entry.Name())
	}
	return names, nil
}

// checkApart refuses two directories of which one is inside the other. They need not exist.
func checkApart(backup, production string) error {
	resolvedBackup, err := resolve(backup)
	if err != nil {
		return fmt.Errorf("compare directories: %w", err)
	}
	resolvedProduction, err := resolve(production)
	if err != nil {
		return fmt.Errorf("compare directories: %w", err)
	}
	if isInside(resolvedBackup, resolvedProduction) {
		return fmt.Errorf("compare directories: %s is inside %s", backup, production)
	}
	if isInside(resolvedProduction, resolvedBackup) {
		return fmt.Errorf("compare directories: %s is inside %s", production, backup)
	}
	return nil
}

// isInside tells whether the directory inner is the directory outer or below it. Both are absolute and without links.
func isInside(inner, outer string) bool {
	rel, err := filepath.Rel(outer, inner)
	return err == nil && filepath.IsLocal(rel)
}

// resolve returns the absolute path of a directory without links in it. The directory need not exist.
func resolve(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	real, err := filepath.EvalSymlinks(dir)
	if parent := filepath.Dir(dir); errors.Is(err, fs.ErrNotExist) && parent != dir {
		real, err = resolve(parent)
		real = filepath.Join(real, filepath.Base(dir))
	}
	return real, err
}
