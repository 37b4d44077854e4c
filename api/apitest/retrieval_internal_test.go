package apitest

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/vbo365/vbo365-go/api/apitest/internal/tenant"
	"github.com/vbo365/vbo365-go/gen/server"
)

// TestRetrievalExpires sees a retrieval from its start until its data goes away.
func TestRetrievalExpires(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		r := &retrieval{point: tenant.RestorePoint{ID: "p"}, began: now, ready: now.Add(5 * time.Hour)}
		r.keep(0)
		rs := retrievals{list: []*retrieval{r}}
		for _, step := range []struct {
			after time.Duration
			state server.DataRetrievalState
			known int
		}{
			{5*time.Hour - 1, server.DataRetrievalStateRetrieving, 1},
			{1, server.DataRetrievalStateRetrieved, 1},
			{24*time.Hour - 1, server.DataRetrievalStateRetrieved, 1},
			{1, server.DataRetrievalStateRetrieved, 0},
		} {
			<-time.After(step.after)
			if state, _ := r.state(); state != step.state || len(rs.all()) != step.known {
				t.Errorf("after %s: %s, %d retrievals", time.Since(now), state, len(rs.all()))
			}
			there := step.state == server.DataRetrievalStateRetrieved && step.known == 1
			if got := rs.of("p") != nil; got != there {
				t.Errorf("after %s: the restore point is retrieved: %v", time.Since(now), got)
			}
		}
	})
}
