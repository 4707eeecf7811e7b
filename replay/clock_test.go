package replay

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestClock(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	c := NewClock(began())
	woke := make(chan time.Time)
	wait := func(until time.Time) {
		if err := c.Wait(ctx, until); err != nil {
			t.Error(err)
		}
		woke <- c.Now()
	}
	go wait(began()) // it shows that already
	if got := <-woke; !got.Equal(began()) {
		t.Errorf("woke at %v", got)
	}
	go wait(began().Add(2 * time.Minute))
	for minute := 1; minute <= 2; minute++ {
		if err := c.Idle(ctx); err != nil {
			t.Fatal(err)
		}
		c.Set(began().Add(time.Duration(minute) * time.Minute))
	}
	if got := <-woke; !got.Equal(began().Add(2 * time.Minute)) {
		t.Errorf("woke at %v, want two minutes later", got)
	}
	ended, end := context.WithCancel(ctx)
	end()
	if err := c.Idle(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody waits: %v", err)
	}
	if err := c.Wait(ended, began().Add(time.Hour)); !errors.Is(err, context.Canceled) {
		t.Errorf("wait: %v", err)
	}
}
