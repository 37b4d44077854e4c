package main

import (
	"testing"
	"time"
)

func TestTimes(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 24, 0, 30, 0, 0, berlin) // 23 November in UTC
	for text, want := range map[string]string{
		"2026-11-22":                        "2026-11-22T23:59:59+01:00",
		"2026-11-22 UTC":                    "2026-11-22T23:59:59Z",
		"2026-11-22 22:00":                  "2026-11-22T22:00:00+01:00",
		"2026-11-22 22:00:05":               "2026-11-22T22:00:05+01:00",
		"2026-11-22T22:00":                  "2026-11-22T22:00:00+01:00",
		"2026-11-22T22:00:00Z":              "2026-11-22T22:00:00Z",
		"2026-11-22T22:00:09.1230000Z":      "2026-11-22T22:00:09Z",
		"2026-11-22T22:00:00-03:30":         "2026-11-22T22:00:00-03:30",
		"2026-11-22 22:00:00 UTC":           "2026-11-22T22:00:00Z", // the form of the output
		"2026-11-22 22:00:00 CET":           "2026-11-22T22:00:00+01:00",
		"2026-07-22 22:00:00 CEST":          "2026-07-22T22:00:00+02:00",
		"2026-11-22 22:00:00 -0330":         "2026-11-22T22:00:00-03:30",
		"2026-11-22 22:00:00 +05":           "2026-11-22T22:00:00+05:00",
		"2026-11-22 22:00 America/New_York": "2026-11-22T22:00:00-05:00",
		"2026-10-25 02:30 +01:00":           "2026-10-25T02:30:00+01:00", // one of two in Berlin
		"today":                             "2026-11-24T23:59:59+01:00",
		"today 00:15":                       "2026-11-24T00:15:00+01:00",
		"yesterday":                         "2026-11-23T23:59:59+01:00",
		"yesterday 18:00":                   "2026-11-23T18:00:00+01:00",
		"yesterday 18:00 UTC":               "2026-11-22T18:00:00Z",
		"yesterday 9:00":                    "2026-11-23T09:00:00+01:00",
	} {
		got, err := parseTime("--at", text, now, dayEnd)
		if err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("%s: %v, %v, not %s", text, got.Format(time.RFC3339), err, want)
		}
	}
	midnight := time.Date(2026, 11, 22, 0, 0, 0, 0, berlin)
	if got, err := parseTime("--from", "2026-11-22", now, dayStart); err != nil || !got.Equal(midnight) {
		t.Errorf("start of a day: %v, %v", got, err)
	}
	for _, text := range []string{
		"tomorrow", "2026-13-01", "2026-02-30", "2026-11-22 25:00", "2026-11-22 22", "22:00", "2026-11-22 22:00 CEST",
		"2026-11-22 22:00 EST", "2026-11-22 22:00 Europe/Atlantis", "2026-11-22 22:00 +25:00", "22.11.2026", " ",
	} {
		if got, err := parseTime("--at", text, now, dayEnd); !isUsage(err) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}
