package main

import (
	"errors"
	"testing"
)

func TestUnexpected(t *testing.T) {
	t.Parallel()
	failed := errors.New("failed")
	all := func(but outcome) outcome {
		o := outcome{}
		for _, c := range checks {
			o[c] = but[c]
		}
		return o
	}
	tests := []struct {
		name    string
		outcome outcome
		fails   map[check]string
		want    string
	}{
		{"all pass", all(nil), nil, ""},
		{"one fails", all(outcome{streams: failed}), nil, "streams: failed"},
		{"one fails as expected", all(outcome{streams: failed}), map[check]string{streams: "known"}, ""},
		{
			"one that should fail passes", all(nil),
			map[check]string{streams: "known"},
			"streams: works now; take it out of the row's fails",
		},
		{
			"one fails, another that should fail passes", all(outcome{save: failed}),
			map[check]string{streams: "known"},
			"save: failed\nstreams: works now; take it out of the row's fails",
		},
		{
			"what is behind an expected failure is not reached",
			outcome{generated: nil, compiled: failed},
			map[check]string{compiled: "known"},
			"",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := ""
			if err := test.outcome.unexpected(test.fails); err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("unexpected = %q, want %q", got, test.want)
			}
		})
	}
}

func TestPassed(t *testing.T) {
	t.Parallel()
	o := outcome{save: nil, streams: errors.New("failed")}
	if !o.passed(save) || o.passed(streams) || o.passed(copyTo) {
		t.Errorf("passed = %v, %v, %v, want true, false, false", o.passed(save), o.passed(streams), o.passed(copyTo))
	}
}
