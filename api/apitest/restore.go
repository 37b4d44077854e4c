package apitest

import (
	"context"
	"strings"

	"github.com/vbo365/vbo365-go/api/apitest/internal/tenant"
	"github.com/vbo365/vbo365-go/gen/server"
)

// restoreToOriginalLocation writes items back to where they were. The defaults, documentVersion last and
// documentAction keep, are our choice (spec/FACTS.md#1.4).
func (s *Server) restoreToOriginalLocation(e *exchange, chosen tenant.Selection, options options) (any, error) {
	if err := options.check(); err != nil {
		return nil, err
	}
	t := chosen.Restore()
	t.AllVersions = strings.EqualFold(options.DocumentVersion, "all")
	if strings.EqualFold(options.DocumentAction, "overwrite") {
		t.Conflict = tenant.Overwrite
	}
	location := chosen.Drive.Name
	if len(chosen.Items) == 1 {
		location = chosen.Items[0].Location()
	}
	return s.carryOut(e, chosen, t, "Restoring", location)
}

// carryOut carries out a restore or copy. It may go on after the request got its response (spec/FACTS.md#3.4).
func (s *Server) carryOut(
	e *exchange, chosen tenant.Selection, t *tenant.Transfer, verb, location string,
) (any, error) {
	s.execute(e)
	progress := e.begin(chosen, server.EventTypeRestore, verb, location)
	if e.edition.background {
		return server.RestoreAnswer{SessionID: &s.carryOutLater(e, t, progress).ID}, nil
	}
	if err := s.transfer(s.ctx, t, progress); err != nil {
		return nil, err
	}
	if s.config.EmptyAnswers && e.edition.emptyRestores {
		return nil, nil
	}
	return statistics(t.Result()), nil
}

// transfer runs a transfer and ends its event.
func (s *Server) transfer(ctx context.Context, t *tenant.Transfer, progress *event) error {
	t.Done = progress.add
	if err := t.Run(ctx); err != nil {
		progress.fail(err)
		return err
	}
	result := t.Result()
	status := server.EventStatusSuccess
	switch {
	case result.Failed > 0 && int64(result.Failed) == result.Total:
		status = server.EventStatusFailed
	case len(result.Issues) > 0:
		status = server.EventStatusWarning
	}
	progress.end(status, result.String())
	return nil
}

// statistics is what became of the documents, up to v7.
func statistics(r tenant.Result) server.RestoreStatistics {
	issues := []server.RestoreIssue{}
	for _, issue := range r.Issues {
		issues = append(issues, server.RestoreIssue{
			ID: &issue.ID, Path: &issue.Path, Title: &issue.Title, Error: &issue.Error,
			Type: new(server.RestoreIssueTypeItem), Warnings: &[]string{},
		})
	}
	return server.RestoreStatistics{
		TotalItemsCount:              &r.Total,
		RestoredItemsCount:           &r.Restored,
		FailedItemsCount:             &r.Failed,
		SkippedItemsByErrorCount:     new(int64(0)),
		SkippedItemsByNoChangesCount: &r.Unchanged,
		FailedRestrictionsCount:      new(int64(0)),
		RestoreIssues:                &issues,
	}
}

// check asks for exactly one complete style of credentials of the Microsoft 365 account. There is no
// Microsoft 365 here to check them against.
func (c credentials) check() error {
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
		return badRequest("Exactly one style of credentials is needed: userName and userPassword, or userCode, " +
			"or applicationId and applicationCertificate.")
	}
	return nil
}
