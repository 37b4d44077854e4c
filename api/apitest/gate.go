package apitest

import "sync"

// gate lets work in until it is closed, and waits for what is inside. The zero value is open. It is safe for concurrent
// use.
type gate struct {
	mu     sync.Mutex
	closed bool
	inside sync.WaitGroup
}

// enter tells whether the gate is open. If it is, the caller must call inside.Done.
func (g *gate) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.closed {
		g.inside.Add(1)
	}
	return !g.closed
}

// close closes the gate and tells whether it was open.
func (g *gate) close() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	open := !g.closed
	g.closed = true
	return open
}
