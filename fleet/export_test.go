package fleet

import (
	"context"
	"testing"
)

// SetSchema makes the database one of another version.
func (e *Engine) SetSchema(ctx context.Context, version int) error {
	_, err := e.store.db.ExecContext(ctx, `UPDATE fleet_schema SET version = $1`, version)
	return err
}

// Alive reports whether an executor works, or has worked.
func (e *Engine) Alive(ctx context.Context, t *testing.T) bool {
	t.Helper()
	executors, err := e.store.executors(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return len(executors) > 0
}
