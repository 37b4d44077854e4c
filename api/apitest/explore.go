package apitest

import (
	"net/http"
	"strings"
	"time"
)

// timeForms are the forms that the point in time of a restore session has (spec/FACTS.md#3.1). Parsing takes fractions
// of a second with those that have seconds.
var timeForms = []string{
	time.RFC3339,
	"2006-01-02T15:04:05",
	"2006-01-02 15:04:05",
	"2006.01.02 15:04:05",
	"2006.01.02 15:04",
	"1/2/2006 15:04:05",
	"1/2/2006 3:04:05 PM",
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

// explore starts a restore session for the account of the request. Without an organization in the path, the account
// belongs to the first one: our choice.
func (s *Server) explore(e *exchange) (any, error) {
	organization, err := s.findOrganization(e)
	if err != nil {
		return nil, err
	}
	return s.startSession(e, session{organization: organization})
}

// exploreBackupRepository starts a session that shows what a repository has, copies included.
func (s *Server) exploreBackupRepository(e *exchange) (any, error) {
	repository, err := s.findRepository(e.ids["repositoryId"])
	if err != nil {
		return nil, err
	}
	for _, organization := range s.organizations {
		if strings.EqualFold(organization.ID, e.OrganizationID) {
			return s.startSession(e, session{organization: organization, repository: repository})
		}
	}
	return nil, errNotFound
}

// startSession starts a restore session as a request wants it. Without a type, OneDrives are meant: our choice.
func (s *Server) startSession(e *exchange, new session) (any, error) {
	var options options
	if err := e.readOptions(&options); err != nil {
		return nil, err
	}
	if new.Time.IsZero() {
		new.Time = time.Now()
	}
	var err error
	if options.Datetime != nil {
		// Local time is our choice (spec/FACTS.md#3.1).
		if new.Time, err = parseTime(*options.Datetime, time.Local); err != nil {
			return nil, e.badOption("datetime", "cannot be understood")
		}
	}
	if options.Type != "" && !strings.EqualFold(options.Type, "veod") {
		return nil, failure{http.StatusInternalServerError, "Restore session cannot be created."}
	}
	if options.RepositoryID != "" {
		if new.repository, err = s.findRepository(options.RepositoryID); err != nil {
			return nil, err
		}
	}
	if new.repository != nil && new.repository.Archive && !new.retrieved {
		return nil, errArchived
	}
	s.execute(e)
	new.Organization, new.overWire, new.initiatedBy = new.organization.Name, true, e.userName
	new.showDeleted = new.showDeleted || options.ShowDeleted
	new.showAllVersions = new.showAllVersions || options.ShowAllVersions
	new.reason = options.Reason
	return s.sessions.resource(s.sessions.start(new), e), nil
}
