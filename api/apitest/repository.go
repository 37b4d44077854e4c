package apitest

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/vbo365/vbo365-go/api/apitest/internal/tenant"
	"github.com/vbo365/vbo365-go/gen/server"
)

func (s *Server) findRepository(id string) (*tenant.Repository, error) {
	for _, r := range s.repositories {
		if strings.EqualFold(r.ID, id) {
			return r, nil
		}
	}
	return nil, errNotFound
}

// backedUpID is the id of an organization in backups (spec/FACTS.md#15.4).
func backedUpID(o *tenant.Organization) string {
	return o.Name + ":" + uuid.Nil.String() + ":" + uuid.Nil.String()
}

// isOrganization tells whether an id is one of the two that an organization has, or none is asked for.
func isOrganization(o *tenant.Organization, id string) bool {
	return id == "" || strings.EqualFold(id, o.ID) || strings.EqualFold(id, backedUpID(o))
}

// organizationID is the id of an organization in the properties of backed-up data: the one in backups up to v6.
func (e *exchange) organizationID(o *tenant.Organization) *string {
	if e.edition.backedUpIDs {
		return new(backedUpID(o))
	}
	return &o.ID
}

// uuidOf reads an id of the simulator, all of which are UUIDs except where said otherwise.
func uuidOf(id string) *uuid.UUID { return new(uuid.MustParse(id)) }

// usage is what an organization has in a repository.
type usage struct {
	in     *tenant.Repository
	bytes  int64
	drives int64
}

// listUsedRepositories gives the size of all documents in all restore points: nothing is stored once for several.
func (s *Server) listUsedRepositories(e *exchange) (any, error) {
	organization, err := s.findOrganization(e)
	if err != nil {
		return nil, err
	}
	var used []usage
	for _, r := range s.repositories {
		u := usage{in: r}
		for _, d := range organization.Drives {
			size, err := d.Size(r)
			if err != nil {
				return nil, err
			}
			if _, has := d.LastBackup(r, time.Time{}); has {
				u.drives++
			}
			u.bytes += size
		}
		if u.drives > 0 {
			used = append(used, u)
		}
	}
	describe := func(u usage) (any, error) {
		return server.UsedRepository{
			RepositoryID:   uuidOf(u.in.ID),
			UsedSpaceBytes: &u.bytes, LocalCacheUsedSpaceBytes: new(int64(0)), ObjectStorageUsedSpaceBytes: new(int64(0)),
			IsAvailable: new(true), Details: new(""), ProtectedObjectsCount: &u.drives,
			UnderscoreLinks: &server.Links{
				"backupRepository": {Href: e.href("backuprepositories", u.in.ID)},
				"organization":     {Href: e.href("organizations", organization.ID)},
			},
		}, nil
	}
	return listOf(e, used, describe, "organizations", organization.ID, "usedrepositories")
}

// stored is what a repository has of a OneDrive and its user.
type stored struct {
	in           *tenant.Repository
	organization *tenant.Organization
	*tenant.Drive
	last time.Time // backup
}

// stored gives what the repository of a request has, up to a point in time if there is one.
func (s *Server) stored(e *exchange, at *time.Time) (all []stored, _ error) {
	r, err := s.findRepository(e.ids["repositoryId"])
	if err != nil {
		return nil, err
	}
	for _, o := range s.organizations {
		for _, d := range o.Drives {
			if last, has := d.LastBackup(r, value(at)); has {
				all = append(all, stored{r, o, d, last})
			}
		}
	}
	return all, nil
}

// accountID is the id of the account of a user in backups.
func accountID(d *tenant.Drive) string {
	return tenant.ID("user", d.ID).String() + ":" + uuid.Nil.String()
}

func (e *exchange) userData(d stored) (any, error) {
	return server.UserData{
		ID: backedUpID(d.organization) + accountID(d.Drive), AccountID: new(accountID(d.Drive)),
		AccountType: new(server.AccountTypeUser), DisplayName: &d.Name, Email: &d.Owner,
		OrganizationID: e.organizationID(d.organization), BackedUpOrganizationID: new(backedUpID(d.organization)),
		RepositoryID: uuidOf(d.in.ID), ProxyID: new(tenant.ID("proxy")), ItemType: new(server.BackupItemTypeUser),
		IsDeleted: new(false), IsOneDriveBackedUp: new(true), OneDriveBackedUpTime: new(d.last.UTC().Format(zuluTime)),
		IsMailboxBackedUp: new(false), IsArchiveBackedUp: new(false), IsPersonalSiteBackedUp: new(false),
		ArchiveName: new(""), OneDriveURL: &[]string{d.URL}, PersonalSiteURL: &[]string{},
		UnderscoreLinks: &server.Links{
			"self": {Href: e.href("backuprepositories", d.in.ID, "userdata", accountID(d.Drive))},
		},
	}, nil
}

func (s *Server) listUserData(e *exchange) (any, error) {
	all, err := s.stored(e, nil)
	if err != nil {
		return nil, err
	}
	return listOf(e, all, e.userData, "backuprepositories", strings.ToLower(e.ids["repositoryId"]), "userdata")
}

// getUserData takes the id of the data, and that of the account, which links have.
func (s *Server) getUserData(e *exchange) (any, error) {
	all, err := s.stored(e, nil)
	if err != nil {
		return nil, err
	}
	id := e.ids["userId"]
	for _, d := range all {
		if strings.EqualFold(id, accountID(d.Drive)) ||
			strings.EqualFold(id, backedUpID(d.organization)+accountID(d.Drive)) {
			return e.userData(d)
		}
	}
	return nil, errNotFound
}

func (e *exchange) oneDriveData(d stored) (any, error) {
	return server.OneDriveData{
		ID: d.ID, Title: &d.Name, URL: &d.URL, BackedUpTime: new(d.last.UTC().Format(zuluTime)),
		OrganizationID: e.organizationID(d.organization), BackedUpOrganizationID: new(backedUpID(d.organization)),
		RepositoryID: uuidOf(d.in.ID), ProxyID: new(tenant.ID("proxy")), ItemType: new(server.BackupItemTypeOneDrive),
		IsDeleted: new(false), UnderscoreLinks: &server.Links{
			"self": {Href: e.href("backuprepositories", d.in.ID, "onedrivedata", d.ID)},
		},
	}, nil
}

func (s *Server) listOneDriveData(e *exchange) (any, error) {
	all, err := s.stored(e, e.PointInTime)
	if err != nil {
		return nil, err
	}
	var found []stored
	for _, d := range all {
		text := strings.ToLower(d.Name + "\n" + d.URL)
		if isOrganization(d.organization, e.OrganizationID) && strings.Contains(text, strings.ToLower(e.Filter)) {
			found = append(found, d)
		}
	}
	return listOf(e, found, e.oneDriveData,
		"backuprepositories", strings.ToLower(e.ids["repositoryId"]), "onedrivedata")
}

func (s *Server) getOneDriveData(e *exchange) (any, error) {
	all, err := s.stored(e, nil)
	if err != nil {
		return nil, err
	}
	for _, d := range all {
		if strings.EqualFold(d.ID, e.ids["oneDriveId"]) {
			return e.oneDriveData(d)
		}
	}
	return nil, errNotFound
}
