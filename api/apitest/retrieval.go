package apitest

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/vbo365/vbo365-go/api/apitest/internal/tenant"
	"github.com/vbo365/vbo365-go/gen/server"
)

// defaultAvailability is how many days retrieved data stays (spec/FACTS.md#16).
const defaultAvailability = 1

// retrievals are the data retrievals whose data is there or on its way. It is safe for concurrent use.
type retrievals struct {
	mu   sync.Mutex
	list []*retrieval // oldest first
}

// retrieval brings a restore point of an archive back. Its mutex is that of retrievals.
type retrieval struct {
	id                    string
	organization          *tenant.Organization
	in                    *tenant.Repository
	point                 tenant.RestorePoint
	drives                []*tenant.Drive
	began, ready, expires time.Time
	options               server.DataRetrievalOptions
}

// all gives those that have not expired; expired ones are forgotten.
func (rs *retrievals) all() []*retrieval {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	now := time.Now()
	rs.list = slices.DeleteFunc(rs.list, func(r *retrieval) bool { return !now.Before(r.expires) })
	return slices.Clone(rs.list)
}

// of gives the retrieval that has brought a restore point back; nil if there is none.
func (rs *retrievals) of(pointID string) *retrieval {
	for _, r := range rs.all() {
		if r.point.ID == pointID && !time.Now().Before(r.ready) {
			return r
		}
	}
	return nil
}

func (s *Server) findRetrieval(e *exchange) (*retrieval, error) {
	for _, r := range s.retrievals.all() {
		if strings.EqualFold(r.id, e.ids["dataRetrievalId"]) {
			return r, nil
		}
	}
	return nil, errNotFound
}

func (r *retrieval) state() (server.DataRetrievalState, server.DataRetrievalStatus) {
	if time.Now().Before(r.ready) {
		return server.DataRetrievalStateRetrieving, server.DataRetrievalStatusRunning
	}
	return server.DataRetrievalStateRetrieved, server.DataRetrievalStatusSuccess
}

// retrieval describes a retrieval (spec/FACTS.md#16). All archives are of one kind: our choice.
func (s *Server) describeRetrieval(e *exchange, r *retrieval) (any, error) {
	s.retrievals.mu.Lock()
	defer s.retrievals.mu.Unlock()
	state, status := r.state()
	return server.DataRetrieval{
		ID: uuid.MustParse(r.id), Name: r.options.Name, Description: r.options.Description,
		OrganizationID: uuidOf(r.organization.ID), OrganizationUniqueID: new(backedUpID(r.organization)),
		RepositoryID: uuidOf(r.in.ID), ProxyID: new(tenant.ID("proxy")),
		PointInTime: new(r.point.Time.UTC().Format(zuluTime)), RetrievedRestorePointID: &r.point.ID,
		StorageType:                    new(server.RetrievalStorageTypeAmazonS3Glacier),
		AmazonS3GlacierRetrievalPolicy: r.options.AmazonS3GlacierRetrievalPolicy,
		AzureArchiveRetrievalPolicy:    r.options.AzureArchiveRetrievalPolicy,
		Type:                           new(server.DataRetrievalTypeOneDrive),
		ShowDeleted:                    new(value(r.options.ShowDeleted)),
		ShowAllVersions:                new(value(r.options.ShowAllVersions)),
		DataState:                      &state, LastStatus: &status,
		StartTime: new(r.began.UTC().Format(zuluTime)), ExpirationTime: new(r.expires.UTC().Format(zuluTime)),
		EnableExpirationNotification: new(value(r.options.EnableExpirationNotification)),
		ExpirationHoursThreshold:     new(value(r.options.ExpirationHoursThreshold)),
		UnderscoreLinks:              &server.Links{"self": {Href: e.href("dataretrievals", r.id)}},
	}, nil
}

func (s *Server) listDataRetrievals(e *exchange) (any, error) {
	var found []*retrieval
	for _, r := range s.retrievals.all() {
		state, _ := r.state()
		if isOrganization(r.organization, e.OrganizationID) &&
			(e.RepositoryID == "" || strings.EqualFold(e.RepositoryID, r.in.ID)) &&
			(e.DataState == "" || e.DataState == string(state)) {
			found = append(found, r)
		}
	}
	describe := func(r *retrieval) (any, error) { return s.describeRetrieval(e, r) }
	return listOf(e, found, describe, "dataretrievals")
}

func (s *Server) getDataRetrieval(e *exchange) (any, error) {
	r, err := s.findRetrieval(e)
	if err != nil {
		return nil, err
	}
	return s.describeRetrieval(e, r)
}

// createDataRetrieval retrieves the newest restore point of an archive up to the point in time. A notification is never
// sent.
func (s *Server) createDataRetrieval(e *exchange) (any, error) {
	r := &retrieval{id: uuid.NewString(), began: time.Now()}
	if err := e.readOptions(&r.options); err != nil {
		return nil, err
	}
	for _, o := range s.organizations {
		if isOrganization(o, value(r.options.OrganizationID)) && r.organization == nil {
			r.organization = o
		}
	}
	if r.organization == nil {
		return nil, errNotFound
	}
	if r.options.RepositoryID == nil {
		return nil, e.badOption("repositoryId", "is needed")
	}
	var err error
	if r.in, err = s.findRepository(r.options.RepositoryID.String()); err != nil {
		return nil, err
	}
	if !r.in.Archive {
		return nil, e.badOption("repositoryId", "must be that of an archive")
	}
	at := r.began
	if text := value(r.options.PointInTime); text != "" {
		if at, err = parseTime(text, time.Local); err != nil {
			return nil, e.badOption("pointInTime", "cannot be understood")
		}
	}
	for _, p := range r.organization.RestorePoints() {
		if p.In == r.in && !p.Time.After(at) {
			r.point = p
		}
	}
	if r.point.ID == "" {
		return nil, errNotFound
	}
	for _, reference := range value(r.options.OneDrives) {
		i := slices.IndexFunc(r.organization.Drives, func(d *tenant.Drive) bool {
			return strings.EqualFold(d.ID, reference.ID)
		})
		if i < 0 {
			return nil, errNotFound
		}
		r.drives = append(r.drives, r.organization.Drives[i])
	}
	if len(r.drives) == 0 {
		return nil, e.badOption("oneDrives", "at least one is needed")
	}
	r.ready = r.began.Add(s.config.RetrievalTime)
	r.keep(value(r.options.AvailabilityPeriodDays))
	s.execute(e)
	s.retrievals.mu.Lock()
	s.retrievals.list = append(s.retrievals.list, r)
	s.retrievals.mu.Unlock()
	return s.describeRetrieval(e, r)
}

// keep lets the data stay for some days from when it is there.
func (r *retrieval) keep(days int32) {
	r.expires = r.ready.Add(24 * time.Hour * time.Duration(cmp.Or(days, defaultAvailability)))
}

func (s *Server) updateDataRetrieval(e *exchange) (any, error) {
	r, err := s.findRetrieval(e)
	if err != nil {
		return nil, err
	}
	var change server.DataRetrievalChange
	if err := e.readOptions(&change); err != nil {
		return nil, err
	}
	s.execute(e)
	s.retrievals.mu.Lock()
	defer s.retrievals.mu.Unlock()
	set(&r.options.Name, change.Name)
	set(&r.options.Description, change.Description)
	set(&r.options.EnableExpirationNotification, change.EnableExpirationNotification)
	set(&r.options.ExpirationHoursThreshold, change.ExpirationHoursThreshold)
	if change.AvailabilityPeriodDays != nil {
		r.keep(*change.AvailabilityPeriodDays)
	}
	return nil, nil
}

func (s *Server) deleteDataRetrieval(e *exchange) (any, error) {
	r, err := s.findRetrieval(e)
	if err != nil {
		return nil, err
	}
	s.execute(e)
	s.retrievals.mu.Lock()
	defer s.retrievals.mu.Unlock()
	s.retrievals.list = slices.DeleteFunc(s.retrievals.list, func(other *retrieval) bool { return other == r })
	return nil, nil
}

func (s *Server) listRetrievedOneDrives(e *exchange) (any, error) {
	r, err := s.findRetrieval(e)
	if err != nil {
		return nil, err
	}
	path := []string{"dataretrievals", r.id, "onedrives"}
	return listOf(e, r.drives, func(d *tenant.Drive) (any, error) {
		web, site := d.ID[:len(d.ID)/2], d.ID[len(d.ID)/2:]
		return server.RetrievedOneDrive{
			WebID: uuidOf(web), SiteID: uuidOf(site), Title: &d.Name, URL: &d.URL,
			UnderscoreLinks: &server.Links{"self": {Href: e.href(path...)}},
		}, nil
	}, path...)
}

// exploreDataRetrieval starts a session that shows the OneDrives of a retrieval as its restore point has them.
func (s *Server) exploreDataRetrieval(e *exchange) (any, error) {
	r, err := s.findRetrieval(e)
	if err != nil {
		return nil, err
	}
	if state, _ := r.state(); state != server.DataRetrievalStateRetrieved {
		return nil, failure{http.StatusInternalServerError, "The data has not been retrieved yet."}
	}
	return s.startSession(e, session{
		RestoreSession: RestoreSession{Time: r.point.Time},
		organization:   r.organization, repository: r.in, retrieved: true, only: r.drives,
		showDeleted: value(r.options.ShowDeleted), showAllVersions: value(r.options.ShowAllVersions),
	})
}
