package apitest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/vbo365/vbo365-go/gen/server"
)

// maxEvents is how many events of a session are remembered; beyond it, the oldest is forgotten.
const maxEvents = 10_000

// eventTime is how events write times: with the local offset (spec/FACTS.md#3.2).
const eventTime = "2006-01-02T15:04:05.0000000-07:00"

// events are what happened in a session, oldest first. It is safe for concurrent use.
type events struct {
	mu    sync.Mutex
	list  []*event
	order int32              // of the newest
	worst server.EventStatus // of those that have ended; empty if none has

	changes int64 // grows when an action begins or ends
}

// event is an action on its way and what became of it.
type event struct {
	id, title      string // of the twin, too
	kind           server.EventType
	source, target string
	itemName       string
	itemType       string
	order          int32
	began          time.Time

	twin   *event  // the same event in another session; nil if there is none
	events *events // its mutex guards the rest
	status server.EventStatus
	ended  time.Time
	seen   int64 // items so far
	items  int64 // of them, those that were written
	bytes  int64 // of the items so far
	result string
}

// begin adds an event, or the twin of one. The caller ends it.
func (es *events) begin(e event) *event {
	if e.id == "" {
		e.id, e.began, e.status = uuid.NewString(), time.Now(), server.EventStatusRunning
	}
	e.events = es
	es.mu.Lock()
	defer es.mu.Unlock()
	es.order++
	es.changes++
	e.order = es.order
	es.list = append(es.list, &e)
	if len(es.list) > maxEvents {
		es.list[0] = nil
		es.list = es.list[1:]
	}
	return &e
}

// note adds an event about the session itself.
func (es *events) note(title string) {
	es.begin(event{kind: server.EventTypeNone, title: title}).end(server.EventStatusSuccess, title)
	es.mu.Lock()
	defer es.mu.Unlock()
	es.changes -= 2 // whoever starts or ends the session counts that
}

// add counts an item of so many bytes, and whether it was written.
func (e *event) add(bytes int64, written bool) {
	if e.twin != nil {
		e.twin.add(bytes, written)
	}
	e.events.mu.Lock()
	defer e.events.mu.Unlock()
	e.bytes += bytes
	e.seen++
	if written {
		e.items++
	}
}

// end says what became of the action.
func (e *event) end(status server.EventStatus, result string) {
	if e.twin != nil {
		e.twin.end(status, result)
	}
	e.events.mu.Lock()
	defer e.events.mu.Unlock()
	e.ended, e.status, e.result = time.Now(), status, result
	e.events.changes++
	if severity(status) > severity(e.events.worst) {
		e.events.worst = status
	}
}

// endArchive ends an action that wrote an archive: completely, or not at all.
func (e *event) endArchive(err error) {
	if err != nil {
		e.fail(err)
		return
	}
	items := e.written()
	e.end(server.EventStatusSuccess, fmt.Sprintf("%d of %d items written", items, items))
}

// fail ends an action that broke off.
func (e *event) fail(err error) {
	e.end(server.EventStatusFailed, fmt.Sprintf("%d items written, then it failed: %v", e.written(), err))
}

func (e *event) written() int64 {
	e.events.mu.Lock()
	defer e.events.mu.Unlock()
	return e.items
}

func severity(status server.EventStatus) int {
	return slices.Index([]server.EventStatus{
		server.EventStatusSuccess, server.EventStatusWarning, server.EventStatusFailed,
	}, status)
}

// result is that of a session: as bad as the worst of its events. Our choice. changes grows when an action begins or
// ends.
func (es *events) result() (result server.RestoreSessionResult, changes int64) {
	es.mu.Lock()
	defer es.mu.Unlock()
	// A result and the status of an event have the same words.
	result = cmp.Or(server.RestoreSessionResult(es.worst), server.RestoreSessionResultSuccess)
	return result, es.changes
}

// succeeded is how the message of an action that has written everything calls it (spec/FACTS.md#3.2). Others have
// numbers: our choice.
var succeeded = map[server.EventType]string{
	server.EventTypeSave: "saved", server.EventTypeSend: "sent", server.EventTypeRestore: "restored",
}

// eventResource describes an event of the session, which has the address self (spec/FACTS.md#3.2).
func (sess *session) eventResource(e *event, self string) server.RestoreSessionEvent {
	e.events.mu.Lock()
	defer e.events.mu.Unlock()
	now, message := e.ended, e.result
	if e.status == server.EventStatusRunning {
		now, message = time.Now(), fmt.Sprintf("%d items written so far", e.items)
	}
	if done, ok := succeeded[e.kind]; ok && e.status == server.EventStatusSuccess && e.items == e.seen {
		message = fmt.Sprintf("Item %s was %s successfully (type: %s; source: %s; target: %s)",
			e.itemName, done, e.itemType, e.source, e.target)
	}
	resource := server.RestoreSessionEvent{
		ID:              e.id,
		Type:            &e.kind,
		Status:          new(e.status),
		StartTime:       new(e.began.Local().Format(eventTime)),
		Duration:        new(clock(now.Sub(e.began))),
		Title:           &e.title,
		Message:         &message,
		Order:           &e.order,
		UnderscoreLinks: &server.Links{"self": {Href: self}},
	}
	if e.itemName != "" {
		resource.ItemName, resource.ItemType, resource.ItemSizeBytes = &e.itemName, &e.itemType, new(e.bytes)
		resource.Source = &e.source
	}
	if id, err := uuid.Parse(sess.organization.ID); err == nil {
		resource.OrganizationID = &id
	}
	if !e.ended.IsZero() {
		resource.EndTime = new(e.ended.Local().Format(eventTime))
	}
	if e.target != "" {
		resource.Target = &e.target
	}
	return resource
}

// clock writes a duration as 00:00:01.5000000.
func clock(d time.Duration) string {
	ticks := d / 100 // of 100 nanoseconds
	seconds := ticks / 10_000_000
	return fmt.Sprintf("%02d:%02d:%02d.%07d", seconds/3600, seconds/60%60, seconds%60, ticks%10_000_000)
}

// all gives the events so far, oldest first.
func (es *events) all() []*event {
	es.mu.Lock()
	defer es.mu.Unlock()
	return slices.Clone(es.list)
}

// listRestoreSessionEvents gives those of stopped sessions, too.
func (s *Server) listRestoreSessionEvents(e *exchange) (any, error) {
	sess, err := s.enterSession(e)
	if err != nil {
		return nil, err
	}
	list := sess.events.all()
	address := []string{"restoresessions", sess.ID, "events"}
	at := func(i int64) (any, error) {
		return sess.eventResource(list[i], e.href(append(address, list[i].id)...)), nil
	}
	return e.page(int64(len(list)), at, address...)
}

// getRestoreSessionEvent gives one of stopped sessions, too.
func (s *Server) getRestoreSessionEvent(e *exchange) (any, error) {
	sess, err := s.enterSession(e)
	if err != nil {
		return nil, err
	}
	for _, event := range sess.events.all() {
		if strings.EqualFold(event.id, e.ids["eventId"]) {
			return sess.eventResource(event, e.href("restoresessions", sess.ID, "events", event.id)), nil
		}
	}
	return nil, errNotFound
}
