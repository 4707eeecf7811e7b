package rivals

import (
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// tuning is what AWS sets up behind a target and does not let be changed: how
// long utilization must be above the target, how long below a share of it, and
// that share.
type tuning struct {
	high, low time.Duration
	share     float64
}

// classic is the pair of alarms that a target tracking policy has had since
// 2017: 3 minutes above the target, 15 below a share of it, which is 0.7 or
// 0.9 in groups that were looked at.
func classic(share float64) tuning {
	return tuning{high: 3 * time.Minute, low: 15 * time.Minute, share: share}
}

// responsive emulates what AWS calls highly responsive since 2024. Its tuning
// is not published.
func responsive() tuning {
	return tuning{high: time.Minute, low: 5 * time.Minute, share: 0.9}
}

// tracking is target tracking of AWS on utilization. While its high alarm is
// on it asks at every sample for what brings the utilization to the target,
// n × u / T rounded up, with the instances and the utilization of the sample,
// and never for less than is asked for. While its low alarm is on and nothing
// boots it asks for the same, and never for more: rounded up, so that fewer
// are removed.
type tracking struct {
	target    float64 // percent
	tuning    tuning
	high, low alarm
}

func newTracking(target float64, t tuning) *tracking {
	checkTarget("target tracking", target)
	return &tracking{target: target, tuning: t}
}

// Begin sets the alarms up, without datapoints: see Step.Begin.
func (p *tracking) Begin(b Briefing) {
	p.high = newHigh(p.target, p.tuning.high, b.Period)
	p.low = newLow(p.tuning.share*p.target, p.tuning.low, b.Period)
}

// Act moves at most once per sample.
func (p *tracking) Act(m fleet.Minute) int {
	desired := m.Desired
	for _, s := range m.Samples {
		p.high.observe(s)
		p.low.observe(s)
		need := instances(s.Instances * s.Utilization / p.target)
		switch {
		case p.high.on():
			desired = max(desired, need)
		case p.low.on() && m.Booting == 0:
			desired = min(desired, need)
		}
	}
	return desired
}
