package apitest

import (
	"context"
	"net/http"
	"time"

	"github.com/vbo365/vbo365-go/gen/server"
)

// exploreTimes are the forms that the point in time of a restore session has (fact sheet 3.1). Parsing takes fractions of
// a second with those that have seconds.
var exploreTimes = []string{
	time.RFC3339,
	"2006-01-02T15:04:05",
	"2006-01-02 15:04:05",
	"2006.01.02 15:04:05",
	"2006.01.02 15:04",
}

// parseExploreTime reads a point in time. One without a zone is in the given one.
func parseExploreTime(text string, zone *time.Location) (time.Time, error) {
	for _, layout := range exploreTimes {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, badRequest("explore.datetime: cannot be understood.")
}

// explore starts a restore session for the account of the request. Without a type, OneDrives are meant: our choice.
func (o operations) explore(
	e *exchange, organization *organization, options server.ExploreOptions,
) (server.RestoreSessionJSONResponse, error) {
	at := time.Now()
	if options.Datetime != nil {
		var err error // local time is our choice (fact sheet 3.1)
		if at, err = parseExploreTime(*options.Datetime, time.Local); err != nil {
			return server.RestoreSessionJSONResponse{}, err
		}
	}
	if options.Type != nil && *options.Type != server.RestoreSessionTypeVeod {
		return server.RestoreSessionJSONResponse{},
			failure{http.StatusInternalServerError, "Restore session cannot be created."}
	}
	if !e.sinceV3() {
		if options.ShowDeleted != nil {
			e.note(`property "showDeleted" is not known to %s`, e.version)
		}
		if options.ShowAllVersions != nil {
			e.note(`property "showAllVersions" is not known to %s`, e.version)
		}
	}
	o.execute(e)
	sess := o.sessions.start(session{
		RestoreSession: RestoreSession{Organization: organization.name, Time: at},
		organization:   organization,
		showDeleted:    e.sinceV3() && isTrue(options.ShowDeleted),
		overWire:       true,
		initiatedBy:    e.userName,
		clientHost:     e.clientHost(),
	})
	return server.RestoreSessionJSONResponse(o.sessions.resource(sess, e)), nil
}

// ExploreOrganization implements POST /Organizations/{organizationId}/Action.
func (o operations) ExploreOrganization(
	ctx context.Context, request server.ExploreOrganizationRequestObject,
) (server.ExploreOrganizationResponseObject, error) {
	organization, err := o.findOrganization(request.OrganizationID)
	if err != nil {
		return nil, err
	}
	resource, err := o.explore(exchangeOf(ctx), organization, request.Body.Explore)
	if err != nil {
		return nil, err
	}
	return server.ExploreOrganization201JSONResponse{RestoreSessionJSONResponse: resource}, nil
}

// ExploreOwnOrganization implements POST /Organization/Action. The account belongs to the first organization: our choice.
func (o operations) ExploreOwnOrganization(
	ctx context.Context, request server.ExploreOwnOrganizationRequestObject,
) (server.ExploreOwnOrganizationResponseObject, error) {
	resource, err := o.explore(exchangeOf(ctx), o.organizations[0], request.Body.Explore)
	if err != nil {
		return nil, err
	}
	return server.ExploreOwnOrganization201JSONResponse{RestoreSessionJSONResponse: resource}, nil
}
