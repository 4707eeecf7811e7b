package rivals

import (
	"math"
	"slices"
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
	// minute; NaN where its sample is missing. A policy whose definition reads
	// it may; all others must not, but for its length.
	WarmUp []float64
	// Backfill is the metrics that arrived before the first minute, oldest
	// first; none in lived mode.
	Backfill []fleet.Sample
	// End is the end of the last minute. Nothing needs to be planned for what
	// comes after it.
	End time.Time
	// Period is that of the metric.
	Period time.Duration
	// Boot is the nominal boot time.
	Boot time.Duration
	// SLO is the utilization above which a minute is violated, in percent.
	SLO float64
}

// Run leads a policy through all minutes that are left of a world, and gives
// the score. The rows stay in the world.
//
// Where the world's metric is a request count, the utilization of a sample is
// that of requests per instance, 100 × load / instances, as policies on request
// counts have it: it does not saturate.
func Run(w *fleet.World, p Policy) fleet.Score {
	c := w.Config()
	p.Begin(Briefing{
		Start:    c.Load.Start,
		End:      c.Load.At(c.Load.Minutes()),
		WarmUp:   recorded(w),
		Backfill: seen(w.Backfill(), c.Signal),
		Period:   c.Load.Period,
		Boot:     c.NominalBoot,
		SLO:      c.SLO,
	})
	for w.Next() {
		m := w.Advance()
		m.Samples = seen(m.Samples, c.Signal)
		if n := p.Act(m); n != m.Desired {
			w.SetDesired(n)
		}
		w.Serve()
	}
	return w.Score()
}

// recorded is the demand of the warm-up part, without what the load repeats in
// its gaps.
func recorded(w *fleet.World) []float64 {
	demand := slices.Clone(w.WarmUp())
	load := w.Config().Load
	for i := range demand {
		if w.MissingAt(load.At(i)) {
			demand[i] = math.NaN()
		}
	}
	return demand
}

// seen is what a policy sees of samples.
func seen(samples []fleet.Sample, signal fleet.Signal) []fleet.Sample {
	if signal != fleet.SignalRequests {
		return samples
	}
	samples = slices.Clone(samples)
	for i, s := range samples {
		if s.Instances > 0 {
			samples[i].Utilization = 100 * s.Load / s.Instances
		}
	}
	return samples
}
