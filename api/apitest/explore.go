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
// belongs to the first one, and without a type, OneDrives are meant: our choices.
func (s *Server) explore(e *exchange) (any, error) {
	organization, err := s.findOrganization(e)
	if err != nil {
		return nil, err
	}
	var options options
	if err := e.readOptions(&options); err != nil {
		return nil, err
	}
	at := time.Now()
	if options.Datetime != nil {
		// Local time is our choice (spec/FACTS.md#3.1).
		if at, err = parseTime(*options.Datetime, time.Local); err != nil {
			return nil, e.badOption("datetime", "cannot be understood")
		}
	}
	if options.Type != "" && !strings.EqualFold(options.Type, "veod") {
		return nil, failure{http.StatusInternalServerError, "Restore session cannot be created."}
	}
	s.execute(e)
	sess := s.sessions.start(session{
		RestoreSession:  RestoreSession{Organization: organization.Name, Time: at},
		organization:    organization,
		showDeleted:     options.ShowDeleted,
		showAllVersions: options.ShowAllVersions,
		overWire:        true,
		initiatedBy:     e.userName,
	})
	return s.sessions.resource(sess, e), nil
}
