package apitest

import (
	"strings"

	"github.com/google/uuid"

	"github.com/vbo365/vbo365-go/api/apitest/internal/tenant"
	"github.com/vbo365/vbo365-go/gen/server"
)

// zuluTime is how sessions and organizations write times (spec/FACTS.md#3.2). Times must be in UTC.
const zuluTime = "2006-01-02T15:04:05.0000000Z"

// findOrganization finds the organization that a request is about: the first one if its path names none.
func (s *Server) findOrganization(e *exchange) (*tenant.Organization, error) {
	id, named := e.ids["organizationId"]
	for _, organization := range s.organizations {
		if !named || strings.EqualFold(organization.ID, id) {
			return organization, nil
		}
	}
	return nil, errNotFound
}

// msid is the id of an organization at Microsoft, which is made up.
func msid(o *tenant.Organization) uuid.UUID { return tenant.ID("msid", o.ID) }

// organization describes an organization (spec/FACTS.md#4.3).
func (e *exchange) organization(o *tenant.Organization) server.Organization {
	self := e.href("organizations", o.ID)
	first, last, backedUp := o.Backups()
	resource := server.Organization{
		ID:              o.ID,
		Name:            o.Name,
		Type:            new("Office365"),
		Region:          new("Worldwide"),
		IsBackedup:      &backedUp,
		OfficeName:      &o.Name,
		UnderscoreLinks: &server.Links{"self": {Href: self}},

		IsExchangeOnline: new(false), IsSharePointOnline: new(true), // there are only OneDrives here
		Msid: new(msid(o)), BackedUpOrganizationID: &o.ID,
		UnderscoreActions: &server.ActionLinks{
			"explore": {URI: new(self + "/" + e.edition.explorePath), Method: new("POST")},
		},
	}
	if backedUp {
		resource.FirstBackuptime = new(first.UTC().Format(zuluTime))
		resource.LastBackuptime = new(last.UTC().Format(zuluTime))
	}
	return resource
}

// organizationAsAsked describes an organization without its backups where the request does not want them. The default is
// that of the version; versions without the choice have all (spec/FACTS.md#4.2).
func (e *exchange) organizationAsAsked(o *tenant.Organization) server.Organization {
	resource := e.organization(o)
	choice := e.route.query["extendedView"]
	if choice == nil {
		return resource
	}
	extended, _ := choice.Value.Default.(bool)
	if e.ExtendedView != nil {
		extended = *e.ExtendedView
	}
	if !extended {
		resource.IsBackedup, resource.FirstBackuptime, resource.LastBackuptime = nil, nil, nil
	}
	return resource
}

// listOrganizations gives a bare array or, from v8 on, a page (spec/FACTS.md#4.2).
func (s *Server) listOrganizations(e *exchange) (any, error) {
	list := []server.Organization{}
	for _, organization := range s.organizations {
		if id := e.BackedUpOrganizationID; id != "" && !strings.EqualFold(id, organization.ID) {
			continue
		}
		if id := e.Msid; id != "" && !strings.EqualFold(id, msid(organization).String()) {
			continue
		}
		list = append(list, e.organizationAsAsked(organization))
	}
	if e.route.schema.Type.Is("array") {
		return list, nil
	}
	return e.page(int64(len(list)), func(i int64) (any, error) { return list[i], nil }, "organizations")
}

func (s *Server) getOrganization(e *exchange) (any, error) {
	organization, err := s.findOrganization(e)
	if err != nil {
		return nil, err
	}
	return e.organizationAsAsked(organization), nil
}

// getOwnOrganization gives the first one: our choice.
func (s *Server) getOwnOrganization(e *exchange) (any, error) {
	o, err := s.findOrganization(e)
	if err != nil {
		return nil, err
	}
	all, self := e.organization(o), e.href("organization")
	return server.OwnOrganization{
		ID: o.ID, Name: o.Name, Type: all.Type,
		IsBackedup: all.IsBackedup, FirstBackuptime: all.FirstBackuptime, LastBackuptime: all.LastBackuptime,
		UnderscoreLinks: &server.Links{"self": {Href: self}},
		UnderscoreActions: &server.ActionLinks{
			"explore": {URI: new(self + "/" + e.edition.explorePath), Method: new("POST")},
		},
	}, nil
}
