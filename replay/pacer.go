package replay

import (
	"context"
	"time"
)

// pacer lets a players' clock pass no faster than speed seconds a second,
// counted from its beginning.
type pacer struct {
	speed       float64
	began       time.Time // of ours
	first, last time.Time // of the players' clock
}

// wait returns when the players' clock may show now.
func (p *pacer) wait(ctx context.Context, now time.Time) error {
	ours := time.Now()
	ahead := p.due(now, ours).Sub(ours)
	if ahead <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(ahead)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// due gives the instant of our clock, which shows ours, at which that of the
// players may show now.
func (p *pacer) due(now, ours time.Time) time.Time {
	if p.speed <= 0 || !now.After(p.last) {
		return ours
	}
	p.last = now
	if p.first.IsZero() {
		p.first, p.began = now, ours
	}
	return p.began.Add(time.Duration(float64(now.Sub(p.first)) / p.speed))
}
