package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strings"
	"time"
	_ "time/tzdata" // for systems without a database of time zones, such as Windows

	"github.com/vbo365/vbo365-go/api"
)

// stampLayout is the form of times in the output. The command reads it, too.
const stampLayout = "2006-01-02 15:04:05 MST"

// stamp formats a time. It returns "-" for none.
func stamp(t api.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Format(stampLayout)
}

// checkZone refuses a TZ that Go does not support: Go would use UTC instead, without a word.
func checkZone() error {
	name := strings.TrimPrefix(os.Getenv("TZ"), ":")
	if runtime.GOOS == "windows" || name == "" { // Windows has its zone elsewhere
		return nil
	}
	var err error
	if strings.HasPrefix(name, "/") {
		var content []byte
		if content, err = os.ReadFile(name); err == nil {
			_, err = time.LoadLocationFromTZData(name, content)
		}
	} else {
		_, err = time.LoadLocation(name)
	}
	if err != nil {
		return usageError{fmt.Errorf("TZ %q is not a time zone such as Europe/Berlin", name)}
	}
	return nil
}

// A dayEdge says which moment of its day a date without a time means.
type dayEdge bool

const (
	dayStart dayEdge = false
	dayEnd   dayEdge = true // to include the backups of that day
)

// timePattern has a day, a time of day and a zone. The last two may be missing.
var timePattern = regexp.MustCompile(`^(today|yesterday|\d{4}-\d\d-\d\d)` +
	`(?:[ T](\d\d?:\d\d(?::\d\d(?:\.\d+)?)?))?` +
	`(?: ?(Z|[+-]\d\d(?::?\d\d)?|[A-Za-z][\w/+-]*))?$`)

// parseTime parses a point in time as people and the command write it. A time without a zone is in that of now.
func parseTime(flag, text string, now time.Time, edge dayEdge) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	parts := timePattern.FindStringSubmatch(text)
	if parts == nil {
		return time.Time{}, notATime(flag, text)
	}
	day, clock, zone := parts[1], parts[2], parts[3]
	in := func(location *time.Location) (time.Time, error) {
		today := now.In(location)
		switch day {
		case "today":
			day = today.Format(time.DateOnly)
		case "yesterday":
			day = today.AddDate(0, 0, -1).Format(time.DateOnly)
		}
		at, err := time.ParseInLocation(time.DateOnly, day, location)
		if err == nil && clock != "" {
			layout := "15:04:05"
			if strings.Count(clock, ":") == 1 {
				layout = "15:04"
			}
			at, err = time.ParseInLocation("2006-01-02 "+layout, day+" "+clock, location)
		} else if err == nil && edge == dayEnd {
			at = at.AddDate(0, 0, 1).Add(-time.Nanosecond)
		}
		if err != nil {
			return at, notATime(flag, text)
		}
		return at, nil
	}
	if zone == "" {
		return in(now.Location())
	}
	for _, layout := range []string{"Z07:00", "Z0700", "Z07"} {
		if offset, err := time.Parse(layout, zone); err == nil {
			return in(offset.Location())
		}
	}
	if strings.Contains(zone, "/") || zone == "UTC" || zone == "GMT" {
		location, err := time.LoadLocation(zone)
		if err != nil {
			return time.Time{}, usageError{fmt.Errorf("%s %q: there is no time zone %q", flag, text, zone)}
		}
		return in(location)
	}
	// An abbreviation has a meaning only where it is in use.
	if at, err := in(now.Location()); err != nil || at.Format("MST") == zone {
		return at, err
	}
	return time.Time{}, usageError{fmt.Errorf("%s %q: %s is not the local time zone at that time; "+
		"name an offset such as +01:00, or a zone such as Europe/Berlin", flag, text, zone)}
}

func notATime(flag, text string) error {
	return usageError{fmt.Errorf("%s %q is not a time such as 2026-11-22, '2026-11-22 22:00', 'yesterday 18:00' or "+
		"2026-11-22T22:00:00Z", flag, text)}
}

// isPointID reports whether a text may be the id of a restore point, which is opaque.
func isPointID(text string) bool {
	return len(text) >= 20 && !strings.ContainsAny(text, " \t") && !timePattern.MatchString(text)
}

// pointByID returns a restore point of the organization.
func pointByID(ctx context.Context, organization api.Organization, id string) (api.RestorePoint, error) {
	for point, err := range organization.RestorePoints(ctx, api.RestorePointOptions{}) {
		if err != nil || point.ID == id {
			return point, err
		}
	}
	return api.RestorePoint{}, fmt.Errorf("find restore point: %w: %q is neither a time nor the id of a restore point; "+
		"to list them: vbo365 restore-points", api.ErrNotFound, id)
}

// A moment is what --at selects: a restore point, or a point in time.
type moment struct {
	options api.ExploreOptions
	id      string // of a restore point
}

// read checks the flags that select what a session shows.
func (m *moment) read(at string, showDeleted, showAllVersions bool) (err error) {
	m.options.ShowDeleted, m.options.ShowAllVersions = showDeleted, showAllVersions
	if isPointID(at) {
		m.id = at
		return nil
	}
	m.options.At, err = parseTime("--at", at, time.Now(), dayEnd)
	return err
}

// resolve reads the restore point of an id.
func (m *moment) resolve(ctx context.Context, organization api.Organization) (err error) {
	if m.id != "" {
		m.options.RestorePoint, err = pointByID(ctx, organization, m.id)
	}
	return err
}

// tell prints what was understood and the restore point that was found, and keeps both for results.
func (m *moment) tell(
	ctx context.Context, t terminal, at string, organization api.Organization, session api.RestoreSession,
) {
	base := &t.job.base
	base.Session = session.ID()
	base.Organization = cmp.Or(organization.Properties.Name, session.Properties.Organization)
	understood := ""
	if !m.options.At.IsZero() {
		base.At = new(m.options.At.Truncate(time.Second))
		understood = fmt.Sprintf("; --at %s is %s", at, base.At.Format(stampLayout))
	}
	point, err := session.RestorePoint(ctx)
	switch {
	case err == nil:
		base.RestorePoint = &restorePoint{point.ID, point.BackupTime.Time}
		t.say("restore point: %s%s", stamp(point.BackupTime), understood)
	case understood != "" && !errors.Is(err, ctx.Err()): // the server does not tell
		t.say("restore point: not known%s", understood)
	}
}
