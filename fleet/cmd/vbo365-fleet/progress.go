package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/vbo365/vbo365-go/fleet"
)

// progress shows how far a run is: bars on a terminal, and otherwise a line every half minute. Failures are lines of
// their own.
type progress struct {
	s        streams
	json     bool
	terminal bool
	began    time.Time

	mu      sync.Mutex
	servers map[string]*bar
	names   []string
	ended   int // in this run
	total   int
	before  int // ended before this run
	bytes   int64
	drawn   int // lines on the terminal
	stopped chan struct{}
	quit    chan struct{}
}

type bar struct{ ended, failed, total int }

func newProgress(s streams, json bool) *progress {
	return &progress{
		s: s, json: json, terminal: term.IsTerminal(int(s.err.Fd())) && os.Getenv("TERM") != "dumb",
		servers: map[string]*bar{}, quit: make(chan struct{}), stopped: make(chan struct{}),
	}
}

func (p *progress) server(name string) *bar {
	if p.servers[name] == nil {
		p.servers[name] = &bar{}
		p.names = append(p.names, name)
		slices.Sort(p.names)
	}
	return p.servers[name]
}

func (p *progress) start(summary *fleet.Summary) {
	p.mu.Lock()
	if p.began = time.Now(); summary != nil {
		for _, counts := range summary.Servers {
			b := p.server(counts.Server)
			b.total = counts.Items
			for state, count := range counts.States {
				if state.Ended() {
					b.ended += count
				}
			}
			b.failed = counts.States[fleet.Failed] + counts.States[fleet.Unknown]
			p.total += b.total
			p.before += b.ended
		}
	}
	p.mu.Unlock()
	interval := 30 * time.Second
	if p.terminal {
		interval = 500 * time.Millisecond
	}
	go func() {
		defer close(p.stopped)
		for {
			p.draw()
			select {
			case <-p.quit:
				p.draw()
				return
			case <-time.After(interval):
			}
		}
	}()
}

func (p *progress) stop() {
	close(p.quit)
	<-p.stopped
}

func (p *progress) item(item fleet.Item, outcome fleet.Outcome) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended++
	p.bytes += outcome.Size
	b := p.server(item.Server)
	b.ended++
	if outcome.State == fleet.Failed || outcome.State == fleet.Unknown {
		b.failed++
		p.clear()
		p.s.say("%s: %s: %s", outcome.State, item, outcome.Error)
	}
	if p.json {
		line, err := json.Marshal(fleet.Result{Item: item, Outcome: outcome})
		if err == nil {
			_, _ = fmt.Fprintf(p.s.out, "%s\n", line)
		}
	}
}

func (p *progress) down(server string, until time.Time, why string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	p.s.say("server %s: its items wait until %s: %s", server, until.Local().Format(time.TimeOnly), why)
}

// clear removes the bars.
func (p *progress) clear() {
	if p.drawn > 0 {
		_, _ = fmt.Fprintf(p.s.err, "\x1b[%dA\x1b[J", p.drawn)
		p.drawn = 0
	}
}

// maxBars is how many servers have a bar: those that are not done.
const maxBars = 10

func (p *progress) draw() {
	p.mu.Lock()
	defer p.mu.Unlock()
	line := p.line()
	if !p.terminal {
		p.s.say("%s", line)
		return
	}
	width, _, err := term.GetSize(int(p.s.err.Fd()))
	if err != nil || width < 40 {
		width = 80
	}
	p.clear()
	lines := []string{}
	left := 0
	for _, name := range p.names {
		b := p.servers[name]
		if b.total > 0 && b.ended >= b.total && len(p.names) > maxBars {
			continue
		}
		if len(lines) == maxBars {
			left++
			continue
		}
		lines = append(lines, b.line(name, width))
	}
	if left > 0 {
		lines = append(lines, fmt.Sprintf("… and %d more servers", left))
	}
	lines = append(lines, line)
	for i, line := range lines {
		if runes := []rune(line); len(runes) >= width {
			lines[i] = string(runes[:width-1])
		}
	}
	_, _ = fmt.Fprintln(p.s.err, strings.Join(lines, "\n"))
	p.drawn = len(lines)
}

func (b *bar) line(name string, width int) string {
	if host, found := strings.CutPrefix(name, "https://"); found {
		name = host
	}
	if b.total == 0 {
		return fmt.Sprintf("%-24.24s %d ended, %d failed", name, b.ended, b.failed)
	}
	counts := fmt.Sprintf("%d/%d", b.ended, b.total)
	if b.failed > 0 {
		counts += fmt.Sprintf(", %d failed", b.failed)
	}
	room := max(10, width-28-len(counts))
	full := min(room, room*b.ended/b.total)
	return fmt.Sprintf("%-24.24s %s%s %s", name, strings.Repeat("█", full), strings.Repeat("░", room-full), counts)
}

func (p *progress) line() string {
	elapsed := time.Since(p.began)
	rate := float64(p.ended) / max(elapsed.Seconds(), 0.001)
	parts := []string{fmt.Sprintf("%d ended", p.before+p.ended)}
	if p.total > 0 {
		parts[0] = fmt.Sprintf("%d of %d ended", p.before+p.ended, p.total)
	}
	failed := 0
	for _, b := range p.servers {
		failed += b.failed
	}
	if failed > 0 {
		parts = append(parts, fmt.Sprintf("%d failed or unknown", failed))
	}
	if p.bytes > 0 {
		parts = append(parts, bytes(p.bytes)+" saved")
	}
	if p.ended > 0 && elapsed > time.Second {
		parts = append(parts, fmt.Sprintf("%.1f/s", rate))
		if left := p.total - p.before - p.ended; left > 0 {
			parts = append(parts, "about "+duration(time.Duration(float64(left)/rate*float64(time.Second)))+" left")
		}
	}
	return strings.Join(parts, ", ")
}

func duration(d time.Duration) string {
	switch {
	case d < time.Minute:
		return d.Round(time.Second).String()
	case d < 48*time.Hour:
		return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

func bytes(n int64) string {
	const units = "KMGTPE"
	if n < 1024 {
		return fmt.Sprintf("%d B", n)
	}
	value, unit := float64(n)/1024, 0
	for value >= 1024 && unit < len(units)-1 {
		value, unit = value/1024, unit+1
	}
	return fmt.Sprintf("%.1f %ciB", value, units[unit])
}
