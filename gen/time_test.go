package gen

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestTime(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Time{
		`"2026-11-23T12:05:31.1234567Z"`: time.Date(2026, 11, 23, 12, 5, 31, 123456700, time.UTC),
		`"2026-11-23T15:06:02+03:00"`:    time.Date(2026, 11, 23, 12, 6, 2, 0, time.UTC),
		`"2025-02-01T09:30:00"`:          time.Date(2025, 2, 1, 9, 30, 0, 0, time.UTC),
		`"2025-02-01T09:30:00.5"`:        time.Date(2025, 2, 1, 9, 30, 0, 5e8, time.UTC),
		`"2018-08-08 12:00:01.123"`:      time.Date(2018, 8, 8, 12, 0, 1, 123e6, time.UTC),
		`"2018.08.08 12:00"`:             time.Date(2018, 8, 8, 12, 0, 0, 0, time.UTC),
		`null`:                           {},
		`""`:                             {},
	} {
		var got Time
		if err := json.Unmarshal([]byte(text), &got); err != nil || !got.Equal(want) {
			t.Errorf("%s: got %v, %v", text, got, err)
		}
		encoded, err := json.Marshal(got)
		var again Time
		if err := errors.Join(err, json.Unmarshal(encoded, &again)); err != nil || again != got {
			t.Errorf("%s: encoded as %s, %v", text, encoded, err)
		}
	}
	for _, text := range []string{`"yesterday"`, `5`, `{}`} {
		var got Time
		if err := json.Unmarshal([]byte(text), &got); err == nil {
			t.Errorf("%s: got %v", text, got)
		}
	}
}

func TestBool(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Bool{`true`: true, `"True"`: true, `"false"`: false, `null`: false} {
		got := !want
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("%s: got %v, %v", text, got, err)
		}
	}
	var got Bool
	if err := json.Unmarshal([]byte(`"yes"`), &got); err == nil {
		t.Error("yes is no boolean")
	}
}
