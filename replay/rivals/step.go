package rivals

import (
	"fmt"
	"math"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// Step is a step scaling policy of AWS on utilization, T its target in
// percent. Above T for two minutes (one datapoint where the period is longer
// than 60 s) it adds 1, 2 or 4 instances, by how far above: less than 10, less
// than 20 or more percentage points. As AWS documents it for a group with
// instances that warm up, the addition counts from what was in service over
// the period of the sample, its mean rounded, and never lowers what is asked
// for. Below T/2 for ten minutes, while nothing boots, it removes one instance
// at every sample.
type Step struct {
	target    float64
	high, low alarm
}

const (
	stepHighSpan = 2 * time.Minute
	stepLowSpan  = 10 * time.Minute
)

// NewStep makes a step policy; its knob is the target utilization in percent.
// It panics where that is not between 0 and 100.
func NewStep(target float64) *Step {
	if !(target > 0 && target < 100) {
		panic(fmt.Sprintf("rivals: step at %v %%", target))
	}
	return &Step{target: target}
}

// Begin sets the alarms up. Alarms start without datapoints: what arrived
// before the first minute was measured on another fleet.
func (p *Step) Begin(b Briefing) {
	p.high = alarm{
		beyond: func(u float64) bool { return u > p.target },
		needs:  1,
	}
	if b.Period <= time.Minute {
		p.high.needs = samplesIn(stepHighSpan, b.Period)
	}
	p.low = alarm{
		beyond: func(u float64) bool { return u < p.target/2 },
		needs:  samplesIn(stepLowSpan, b.Period),
	}
}

// Act moves at most one step per sample.
func (p *Step) Act(m fleet.Minute) int {
	desired := m.Desired
	for _, s := range m.Samples {
		p.high.observe(s)
		p.low.observe(s)
		switch {
		case p.high.on():
			desired = max(desired, int(math.Round(s.Instances))+stepSize(s.Utilization-p.target))
		case p.low.on() && m.Booting == 0:
			desired--
		}
	}
	return desired
}

// stepSize is how many instances are added, by percentage points above target.
func stepSize(above float64) int {
	switch {
	case above < 10:
		return 1
	case above < 20:
		return 2
	}
	return 4
}
