package apitest

import (
	"strings"

	"github.com/vbo365/vbo365-go/api/apitest/internal/tenant"
	"github.com/vbo365/vbo365-go/gen/server"
)

// restoreToOriginalLocation writes items back to where they were.
func (s *Server) restoreToOriginalLocation(e *exchange, chosen tenant.Selection, options options) (any, error) {
	if err := options.check("userName and userPassword"); err != nil {
		return nil, err
	}
	location := chosen.Drive.Name
	if len(chosen.Items) == 1 {
		location = chosen.Items[0].Location()
	}
	return s.carryOut(e, chosen, options.restore(chosen), "Restoring", location)
}

// restore prepares to write a selection back to where it was. The defaults, documentVersion last and documentAction
// keep, are our choice (spec/FACTS.md#1.4).
func (o options) restore(chosen tenant.Selection) *tenant.Transfer {
	t := chosen.Restore()
	t.AllVersions = strings.EqualFold(o.DocumentVersion, "all")
	if strings.EqualFold(o.DocumentAction, "overwrite") {
		t.Conflict = tenant.Overwrite
	}
	return t
}

// carryOut carries out a restore or copy. It may go on after the request got its response (spec/FACTS.md#3.4).
func (s *Server) carryOut(
	e *exchange, chosen tenant.Selection, t *tenant.Transfer, verb, location string,
) (any, error) {
	s.execute(e)
	work := newRestoring(t, chosen, verb, location)
	if e.edition.background {
		return server.RestoreAnswer{SessionID: &s.carryOutLater(e, work).ID}, nil
	}
	work.begin(e.session, nil)
	if err := work.run(s.ctx); err != nil {
		return nil, err
	}
	if s.config.EmptyAnswers && e.edition.emptyRestores {
		return nil, nil
	}
	return statistics(t.Result()), nil
}

// statistics is what became of the documents, up to v7.
func statistics(r tenant.Result) server.RestoreStatistics {
	return server.RestoreStatistics{
		TotalItemsCount:              &r.Total,
		RestoredItemsCount:           &r.Restored,
		FailedItemsCount:             &r.Failed,
		SkippedItemsByErrorCount:     new(int64(0)),
		SkippedItemsByNoChangesCount: &r.Unchanged,
		FailedRestrictionsCount:      new(int64(0)),
		RestoreIssues:                issues(r),
	}
}

// issues is what went wrong with single documents, up to v7.
func issues(r tenant.Result) *[]server.RestoreIssue {
	issues := []server.RestoreIssue{}
	for _, issue := range r.Issues {
		issues = append(issues, server.RestoreIssue{
			ID: &issue.ID, Path: &issue.Path, Title: &issue.Title, Error: &issue.Error,
			Type: new(server.RestoreIssueTypeItem), Warnings: &[]string{},
		})
	}
	return &issues
}

// check asks for exactly one complete style of credentials of the Microsoft 365 account. password is what errors call
// the first style. There is no Microsoft 365 here to check them against.
func (c credentials) check(password string) error {
	styles, incomplete := 0, false
	for _, style := range [][]string{
		{c.UserName, c.UserPassword}, {c.UserCode}, {c.ApplicationID, c.ApplicationCertificate},
	} {
		given := 0
		for _, value := range style {
			if value != "" {
				given++
			}
		}
		if given > 0 {
			styles++
		}
		incomplete = incomplete || given > 0 && given < len(style)
	}
	if styles != 1 || incomplete || c.ApplicationCertificatePassword != "" && c.ApplicationCertificate == "" {
		return badRequest("Exactly one style of credentials is needed: %s, or userCode, "+
			"or applicationId and applicationCertificate.", password)
	}
	return nil
}
