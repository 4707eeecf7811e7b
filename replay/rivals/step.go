package rivals

import (
	"math"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// Step is a step scaling policy of AWS on utilization, T its target in
// percent. Above T for two minutes (one datapoint where the period is longer
// than 60 s) it adds by how far above: one step for less than 10 percentage
// points, another for less than 20, a third beyond. As AWS documents it for a
// group with instances that warm up, the addition counts from what was in
// service over the period of the sample, its mean rounded, and never lowers
// what is asked for. Below a share of T for ten minutes, while nothing boots,
// it removes at every sample.
type Step struct {
	target    float64
	steps     steps
	high, low alarm
}

const (
	stepHighSpan = 2 * time.Minute
	stepLowSpan  = 10 * time.Minute
)

// steps are the adjustments of a step policy.
type steps struct {
	share   float64 // of the target, below which it scales in
	out     [3]int  // what is added, by how far above
	in      int     // what is removed, negative
	percent bool    // in percent of capacity, not in instances
}

// NewStep makes a step policy that adds 1, 2 or 4 instances and below T/2
// removes one; its knob is the target utilization in percent. It panics where
// that is not between 0 and 100.
func NewStep(target float64) *Step { return newStep(target, inInstances(0.5)) }

func newStep(target float64, s steps) *Step {
	checkTarget("step", target)
	return &Step{target: target, steps: s}
}

// inInstances are steps of whole instances.
func inInstances(share float64) steps {
	return steps{share: share, out: [3]int{1, 2, 4}, in: -1}
}

// inPercent are steps in percent of the capacity.
func inPercent(share float64) steps {
	return steps{share: share, out: [3]int{10, 20, 40}, in: -10, percent: true}
}

// Begin sets the alarms up. Alarms start without datapoints: what arrived
// before the first minute was measured on another fleet.
func (p *Step) Begin(b Briefing) {
	p.high = newHigh(p.target, stepHighSpan, b.Period)
	p.low = newLow(p.steps.share*p.target, stepLowSpan, b.Period)
}

// Act moves at most one step per sample.
func (p *Step) Act(m fleet.Minute) int {
	desired := m.Desired
	for _, s := range m.Samples {
		p.high.observe(s)
		p.low.observe(s)
		switch {
		case p.high.on():
			served := int(math.Round(s.Instances))
			step := p.steps.out[stepAbove(s.Utilization-p.target)]
			desired = max(desired, served+p.steps.change(served, step))
		case p.low.on() && m.Booting == 0:
			desired += p.steps.change(desired, p.steps.in)
		}
	}
	return desired
}

// stepAbove says which step it is, by percentage points above the target: a
// lower bound belongs to its step, an upper one to the next.
func stepAbove(points float64) int {
	switch {
	case points < 10:
		return 0
	case points < 20:
		return 1
	}
	return 2
}

// change is an adjustment in instances.
func (s steps) change(capacity, adjustment int) int {
	if !s.percent {
		return adjustment
	}
	return percentOf(capacity, adjustment)
}

// percentOf is a change in percent of a capacity, rounded as AWS does:
// toward zero, but by one instance at least.
func percentOf(capacity, percent int) int {
	product := capacity * percent
	switch change := product / 100; {
	case change != 0 || product == 0:
		return change
	case product < 0:
		return -1
	}
	return 1
}
