package plan_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ml-autoscaling/autoscaler/actuator/plan"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// echo is a group that nobody else touches, which is described as it is or,
// for less than half a minute, as it was; never as it was before it was last
// described.
type echo struct {
	now    time.Time
	values []int       // since the last one that was described
	until  []time.Time // when each but the last ceased to be there
}

func (e *echo) desired() int { return e.values[len(e.values)-1] }

func (e *echo) set(n int) {
	e.values, e.until = append(e.values, n), append(e.until, e.now)
}

func (e *echo) describe(t *rapid.T) plan.Sizes {
	oldest := 0
	for oldest < len(e.until) && !e.now.Before(e.until[oldest].Add(30*time.Second)) {
		oldest++
	}
	n := rapid.IntRange(oldest, len(e.until)).Draw(t, "described")
	e.values, e.until = e.values[n:], e.until[n:]
	return plan.Sizes{Desired: e.values[0], Min: 1, Max: 100}
}

// TestOwnCallsUnseen holds, whenever a change of ours becomes visible, that a
// raise raises what is there, that a scale-in lowers what its decision saw, and
// that our own changes are never taken for those of others.
func TestOwnCallsUnseen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := &echo{now: noon, values: []int{10}}
		state := plan.Stage{Limits: plan.Limits{Mode: streams.DesiredControl}}.New(web).(*plan.State)
		step := func(ev streams.Event) {
			for _, o := range state.Step(ev) {
				if o := o.(streams.Outcome); strings.Contains(o.Error, "somebody else") {
					t.Fatalf("nobody else is there: %s", o.Error)
				}
			}
		}
		step(streams.Control{GroupID: web, Name: streams.ControlPolicy, At: noon, Policy: &streams.Policy{Mode: streams.DesiredControl}})
		for round := uint64(1); round < 20; round++ {
			e.now = e.now.Add(time.Duration(rapid.IntRange(1, 40).Draw(t, "seconds on")) * time.Second)
			d := e.describe(t)
			step(streams.Group{GroupID: web, Round: round, Now: e.now, Capacity: &streams.Capacity{Desired: d.Desired, Min: d.Min, Max: d.Max}})
			to := rapid.IntRange(1, 30).Draw(t, "to")
			step(streams.Decision{GroupID: web, Round: round, At: e.now, Current: d.Desired, Desired: to,
				Verdict: streams.VerdictOf(d.Desired, to), Expires: e.now.Add(2 * time.Minute)})
			for range rapid.IntRange(0, 2).Draw(t, "carried out") {
				carryOutOn(t, e, state, step)
			}
		}
	})
}

func carryOutOn(t *rapid.T, e *echo, state *plan.State, step func(streams.Event)) {
	i, ok := state.Intent()
	if !ok {
		return
	}
	e.now = e.now.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "seconds of a call")) * time.Second)
	call, end := i.Judge(attached(e.describe(t)), e.now)
	if end != nil {
		step(*end)
		return
	}
	was := e.desired()
	if i.To > i.From && call.Desired <= was || i.To < i.From && (call.Desired >= was || was != i.From) {
		t.Fatalf("round %d, from %d to %d, sets %d where %d is", i.Round, i.From, i.To, call.Desired, was)
	}
	e.set(call.Desired)
	step(i.Applied(call, "r", e.now))
}
