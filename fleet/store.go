package fleet

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	_ "github.com/dbos-inc/dbos-transact-golang/dbos/driver/sqlite" // the SQLite of the engine
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

// A store is the database: the engine's tables, and those below. The engine has the items. These have what the items of
// a plan share.
type store struct {
	db   *sql.DB
	pool *pgxpool.Pool // nil with SQLite
	file string        // of SQLite
	held func() error  // releases what acquire has
}

// schema is the version of the tables below, which a newer vbo365-fleet may raise.
const schema = 1

var tables = []string{
	`CREATE TABLE IF NOT EXISTS fleet_schema (version INTEGER PRIMARY KEY)`,
	`CREATE TABLE IF NOT EXISTS fleet_plan (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, created BIGINT NOT NULL,
		items BIGINT NOT NULL, documents BIGINT NOT NULL, bytes BIGINT NOT NULL, submitted BIGINT NOT NULL,
		begun BIGINT NOT NULL, state TEXT NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS fleet_session (intent TEXT PRIMARY KEY, plan TEXT NOT NULL, server TEXT NOT NULL,
		organization TEXT NOT NULL, at BIGINT NOT NULL, restore_point TEXT NOT NULL, id TEXT NOT NULL,
		state TEXT NOT NULL, executor TEXT NOT NULL, asked BIGINT NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS fleet_executor (id TEXT PRIMARY KEY, host TEXT NOT NULL, seen BIGINT NOT NULL)`,
}

// openStore opens a database: sqlite:FILE, or postgres://….
func openStore(ctx context.Context, address string) (*store, error) {
	s := &store{held: func() error { return nil }}
	var err error
	if file, found := strings.CutPrefix(address, "sqlite:"); found {
		s.file, err = filepath.Abs(file)
		if err == nil {
			s.db, err = openSQLite(s.file, "WAL", 20*time.Second)
		}
	} else {
		s.pool, err = pgxpool.New(ctx, address)
		if err != nil {
			return nil, errors.New("open database: the address is neither sqlite:FILE nor one of PostgreSQL")
		}
		s.db = stdlib.OpenDBFromPool(s.pool)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", err), s.close())
	}
	return s, nil
}

// exclusively makes the tables if they are missing, and calls engine, which does the same for its own, while no other
// process does. SQLite sees to that by itself.
func (s *store) exclusively(ctx context.Context, engine func() error) error {
	if s.pool != nil {
		connection, err := s.db.Conn(ctx)
		if err != nil {
			return err
		}
		defer func() { _ = connection.Close() }()
		// Those that wait must not wait in a query: the engine makes indexes in a way that waits for all queries.
		for locked := false; !locked; {
			err := connection.QueryRowContext(ctx, `SELECT pg_try_advisory_lock(hashtext('vbo365-fleet'))`).Scan(&locked)
			if err != nil {
				return err
			}
			if !locked {
				select {
				case <-ctx.Done():
					return ctx.Err()
				case <-time.After(100 * time.Millisecond):
				}
			}
		}
		defer func() {
			_, _ = connection.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock(hashtext('vbo365-fleet'))`)
		}()
	}
	if err := s.prepare(ctx); err != nil {
		return err
	}
	return engine()
}

func openSQLite(file, journal string, patience time.Duration) (*sql.DB, error) {
	query := url.Values{"_txlock": {"immediate"}, "_pragma": {
		fmt.Sprintf("busy_timeout(%d)", patience.Milliseconds()), "foreign_keys(ON)", "synchronous(FULL)",
		"journal_mode(" + journal + ")",
	}}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: filepath.ToSlash(file)}).EscapedPath()+"?"+query.Encode())
	if err == nil {
		db.SetMaxOpenConns(8)
	}
	return db, err
}

func (s *store) prepare(ctx context.Context) error {
	for _, table := range tables {
		if _, err := s.db.ExecContext(ctx, table); err != nil {
			return err
		}
	}
	version := schema
	err := s.db.QueryRowContext(ctx, `SELECT version FROM fleet_schema`).Scan(&version)
	if errors.Is(err, sql.ErrNoRows) {
		_, err = s.db.ExecContext(ctx,
			`INSERT INTO fleet_schema (version) VALUES ($1) ON CONFLICT (version) DO NOTHING`, schema)
	}
	if err == nil && version > schema {
		err = fmt.Errorf("it is of a newer vbo365-fleet (schema %d; this one has %d)", version, schema)
	}
	return err
}

// acquire makes this process the only one that works as an executor, and with SQLite the only one that works at all.
// The lock ends with the process, however it ends.
func (s *store) acquire(ctx context.Context, executor string) error {
	ctx = context.WithoutCancel(ctx)
	if s.pool == nil {
		lock, err := openSQLite(s.file+".lock", "DELETE", 0)
		if err != nil {
			return err
		}
		lock.SetMaxOpenConns(1)
		connection, err := lock.Conn(ctx)
		if err == nil {
			_, err = connection.ExecContext(ctx, `BEGIN EXCLUSIVE`)
		}
		if err != nil {
			_ = lock.Close()
			return fmt.Errorf("another process works with %s; several need PostgreSQL (%w)", s.file, err)
		}
		s.held = func() error { return errors.Join(connection.Close(), lock.Close()) }
		return nil
	}
	// The lock has a connection outside of the pool: the engine waits for those of the pool at its end.
	own := stdlib.OpenDB(*s.pool.Config().ConnConfig)
	own.SetMaxOpenConns(1)
	connection, err := own.Conn(ctx)
	if err != nil {
		return errors.Join(err, own.Close())
	}
	// The server may take a moment to notice that a process was killed.
	alone := false
	for deadline := time.Now().Add(killedFor); err == nil && !alone && time.Now().Before(deadline); {
		err = connection.QueryRowContext(ctx, `SELECT pg_try_advisory_lock(hashtext('vbo365-fleet'), hashtext($1))`,
			executor).Scan(&alone)
		if err == nil && !alone {
			<-time.After(100 * time.Millisecond)
		}
	}
	if err != nil || !alone {
		_, _ = connection.Close(), own.Close()
		if err == nil {
			err = fmt.Errorf("another process works as executor %q; give this one another --executor", executor)
		}
		return err
	}
	s.held = func() error { return errors.Join(connection.Close(), own.Close()) }
	return nil
}

// killedFor is how long the lock of a killed process may outlive it.
const killedFor = 5 * time.Second

func (s *store) close() error {
	err := s.held()
	if s.db != nil {
		err = errors.Join(err, s.db.Close())
	}
	if s.pool != nil {
		s.pool.Close()
	}
	return err
}

// The states of a plan in the database.
const (
	planOpen      = "open"
	planPaused    = "paused"
	planCancelled = "cancelled"
)

// A planRow is a plan as the database has it.
type planRow struct {
	Plan
	id        string
	submitted int // items that the engine has
	begun     time.Time
	state     string
}

const planColumns = `SELECT id, name, created, items, documents, bytes, submitted, begun, state FROM fleet_plan`

func scanPlan(scan func(...any) error) (p planRow, err error) {
	var created, begun int64
	err = scan(&p.id, &p.Name, &created, &p.Items, &p.Documents, &p.Bytes, &p.submitted, &begun, &p.state)
	p.Created, p.begun = time.UnixMilli(created).UTC(), time.UnixMilli(begun).UTC()
	return p, err
}

// begin adds a plan, or returns the one that is there. A plan of the same name with other items is refused.
func (s *store) begin(ctx context.Context, plan Plan) (planRow, error) {
	_, err := s.db.ExecContext(ctx, `INSERT INTO fleet_plan
		(id, name, created, items, documents, bytes, submitted, begun, state) VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8)
		ON CONFLICT DO NOTHING`, plan.ID(), plan.Name, plan.Created.UnixMilli(), plan.Items, plan.Documents, plan.Bytes,
		time.Now().UnixMilli(), planOpen)
	if err != nil {
		return planRow{}, err
	}
	row, err := s.plan(ctx, plan.Name)
	if err == nil && row.id != plan.ID() {
		err = fmt.Errorf("the plan %q was begun on %s with other items; go on with the plan of that time, "+
			"or make a plan of another --name", plan.Name, row.begun.Local().Format("2006-01-02 15:04"))
	}
	return row, err
}

// plan reads the plan of a name. Without a name it is the only one.
func (s *store) plan(ctx context.Context, name string) (planRow, error) {
	plans, err := s.plans(ctx)
	if err != nil {
		return planRow{}, err
	}
	names := make([]string, 0, len(plans))
	for _, plan := range plans {
		if plan.Name == name || name == "" && len(plans) == 1 {
			return plan, nil
		}
		names = append(names, plan.Name)
	}
	switch {
	case len(plans) == 0:
		return planRow{}, errors.New("no plan has been begun with this database")
	case name == "":
		return planRow{}, fmt.Errorf("the database has several plans, name one: %s", strings.Join(names, ", "))
	}
	return planRow{}, fmt.Errorf("no plan %q has been begun with this database; it has %s",
		name, strings.Join(names, ", "))
}

func (s *store) plans(ctx context.Context) (plans []planRow, err error) {
	rows, err := s.db.QueryContext(ctx, planColumns+` ORDER BY begun`)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		plan, err := scanPlan(rows.Scan)
		if err != nil {
			return nil, err
		}
		plans = append(plans, plan)
	}
	return plans, rows.Err()
}

func (s *store) setSubmitted(ctx context.Context, plan string, submitted int) error {
	_, err := s.db.ExecContext(ctx, `UPDATE fleet_plan SET submitted = $1 WHERE id = $2`, submitted, plan)
	return err
}

func (s *store) setState(ctx context.Context, plan, state string) error {
	_, err := s.db.ExecContext(ctx, `UPDATE fleet_plan SET state = $1 WHERE id = $2`, state, plan)
	return err
}

// seen notes that the executor is alive.
func (s *store) seen(ctx context.Context, executor, host string) error {
	_, err := s.db.ExecContext(ctx, `INSERT INTO fleet_executor (id, host, seen) VALUES ($1, $2, $3)
		ON CONFLICT (id) DO UPDATE SET host = excluded.host, seen = excluded.seen`, executor, host, time.Now().UnixMilli())
	return err
}

// Executor is a process that works, or has worked, with a database.
type Executor struct {
	ID   string    `json:"id"`
	Host string    `json:"host"`
	Seen time.Time `json:"seen"` // when it last said that it is alive
}

func (s *store) executors(ctx context.Context) (list []Executor, err error) {
	rows, err := s.db.QueryContext(ctx, `SELECT id, host, seen FROM fleet_executor ORDER BY id`)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var e Executor
		var seen int64
		if err := rows.Scan(&e.ID, &e.Host, &seen); err != nil {
			return nil, err
		}
		e.Seen = time.UnixMilli(seen).UTC()
		list = append(list, e)
	}
	return list, rows.Err()
}

// The states of a restore session in the database.
const (
	sessionAsked   = "asked"   // the request may have been sent, and its response is not known
	sessionOpen    = "open"    // can be used
	sessionEnded   = "ended"   // was stopped, by us or by the server
	sessionUnknown = "unknown" // was asked for by a process that has ended, and cannot be told from those of others
)

// A sessionRow is a restore session as the database has it.
type sessionRow struct {
	intent, plan string
	view         view
	id           string
	state        string
	executor     string
	asked        time.Time
}

// addSession notes that a session is about to be asked for.
func (s *store) addSession(ctx context.Context, row sessionRow) error {
	_, err := s.db.ExecContext(ctx, `INSERT INTO fleet_session
		(intent, plan, server, organization, at, restore_point, id, state, executor, asked)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, row.intent, row.plan, row.view.server, row.view.organization,
		row.view.at.UnixMilli(), row.view.restorePoint, row.id, row.state, row.executor, row.asked.UnixMilli())
	return err
}

func (s *store) setSession(ctx context.Context, intent, id, state string) error {
	_, err := s.db.ExecContext(ctx, `UPDATE fleet_session SET id = $1, state = $2 WHERE intent = $3`, id, state, intent)
	return err
}

// sessions reads the sessions of a plan in a state.
func (s *store) sessions(ctx context.Context, plan, state string) (list []sessionRow, err error) {
	rows, err := s.db.QueryContext(ctx, `SELECT intent, plan, server, organization, at, restore_point, id, state, executor,
		asked FROM fleet_session WHERE plan = $1 AND state = $2 ORDER BY asked`, plan, state)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var row sessionRow
		var at, asked int64
		if err := rows.Scan(&row.intent, &row.plan, &row.view.server, &row.view.organization, &at, &row.view.restorePoint,
			&row.id, &row.state, &row.executor, &asked); err != nil {
			return nil, err
		}
		row.view.at, row.asked = time.UnixMilli(at).UTC(), time.UnixMilli(asked).UTC()
		list = append(list, row)
	}
	return list, rows.Err()
}
