package awssim

import (
	"math"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// TargetTracking is a target tracking policy on the group's CPU utilization,
// run by the two alarms that AWS makes for one: high after three datapoints of
// a minute above the target (one where the metric comes less often), low when
// every datapoint of fifteen minutes is below 70 % of it. It adds and removes
// in proportion, and removes nothing while instances boot. A minute in which no
// datapoint came moves neither alarm, as in INSUFFICIENT_DATA.
type TargetTracking struct {
	// Target is the utilization that is tracked, in percent; 0 is no policy.
	Target float64
	// DisableScaleIn keeps the policy from removing anything.
	DisableScaleIn bool
}

// The alarms of a target tracking policy.
const (
	highDatapoints = 3
	lowSpan        = 15 * time.Minute
	lowShare       = 0.7 // of the target, as the alarms of EC2 groups have it
	policyName     = "target-tracking"
)

// tracking is a policy at work.
type tracking struct {
	TargetTracking
	units     float64        // of an instance
	seen      []fleet.Sample // of the last lowSpan, oldest first
	high, low alarmState
}

// alarmState is that of an alarm, and since when it is in it; the zero value is
// one that had no data yet.
type alarmState struct {
	value cwtypes.StateValue
	since time.Time
}

// move takes in whether the alarm is on, and says so.
func (a *alarmState) move(on bool, now time.Time) bool {
	value := cwtypes.StateValueOk
	if on {
		value = cwtypes.StateValueAlarm
	}
	if value != a.value {
		*a = alarmState{value: value, since: now}
	}
	return on
}

// show writes the state of an alarm that had data.
func (a alarmState) show(out *cwtypes.MetricAlarm) {
	if a.value == "" {
		return
	}
	out.StateValue, out.StateUpdatedTimestamp = a.value, &a.since
	out.StateReason = aws.String("Threshold Crossed: " + string(a.value))
}

// recall lets the alarms know what was there before the policy acts: the newest
// datapoints of the group's history.
func (t *tracking) recall(history []fleet.Sample) {
	if t.Target == 0 || len(history) == 0 {
		return
	}
	newest := history[len(history)-1]
	for _, s := range history {
		if newest.End.Sub(s.End) < lowSpan {
			t.seen = append(t.seen, s)
		}
	}
	t.high.move(t.isHigh(newest), newest.End)
	t.low.move(t.isLow(newest), newest.End)
}

// track takes the datapoints of a minute in, and gives what the policy makes of
// a desired capacity, and the alarm that it acts on; empty where on none.
func (t *tracking) track(m fleet.Minute, desired int) (n int, alarm string) {
	if t.Target == 0 || len(m.Samples) == 0 {
		return desired, ""
	}
	t.seen = append(t.seen, m.Samples...)
	newest := t.seen[len(t.seen)-1]
	t.seen = slices.DeleteFunc(t.seen, func(s fleet.Sample) bool { return newest.End.Sub(s.End) >= lowSpan })
	// A millionth of a millionth above a whole number is rounding, not load.
	proportion := int(math.Ceil(newest.Instances*newest.Utilization/t.Target*t.units - 1e-9))
	high := t.high.move(t.isHigh(newest), m.Now)
	low := t.low.move(t.isLow(newest), m.Now)
	switch {
	case high && proportion > desired:
		return proportion, "AlarmHigh"
	case low && !t.DisableScaleIn && m.Booting == 0 && proportion < desired:
		return proportion, "AlarmLow"
	}
	return desired, ""
}

// highNeed is how many datapoints of a period the upper alarm needs.
func highNeed(period time.Duration) int {
	if period == time.Minute {
		return highDatapoints
	}
	return 1
}

func (t *tracking) isHigh(newest fleet.Sample) bool {
	return t.every(highNeed(newest.Period), func(s fleet.Sample) bool { return s.Utilization > t.Target })
}

func (t *tracking) isLow(newest fleet.Sample) bool {
	return t.every(int(lowSpan/newest.Period), func(s fleet.Sample) bool { return s.Utilization < lowShare*t.Target })
}

// every says whether the newest datapoints, so many in a row, are all so.
func (t *tracking) every(many int, so func(fleet.Sample) bool) bool {
	if len(t.seen) < many {
		return false
	}
	return !slices.ContainsFunc(t.seen[len(t.seen)-many:], func(s fleet.Sample) bool { return !so(s) })
}

// obey lets the policy set the desired capacity, within the group's bounds.
func (g *group) obey(fs faults, m fleet.Minute) {
	if g.isSuspended(fs, "AlarmNotification", m.Now) {
		return
	}
	n, alarm := g.tracking.track(m, g.desired)
	if n = min(max(n, g.Min), g.Max); alarm == "" || n == g.desired {
		return
	}
	g.become(fs, change{at: m.Now, from: g.desired, to: n,
		cause: "monitor alarm " + alarmName(g.name, policyName, alarm) + " in state ALARM triggered policy " + policyName})
}
