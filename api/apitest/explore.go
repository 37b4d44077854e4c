package apitest

import (
	"context"
	"net/http"
	"time"

	"github.com/vbo365/vbo365-go/gen/server"
)

// timeForms are the forms that the point in time of a restore session has (spec/FACTS.md#3.1). Parsing takes fractions of a
// second with those that have seconds.
var timeForms = []string{
	time.RFC3339,
	"2006-01-02T15:04:05",
	"2006-01-02 15:04:05",
	"2006.01.02 15:04:05",
	"2006.01.02 15:04",
}

// parseTime reads a point in time. One without a zone is in the given one.
func parseTime(text string, zone *time.Location) (t time.Time, err error) {
	for _, layout := range timeForms {
		if t, err = time.ParseInLocation(layout, text, zone); err == nil {
			break
		}
	}
	return t, err
}

// explore starts a restore session for the account of the request. Without a type, OneDrives are meant: our choice. v6 and
// v7 answer 200, the other versions 201 (spec/FACTS.md#3.1).
func (o operations) explore(ctx context.Context, organization *organization, options server.ExploreOptions) (answer, error) {
	e := exchangeOf(ctx)
	at := time.Now()
	if options.Datetime != nil {
		var err error // local time is our choice (spec/FACTS.md#3.1)
		if at, err = parseTime(*options.Datetime, time.Local); err != nil {
			return nil, e.badOption("datetime", "cannot be understood")
		}
	}
	if options.Type != nil && !is(options.Type, server.RestoreSessionTypeVeod) {
		return nil, failure{http.StatusInternalServerError, "Restore session cannot be created."}
	}
	o.execute(e)
	sess := o.sessions.start(session{
		RestoreSession: RestoreSession{Organization: organization.name, Time: at},
		organization:   organization,
		showDeleted:    isTrue(options.ShowDeleted),
		overWire:       true,
		initiatedBy:    e.userName,
		clientHost:     e.clientHost(),
	})
	status := http.StatusCreated
	if e.since(6) && !e.since(8) {
		status = http.StatusOK
	}
	return jsonAnswer(status, o.sessions.resource(sess, e)), nil
}

// ExploreOrganization implements POST /Organizations/{organizationId}/Action.
func (o operations) ExploreOrganization(
	ctx context.Context, request server.ExploreOrganizationRequestObject,
) (server.ExploreOrganizationResponseObject, error) {
	organization, err := o.findOrganization(request.OrganizationID)
	if err != nil {
		return nil, err
	}
	return o.explore(ctx, organization, request.Body.Explore)
}

// StartRestoreSession implements POST /Organizations/{organizationId}/explore.
func (o operations) StartRestoreSession(
	ctx context.Context, request server.StartRestoreSessionRequestObject,
) (server.StartRestoreSessionResponseObject, error) {
	organization, err := o.findOrganization(request.OrganizationID)
	if err != nil {
		return nil, err
	}
	return o.explore(ctx, organization, *request.Body)
}

// ExploreOwnOrganization implements POST /Organization/Action. The account belongs to the first organization: our choice.
func (o operations) ExploreOwnOrganization(
	ctx context.Context, request server.ExploreOwnOrganizationRequestObject,
) (server.ExploreOwnOrganizationResponseObject, error) {
	return o.explore(ctx, o.organizations[0], request.Body.Explore)
}

// StartOwnRestoreSession implements POST /Organization/explore.
func (o operations) StartOwnRestoreSession(
	ctx context.Context, request server.StartOwnRestoreSessionRequestObject,
) (server.StartOwnRestoreSessionResponseObject, error) {
	return o.explore(ctx, o.organizations[0], *request.Body)
}
