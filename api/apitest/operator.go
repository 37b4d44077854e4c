package apitest

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/vbo365/vbo365-go/gen/server"
)

// operatorRestore restores documents without credentials, as restore operators do, in a session of its own in all
// versions of the API (spec/FACTS.md#12.6). If there are no operators, any account may, in any session: our choice. A
// document that is named twice is restored as it is named first.
func (s *Server) operatorRestore(e *exchange) (any, error) {
	v, err := s.enterDrive(e)
	if err != nil {
		return nil, err
	}
	if _, _, isOperator := s.operated(e); len(s.config.Operators) > 0 && (!isOperator || e.session.only == nil) {
		return nil, errNotAllowed
	}
	var operator struct {
		options
		Reason                  string
		DocumentsRestoreConfigs []struct {
			Document        struct{ ID string }
			DocumentVersion string
		}
	}
	if err := e.readOptions(&operator); err != nil {
		return nil, err
	}
	if len(operator.DocumentsRestoreConfigs) == 0 {
		return nil, e.badOption("documentsRestoreConfigs", "must not be empty")
	}
	// The documents of which the same versions are wanted are one job.
	seen, ids := map[string]bool{}, map[string][]string{}
	for _, config := range operator.DocumentsRestoreConfigs {
		if id := strings.ToLower(config.Document.ID); !seen[id] {
			versions := strings.ToLower(cmp.Or(config.DocumentVersion, "last"))
			seen[id], ids[versions] = true, append(ids[versions], id)
		}
	}
	work := &restoring{reason: operator.Reason}
	for _, versions := range slices.Sorted(maps.Keys(ids)) {
		chosen, ok, err := v.SelectDocuments(ids[versions])
		switch {
		case err != nil:
			return nil, err
		case !ok:
			return nil, errNotFound
		}
		operator.DocumentVersion = versions
		work.jobs = append(work.jobs, &job{
			Transfer: operator.restore(chosen), chosen: chosen, verb: "Restoring", location: v.Name,
		})
	}
	s.execute(e)
	id, err := uuid.Parse(s.carryOutLater(e, work).ID)
	return server.StartedRestore{SessionID: id}, err
}
