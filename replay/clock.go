package replay

import (
	"context"
	"sync"
	"time"
)

// Clock stands still until it is set. Its methods may be called from any
// goroutine.
type Clock struct {
	mu      sync.Mutex
	now     time.Time
	set     chan struct{} // closed at the next Set
	waiting int
	idle    chan struct{} // closed when somebody waits
}

// NewClock makes a clock that shows now.
func NewClock(now time.Time) *Clock {
	return &Clock{now: now, set: make(chan struct{}), idle: make(chan struct{})}
}

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
		set, waits := c.wait(until)
		if !waits {
			return ctx.Err()
		}
		select {
		case <-set:
		case <-ctx.Done():
		}
		c.mu.Lock()
		if c.waiting--; c.waiting == 0 {
			c.idle = make(chan struct{})
		}
		c.mu.Unlock()
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// wait counts somebody who waits, until the channel is closed; false where the
// clock shows until already.
func (c *Clock) wait(until time.Time) (set <-chan struct{}, waits bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.now.Before(until) {
		return nil, false
	}
	if c.waiting++; c.waiting == 1 {
		close(c.idle)
	}
	return c.set, true
}

// Idle returns when somebody waits for the clock, or with the error of ctx when
// that ends: until then somebody may still be about to read it.
func (c *Clock) Idle(ctx context.Context) error {
	c.mu.Lock()
	idle := c.idle
	c.mu.Unlock()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
