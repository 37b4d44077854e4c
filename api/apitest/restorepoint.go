package apitest

import (
	"slices"
	"strings"

	"github.com/vbo365/vbo365-go/api/apitest/internal/tenant"
	"github.com/vbo365/vbo365-go/gen/server"
)

// restorePoint is a restore point of an organization.
type restorePoint struct {
	organization *tenant.Organization
	tenant.RestorePoint
	retrieval *retrieval // that has brought it back from an archive; nil if there is none
}

// restorePoints gives all restore points, newest first: our choice.
func (s *Server) restorePoints() (points []restorePoint) {
	for _, o := range s.organizations {
		for _, p := range o.RestorePoints() {
			points = append(points, restorePoint{o, p, s.retrievals.of(p.ID)})
		}
	}
	slices.SortStableFunc(points, func(a, b restorePoint) int { return b.Time.Compare(a.Time) })
	return points
}

func (p restorePoint) jobID() string { return tenant.ID("job", p.organization.ID, p.In.ID).String() }

// restorePoint describes a restore point (spec/FACTS.md#15.5). All of a repository are of one job.
func (e *exchange) restorePoint(p restorePoint) (any, error) {
	resource := server.RestorePoint{
		ID: p.ID, RepositoryID: uuidOf(p.In.ID), BackupTime: p.Time.UTC().Format(zuluTime),
		JobID: uuidOf(p.jobID()), OrganizationID: uuidOf(p.organization.ID),
		IsExchange: new(false), IsSharePoint: new(false), IsOneDrive: new(true), IsTeams: new(false),
		IsLongTermCopy: &p.In.Archive, IsRetrieved: new(p.retrieval != nil),
		IsDeleted: new(false), IsCopy: new(p.isCopy()), ETag: new(int64(1)), ObjectsEtag: new(int64(1)),
		UnderscoreLinks: &server.Links{"self": {Href: e.href("restorepoints", p.ID)}},
	}
	if p.retrieval != nil {
		resource.RetrievalID = uuidOf(p.retrieval.id)
	}
	return resource, nil
}

func (p restorePoint) isCopy() bool { return p.In.Copies || p.In.Archive }

// wants tells whether a restore point fits the query. Nothing here is of groups, sites and teams.
func (e *exchange) wants(p restorePoint) bool {
	is := func(id, wanted string) bool { return wanted == "" || strings.EqualFold(id, wanted) }
	isSo := func(so bool, wanted *bool) bool { return wanted == nil || so == *wanted }
	hasUser := func(d *tenant.Drive) bool { return e.UserID == userID(d) }
	return is(p.organization.ID, e.OrganizationID) && is(p.jobID(), e.JobID) && is(p.In.ID, e.RepositoryID) &&
		isSo(p.In.Archive, e.IsLongTermCopy) && isSo(p.isCopy(), e.IsCopy) && isSo(p.retrieval != nil, e.IsRetrieved) &&
		(e.BackupTime == nil || p.Time.After(*e.BackupTime)) && within(p.Time, e.From, e.To) &&
		(e.UserID == "" || slices.ContainsFunc(p.Drives, hasUser)) &&
		e.GroupID == "" && e.SiteID == "" && e.TeamID == ""
}

func (s *Server) listRestorePoints(e *exchange) (any, error) {
	var found []restorePoint
	for _, p := range s.restorePoints() {
		if e.wants(p) {
			found = append(found, p)
		}
	}
	if e.OrderAsc {
		slices.Reverse(found)
	}
	return listOf(e, found, e.restorePoint, "restorepoints")
}

func (s *Server) findRestorePoint(id string) (restorePoint, error) {
	for _, p := range s.restorePoints() {
		if strings.EqualFold(p.ID, id) {
			return p, nil
		}
	}
	return restorePoint{}, errNotFound
}

func (s *Server) getRestorePoint(e *exchange) (any, error) {
	p, err := s.findRestorePoint(e.ids["restorePointId"])
	if err != nil {
		return nil, err
	}
	return e.restorePoint(p)
}

// listRestorePointOneDrives gives a bare array or a page, whose path is the last segment of that of the request.
func (s *Server) listRestorePointOneDrives(e *exchange) (any, error) {
	p, err := s.findRestorePoint(e.ids["restorePointId"])
	if err != nil {
		return nil, err
	}
	path := []string{"restorepoints", p.ID, strings.ToLower(e.route.segments[len(e.route.segments)-1])}
	return listOf(e, p.Drives, func(d *tenant.Drive) (any, error) {
		return server.RestorePointOneDrive{
			ID: &d.ID, Name: &d.Name, URL: &d.URL, UnderscoreLinks: &server.Links{"self": {Href: e.href(path...)}},
		}, nil
	}, path...)
}

// listProtectedUsers gives each user once, whatever the number of restore points.
func (s *Server) listProtectedUsers(e *exchange) (any, error) {
	type user struct {
		organization *tenant.Organization
		*tenant.Drive
	}
	found, seen := []user{}, map[*tenant.Drive]bool{}
	for _, p := range s.restorePoints() {
		if !isOrganization(p.organization, e.OrganizationID) ||
			!isOrganization(p.organization, e.BackedUpOrganizationID) ||
			e.RepositoryID != "" && !strings.EqualFold(e.RepositoryID, p.In.ID) ||
			e.RestorePointID != "" && !strings.EqualFold(e.RestorePointID, p.ID) {
			continue
		}
		for _, d := range p.Drives {
			if !seen[d] {
				seen[d] = true
				found = append(found, user{p.organization, d})
			}
		}
	}
	return listOf(e, found, func(u user) (any, error) {
		return server.ProtectedUser{
			ID: new(userID(u.Drive)), Msid: new(tenant.ID("user", u.ID).String()), DisplayName: &u.Name,
			AccountType:    new(server.AccountTypeUser),
			OrganizationID: uuidOf(u.organization.ID), BackedUpOrganizationID: new(backedUpID(u.organization)),
			OneDrives: &[]server.ProtectedOneDrive{{ID: &u.ID, DisplayName: &u.Name, URL: &u.URL}},
			ETag:      new(int64(1)),
		}, nil
	}, "protectedusers")
}
