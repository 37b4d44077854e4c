package main

import (
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

// A bar shows progress on a terminal. It shows nothing elsewhere, and nothing with --json.
type bar struct {
	out   io.Writer // nil: show nothing
	bytes bool      // the unit; items otherwise
	bar   *progressbar.ProgressBar
}

// progress shows a text until the first update. The caller calls end.
func (o output) progress(t terminal, waiting string, bytes bool) *bar {
	if o.JSON || !canRedraw(t.err) {
		return &bar{}
	}
	if waiting != "" {
		_, _ = io.WriteString(t.err, waiting+"\r")
	}
	return &bar{out: t.err, bytes: bytes}
}

func (b *bar) update(done, total int64) {
	if b.out == nil {
		return
	}
	if b.bar == nil {
		b.bar = progressbar.NewOptions64(total,
			progressbar.OptionSetWriter(b.out),
			progressbar.OptionShowBytes(b.bytes),
			progressbar.OptionShowCount(),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionUseIECUnits(true),
			progressbar.OptionFullWidth(),
		)
	}
	if total > 0 && total != b.bar.GetMax64() { // the total may grow; -1 is unknown
		b.bar.ChangeMax64(total)
	}
	_ = b.bar.Set64(done) // a failure to show progress must not end the work
}

func (b *bar) end() {
	if b.bar != nil {
		_ = b.bar.Exit()
		_, _ = io.WriteString(b.out, "\n")
	}
}
