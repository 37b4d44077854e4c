package main

import (
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

// A bar shows how far something is on a terminal, and nothing elsewhere or for programs.
type bar struct {
	out   io.Writer // nil: show nothing
	bytes bool      // what is counted; items otherwise
	bar   *progressbar.ProgressBar
}

// progress begins with a text that says what the bar is waiting for. The caller ends it.
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
	if total > 0 && total != b.bar.GetMax64() { // a server may find more to do; -1 is not known
		b.bar.ChangeMax64(total)
	}
	_ = b.bar.Set64(done) // what cannot be shown is no reason to end the work
}

func (b *bar) end() {
	if b.bar != nil {
		_ = b.bar.Exit()
		_, _ = io.WriteString(b.out, "\n")
	}
}
