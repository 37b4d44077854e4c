package apitest

import (
	"strings"

	"github.com/google/uuid"

	"github.com/vbo365/vbo365-go/gen/server"
)

// operatorRestore restores documents without credentials, as restore operators do, in a session of its own in all
// versions of the API. The documents of one request share the versions that are restored: our choice.
func (s *Server) operatorRestore(e *exchange) (any, error) {
	v, err := s.enterDrive(e)
	if err != nil {
		return nil, err
	}
	var operator struct {
		options
		DocumentsRestoreConfigs []struct {
			Document        struct{ ID string }
			DocumentVersion string
		}
	}
	if err := e.readOptions(&operator); err != nil {
		return nil, err
	}
	var ids []string
	for _, config := range operator.DocumentsRestoreConfigs {
		ids = append(ids, config.Document.ID)
		if strings.EqualFold(config.DocumentVersion, "all") {
			operator.DocumentVersion = config.DocumentVersion
		}
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
	s.execute(e)
	work := newRestoring(operator.restore(chosen), chosen, "Restoring", chosen.Drive.Name)
	id, err := uuid.Parse(s.carryOutLater(e, work).ID)
	return server.StartedRestore{SessionID: id}, err
}
