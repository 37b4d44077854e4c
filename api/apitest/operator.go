package apitest

import (
	"strings"

	"github.com/google/uuid"

	"github.com/vbo365/vbo365-go/api/apitest/internal/tenant"
	"github.com/vbo365/vbo365-go/gen/server"
)

// operatorRestore restores documents without credentials, as restore operators do, in a session of its own in all
// versions of the API. The documents of one request share the versions that are restored: our choice.
func (s *Server) operatorRestore(e *exchange) (any, error) {
	v, err := s.enterDrive(e)
	if err != nil {
		return nil, err
	}
	var options struct {
		DocumentAction          string
		DocumentsRestoreConfigs []struct {
			Document        struct{ ID string }
			DocumentVersion string
		}
	}
	if err := e.readOptions(&options); err != nil {
		return nil, err
	}
	var ids []string
	allVersions := false
	for _, config := range options.DocumentsRestoreConfigs {
		ids = append(ids, config.Document.ID)
		allVersions = allVersions || strings.EqualFold(config.DocumentVersion, "all")
	}
	if len(ids) == 0 {
		return nil, e.badOption("documentsRestoreConfigs", "must not be empty")
	}
	chosen, ok, err := v.SelectDocuments(ids)
	if err == nil && !ok {
		err = errNotFound
	}
	if err != nil {
		return nil, err
	}
	t := chosen.Restore()
	t.AllVersions = allVersions
	if strings.EqualFold(options.DocumentAction, "overwrite") {
		t.Conflict = tenant.Overwrite
	}
	s.execute(e)
	work := s.carryOutLater(e, t, e.begin(chosen, server.EventTypeRestore, "Restoring", chosen.Drive.Name))
	id, err := uuid.Parse(work.ID)
	return server.StartedRestore{SessionID: id}, err
}
