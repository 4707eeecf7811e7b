package rivals

import "github.com/ml-autoscaling/autoscaler/replay/fleet"

// predictive emulates predictive scaling of AWS, whose engine is not
// published, in the mode that scales, over target tracking: the capacity is
// never below that of the outlook.
type predictive struct {
	tracking *tracking
	outlook
}

func newPredictive(target float64, t tuning) *predictive {
	return &predictive{tracking: newTracking(target, t), outlook: outlook{target: target, buffer: predictiveBuffer}}
}

// Begin reads what arrived before the first minute.
func (p *predictive) Begin(b Briefing) {
	p.tracking.Begin(b)
	for _, s := range b.Backfill {
		p.observe(s)
	}
}

// Act tracks the target above the forecast.
func (p *predictive) Act(m fleet.Minute) int {
	for _, s := range m.Samples {
		p.observe(s)
	}
	return max(p.tracking.Act(m), p.floor(m.Now))
}
