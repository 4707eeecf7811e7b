package rivals

import (
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// alarm is a classic CloudWatch alarm on utilization: it is on while the
// newest samples, as many as it needs and without a missing one among them,
// are all beyond its threshold.
type alarm struct {
	beyond func(utilization float64) bool
	needs  int
	run    int
	last   time.Time // end of the newest sample
}

// newHigh makes an alarm that is on while the samples of a span are above a
// threshold in percent. Definitions count datapoints of a minute; where the
// period is longer, one is enough.
func newHigh(threshold float64, span, period time.Duration) alarm {
	a := alarm{beyond: func(u float64) bool { return u > threshold }, needs: 1}
	if period <= time.Minute {
		a.needs = samplesIn(span, period)
	}
	return a
}

// newLow makes an alarm that is on while the samples of a span are below a
// threshold in percent.
func newLow(threshold float64, span, period time.Duration) alarm {
	return alarm{beyond: func(u float64) bool { return u < threshold }, needs: samplesIn(span, period)}
}

// samplesIn is how many samples a span of consecutive datapoints has: one at
// least.
func samplesIn(span, period time.Duration) int {
	return max(1, int((span+period-1)/period))
}

// observe takes in a sample.
func (a *alarm) observe(s fleet.Sample) {
	if !s.End.Equal(a.last.Add(s.Period)) {
		a.run = 0
	}
	a.last = s.End
	if !a.beyond(s.Utilization) {
		a.run = 0
		return
	}
	a.run++
}

func (a *alarm) on() bool { return a.run >= a.needs }
