package main

import "testing"

func TestParsePeakMemory(t *testing.T) {
	t.Parallel()
	const status = "Name:\tprogram\nVmPeak:\t  999999 kB\nVmHWM:\t   12345 kB\nVmRSS:\t   10000 kB\n"
	if got, err := parsePeakMemory(status); err != nil || got != 12345<<10 {
		t.Errorf("parsePeakMemory = %d, %v, want %d", got, err, 12345<<10)
	}
	for _, status := range []string{"", "Name:\tzombie\n", "VmHWM:\t many kB\n"} {
		if got, err := parsePeakMemory(status); err == nil {
			t.Errorf("parsePeakMemory(%q) = %d, want an error", status, got)
		}
	}
}
