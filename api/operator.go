package api

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/vbo365/vbo365-go/gen"
)

// scope returns the user in the scope of a restore operator.
func (o Organization) scope(ctx context.Context, user string) (scope gen.ScopeItem, err error) {
	if o.id != ownOrganization || !o.client.operator {
		return scope, invalid("a user is named for the own organization of a restore operator only, see WithOperator")
	}
	var managed gen.EffectiveScope
	err = o.client.RestoreSession("").read(ctx, "get effective scope", o.client.check(), readJSON("", &managed),
		func(w wire) (*http.Response, error) { return w.GetEffectiveScope(ctx) })
	for _, item := range managed.Users {
		if item.User != nil && strings.EqualFold(item.User.Name, user) {
			return gen.ScopeItem{ID: item.ID, Type: gen.ScopeTypeUser}, nil
		}
	}
	return scope, cmp.Or(err, fmt.Errorf("%w: the operator manages no user %q", ErrNotFound, user))
}

// operatorRestore returns the actions and options with which a restore operator restores documents. It needs no
// credentials of Microsoft 365.
func (a actions) operatorRestore(o RestoreToOriginalLocation) (actions, map[string]any) {
	documents := a.each
	if a.set == "" {
		documents = []actions{a}
	}
	action, version := o.DocumentAction, o.DocumentVersion
	o.DocumentAction, o.DocumentVersion = "", ""
	switch {
	case a.noun != "document" && a.noun != "documents":
		a.wrong = cmp.Or(a.wrong, invalid("restore operators can restore documents only, no folders, OneDrives or versions"))
	case action == "":
		a.wrong = cmp.Or(a.wrong, invalid("restore operators have to say what to do with documents that exist: DocumentAction"))
	case o != RestoreToOriginalLocation{}:
		a.wrong = cmp.Or(a.wrong, invalid("restore operators have no options besides DocumentAction and DocumentVersion"))
	}
	options := gen.OperatorRestoreOptions{DocumentAction: action}
	for _, document := range documents {
		options.DocumentsRestoreConfigs = append(options.DocumentsRestoreConfigs, gen.DocumentRestoreConfig{
			Document: gen.DocumentReference{ID: document.ids[2]}, DocumentVersion: version,
		})
	}
	a.set, a.request = "", wire.restoreAsOperator
	return a, propertiesOf(options)
}
