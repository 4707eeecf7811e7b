package replay

import (
	"context"
	"time"
)

// pacer lets a players' clock pass no faster than speed seconds a second.
type pacer struct {
	speed       float64
	began       time.Time // of ours
	first, last time.Time // of the players' clock
}

// wait returns when the players' clock may show now.
func (p *pacer) wait(ctx context.Context, now time.Time) error {
	if p.speed <= 0 || !now.After(p.last) {
		return ctx.Err()
	}
	p.last = now
	if p.first.IsZero() {
		p.first, p.began = now, time.Now()
	}
	due := p.began.Add(time.Duration(float64(now.Sub(p.first)) / p.speed))
	timer := time.NewTimer(time.Until(due))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
