package apitest

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func newTestSessions(idleTimeout time.Duration) *sessions {
	return &sessions{idleTimeout: idleTimeout, byID: map[string]*session{}}
}

// use is a request that is answered at once. It tells whether the session works.
func (ss *sessions) use(t *testing.T, sess *session) bool {
	t.Helper()
	if ss.enter(sess.ID) != sess {
		t.Fatal("the session is not found")
	}
	defer ss.leave(sess)
	return ss.works(sess)
}

// TestSessionsExpire sees that a session is stopped exactly when it has been idle for as long as it may.
func TestSessionsExpire(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		after := func(d time.Duration) { <-time.After(d) } // by the clock of synctest
		ss := newTestSessions(time.Hour)
		wire, local := ss.start(session{overWire: true}), ss.start(session{})
		for range 5 {
			after(time.Hour - 1)
			if !ss.use(t, wire) {
				t.Fatal("a session in use has expired")
			}
		}
		ss.enter(wire.ID) // and is busy
		after(24 * time.Hour)
		if !ss.use(t, wire) {
			t.Fatal("a busy session has expired")
		}
		after(24 * time.Hour)
		ss.leave(wire)
		end := time.Now().Add(time.Hour)
		after(time.Hour - 1)
		if list := ss.of("", parameters{}); len(list) != 1 || !ss.works(list[0]) {
			t.Fatal("a session has expired too early, or is not listed")
		}
		after(time.Minute)
		if ss.use(t, wire) || !wire.ended.Equal(end) {
			t.Errorf("a session ended at %s, want %s", wire.ended, end)
		}
		if ss.stop(wire) {
			t.Error("an expired session was stopped once more")
		}
		if !ss.use(t, local) {
			t.Error("a session that was started from Go has expired")
		}

		eternal := newTestSessions(-1)
		sess := eternal.start(session{overWire: true})
		after(1000 * time.Hour)
		if !eternal.use(t, sess) {
			t.Error("a session has expired where none does")
		}
	})
}

// TestSessionsAreForgotten sees that the memory for sessions is bounded: what nobody uses expires when others start.
func TestSessionsAreForgotten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ss := newTestSessions(time.Minute)
		working := ss.start(session{})
		var first, second *session
		for i := range maxStoppedSessions + 1 {
			sess := ss.start(session{overWire: true})
			switch i {
			case 0:
				first = sess
			case 1:
				second = sess
			}
			if i%100 == 0 {
				<-time.After(time.Minute) // everything so far expires
			}
		}
		<-time.After(time.Minute)
		if n := len(ss.of("", parameters{})); n != maxStoppedSessions {
			t.Errorf("%d sessions are listed", n)
		}
		if n := len(ss.byID); n != maxStoppedSessions+1 || len(ss.stopped) != maxStoppedSessions {
			t.Errorf("%d sessions are remembered, %d of them stopped", n, len(ss.stopped))
		}
		if ss.enter(first.ID) != nil || ss.enter(second.ID) != second || ss.enter(working.ID) != working {
			t.Error("the wrong session was forgotten")
		}
	})
}

// HeldSessions gives the ids of the sessions that cannot expire at the moment, sorted.
func (s *Server) HeldSessions() (ids []string) {
	s.sessions.mu.Lock()
	defer s.sessions.mu.Unlock()
	for id, sess := range s.sessions.byID {
		if sess.requests > 0 {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

func TestEventsAreForgotten(t *testing.T) {
	t.Parallel()
	es := &events{}
	for range maxEvents + 5 {
		es.begin(event{}).end("", "")
	}
	if len(es.list) != maxEvents || es.list[0].order != 6 || es.list[maxEvents-1].order != maxEvents+5 {
		t.Errorf("%d events are remembered, from %d on", len(es.list), es.list[0].order)
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "00:00:00.0000000", 99: "00:00:00.0000000", 100: "00:00:00.0000001", 1500 * time.Millisecond: "00:00:01.5000000",
		44_692_800: "00:00:00.0446928", 25*time.Hour + 61*time.Second: "25:01:01.0000000",
	} {
		if got := clock(d); got != want {
			t.Errorf("%s: got %s, want %s", d, got, want)
		}
	}
}

// TestParseTime reads the forms of spec/FACTS.md#3.1.
func TestParseTime(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("somewhere", 3*3600)
	date := func(hour, minute, second, nanosecond int, zone *time.Location) time.Time {
		return time.Date(2018, 8, 9, hour, minute, second, nanosecond, zone)
	}
	for text, want := range map[string]time.Time{
		"2018.08.09 12:00":                  date(12, 0, 0, 0, zone),
		"2018.08.09 12:34:56":               date(12, 34, 56, 0, zone),
		"2018-08-09 12:34:56":               date(12, 34, 56, 0, zone),
		"2018-08-09 12:34:56.789":           date(12, 34, 56, 789_000_000, zone),
		"2018-08-09T12:34:56":               date(12, 34, 56, 0, zone),
		"2018-08-09T12:34:56.1234567":       date(12, 34, 56, 123_456_700, zone),
		"2018-08-09T12:34:56Z":              date(12, 34, 56, 0, time.UTC),
		"2018-08-09T12:34:56.1234567Z":      date(12, 34, 56, 123_456_700, time.UTC),
		"2018-08-09T12:34:56.1234567-05:00": date(17, 34, 56, 123_456_700, time.UTC),
	} {
		if got, err := parseTime(text, zone); err != nil || !got.Equal(want) {
			t.Errorf("%s: got %s, %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", "now", "2018.08.09", "2018.08.09T12:00", "2018-08-09 12", "2018.08.32 12:00",
		"09.08.2018 12:00", "2018.08.09 12:00 x",
	} {
		if got, err := parseTime(text, zone); err == nil {
			t.Errorf("%q is %s", text, got)
		}
	}
}
