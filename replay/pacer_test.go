package replay

import (
	"context"
	"errors"
	"testing"
	"time"
)

// At 60 seconds of the players' clock a second, from the first instant on.
func TestPacerDue(t *testing.T) {
	ours := time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
	p := pacer{speed: 60}
	for _, step := range []struct {
		now, ours, want time.Duration
	}{
		{0, 0, 0},
		{time.Minute, 0, time.Second},
		{time.Minute, 300 * time.Millisecond, 300 * time.Millisecond}, // another group's round
		{30 * time.Second, 300 * time.Millisecond, 300 * time.Millisecond},
		{2 * time.Minute, 1100 * time.Millisecond, 2 * time.Second}, // counted from the beginning
		{10 * time.Minute, 20 * time.Second, 10 * time.Second},      // late: at once
		{11 * time.Minute, 20 * time.Second, 11 * time.Second},      // and catching up
	} {
		if got := p.due(began().Add(step.now), ours.Add(step.ours)).Sub(ours); got != step.want {
			t.Errorf("%v of the players at %v of ours is due at %v, want %v", step.now, step.ours, got, step.want)
		}
	}
}

func TestPacerWaits(t *testing.T) {
	p := pacer{speed: 1000}
	start := time.Now()
	for _, now := range []time.Duration{0, 5 * time.Second, 20 * time.Second} {
		if err := p.wait(t.Context(), began().Add(now)); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took < now/1000 {
			t.Errorf("%v of the players' clock in %v", now, took)
		}
	}
}

// At speed 0 nothing is waited for, and the end of ctx ends every wait.
func TestPacerEnds(t *testing.T) {
	free, slow := pacer{}, pacer{speed: 1e-6}
	for range 2 {
		if err := free.wait(t.Context(), began().Add(time.Hour)); err != nil {
			t.Error(err)
		}
	}
	if err := slow.wait(t.Context(), began()); err != nil {
		t.Error(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, p := range []*pacer{&free, &slow} {
		if err := p.wait(ended, began().Add(2*time.Hour)); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
}
