package apitest

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/vbo365/vbo365-go/gen/server"
)

// zuluTime is how sessions and organizations write times (spec/FACTS.md#3.2). Times must be in UTC.
const zuluTime = "2006-01-02T15:04:05.0000000Z"

// findOrganization finds the organization that a request is about: the first one if its path names none.
func (s *Server) findOrganization(e *exchange) (*organization, error) {
	id, named := e.ids["organizationId"]
	for _, organization := range s.organizations {
		if !named || strings.EqualFold(organization.id, id) {
			return organization, nil
		}
	}
	return nil, errNotFound
}

// backups gives the times of the first and the last restore point; ok is false if there is none.
func (o *organization) backups() (first, last time.Time, ok bool) {
	for _, drive := range o.drives {
		for _, point := range drive.points {
			if !ok || point.time.Before(first) {
				first = point.time
			}
			if !ok || point.time.After(last) {
				last = point.time
			}
			ok = true
		}
	}
	return first, last, ok
}

// msid is the id of the organization at Microsoft, which is made up.
func (o *organization) msid() uuid.UUID {
	return uuid.NewSHA1(namespace, []byte("msid\x00"+o.id))
}

// resource describes an organization (spec/FACTS.md#4.3).
func (o *organization) resource(e *exchange) server.Organization {
	self := e.href("organizations", o.id)
	first, last, backedUp := o.backups()
	resource := server.Organization{
		ID:              o.id,
		Name:            o.name,
		Type:            new("Office365"),
		Region:          new("Worldwide"),
		IsBackedup:      &backedUp,
		OfficeName:      &o.name,
		UnderscoreLinks: &server.Links{"self": {Href: self}},

		IsExchangeOnline: new(false), IsSharePointOnline: new(true), // there are only OneDrives here
		Msid: new(o.msid()), BackedUpOrganizationID: &o.id,
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

// listOrganizations gives a bare array or, from v8 on, a page (spec/FACTS.md#4.2).
func (s *Server) listOrganizations(e *exchange) (any, error) {
	list := []server.Organization{}
	for _, organization := range s.organizations {
		if id := e.query.BackedUpOrganizationID; id != "" && !strings.EqualFold(id, organization.id) {
			continue
		}
		if id := e.query.Msid; id != "" && !strings.EqualFold(id, organization.msid().String()) {
			continue
		}
		list = append(list, organization.resource(e))
	}
	if e.route.schema.Type.Is("array") {
		return list, nil
	}
	page := newPage(e, int64(len(list)), "organizations")
	return page.of(pageOf(page, list)), nil
}

func (s *Server) getOrganization(e *exchange) (any, error) {
	organization, err := s.findOrganization(e)
	if err != nil {
		return nil, err
	}
	return organization.resource(e), nil
}
