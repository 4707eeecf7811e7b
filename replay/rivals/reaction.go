package rivals

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// New makes the policy that does what the group would, for one run. With every
// sample each policy says which capacity it wants, and the largest is taken.
// What a policy of each kind wants is what Step and tracking do with other
// alarms, but that
//
//   - instances are taken for warming up until the warm-up after they came into
//     service is over: step policies count additions without them, and nothing
//     is removed while there are any;
//   - target tracking policies remove only where all of them want to that may;
//   - a simple policy counts from what is asked for, and waits until what simple
//     policies launched is in service and the cooldown after that is over.
//
// It panics where a size, a target or a recurrence is none, which whoever read
// it has checked.
func (i Incumbent) New() Policy {
	if i.Min < 0 || i.Max < i.Min {
		panic(fmt.Sprintf("rivals: incumbent: want 0 <= min <= max, got %d and %d", i.Min, i.Max))
	}
	p := &incumbent{timetable: newTimetable(i)}
	for _, t := range i.Tracking {
		checkAim("target tracking", t.Target)
		r := &trackingReaction{TargetTracking: t}
		if t.High != nil {
			r.high = &monitor{MetricAlarm: *t.High}
			p.monitors = append(p.monitors, r.high)
		}
		if t.Low != nil {
			r.low = &monitor{MetricAlarm: *t.Low}
			p.monitors = append(p.monitors, r.low)
		}
		p.tracking = append(p.tracking, r)
		p.longest = max(p.longest, t.WarmUp.Std())
	}
	for _, s := range i.Steps {
		r := &stepReaction{StepScaling: s, alarms: monitors(s.Alarms)}
		p.monitors = append(p.monitors, r.alarms...)
		p.steps = append(p.steps, r)
		p.longest = max(p.longest, s.WarmUp.Std())
	}
	for _, s := range i.Simple {
		r := &simpleReaction{SimpleScaling: s, alarms: monitors(s.Alarms)}
		p.monitors = append(p.monitors, r.alarms...)
		p.simple = append(p.simple, r)
	}
	for _, f := range i.Predictive {
		checkAim("predictive scaling", f.Target)
		p.outlooks = append(p.outlooks, &outlook{target: f.Target, buffer: f.Buffer.Std()})
	}
	return p
}

// checkAim panics where a target is none. Unlike the knob of a rival it may be
// 100: somebody's alarm at 100 % is never on, and that is what they have.
func checkAim(policy string, target float64) {
	if !(target > 0) {
		panic(fmt.Sprintf("rivals: %s at %v %%", policy, target))
	}
}

// incumbent is an Incumbent at work.
type incumbent struct {
	timetable
	tracking []*trackingReaction
	steps    []*stepReaction
	simple   []*simpleReaction
	outlooks []*outlook
	monitors []*monitor // of all of them

	boots     []time.Time   // when instances came into service that may warm up
	longest   time.Duration // warm-up of any policy
	launching bool          // what a simple policy asked for
	cooldown  time.Duration // of the simple policy that acted last
	cooled    time.Time     // when that is over
}

type (
	trackingReaction struct {
		TargetTracking
		high, low *monitor // nil where there is no such alarm
	}
	stepReaction struct {
		StepScaling
		alarms []*monitor
	}
	simpleReaction struct {
		SimpleScaling
		alarms []*monitor
	}
)

// Begin reads what arrived before the first minute, for the forecasts. Alarms
// start without datapoints: see Step.Begin.
func (p *incumbent) Begin(b Briefing) {
	for _, s := range b.Backfill {
		for _, o := range p.outlooks {
			o.observe(s)
		}
	}
}

// Act does what is scheduled, then what alarms say, then what is forecast.
func (p *incumbent) Act(m fleet.Minute) int {
	p.live(m)
	desired := p.timetable.act(m)
	for _, s := range m.Samples {
		for _, w := range p.monitors {
			w.observe(s)
		}
		for _, o := range p.outlooks {
			o.observe(s)
		}
		desired = p.bound(p.react(m, s, desired))
	}
	for _, o := range p.outlooks {
		desired = max(desired, o.floor(m.Now))
	}
	return p.bound(desired)
}

// live keeps what came into service, and whether simple policies wait.
func (p *incumbent) live(m fleet.Minute) {
	for _, b := range m.Boots {
		p.boots = append(p.boots, b.InService)
	}
	p.boots = slices.DeleteFunc(p.boots, func(at time.Time) bool { return m.Now.Sub(at) >= p.longest })
	if p.launching {
		p.cooled = m.Now.Add(p.cooldown)
		p.launching = m.Booting > 0
	}
}

// warming counts the instances in service that warm up.
func (p *incumbent) warming(m fleet.Minute, warmUp streams.Duration) int {
	n := 0
	for _, at := range p.boots {
		if m.Now.Sub(at) < warmUp.Std() {
			n++
		}
	}
	return min(n, m.InService)
}

// wishes are the capacities that policies want.
type wishes []int

// or gives the largest, and what there is where nobody wants anything.
func (w wishes) or(desired int) int {
	if len(w) == 0 {
		return desired
	}
	return slices.Max(w)
}

// react gives what the policies make of a desired capacity, a sample after it
// was observed.
func (p *incumbent) react(m fleet.Minute, s fleet.Sample, desired int) int {
	all := p.track(m, desired)
	for _, r := range p.steps {
		for _, a := range r.alarms {
			if by, ok := r.step(a); ok && a.on {
				all = append(all, p.adjust(m, s, r, adjusted{by, desired})...)
			}
		}
	}
	n, r := p.simply(m, desired)
	if r == nil {
		return all.or(desired)
	}
	without := all.or(desired)
	return p.cool(m, r, without, append(all, n).or(desired))
}

// track gives what target tracking policies want.
func (p *incumbent) track(m fleet.Minute, desired int) wishes {
	var all, in wishes
	able := 0
	for _, t := range p.tracking {
		need := func(d datapoint) int { return instances(d.instances * d.utilization / t.Target) }
		if t.high != nil && t.high.on {
			all = append(all, max(desired, need(t.high.newest)))
		}
		if t.low == nil {
			continue
		}
		able++
		if t.low.on && m.Booting == 0 && p.warming(m, t.WarmUp) == 0 {
			in = append(in, need(t.low.newest))
		}
	}
	if len(in) == able && able > 0 {
		all = append(all, min(desired, in.or(desired)))
	}
	return all
}

// step gives the number of the step that the newest datapoint of an alarm lies
// in; false where it lies in none.
func (r *stepReaction) step(a *monitor) (by int, ok bool) {
	for _, s := range r.Steps {
		if s.holds(a.newest.utilization-a.Threshold, a.Comparison.high()) {
			return s.By, s.By != 0 || r.Adjustment.Type == ExactCapacity
		}
	}
	return 0, false
}

// adjusted is a step that is to be made from a desired capacity.
type adjusted struct{ by, desired int }

// adjust gives what a step policy wants: nothing where it would remove while
// instances boot or warm up.
func (p *incumbent) adjust(m fleet.Minute, s fleet.Sample, r *stepReaction, a adjusted) wishes {
	warming := p.warming(m, r.WarmUp)
	exact := r.Adjustment.Type == ExactCapacity
	switch in := a.by < 0 || exact && a.by < a.desired; {
	case in && (m.Booting > 0 || warming > 0):
		return nil
	case exact:
		return wishes{a.by}
	case in:
		return wishes{a.desired + r.Adjustment.change(a.desired, a.by)}
	}
	served := int(math.Round(s.Instances))
	if warming > 0 {
		served = min(served, m.InService-warming)
	}
	return wishes{max(a.desired, served+r.Adjustment.change(served, a.by))}
}

// simply gives what simple policies want, and whose wish it is: nil where no
// alarm is on, or they wait.
func (p *incumbent) simply(m fleet.Minute, desired int) (n int, whose *simpleReaction) {
	if p.launching || m.Now.Before(p.cooled) {
		return 0, nil
	}
	for _, r := range p.simple {
		if !slices.ContainsFunc(r.alarms, func(a *monitor) bool { return a.on }) {
			continue
		}
		want := r.By
		if r.Adjustment.Type != ExactCapacity {
			want = desired + r.Adjustment.change(desired, r.By)
		}
		if whose == nil || want > n {
			n, whose = want, r
		}
	}
	return n, whose
}

// cool gives a desired capacity, and begins the cooldown of a simple policy that
// had its way: without it there would be another.
func (p *incumbent) cool(m fleet.Minute, r *simpleReaction, without, desired int) int {
	if desired != without {
		p.cooldown = r.Cooldown.Std()
		p.cooled = m.Now.Add(p.cooldown)
		p.launching = p.bound(desired) > m.Desired
	}
	return desired
}
