package apitest

import (
	"regexp"
	"strings"
	"time"

	"github.com/vbo365/vbo365-go/api/apitest/internal/tenant"
	"github.com/vbo365/vbo365-go/gen/server"
)

// users gives the OneDrives whose owners exist: each owner is a user with one OneDrive. All are in the cloud.
func users(o *tenant.Organization) (drives []*tenant.Drive) {
	for _, d := range o.Drives {
		if !d.UserDeleted {
			drives = append(drives, d)
		}
	}
	return drives
}

// findUser finds the OneDrive of the user that a request is about.
func (s *Server) findUser(e *exchange) (*tenant.Organization, *tenant.Drive, error) {
	organization, err := s.findOrganization(e)
	if err != nil {
		return nil, nil, err
	}
	for _, d := range users(organization) {
		// The base64 at the end of an id has letters of both cases.
		if userID(d) == e.ids["userId"] {
			return organization, d, nil
		}
	}
	return nil, nil, errNotFound
}

// user describes a user (spec/FACTS.md#15.3).
func (e *exchange) user(o *tenant.Organization, d *tenant.Drive) server.User {
	self := e.href("organizations", o.ID, "users", userID(d))
	_, backedUp := d.At(time.Time{}, false)
	return server.User{
		ID: userID(d), DisplayName: &d.Name, Name: &d.Owner,
		Type: new(server.UserTypeUser), LocationType: new(server.UserLocationCloud), IsBackedUp: &backedUp,
		OnPremisesSid: new(""), Office: new(""),
		Msid: new(tenant.ID("user", d.ID)), ETag: new(int64(1)), AssignedLicenses: &[]server.OfficeLicense{},
		UnderscoreLinks: &server.Links{
			"self":         {Href: self},
			"organization": {Href: e.href("organizations", o.ID)},
			"onedrives":    {Href: self + "/onedrives"},
		},
	}
}

func (s *Server) listUsers(e *exchange) (any, error) {
	organization, err := s.findOrganization(e)
	if err != nil {
		return nil, err
	}
	var found []*tenant.Drive
	for _, d := range users(organization) {
		if e.wantsUser(d) {
			found = append(found, d)
		}
	}
	describe := func(d *tenant.Drive) (any, error) { return e.user(organization, d), nil }
	return listOf(e, found, describe, "organizations", organization.ID, "users")
}

// wantsUser tells whether a user fits the query. Nobody here has a license or is on premises.
func (e *exchange) wantsUser(d *tenant.Drive) bool {
	return (e.UserName == "" || strings.EqualFold(e.UserName, d.Owner)) &&
		(e.Name == "" || matchesName(e.Name, d.Name)) &&
		(e.DisplayName == "" || matchesName(e.DisplayName, d.Name)) &&
		!strings.HasPrefix(e.LocationFilter, "OnPremises") && e.LocationFilter != "Hybrid" &&
		e.DetectedSKUType == ""
}

// matchesName compares a name with a pattern that may have * and ? in it, without regard to letter case: our choice.
func matchesName(pattern, name string) bool {
	expression := regexp.QuoteMeta(pattern)
	expression = strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(expression)
	return regexp.MustCompile("(?is)^" + expression + "$").MatchString(name)
}

func (s *Server) getUser(e *exchange) (any, error) {
	organization, d, err := s.findUser(e)
	if err != nil {
		return nil, err
	}
	return e.user(organization, d), nil
}

// userDrive describes the OneDrive that a user has now.
func (e *exchange) userDrive(o *tenant.Organization, d *tenant.Drive) server.OneDrive {
	user := e.href("organizations", o.ID, "users", userID(d))
	return server.OneDrive{ID: &d.ID, Name: &d.Name, URL: &d.URL, UnderscoreLinks: &server.Links{
		"self": {Href: user + "/onedrives/" + d.ID}, "user": {Href: user},
	}}
}

func (s *Server) listUserOneDrives(e *exchange) (any, error) {
	organization, d, err := s.findUser(e)
	if err != nil {
		return nil, err
	}
	describe := func(d *tenant.Drive) (any, error) { return e.userDrive(organization, d), nil }
	return listOf(e, []*tenant.Drive{d}, describe, "organizations", organization.ID, "users", userID(d), "onedrives")
}

func (s *Server) getUserOneDrive(e *exchange) (any, error) {
	organization, d, err := s.findUser(e)
	if err != nil {
		return nil, err
	}
	if !strings.EqualFold(d.ID, e.ids["oneDriveId"]) {
		return nil, errNotFound
	}
	return e.userDrive(organization, d), nil
}
