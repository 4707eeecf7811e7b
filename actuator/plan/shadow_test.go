package plan_test

import (
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/actuator/plan"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// TestShadowsAreNotActedOn: what a shadow decides is no intent, has no outcome,
// and takes no round from the live policy.
func TestShadowsAreNotActedOn(t *testing.T) {
	state := plan.Stage{Limits: plan.Limits{Mode: streams.DesiredControl}}.New(web).(*plan.State)
	state.Step(streams.Control{GroupID: web, Name: streams.ControlPolicy, At: noon, Policy: &streams.Policy{Mode: streams.DesiredControl}})
	state.Step(streams.Group{GroupID: web, Round: 1, Now: noon, Capacity: &streams.Capacity{Desired: 10, Min: 1, Max: 100}})
	state.Changed()
	shadow := streams.Decision{GroupID: web, Policy: "bold", Round: 1, At: noon, Verdict: streams.ScaleIn, Current: 10, Desired: 3, Expires: noon.Add(2 * time.Minute)}
	if out := state.Step(shadow); len(out) > 0 {
		t.Errorf("answered with %+v", out)
	}
	if i, ok := state.Intent(); ok {
		t.Errorf("means to act: %+v", i)
	}
	if parts := state.Changed(); len(parts) > 0 {
		t.Errorf("remembers %s", parts[0].Data)
	}
	live := shadow
	live.Policy, live.Verdict, live.Desired = "", streams.ScaleOut, 12
	state.Step(live)
	if i, ok := state.Intent(); !ok || i.To != 12 {
		t.Errorf("the live decision of the same round is %+v, %v", i, ok)
	}
}
