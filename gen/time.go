package gen

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// Time is a point in time as servers write it: with Z, with an offset, or without a zone. A time without a zone is read
// as UTC, which is a guess. An empty string and null are the zero time.
type Time struct {
	time.Time
	zoneless bool
}

// zoneless are the layouts of times without a zone. time.Parse accepts fractions of a second with each of them.
var zoneless = []string{"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006.01.02 15:04:05", "2006.01.02 15:04"}

// ParseTime parses a time as servers write it.
func ParseTime(text string) (Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return Time{Time: t}, nil
	}
	for _, layout := range zoneless {
		if t, err := time.Parse(layout, text); err == nil {
			return Time{Time: t, zoneless: true}, nil
		}
	}
	return Time{}, fmt.Errorf("parse time %q: not one of the forms that servers use", text)
}

// HasZone reports whether the text had a zone. Without one, the zone of the time is unknown.
func (t Time) HasZone() bool { return !t.zoneless }

// UnmarshalJSON reads the forms of [ParseTime], an empty string, and null.
func (t *Time) UnmarshalJSON(data []byte) error {
	var text *string
	if err := json.Unmarshal(data, &text); err != nil {
		return fmt.Errorf("parse time: %w", err)
	}
	if text == nil || *text == "" {
		*t = Time{}
		return nil
	}
	parsed, err := ParseTime(*text)
	if err != nil {
		return err
	}
	*t = parsed
	return nil
}

// MarshalJSON writes the time with its zone, or without one if it was read without one. It writes the zero time as
// null.
func (t Time) MarshalJSON() ([]byte, error) {
	switch {
	case t.IsZero():
		return []byte("null"), nil
	case t.zoneless:
		return json.Marshal(t.Format("2006-01-02T15:04:05.999999999"))
	}
	return json.Marshal(t.Time)
}

// Bool is a boolean that some servers write as a string.
type Bool bool

// UnmarshalJSON reads true, false, null and strings that hold true or false in any letter case.
func (b *Bool) UnmarshalJSON(data []byte) error {
	text := string(bytes.ToLower(bytes.Trim(data, `"`)))
	if text == "null" || text == "" {
		*b = false
		return nil
	}
	value, err := strconv.ParseBool(text)
	if err != nil {
		return fmt.Errorf("parse boolean: %w", err)
	}
	*b = Bool(value)
	return nil
}
