package apitest

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/vbo365/vbo365-go/gen/server"
)

// zuluTime is how sessions and organizations write times (spec/FACTS.md#3.2). Times must be in UTC.
const zuluTime = "2006-01-02T15:04:05.0000000Z"

// findOrganization finds an organization by its id.
func (s *Server) findOrganization(id string) (*organization, error) {
	for _, organization := range s.organizations {
		if strings.EqualFold(organization.id, id) {
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
	self, explore := e.href("organizations", o.id), "/action"
	if e.since(6) {
		explore = "/explore"
	}
	first, last, backedUp := o.backups()
	resource := server.Organization{
		ID:              o.id,
		Name:            o.name,
		Type:            new("Office365"),
		Region:          new("Worldwide"),
		IsBackedup:      &backedUp,
		OfficeName:      &o.name,
		UnderscoreLinks: &server.Links{"self": {Href: self}},
		UnderscoreActions: &server.ActionLinks{
			"explore": {URI: new(self + explore), Method: new("POST")},
		},
	}
	if backedUp {
		resource.FirstBackuptime = new(first.UTC().Format(zuluTime))
		resource.LastBackuptime = new(last.UTC().Format(zuluTime))
	}
	if e.since(3) {
		resource.IsExchangeOnline = new(false) // there are only OneDrives here
		resource.IsSharePointOnline = new(true)
	}
	if e.since(8) {
		resource.Msid, resource.BackedUpOrganizationID = new(o.msid()), &o.id
	}
	return resource
}

// ListOrganizations implements GET /Organizations. The answer is a bare array, from v8 on a page (spec/FACTS.md#4.2).
func (o operations) ListOrganizations(
	ctx context.Context, request server.ListOrganizationsRequestObject,
) (server.ListOrganizationsResponseObject, error) {
	e := exchangeOf(ctx)
	list := []server.Organization{}
	for _, organization := range o.organizations {
		if id := request.Params.BackedUpOrganizationID; id != nil && !strings.EqualFold(*id, organization.id) {
			continue
		}
		if id := request.Params.Msid; id != nil && *id != organization.msid() {
			continue
		}
		list = append(list, organization.resource(e))
	}
	if !e.since(8) {
		return jsonAnswer(http.StatusOK, list), nil
	}
	page := newPage(e, request.Params.Limit, request.Params.Offset, int64(len(list)), "organizations")
	return jsonAnswer(http.StatusOK, map[string]any{
		"offset": page.offset, "limit": page.limit, "results": pageOf(page, list),
		"setId": page.setID(), "_links": page.links(),
	}), nil
}

// GetOrganization implements GET /Organizations/{organizationId}.
func (o operations) GetOrganization(
	ctx context.Context, request server.GetOrganizationRequestObject,
) (server.GetOrganizationResponseObject, error) {
	organization, err := o.findOrganization(request.OrganizationID)
	if err != nil {
		return nil, err
	}
	return server.GetOrganization200JSONResponse{
		OrganizationJSONResponse: server.OrganizationJSONResponse(organization.resource(exchangeOf(ctx))),
	}, nil
}
