package replay

import (
	"context"
	"sync"
	"time"
)

// Clock stands still until it is set. Its methods may be called from any
// goroutine.
type Clock struct {
	mu  sync.Mutex
	now time.Time
	set chan struct{} // closed at the next Set
}

// NewClock makes a clock that shows now.
func NewClock(now time.Time) *Clock { return &Clock{now: now, set: make(chan struct{})} }

// Now gives what the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Set lets the clock show now, which may be earlier than before.
func (c *Clock) Set(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = now
	close(c.set)
	c.set = make(chan struct{})
}

// Wait returns when the clock shows until or later, or with the error of ctx
// when that ends.
func (c *Clock) Wait(ctx context.Context, until time.Time) error {
	for {
		c.mu.Lock()
		now, set := c.now, c.set
		c.mu.Unlock()
		if !now.Before(until) {
			return ctx.Err()
		}
		select {
		case <-set:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
