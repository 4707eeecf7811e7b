package attach

import (
	"strings"
	"testing"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// Of target tracking the alarm for little only removes: where it is the one that
// is left, nothing adds capacity.
func TestAlarmForLittleDoesNotReact(t *testing.T) {
	for _, high := range []Alarm{{}, {Name: "cpu-high", State: "OK", High: true, Mute: true}} {
		g := clean()
		g.Policies[0].DisableScaleIn = false
		g.Policies[0].Alarms = []string{"cpu-high", "cpu-low"}
		g.Alarms = map[string]Alarm{"cpu-low": {Name: "cpu-low", State: "ALARM"}}
		if high.Name != "" {
			g.Alarms["cpu-high"] = high
		}
		if f := only(t, Examine(g, under(streams.Observe)), "nothing_reacts"); f.Severity != Refuse || !strings.Contains(f.Found, "cpu") {
			t.Errorf("got %+v", f)
		}
	}
	// A step policy may add on little, such as free memory.
	g := clean()
	g.Policies = []Policy{step("memory", Adjustment{By: 2})}
	g.Alarms["cpu-high"] = Alarm{Name: "cpu-high", State: "OK"}
	only(t, Examine(g, under(streams.Observe)), "policy")
}

// What takes capacity away, sets it, or keeps it from being what was decided.
func TestHazards(t *testing.T) {
	night := ScheduledAction{Name: "night", Recurrence: "0 22 * * *", Desired: ptr(1)}
	for _, test := range []struct {
		change      func(*Group)
		mode        streams.Mode
		severity    Severity
		code, found string
		fix         string
	}{
		{func(g *Group) { g.Scheduled = []ScheduledAction{night} }, streams.DesiredControl, Warn, "scheduled_action", "night", "min or max instead"},
		{func(g *Group) { g.Scheduled = []ScheduledAction{night} }, streams.Observe, Note, "scheduled_action", "night", ""},
		{func(g *Group) { g.Protected = true }, streams.DesiredControl, Warn, "scale_in_protected", "protected", "--no-new-instances-protected-from-scale-in"},
		{func(g *Group) { g.Suspended = []string{"AddToLoadBalancer"} }, streams.Observe, Warn, "balancer_suspended", "AddToLoadBalancer", "resume-processes"},
		{func(g *Group) {
			g.Policies = append(g.Policies, Policy{Name: "new", Kind: "QuantumScaling", Enabled: true})
		}, streams.DesiredControl, Refuse, "unknown_policy", "new (QuantumScaling)", "delete-policy"},
		{func(g *Group) {
			g.Policies = append(g.Policies, Policy{Name: "new", Kind: "QuantumScaling", Enabled: true})
		}, streams.Observe, Warn, "unknown_policy", "new (QuantumScaling)", "delete-policy"},
		{func(g *Group) { // put-scaling-policy replaces all of the policy
			g.Policies[0].DisableScaleIn, g.Policies[0].Warmup = false, ptr(90)
		}, streams.DesiredControl, Refuse, "policy_scales_in", "cpu", "--estimated-instance-warmup 90"},
	} {
		g := clean()
		test.change(&g)
		f := only(t, Examine(g, under(test.mode)), test.code)
		if f.Severity != test.severity || !strings.Contains(f.Found, test.found) || !strings.Contains(f.Fix, test.fix) || test.fix == "" && f.Fix != "" {
			t.Errorf("%s: want %s, ... %s ..., ... %s ..., got %+v", test.mode, test.severity, test.found, test.fix, f)
		}
	}
}

// A policy's target is compared with what instances may be used by the load that
// the group's section sets, not by what is usual.
func TestTargetIsComparedWithTheSection(t *testing.T) {
	for _, test := range []struct {
		perInstance float64
		unit        streams.Unit
		weights     map[string]int
		target      float64
		fix         string
	}{
		{60, streams.Percent, nil, 62.99999999999999, ""},
		{63, streams.Percent, nil, 63, ""},
		{100, streams.Percent, nil, 63, "set load.per_instance to 63 or less, or the policy's target to more than 100"},
		{70, streams.Percent, nil, 62.99999999999999, "set load.per_instance to 63 or less, or the policy's target to more than 70"},
		{35, streams.Percent, map[string]int{"m7g.large": 2}, 63, "set load.per_instance to 31.5 or less, or the policy's target to more than 70"},
		{31, streams.Percent, map[string]int{"m7g.large": 2}, 63, ""},
		{500, streams.CountPerSecond, nil, 63, ""}, // not comparable
	} {
		g, p := clean(), under(streams.DesiredControl)
		g.Policies[0].Target, g.Weights = test.target, test.weights
		p.Load.PerInstance, p.Load.Unit = test.perInstance, test.unit
		got := ""
		for _, f := range Examine(g, p) {
			if f.Code == "tracks_below" {
				got = f.Fix
			}
			if strings.Contains(f.Found+f.Why+f.Fix, "99999") {
				t.Errorf("%+v", f)
			}
			if f.Code == "weights" && !strings.Contains(f.Fix, "it is "+figure(test.perInstance)) {
				t.Errorf("%+v", f)
			}
		}
		if got != test.fix {
			t.Errorf("per_instance %v: want %q, got %q", test.perInstance, test.fix, got)
		}
	}
}

func TestFigure(t *testing.T) {
	for v, want := range map[float64]string{
		62.99999999999999: "63", 0.1 + 0.2: "0.3", 104857600: "104857600", 1e-6: "0.000001", -20: "-20", 2.5e12: "2500000000000",
	} {
		if got := figure(v); got != want {
			t.Errorf("%v: want %s, got %s", v, want, got)
		}
	}
}

// A policy is noted with what moves it, and in mode observe with what mode
// desired will ask of it.
func TestPolicyIsNoted(t *testing.T) {
	for _, test := range []struct {
		change func(*Group)
		mode   streams.Mode
		found  string // its end
		why    string // its beginning
	}{
		{func(*Group) {}, streams.Observe, "scales out only; at CPUUtilization > 60 for 3x60s", ""},
		{func(g *Group) { g.Alarms["cpu-high"] = Alarm{High: true} }, streams.Observe, "scales out only", ""},
		{func(g *Group) { g.Policies[0].DisableScaleIn = false }, streams.Observe, "for 3x60s", "it scales in: mode desired asks"},
		{func(g *Group) { g.Policies[0].DisableScaleIn = false }, streams.DesiredControl, "for 3x60s", ""},
		{func(g *Group) { // a step of nothing neither adds nor removes
			g.Policies = append(g.Policies, step("a none", Adjustment{}))
		}, streams.DesiredControl, "for 3x60s", ""},
	} {
		g := clean()
		test.change(&g)
		var note Finding
		for _, f := range Examine(g, under(test.mode)) {
			if f.Code == "policy" && note.Code == "" {
				note = f
			}
			if f.Code == "policy_scales_in" && strings.Contains(f.Found, "none") {
				t.Errorf("%+v", f)
			}
		}
		if !strings.HasSuffix(note.Found, test.found) || !strings.HasPrefix(note.Why, test.why) || test.why == "" && note.Why != "" {
			t.Errorf("%s: want ... %q and %q ..., got %+v", test.mode, test.found, test.why, note)
		}
	}
	none := clean()
	none.Policies = []Policy{step("none", Adjustment{})}
	if !Refused(Examine(none, under(streams.Observe))) {
		t.Error("want a group refused whose one step is nothing")
	}
}

// What only target tracking of the group's own instances says is said of
// nothing else.
func TestMinutesOfOtherPolicies(t *testing.T) {
	for _, change := range []func(*Policy){
		func(p *Policy) { p.Metric = "ALBRequestCountPerTarget" },
		func(p *Policy) { p.Predefined, p.Metric = false, "ASGAverageOfOurs" },
		func(p *Policy) { *p = step("s", Adjustment{By: 1}) },
	} {
		g := clean()
		g.Monitoring = Basic
		change(&g.Policies[0])
		only(t, Examine(g, under(streams.DesiredControl)), "policy")
	}
}

// Only of a scheduled action that sets the min is told what detach does to it.
func TestScheduledMinIsToldOfDetach(t *testing.T) {
	for _, least := range []*int{nil, ptr(6)} {
		g := clean()
		g.Scheduled = []ScheduledAction{{Name: "day", Recurrence: "0 7 * * *", Min: least, Max: ptr(9)}}
		if f := only(t, Examine(g, under(streams.DesiredControl)), "scheduled_action"); strings.Contains(f.Why, "--keep-min") != (least != nil) {
			t.Errorf("%+v", f)
		}
	}
}

// A min is restored up to max itself.
func TestBaselineAtMax(t *testing.T) {
	g := clean()
	g.Tags = map[string]string{streams.BaselineMinTag: "20"}
	if steps := Steps(g, false); len(steps) != 2 || steps[0].To != 20 || Leaves(g, false) != "" {
		t.Errorf("want it restored, got %v, %q", steps, Leaves(g, false))
	}
	g.Max = 19
	if steps := Steps(g, false); len(steps) != 1 || Leaves(g, false) == "" {
		t.Errorf("want it left, got %v, %q", steps, Leaves(g, false))
	}
}
