package apitest

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/vbo365/vbo365-go/gen/server"
)

// zuluTime is how sessions and organizations write times (fact sheet 3.2). Times must be in UTC.
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

// resource describes an organization (fact sheet 4.3).
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
		UnderscoreActions: &server.ActionLinks{
			"explore": {URI: new(self + "/action"), Method: new("POST")},
		},
	}
	if backedUp {
		resource.FirstBackuptime = new(first.UTC().Format(zuluTime))
		resource.LastBackuptime = new(last.UTC().Format(zuluTime))
	}
	if e.sinceV3() {
		resource.IsExchangeOnline = new(false) // there are only OneDrives here
		resource.IsSharePointOnline = new(true)
	}
	return resource
}

// ListOrganizations implements GET /Organizations. The answer is a bare array (fact sheet 4.2).
func (o operations) ListOrganizations(
	ctx context.Context, _ server.ListOrganizationsRequestObject,
) (server.ListOrganizationsResponseObject, error) {
	list := organizationsAnswer{}
	for _, organization := range o.organizations {
		list = append(list, organization.resource(exchangeOf(ctx)))
	}
	return list, nil
}

// organizationsAnswer takes the place of the generated type, which would answer an object with the array in it.
type organizationsAnswer []server.Organization

func (a organizationsAnswer) VisitListOrganizationsResponse(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusOK)
	return json.NewEncoder(w).Encode(a)
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
