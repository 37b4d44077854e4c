package apitest

import (
	"net/http"
	"slices"
	"strings"

	"github.com/vbo365/vbo365-go/api/apitest/internal/tenant"
	"github.com/vbo365/vbo365-go/gen/server"
)

var errNotAllowed = failure{http.StatusForbidden, "The account may not do that."}

// operated gives the OneDrives that the account of a request may restore as a restore operator, and whether it is one.
// Operators belong to the first organization: our choice.
func (s *Server) operated(e *exchange) (own *tenant.Drive, scope []*tenant.Drive, isOperator bool) {
	operator, isOperator := s.config.Operators[e.userName]
	for _, d := range s.organizations[0].Drives {
		if strings.EqualFold(d.Owner, operator.User) {
			own = d
		}
		inScope := func(owner string) bool { return strings.EqualFold(owner, d.Owner) }
		if slices.ContainsFunc(operator.Scope, inScope) {
			scope = append(scope, d)
		}
	}
	return own, scope, isOperator
}

// exploreAsOperator starts a session that shows one OneDrive: that of the scope or the operator's own.
func (s *Server) exploreAsOperator(e *exchange) (any, error) {
	own, scope, isOperator := s.operated(e)
	var options struct {
		Scope *struct{ Type, ID string }
	}
	if err := e.readOptions(&options); err != nil {
		return nil, err
	}
	new := session{organization: s.organizations[0]}
	switch wanted := options.Scope; {
	case !isOperator:
		return nil, errNotAllowed
	case wanted == nil:
		if own != nil {
			new.only = []*tenant.Drive{own}
		}
	default:
		i := slices.IndexFunc(scope, func(d *tenant.Drive) bool { return userID(d) == wanted.ID })
		if !strings.EqualFold(wanted.Type, string(server.ScopeTypeUser)) || i < 0 {
			return nil, errNotAllowed
		}
		new.only = scope[i : i+1]
	}
	if new.only == nil {
		new.only = []*tenant.Drive{}
	}
	return s.startSession(e, new)
}

// getLoggedInUser knows restore operators only. One who is no user here has the id and name of the account.
func (s *Server) getLoggedInUser(e *exchange) (any, error) {
	own, _, isOperator := s.operated(e)
	switch {
	case !isOperator:
		return nil, errNotFound
	case own == nil:
		return server.LoggedInUser{ID: e.userName, Name: e.userName}, nil
	}
	return server.LoggedInUser{ID: userID(own), Name: own.Name}, nil
}

func (s *Server) getOperatorInfo(e *exchange) (any, error) {
	_, _, isOperator := s.operated(e)
	return server.OperatorInfo{IsOperator: isOperator, UnderscoreLinks: &server.Links{
		"self": {Href: e.href("organization", "loggedinuser", "operatorinfo")},
	}}, nil
}

func (s *Server) getEffectiveScope(e *exchange) (any, error) {
	_, scope, _ := s.operated(e)
	users := []server.ScopeItem{}
	for _, d := range scope {
		id := userID(d)
		users = append(users, server.ScopeItem{Type: new(server.ScopeTypeUser), ID: &id, User: &server.ScopeUser{
			ID: &id, DisplayName: &d.Name, Name: &d.Owner, Type: new(server.ScopeUserTypeUser), OnPremisesSid: new(""),
		}})
	}
	return server.EffectiveScope{Users: &users}, nil
}
