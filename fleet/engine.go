package fleet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/dbos-inc/dbos-transact-golang/dbos"
	"github.com/google/uuid"
	"gocloud.dev/blob"
)

// State is what has become of an item.
type State string

// The states of an item.
const (
	Waiting   State = "waiting"
	Running   State = "running"
	Done      State = "done"
	Failed    State = "failed"
	Unknown   State = "unknown"   // it may or may not have been carried out; a person resolves it
	Cancelled State = "cancelled" // the plan was cancelled before it began
)

// States returns all states, in the order of an item's life.
func States() []State { return []State{Waiting, Running, Done, Failed, Unknown, Cancelled} }

// Ended reports whether the engine is done with an item of this state.
func (s State) Ended() bool { return s != Waiting && s != Running }

// Outcome is what has become of an item, and how.
type Outcome struct {
	State State `json:"state"`
	// Error is why it failed, or why its outcome is unknown, in the server's words where it said some.
	Error string `json:"error,omitempty"`
	// Session is the id of the restore session.
	Session string `json:"session,omitempty"`
	// Began and Ended are the times of the last attempt, Attempts the number of them, Executor who made it.
	Began    time.Time `json:"began,omitzero"`
	Ended    time.Time `json:"ended,omitzero"`
	Attempts int       `json:"attempts,omitempty"`
	Executor string    `json:"executor,omitempty"`
	// Object is the name of what was saved in the target, Size its length in bytes, SHA256 its digest in hex.
	Object string `json:"object,omitempty"`
	Size   int64  `json:"size,omitempty"`
	SHA256 string `json:"sha256,omitempty"`
	// Restored, Skipped and FailedItems are the counts of the server, if Reported.
	Reported    bool  `json:"reported,omitempty"`
	Restored    int64 `json:"restored,omitempty"`
	Skipped     int64 `json:"skipped,omitempty"`
	FailedItems int64 `json:"failedItems,omitempty"`
	// LookedUp is what the server said when the outcome was unknown.
	LookedUp []string `json:"lookedUp,omitempty"`
	// Resolved is what a person said of an unknown outcome.
	Resolved string `json:"resolved,omitempty"`

	// Again says that another attempt may succeed, and does no harm. ServerDown says that no item of the server can
	// succeed now. WorkSession is the session of v8 that carries the
	// work out, if the step has only started it.
	Again       bool   `json:"again,omitempty"`
	ServerDown  bool   `json:"serverDown,omitempty"`
	WorkSession string `json:"workSession,omitempty"`
}

// Config configures an [Engine].
type Config struct {
	// Database is sqlite:FILE, or the address of a PostgreSQL database.
	Database string
	// Servers has the credentials. It may be nil if the engine does not work.
	Servers *Servers
	// Logger gets a record for each item, with its owner and session. The default discards.
	Logger *slog.Logger
	// Executor names this process among those of a PostgreSQL database. A process with the same name goes on with what
	// another one left. The default is the name of the host.
	Executor string
	// PerServer is how many saves run at once on a server, by default 4. Restores, copies and messages run one after
	// another for each organization.
	PerServer int
	// Total is how many items this process runs at once, by default 64.
	Total int
	// Attempts is how often an item is tried, by default 3, and Backoff the wait before an attempt, by default 10
	// seconds, a minute, and then 5 minutes.
	Attempts int
	Backoff  func(attempt int) time.Duration
	// Patience is how long the items of a server wait that cannot be reached, is being maintained, or refuses the
	// credentials, by default an hour. Then they fail.
	Patience time.Duration
	// OnItem is called when this process has ended an item. Calls may be concurrent.
	OnItem func(Item, Outcome)
	// OnServerDown is called when the items of a server begin to wait. It must not call the engine.
	OnServerDown func(server string, until time.Time, why string)
}

// Engine carries out plans. Its state is in the database. It is safe for concurrent use.
type Engine struct {
	config   Config
	servers  *Servers
	logger   *slog.Logger
	executor string
	nonce    string // of this process
	store    *store
	dbos     dbos.Context
	saves    dbos.Queue
	writes   dbos.Queue
	launched bool

	mu      sync.Mutex
	shared  map[string]map[view]*shared
	buckets map[string]*blob.Bucket
	states  map[string]string // of plans, as they were read last
	names   map[string]string
	down    map[string]downtime // by server
	drained chan struct{}       // closed when no item may begin any more
	busy    sync.WaitGroup
}

// appVersion is the same for all builds, so that a newer one goes on with the items of an older one.
const appVersion = "fleet-1"

// itemWorkflow is the name of the workflow of an item in the database.
const itemWorkflow = "item"

// Open opens the database. The caller closes the engine.
func Open(ctx context.Context, config Config) (*Engine, error) {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	config.Executor = cmp.Or(config.Executor, host)
	config.PerServer, config.Total = cmp.Or(config.PerServer, 4), cmp.Or(config.Total, 64)
	config.Attempts, config.Patience = cmp.Or(config.Attempts, 3), cmp.Or(config.Patience, time.Hour)
	if config.Backoff == nil {
		config.Backoff = backoff
	}
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	e := &Engine{
		config: config, servers: config.Servers, logger: config.Logger, executor: config.Executor,
		nonce: uuid.NewString(), shared: map[string]map[view]*shared{}, buckets: map[string]*blob.Bucket{},
		states: map[string]string{}, names: map[string]string{}, down: map[string]downtime{}, drained: make(chan struct{}),
	}
	if e.store, err = openStore(ctx, config.Database); err != nil {
		return nil, err
	}
	engine := dbos.Config{
		AppName: "vbo365-fleet", ApplicationVersion: appVersion, ExecutorID: e.executor,
		Logger: slog.New(quiet{config.Logger.Handler()}), SystemDBPool: e.store.pool,
	}
	if e.store.pool == nil {
		engine.SQLiteSystemDB = e.store.db
	}
	err = e.store.exclusively(ctx, func() error {
		e.dbos, err = dbos.NewContext(context.WithoutCancel(ctx), engine)
		return err
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", err), e.store.close())
	}
	dbos.RegisterWorkflow(e.dbos, e.item, dbos.WithWorkflowName(itemWorkflow), dbos.WithMaxRecoveryAttempts(1_000_000))
	return e, nil
}

func backoff(attempt int) time.Duration {
	return []time.Duration{10 * time.Second, time.Minute, 5 * time.Minute}[min(attempt-1, 2)]
}

// Close closes the database, and the connections to the servers. Items that are running are left as they are: first
// drain the engine, by the end of the context of [Engine.Run].
func (e *Engine) Close() error {
	var failed []error
	if e.launched {
		failed = append(failed, dbos.Shutdown(e.dbos, 10*time.Second))
	}
	e.mu.Lock()
	for _, bucket := range e.buckets {
		failed = append(failed, bucket.Close())
	}
	e.mu.Unlock()
	if e.servers != nil {
		e.servers.Close()
	}
	return errors.Join(append(failed, e.store.close())...)
}

// Begin adds a plan to the database. A plan that was begun goes on. A plan of the same name with other items is
// refused.
func (e *Engine) Begin(ctx context.Context, file string) (Plan, error) {
	plan, err := OpenPlan(file)
	if err != nil {
		return plan, err
	}
	row, err := e.store.begin(ctx, plan)
	if err != nil {
		return plan, err
	}
	if err := e.queues(ctx); err != nil {
		return plan, err
	}
	count := row.submitted
	for item, err := range PlanItems(file, row.submitted+1) {
		if err != nil {
			return plan, err
		}
		if err := ctx.Err(); err != nil {
			return plan, err
		}
		queue, partition := e.queue(item)
		_, err = dbos.Enqueue[Outcome](e.dbos, queue.GetName(), itemWorkflow, item,
			dbos.WithEnqueueQueuePartitionKey(partition), dbos.WithEnqueueApplicationVersion(appVersion),
			dbos.WithEnqueueWorkflowID(workflowID(row.id, item.Number)))
		if err != nil {
			return plan, fmt.Errorf("submit item %d: %w", item.Number, err)
		}
		if count++; count%1000 == 0 {
			if err := e.store.setSubmitted(ctx, row.id, count); err != nil {
				return plan, err
			}
		}
	}
	return plan, e.store.setSubmitted(ctx, row.id, count)
}

func workflowID(plan string, number int) string { return fmt.Sprintf("%s-%08d", plan, number) }

func planOf(workflow string) string {
	plan, _, _ := strings.Cut(workflow, "-")
	return plan
}

// polling is how often a queue is looked at.
const polling = 20 * time.Millisecond

// queues makes the two queues. The limits of a partition hold for all processes.
func (e *Engine) queues(ctx context.Context) (err error) {
	if e.saves != nil {
		return nil
	}
	e.saves, err = dbos.RegisterQueue(e.dbos, "save", dbos.WithPartitionConcurrency(e.config.PerServer),
		dbos.WithWorkerConcurrency(e.config.Total), dbos.WithQueueBasePollingInterval(polling))
	if err == nil {
		e.writes, err = dbos.RegisterQueue(e.dbos, "write", dbos.WithPartitionConcurrency(1),
			dbos.WithWorkerConcurrency(e.config.Total), dbos.WithQueueBasePollingInterval(polling))
	}
	if err != nil {
		return fmt.Errorf("make queues: %w", err)
	}
	return ctx.Err()
}

func (e *Engine) queue(item Item) (dbos.Queue, string) {
	if item.Action == Save {
		return e.saves, item.Server
	}
	return e.writes, item.Server + "|" + strings.ToLower(item.Organization)
}

// Run carries out a plan that was begun, with this process alone or together with others. It returns when all of its
// items have ended, or after the end of ctx, when those that had begun have: it does not interrupt them, because a
// restore cannot be interrupted. It then stops the restore sessions. Without a plan it works on all of them until ctx
// ends.
func (e *Engine) Run(ctx context.Context, plan Plan) error {
	always := context.WithoutCancel(ctx)
	if e.servers == nil {
		return errors.New("run: credentials are needed")
	}
	if err := e.store.acquire(ctx, e.executor); err != nil {
		return err
	}
	if err := e.queues(ctx); err != nil {
		return err
	}
	if err := e.alive(ctx); err != nil {
		return err
	}
	if err := e.readStates(ctx); err != nil {
		return err
	}
	if err := dbos.Launch(e.dbos); err != nil {
		return fmt.Errorf("start engine: %w", err)
	}
	e.launched = true
	err := e.watch(ctx, plan)
	close(e.drained)
	e.busy.Wait()
	if err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	alone, aliveErr := e.alone(always)
	if failed := errors.Join(err, aliveErr); aliveErr != nil || err != nil && !alone {
		return failed // the others need the sessions
	}
	plans, plansErr := e.store.plans(always)
	failed := []error{err, plansErr}
	for _, row := range plans {
		if plan.Digest == "" || row.id == plan.ID() {
			failed = append(failed, e.stopSessions(always, row.id))
		}
	}
	return errors.Join(failed...)
}

// watch returns when all items of a plan have ended, or with the error of ctx.
func (e *Engine) watch(ctx context.Context, plan Plan) error {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	paused := false
	for count := 0; ; count++ {
		if err := e.readStates(ctx); err != nil && ctx.Err() == nil {
			e.logger.Warn("read the state of plans", "error", err) // the database may come back
		}
		if pause := e.allPaused(); pause != paused {
			if paused = pause; paused {
				dbos.ListenQueues(e.dbos, "none")
			} else {
				dbos.ListenQueues(e.dbos)
			}
		}
		if count%10 == 0 {
			if err := e.alive(ctx); err != nil && ctx.Err() == nil {
				e.logger.Warn("say that this process is alive", "error", err)
			}
		}
		if plan.Digest != "" {
			switch left, err := e.left(plan.ID()); {
			case err != nil:
				e.logger.Warn("count items", "error", err)
			case left == 0:
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// left counts the items of a plan that have not ended.
func (e *Engine) left(plan string) (count int64, err error) {
	rows, err := dbos.GetWorkflowAggregates(e.dbos, dbos.GetWorkflowAggregatesInput{
		GroupByStatus: true, SelectCount: true, WorkflowIDPrefix: []string{plan + "-"},
		Status: []dbos.WorkflowStatusType{
			dbos.WorkflowStatusEnqueued, dbos.WorkflowStatusPending, dbos.WorkflowStatusDelayed,
		},
	})
	for _, row := range rows {
		if row.Count != nil {
			count += int64(*row.Count)
		}
	}
	return count, err
}

func (e *Engine) alive(ctx context.Context) error {
	host, _ := os.Hostname()
	return e.store.seen(ctx, e.executor, host)
}

// aliveFor is how long an executor counts as alive after it said so.
const aliveFor = 20 * time.Second

func (e *Engine) alone(ctx context.Context) (bool, error) {
	executors, err := e.store.executors(ctx)
	for _, other := range executors {
		if other.ID != e.executor && time.Since(other.Seen) < aliveFor {
			return false, err
		}
	}
	return true, err
}

func (e *Engine) readStates(ctx context.Context) error {
	plans, err := e.store.plans(ctx)
	if err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, plan := range plans {
		e.states[plan.id], e.names[plan.id] = plan.state, plan.Name
	}
	return nil
}

func (e *Engine) planState(plan string) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.states[plan]
}

// allPaused reports whether no plan needs work.
func (e *Engine) allPaused() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, state := range e.states {
		if state != planPaused {
			return false
		}
	}
	return len(e.states) > 0
}

// item is the workflow of an item. Each attempt has its steps, whose outcomes are in the database before the next one.
func (e *Engine) item(ctx dbos.Context, item Item) (Outcome, error) {
	id, err := dbos.GetWorkflowID(ctx)
	if err != nil {
		return Outcome{}, err
	}
	plan := planOf(id)
	for attempt := 1; ; attempt++ {
		if err := e.enter(ctx, plan, item.Server); err != nil {
			return Outcome{}, err
		}
		outcome, err := e.attempt(ctx, plan, item)
		e.busy.Done()
		if err != nil {
			return Outcome{}, err
		}
		outcome.Attempts = attempt
		if e.hold(item.Server, outcome) {
			attempt--
			continue
		}
		if !outcome.Again || attempt >= e.config.Attempts {
			e.tell(plan, item, outcome)
			return outcome, nil
		}
		wait := e.config.Backoff(attempt)
		e.logger.Warn("item is tried again", append(e.about(plan, item, outcome), "wait", wait)...)
		select {
		case <-ctx.Done():
			return Outcome{}, ctx.Err()
		case <-time.After(wait):
		}
	}
}

// A downtime is the time in which a server cannot be used.
type downtime struct {
	since, until time.Time
	times        int
}

// hold notes whether the server of an item can be used, and reports whether the item waits until it can.
func (e *Engine) hold(server string, outcome Outcome) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !outcome.ServerDown {
		delete(e.down, server)
		return false
	}
	d := e.down[server]
	if d.since.IsZero() {
		d.since = time.Now()
	}
	if time.Since(d.since) > e.config.Patience {
		return false
	}
	if time.Now().After(d.until) { // and not one of several items that found out at the same time
		d.times++
		d.until = time.Now().Add(e.config.Backoff(min(d.times, 2)))
		e.logger.Warn("the items of a server wait", "server", server, "until", d.until, "error", outcome.Error)
		if e.config.OnServerDown != nil {
			e.config.OnServerDown(server, d.until, outcome.Error)
		}
	}
	e.down[server] = d
	return true
}

// enter waits until the plan is not paused and the server can be used, and counts the item as busy. If the engine
// drains, it waits for its end: the item stays in the database as it is.
func (e *Engine) enter(ctx context.Context, plan, server string) error {
	for {
		e.mu.Lock()
		select {
		case <-e.drained:
			e.mu.Unlock()
			<-ctx.Done()
			return ctx.Err()
		default:
		}
		if e.states[plan] != planPaused && time.Now().After(e.down[server].until) {
			e.busy.Add(1)
			e.mu.Unlock()
			return nil
		}
		e.mu.Unlock()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (e *Engine) attempt(ctx dbos.Context, plan string, item Item) (Outcome, error) {
	if item.Action == Save {
		return dbos.RunAsStep(ctx, func(ctx context.Context) (Outcome, error) {
			return e.stamp(time.Now(), e.save(ctx, plan, item)), nil
		}, dbos.WithStepName("save"))
	}
	claim, err := dbos.RunAsStep(ctx, func(ctx context.Context) (claim, error) {
		return e.claim(ctx, plan, item), nil
	}, dbos.WithStepName("claim"))
	if err != nil || claim.Outcome != nil {
		if claim.Outcome == nil {
			return Outcome{}, err
		}
		return *claim.Outcome, err
	}
	outcome, err := dbos.RunAsStep(ctx, func(ctx context.Context) (Outcome, error) {
		if claim.Nonce != e.nonce {
			return e.stamp(claim.At, e.lookUp(ctx, item, claim)), nil
		}
		return e.stamp(claim.At, e.act(ctx, plan, item, claim)), nil
	}, dbos.WithStepName("act"))
	if err != nil || outcome.WorkSession == "" {
		return outcome, err
	}
	return dbos.RunAsStep(ctx, func(ctx context.Context) (Outcome, error) {
		return e.stamp(claim.At, e.wait(ctx, item, outcome)), nil
	}, dbos.WithStepName("wait"))
}

func (e *Engine) stamp(began time.Time, outcome Outcome) Outcome {
	outcome.Began, outcome.Ended, outcome.Executor = began.UTC(), time.Now().UTC(), e.executor
	return outcome
}

// about are the attributes of the log record of an item.
func (e *Engine) about(plan string, item Item, outcome Outcome) []any {
	e.mu.Lock()
	name := e.names[plan]
	e.mu.Unlock()
	attributes := []any{
		"plan", name, "item", item.Number, "server", item.Server, "organization", item.Organization, "owner", item.Owner,
		"action", string(item.Action), "state", string(outcome.State), "session", outcome.Session,
	}
	if item.Path != "" {
		attributes = append(attributes, "path", item.Path)
	}
	if outcome.Error != "" {
		attributes = append(attributes, "error", outcome.Error)
	}
	return attributes
}

func (e *Engine) tell(plan string, item Item, outcome Outcome) {
	level := slog.LevelInfo
	if outcome.State == Failed || outcome.State == Unknown {
		level = slog.LevelError
	}
	e.logger.Log(context.Background(), level, "item ended", append(e.about(plan, item, outcome),
		"duration", outcome.Ended.Sub(outcome.Began).Round(time.Millisecond))...)
	if e.config.OnItem != nil {
		e.config.OnItem(item, outcome)
	}
}

// quiet passes on the warnings and errors of the engine.
type quiet struct{ slog.Handler }

func (q quiet) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && q.Handler.Enabled(ctx, level)
}

func (q quiet) WithAttrs(attributes []slog.Attr) slog.Handler {
	return quiet{q.Handler.WithAttrs(attributes)}
}
func (q quiet) WithGroup(name string) slog.Handler { return quiet{q.Handler.WithGroup(name)} }

// Result is an item with what has become of it.
type Result struct {
	Item
	Outcome
}

// Results lists the items of a plan by number, with what has become of them. Without states it lists all.
func (e *Engine) Results(ctx context.Context, name string, states ...State) iter.Seq2[Result, error] {
	return func(yield func(Result, error) bool) {
		plan, err := e.store.plan(ctx, name)
		if err != nil {
			yield(Result{}, err)
			return
		}
		const page = 1000
		for offset := 0; ; offset += page {
			list, err := dbos.ListWorkflows(e.dbos, dbos.WithFilterWorkflowIDPrefix(plan.id+"-"),
				dbos.WithFilterName(itemWorkflow), dbos.WithFilterLimit(page), dbos.WithFilterOffset(offset),
				dbos.WithFilterLoadInput(true), dbos.WithFilterLoadOutput(true))
			if err != nil {
				yield(Result{}, fmt.Errorf("list items: %w", err))
				return
			}
			for _, status := range list {
				result, err := resultOf(status, plan.state)
				if err != nil || matches(states, result.State) {
					if !yield(result, err) || err != nil {
						return
					}
				}
			}
			if len(list) < page {
				return
			}
		}
	}
}
