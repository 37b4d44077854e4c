package fleet

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/vbo365/vbo365-go/api"
)

// A shared session is the one of a view. Its mutex is held while it is started.
type shared struct {
	mu      sync.Mutex
	session api.RestoreSession
	intent  string // empty if there is none
}

func (i Item) view() view {
	return view{i.Server, i.Organization, i.RestorePoint, i.At.Truncate(time.Millisecond)}
}

// session returns the restore session of an item, which all items of its view share. It is in the database before the
// request for it is sent, so that it can be stopped whatever happens.
func (e *Engine) session(ctx context.Context, plan string, item Item) (api.RestoreSession, error) {
	key := item.view()
	e.mu.Lock()
	s := e.shared[plan][key]
	if s == nil {
		s = &shared{}
		if e.shared[plan] == nil {
			e.shared[plan] = map[view]*shared{}
		}
		e.shared[plan][key] = s
	}
	e.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.intent != "" {
		return s.session, nil
	}
	server, err := e.servers.server(item.Server)
	if err != nil {
		return s.session, err
	}
	open, err := e.store.sessions(ctx, plan, sessionOpen)
	if err != nil {
		return s.session, fmt.Errorf("read sessions: %w", err)
	}
	for _, row := range open { // of another executor, or of an earlier run
		if row.view != key {
			continue
		}
		session, err := server.RestoreSession(row.id).Get(ctx)
		if err == nil && session.Properties.State == api.RestoreSessionWorking {
			s.session, s.intent = session, row.intent
			return session, nil
		}
		if err != nil && !errors.Is(err, api.ErrNotFound) {
			return s.session, err
		}
		if err := e.store.setSession(ctx, row.intent, row.id, sessionEnded); err != nil {
			return s.session, err
		}
	}
	organization, err := server.organization(ctx, item.Organization)
	if err != nil {
		return s.session, err
	}
	options := api.ExploreOptions{At: item.At}
	if item.RestorePoint != "" {
		options.RestorePoint = api.RestorePoint{ID: item.RestorePoint, RepositoryID: item.Repository}
		options.RestorePoint.BackupTime.Time = item.At
	}
	row := sessionRow{
		intent: uuid.NewString(), plan: plan, view: key, state: sessionAsked, executor: e.executor, asked: time.Now(),
	}
	if err := e.store.addSession(ctx, row); err != nil {
		return s.session, fmt.Errorf("record session: %w", err)
	}
	session, err := organization.StartRestoreSession(ctx, options)
	if err != nil {
		if !errors.Is(err, api.ErrOutcomeUnknown) {
			err = errors.Join(err, e.store.setSession(context.WithoutCancel(ctx), row.intent, "", sessionEnded))
		}
		return s.session, err
	}
	if err := e.store.setSession(context.WithoutCancel(ctx), row.intent, session.ID(), sessionOpen); err != nil {
		return s.session, fmt.Errorf("record session: %w", errors.Join(err, session.Stop(context.WithoutCancel(ctx))))
	}
	e.logger.Info("restore session started", "server", item.Server, "organization", item.Organization,
		"session", session.ID(), "at", item.At)
	s.session, s.intent = session, row.intent
	return session, nil
}

// suspect drops the session of an item, if it can no longer be used: the server has stopped it, or has restarted.
func (e *Engine) suspect(ctx context.Context, plan string, item Item, session api.RestoreSession) (ended bool) {
	if session.ID() == "" {
		return false
	}
	server, err := e.servers.server(item.Server)
	if err != nil {
		return false
	}
	found, err := server.RestoreSession(session.ID()).Get(ctx) // Get of a shared value would write to its links
	if err == nil && found.Properties.State == api.RestoreSessionWorking ||
		err != nil && !errors.Is(err, api.ErrNotFound) {
		return false
	}
	e.mu.Lock()
	s := e.shared[plan][item.view()]
	e.mu.Unlock()
	if s == nil {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.intent != "" && s.session.ID() == session.ID() {
		if err := e.store.setSession(ctx, s.intent, session.ID(), sessionEnded); err != nil {
			e.logger.Error("record end of session", "session", session.ID(), "error", err)
		}
		s.intent = ""
	}
	return true
}

// stopSessions stops the sessions of a plan, also those of processes that have ended. It returns an error for those
// that are left.
func (e *Engine) stopSessions(ctx context.Context, plan string) error {
	e.mu.Lock()
	delete(e.shared, plan)
	e.mu.Unlock()
	failed := []error{e.findLostSessions(ctx, plan)}
	open, err := e.store.sessions(ctx, plan, sessionOpen)
	failed = append(failed, err)
	for _, row := range open {
		server, err := e.servers.server(row.view.server)
		if err == nil {
			err = server.RestoreSession(row.id).Stop(ctx)
		}
		if err != nil && !errors.Is(err, api.ErrNotFound) { // after a restart, the server has forgotten it
			failed = append(failed, fmt.Errorf("server %s: restore session %s is left: %w", row.view.server, row.id, err))
			continue
		}
		failed = append(failed, e.store.setSession(ctx, row.intent, row.id, sessionEnded))
		e.logger.Info("restore session stopped", "server", row.view.server, "session", row.id)
	}
	return errors.Join(failed...)
}

// responseTime bounds the time between the request for a session and its start.
const responseTime = 2 * time.Minute

// findLostSessions finds the sessions that a process asked for, and ended before it knew the response. They are those
// of the account that nobody has recorded, of the same organization, and of that time by the server's clock. If there
// are more of them than were asked for, somebody else uses the account, and none of them is touched.
func (e *Engine) findLostSessions(ctx context.Context, plan string) error {
	asked, err := e.store.sessions(ctx, plan, sessionAsked)
	if err != nil || len(asked) == 0 {
		return err
	}
	recorded := map[string]bool{}
	for _, state := range []string{sessionOpen, sessionEnded} {
		rows, err := e.store.sessions(ctx, plan, state)
		if err != nil {
			return err
		}
		for _, row := range rows {
			recorded[row.id] = true
		}
	}
	byServer := map[string][]sessionRow{}
	for _, row := range asked {
		byServer[row.view.server] = append(byServer[row.view.server], row)
	}
	var failed []error
	for name, rows := range byServer {
		failed = append(failed, e.findLost(ctx, name, rows, recorded))
	}
	return errors.Join(failed...)
}

func (e *Engine) findLost(ctx context.Context, name string, rows []sessionRow, recorded map[string]bool) error {
	server, err := e.servers.server(name)
	if err != nil {
		return err
	}
	var candidates []api.RestoreSession
	for session, err := range server.RestoreSessions(ctx) {
		if err != nil {
			return fmt.Errorf("server %s: look for lost restore sessions: %w", name, err)
		}
		if recorded[session.ID()] || session.Properties.State != api.RestoreSessionWorking {
			continue
		}
		for _, row := range rows {
			began := session.Properties.CreationTime.Time
			organization := row.view.organization
			if began.After(row.asked.Add(-responseTime)) && began.Before(row.asked.Add(responseTime)) &&
				(organization == "" || strings.EqualFold(session.Properties.Organization, organization)) {
				candidates = append(candidates, session)
				break
			}
		}
	}
	if len(candidates) > len(rows) {
		ids := make([]string, 0, len(candidates))
		for _, session := range candidates {
			ids = append(ids, session.ID())
		}
		for _, row := range rows {
			if err := e.store.setSession(ctx, row.intent, "", sessionUnknown); err != nil {
				return err
			}
		}
		return fmt.Errorf("server %s: %d of the restore sessions %s are left, and others use the account: stop them by hand",
			name, len(rows), strings.Join(ids, ", "))
	}
	for i, row := range rows {
		id, state := "", sessionEnded
		if i < len(candidates) {
			id, state = candidates[i].ID(), sessionOpen // which is stopped with the others
		}
		if err := e.store.setSession(ctx, row.intent, id, state); err != nil {
			return err
		}
	}
	return nil
}
