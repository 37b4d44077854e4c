package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dbos-inc/dbos-transact-golang/dbos"
)

func matches(states []State, state State) bool {
	return len(states) == 0 || slices.Contains(states, state)
}

// resultOf reads the workflow of an item.
func resultOf(status dbos.WorkflowStatus, plan string) (result Result, err error) {
	if err := decode(status.Input, &result.Item); err != nil {
		return result, fmt.Errorf("read item %s: %w", status.ID, err)
	}
	switch status.Status {
	case dbos.WorkflowStatusEnqueued, dbos.WorkflowStatusDelayed:
		result.State = Waiting
		if plan == planCancelled {
			result.State = Cancelled
		}
	case dbos.WorkflowStatusPending:
		result.State, result.Executor = Running, status.ExecutorID
	case dbos.WorkflowStatusSuccess:
		if err := decode(status.Output, &result.Outcome); err != nil {
			return result, fmt.Errorf("read outcome of item %s: %w", status.ID, err)
		}
		if resolved, ok := status.Attributes["resolved"].(string); ok && result.State == Unknown {
			result.State, result.Resolved = Done, resolved
		}
	default:
		result.State = Failed
		if status.Error != nil {
			result.Error = "engine: " + status.Error.Error()
		}
	}
	return result, nil
}

// decode decodes a value of the engine, which may be JSON, or what JSON was decoded to.
func decode(value, target any) error {
	content, ok := value.(string)
	if !ok {
		encoded, err := json.Marshal(value)
		if err != nil {
			return err
		}
		content = string(encoded)
	}
	return json.Unmarshal([]byte(content), target)
}

// Summary counts the items of a plan.
type Summary struct {
	Plan    Plan           `json:"plan"`
	Begun   time.Time      `json:"begun"`
	Paused  bool           `json:"paused,omitempty"`
	States  map[State]int  `json:"states"`
	Servers []ServerCounts `json:"servers"`
	// Bytes were saved, Restored are the items that servers reported as restored or copied.
	Bytes    int64 `json:"bytes"`
	Restored int64 `json:"restored"`
	// Sessions are the restore sessions that are open, Executors the processes that work or have worked.
	Sessions  int        `json:"sessions"`
	Executors []Executor `json:"executors,omitempty"`
}

// ServerCounts counts the items of a server.
type ServerCounts struct {
	Server string        `json:"server"`
	Items  int           `json:"items"`
	States map[State]int `json:"states"`
	Bytes  int64         `json:"bytes"`
}

func (s *Summary) add(result Result) {
	s.States[result.State]++
	s.Bytes += result.Size
	s.Restored += result.Restored
	i, found := slices.BinarySearchFunc(s.Servers, result.Server, func(c ServerCounts, name string) int {
		switch {
		case c.Server < name:
			return -1
		case c.Server > name:
			return 1
		}
		return 0
	})
	if !found {
		s.Servers = slices.Insert(s.Servers, i, ServerCounts{Server: result.Server, States: map[State]int{}})
	}
	s.Servers[i].Items++
	s.Servers[i].States[result.State]++
	s.Servers[i].Bytes += result.Size
}

// Summary reads the state of a plan. Without a name it is the only one.
func (e *Engine) Summary(ctx context.Context, name string) (Summary, error) {
	row, err := e.store.plan(ctx, name)
	if err != nil {
		return Summary{}, err
	}
	summary := Summary{Plan: row.Plan, Begun: row.begun, Paused: row.state == planPaused, States: map[State]int{}}
	summary.Plan.Digest = row.id
	for result, err := range e.Results(ctx, row.Name) {
		if err != nil {
			return summary, err
		}
		summary.add(result)
	}
	open, err := e.store.sessions(ctx, row.id, sessionOpen)
	if err != nil {
		return summary, err
	}
	asked, err := e.store.sessions(ctx, row.id, sessionAsked)
	if err != nil {
		return summary, err
	}
	summary.Sessions = len(open) + len(asked)
	summary.Executors, err = e.store.executors(ctx)
	return summary, err
}

// Plans lists the names of the plans in the database.
func (e *Engine) Plans(ctx context.Context) (names []string, err error) {
	plans, err := e.store.plans(ctx)
	for _, plan := range plans {
		names = append(names, plan.Name)
	}
	return names, err
}

// Cancel keeps the items of a plan that have not begun from beginning. Those that have begun are not interrupted.
func (e *Engine) Cancel(ctx context.Context, name string) error {
	return e.set(ctx, name, planCancelled)
}

// Pause keeps items from beginning until [Engine.Continue].
func (e *Engine) Pause(ctx context.Context, name string) error { return e.set(ctx, name, planPaused) }

// Continue undoes [Engine.Pause] and [Engine.Cancel]. Items that have been cancelled meanwhile need [Engine.Retry].
func (e *Engine) Continue(ctx context.Context, name string) error { return e.set(ctx, name, planOpen) }

func (e *Engine) set(ctx context.Context, name, state string) error {
	plan, err := e.store.plan(ctx, name)
	if err != nil {
		return err
	}
	return e.store.setState(ctx, plan.id, state)
}

// Retry begins the items of a plan in a state again, and returns their number. The state is Failed or Cancelled: a done
// item is done, and an unknown one needs [Engine.Resolve].
func (e *Engine) Retry(ctx context.Context, name string, state State) (count int, err error) {
	if state != Failed && state != Cancelled {
		return 0, fmt.Errorf("retry: items that are %s are not tried again", state)
	}
	plan, err := e.store.plan(ctx, name)
	if err != nil {
		return 0, err
	}
	if plan.state == planCancelled {
		return 0, errors.New("retry: the plan is cancelled; continue it first")
	}
	var items []Item
	for result, err := range e.Results(ctx, plan.Name, state) {
		if err != nil {
			return 0, err
		}
		items = append(items, result.Item)
	}
	if err := e.queues(ctx); err != nil {
		return 0, err
	}
	for _, item := range items {
		if err := e.again(plan.id, item); err != nil {
			return count, err
		}
		count++
	}
	return count, nil
}

func (e *Engine) again(plan string, item Item) error {
	queue, partition := e.queue(item)
	_, err := dbos.RewindWorkflow[Outcome](e.dbos, workflowID(plan, item.Number),
		dbos.WithRewindQueue(queue.GetName()), dbos.WithRewindQueuePartitionKey(partition))
	if err != nil {
		return fmt.Errorf("begin item %d again: %w", item.Number, err)
	}
	return nil
}

// Resolve says what a person has found out about an item whose outcome is unknown: that it is done, or that it is to be
// done again.
func (e *Engine) Resolve(ctx context.Context, name string, number int, again bool) error {
	plan, err := e.store.plan(ctx, name)
	if err != nil {
		return err
	}
	list, err := dbos.ListWorkflows(e.dbos, dbos.WithFilterWorkflowIDs(workflowID(plan.id, number)),
		dbos.WithFilterLoadInput(true), dbos.WithFilterLoadOutput(true))
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return fmt.Errorf("resolve: the plan %q has no item %d", plan.Name, number)
	}
	result, err := resultOf(list[0], plan.state)
	if err != nil {
		return err
	}
	if result.State != Unknown {
		return fmt.Errorf("resolve: item %d is %s; only an unknown outcome can be resolved", number, result.State)
	}
	if again {
		if err := e.queues(ctx); err != nil {
			return err
		}
		return e.again(plan.id, result.Item)
	}
	return dbos.SetWorkflowAttributes(e.dbos, workflowID(plan.id, number), map[string]any{"resolved": "done"})
}

// Adopt hands what a dead executor left to those that live. An executor that lives is refused.
func (e *Engine) Adopt(ctx context.Context) error {
	if err := e.store.acquire(ctx, e.executor); err != nil {
		return err
	}
	close(e.drained)
	dbos.ListenQueues(e.dbos, "none")
	if err := e.queues(ctx); err != nil {
		return err
	}
	if err := dbos.Launch(e.dbos); err != nil {
		return fmt.Errorf("start engine: %w", err)
	}
	e.launched = true
	return nil
}
