package main

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestMayBreak(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		from, to string
		want     bool
	}{
		{"v0.1.0", "v0.1.0", false},
		{"v0.1.0", "v0.1.1", false},
		{"v0.1.0", "v0.2.0", true},
		{"v0.2.0", "v0.1.0", false},
		{"v0.9.0", "v1.0.0", true},
		{"v1.0.0", "v1.1.0", false},
		{"v1.1.0", "v2.0.0", true},
		{"v2.0.0", "v1.0.0", false},
		{"v1.0.0", "v2", true},
		{"v1.0.0", "next", false},
	} {
		if got := mayBreak(test.from, test.to); got != test.want {
			t.Errorf("mayBreak(%s, %s) = %t", test.from, test.to, got)
		}
	}
}
