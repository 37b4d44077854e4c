package main

import (
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
)

// watching holds the flag of the commands that show progress.
type watching struct {
	Progress string `enum:"auto,bar,plain,json,none" default:"auto" placeholder:"bar|plain|json|none" help:"Progress on standard error: a bar, or every 30s a line of text or of JSON. Default: a bar on a terminal, lines of text elsewhere, none with --json."`
}

// progressInterval is the time between two lines of progress.
const progressInterval = 30 * time.Second

// progress shows how far an action is.
type progress struct {
	t     terminal
	style string
	bytes bool // the unit; items otherwise
	began time.Time
	done  chan struct{}
	lines sync.WaitGroup

	mu       sync.Mutex // guards the rest, and the lines
	first    time.Time  // when the first part was done
	n, total int64      // total is at most 0 if it is not known
	bar      *progressbar.ProgressBar
}

// progress starts to show progress. The caller calls end.
func (w watching) progress(t terminal) *progress {
	p := &progress{t: t, style: w.Progress, began: time.Now(), done: make(chan struct{})}
	p.bytes = t.job.base.Action == "save"
	if p.style == "auto" || p.style == "" {
		switch {
		case t.job.json:
			p.style = "none"
		case canRedraw(t.err):
			p.style = "bar"
		default:
			p.style = "plain"
		}
	}
	switch p.style {
	case "bar":
		_, _ = io.WriteString(t.err, "Waiting for the server …\r")
	case "plain", "json":
		p.lines.Go(p.everyInterval)
	}
	return p
}

// everyInterval writes lines until the end.
func (p *progress) everyInterval() {
	tick := time.NewTicker(progressInterval)
	defer tick.Stop()
	for {
		select {
		case <-p.done:
			return
		case <-tick.C:
			p.line()
		}
	}
}

// A progressLine is the JSON form of progress.
type progressLine struct {
	line

	Action      string `json:"action"`
	Unit        string `json:"unit"` // bytes or items
	Done        int64  `json:"done"`
	Total       *int64 `json:"total"`       // null: not known
	Rate        int64  `json:"rate"`        // units a second since the first
	SecondsLeft *int64 `json:"secondsLeft"` // null: not known
}

func (p *progress) line() {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	l := progressLine{line: line{schemaVersion, "progress"}, Action: p.t.job.base.Action, Unit: "items", Done: p.n}
	if p.bytes {
		l.Unit = "bytes"
	}
	if p.total > 0 {
		l.Total = &p.total
	}
	if spent := now.Sub(p.first).Seconds(); p.n > 0 && spent > 0 {
		perSecond := float64(p.n) / spent
		l.Rate = int64(perSecond)
		if p.total > 0 {
			l.SecondsLeft = new(int64(float64(max(p.total-p.n, 0)) / perSecond))
		}
	}
	if p.style == "json" {
		if text, err := json.Marshal(l); err == nil {
			_, _ = p.t.err.Write(append(text, '\n'))
		}
		return
	}
	p.t.say("%s: %s after %s", l.Action, l.text(), elapsed(now.Sub(p.began)))
}

// text returns the progress for people.
func (l progressLine) text() string {
	if l.Done == 0 {
		return "waiting for the server"
	}
	format := func(n int64) string { return fmt.Sprint(n) }
	unit := " items"
	if l.Unit == "bytes" {
		format, unit = size, ""
	}
	text := format(l.Done) + unit
	if l.Total != nil {
		text = fmt.Sprintf("%s of %s%s (%d%%)", format(l.Done), format(*l.Total), unit, 100*l.Done / *l.Total)
	}
	text += fmt.Sprintf(", %s/s", format(l.Rate))
	if l.SecondsLeft != nil {
		text += fmt.Sprintf(", %s left", elapsed(time.Duration(*l.SecondsLeft)*time.Second))
	}
	return text
}

// size formats a number of bytes.
func size(n int64) string {
	value, unit := float64(n), 0
	for value >= 1024 && unit < 4 {
		value, unit = value/1024, unit+1
	}
	if unit == 0 {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%.1f %ciB", value, "KMGT"[unit-1])
}

// bytesOf formats a number of bytes exactly, and a large one in a larger unit, too.
func bytesOf(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%d bytes (%s)", n, size(n))
}

// elapsed formats a duration in seconds.
func elapsed(d time.Duration) string { return d.Round(time.Second).String() }

func (p *progress) update(done, total int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.n == 0 || done < p.n { // also when a save starts again
		p.first = time.Now()
	}
	p.n, p.total = done, total
	if p.style != "bar" {
		return
	}
	if p.bar == nil {
		options := []progressbar.Option{
			progressbar.OptionSetWriter(p.t.err),
			progressbar.OptionShowBytes(p.bytes),
			progressbar.OptionShowCount(),
			progressbar.OptionThrottle(100 * time.Millisecond),
			progressbar.OptionUseIECUnits(true),
			progressbar.OptionFullWidth(),
		}
		if !p.bytes {
			options = append(options, progressbar.OptionShowIts(), progressbar.OptionSetItsString("items"))
		}
		p.bar = progressbar.NewOptions64(total, options...)
	}
	if total > 0 && total != p.bar.GetMax64() { // the total may grow; -1 is unknown
		p.bar.ChangeMax64(total)
	}
	_ = p.bar.Set64(done) // a failure to show progress must not end the work
}

func (p *progress) end() {
	close(p.done)
	p.lines.Wait()
	switch {
	case p.bar != nil:
		_ = p.bar.Exit()
		_, _ = io.WriteString(p.t.err, "\n")
	case p.style == "bar":
		_, _ = io.WriteString(p.t.err, "\r\x1b[K")
	}
}

// Write counts bytes of a stream.
func (p *progress) Write(b []byte) (int, error) {
	p.mu.Lock()
	n, total := p.n+int64(len(b)), p.total
	p.mu.Unlock()
	p.update(n, total)
	return len(b), nil
}
