package plan_test

import (
	"time"

	"pgregory.net/rapid"

	"github.com/ml-autoscaling/autoscaler/actuator/plan"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// storm draws what comes to an actuator, in an order that no sane timeline has.
type storm struct {
	now      time.Time
	round    uint64
	capacity streams.Capacity
	limits   plan.Limits
	asked    map[uint64]bool // rounds of decisions that are no holds
}

func newStorm(t *rapid.T) *storm {
	return &storm{
		now: noon, capacity: streams.Capacity{Desired: 12, Min: 1, Max: 60}, asked: map[uint64]bool{},
		limits: plan.Limits{Mode: streams.DesiredControl, Ceiling: rapid.SampledFrom([]int{0, 0, 15, 40}).Draw(t, "ceiling")},
	}
}

// next draws one event of the timeline with the clock at its arrival.
func (s *storm) next(t *rapid.T) plan.Arrived {
	s.now = s.now.Add(time.Duration(rapid.IntRange(0, 60).Draw(t, "seconds on")) * time.Second)
	at := s.now
	if rapid.IntRange(0, 9).Draw(t, "clock off") == 0 {
		at = at.Add(time.Duration(rapid.IntRange(-400, 400).Draw(t, "seconds off")) * time.Second)
	}
	var ev streams.Event
	switch rapid.SampledFrom([]string{"group", "group", "decision", "decision", "decision", "control"}).Draw(t, "kind") {
	case "group":
		ev = s.group(t)
	case "decision":
		ev = s.decision(t)
	default:
		ev = s.control(t)
	}
	return plan.Arrived{GroupID: web, At: at, Event: ev}
}

func (s *storm) group(t *rapid.T) streams.Event {
	s.round++
	g := streams.Group{GroupID: web, Round: s.round, Now: s.now}
	if rapid.IntRange(0, 4).Draw(t, "moves") == 0 {
		s.capacity.Desired = rapid.IntRange(0, 50).Draw(t, "desired")
		s.capacity.Min = rapid.SampledFrom([]int{1, 1, 1, 5}).Draw(t, "min")
	}
	if rapid.IntRange(0, 9).Draw(t, "described") > 0 {
		k := s.capacity
		g.Capacity = &k
	}
	return g
}

func (s *storm) decision(t *rapid.T) streams.Event {
	round := s.round + 1
	if back := rapid.SampledFrom([]uint64{0, 0, 0, 1, 3}).Draw(t, "rounds ago"); back < round {
		round -= back
	}
	d := streams.Decision{GroupID: web, Round: round, At: s.now, Current: rapid.IntRange(0, 50).Draw(t, "current"),
		Desired: rapid.IntRange(0, 50).Draw(t, "asked"), Fingerprint: "a",
		Expires: s.now.Add(time.Duration(rapid.IntRange(-20, 200).Draw(t, "expires in")) * time.Second)}
	if rapid.Bool().Draw(t, "as described") {
		d.Current = s.capacity.Desired
	}
	d.Verdict = streams.VerdictOf(d.Current, d.Desired)
	if d.Verdict != streams.Hold {
		s.asked[round] = true
	}
	return d
}

func (s *storm) control(t *rapid.T) streams.Event {
	k := streams.Control{GroupID: web, Name: streams.ControlPolicy, At: s.now}
	if rapid.IntRange(0, 9).Draw(t, "retired") > 0 {
		mode := rapid.SampledFrom([]streams.Mode{streams.DesiredControl, streams.DesiredControl, streams.DesiredControl, streams.Observe}).Draw(t, "mode")
		name := rapid.SampledFrom([]string{"web-asg", "web-asg", "web-asg", "web-2"}).Draw(t, "asg")
		k.Policy, k.Fingerprint = &streams.Policy{Mode: mode, AutoScalingGroup: name}, "a"
	}
	return k
}

// carryOut ends an intent as a shell would, on a group that is anything.
func carryOut(t *rapid.T, i plan.Intent, now time.Time) plan.Result {
	seen := drawDescription(t, i)
	if rapid.IntRange(0, 9).Draw(t, "unread") == 0 {
		return i.Unread(drawFault(t, "DescribeAutoScalingGroups"), now)
	}
	call, end := i.Judge(seen, now)
	if end != nil {
		return *end
	}
	switch fault := drawFault(t, "SetDesiredCapacity"); {
	case rapid.Bool().Draw(t, "succeeds"):
		return i.Applied(call, "r", now)
	case fault.Fault == plan.Unclear:
		return i.Confirm(call, drawDescription(t, i), fault, now)
	default:
		return i.Failed(call, seen, fault, now)
	}
}

func drawDescription(t *rapid.T, i plan.Intent) plan.Description {
	d := attached(plan.Sizes{Min: rapid.IntRange(0, 20).Draw(t, "min"), Desired: rapid.IntRange(0, 50).Draw(t, "desired")})
	d.Tags.Mode = rapid.SampledFrom([]string{"desired", "desired", "desired", "observe", ""}).Draw(t, "mode's tag")
	d.Tags.Managed = rapid.SampledFrom([]string{"true", "true", "true", ""}).Draw(t, "managed's tag")
	d.Refresh.Status = rapid.SampledFrom([]string{"", "", "InProgress"}).Draw(t, "refresh")
	if rapid.IntRange(0, 5).Draw(t, "refreshes unread") == 0 {
		d.Refresh = plan.Refresh{Unread: drawFault(t, "DescribeInstanceRefreshes")}
	}
	d.Max = rapid.IntRange(d.Min, 60).Draw(t, "max")
	switch rapid.IntRange(0, 3).Draw(t, "is at") {
	case 0, 1:
		d.Desired = i.From
	case 2:
		d.Desired = i.To
	}
	return d
}

func drawFault(t *rapid.T, operation string) *plan.CallError {
	return failure(operation, rapid.SampledFrom([]string{"busy", "invalid", "throttled", "denied", "expired", "gone", "unclear"}).Draw(t, "fault"))
}
