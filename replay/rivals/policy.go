package rivals

import (
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// Policy decides the desired capacity of one group.
type Policy interface {
	// Begin is called once, before the first minute.
	Begin(b Briefing)
	// Act is called in every minute and gives the desired capacity, in
	// instances; m.Desired leaves it as it is. A policy that acts on metrics
	// only does so where m.Samples is not empty.
	Act(m fleet.Minute) int
}

// Briefing is what a policy is told before it acts.
type Briefing struct {
	// Start is the first minute of the warm-up part, UTC; in history mode it
	// is over when the policy first acts, in lived mode it is lived.
	Start time.Time
	// WarmUp is the demand of the warm-up part, in capacity units, minute by
	// minute. A policy whose definition reads it may; all others must not.
	WarmUp []float64
	// Backfill is the metrics that arrived before the first minute, oldest
	// first; none in lived mode.
	Backfill []fleet.Sample
	// Period is that of the metric.
	Period time.Duration
	// Boot is the nominal boot time.
	Boot time.Duration
	// SLO is the utilization above which a minute is violated, in percent.
	SLO float64
}

// Run leads a policy through all minutes that are left of a world, and gives
// the score. The rows stay in the world.
func Run(w *fleet.World, p Policy) fleet.Score {
	c := w.Config()
	p.Begin(Briefing{
		Start:    c.Load.Start,
		WarmUp:   w.WarmUp(),
		Backfill: w.Backfill(),
		Period:   c.Load.Period,
		Boot:     c.NominalBoot,
		SLO:      c.SLO,
	})
	for w.Next() {
		m := w.Advance()
		if n := p.Act(m); n != m.Desired {
			w.SetDesired(n)
		}
		w.Serve()
	}
	return w.Score()
}
