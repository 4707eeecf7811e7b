package backtest_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/decider/policy"
	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/replay/backtest"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/replay/sim"
	"github.com/ml-autoscaling/autoscaler/streams"
)

var web = streams.GroupID{Scope: "eu-west-1", Group: "web"}

// duelPolicy has a shadow with the live numbers, and one that never has less
// than 14 instances.
func duelPolicy() streams.Policy {
	sec := func(s int) streams.Duration { return streams.Duration(time.Duration(s) * time.Second) }
	p := streams.Policy{
		AutoScalingGroup: "web", Mode: streams.DesiredControl, Round: sec(60),
		Load:     streams.LoadPolicy{Series: "cpu", Unit: streams.Percent, Period: sec(300), PerInstance: 80},
		Forecast: streams.ForecastPolicy{Model: "naive", Horizon: 12, Levels: []float64{0.5, 0.95}, Settle: sec(600)},
		Scaling: streams.ScalingPolicy{
			Min: 1, Max: 100, Quantile: 0.5, BootPrior: sec(180), MetricDelayPrior: sec(60), StaleAfter: sec(660),
			Stabilization: sec(600), ScaleInUtilization: 0.9, ScaleOutCooldown: sec(60), ScaleInCooldown: sec(300),
			StepOut: streams.StepLimit{Instances: 4, Fraction: 1}, StepIn: streams.StepLimit{Instances: 1, Fraction: 0.25},
			ForeignHold: sec(600), OutageHold: sec(3600), OutageShare: 0.1, LaunchGrace: sec(480), Expiry: sec(120),
		},
	}
	ample := p.Scaling
	ample.Min = 14
	p.Shadows = map[string]streams.Shadow{"same": {Scaling: p.Scaling}, "ample": {Scaling: ample}}
	return p
}

// duelLoad has a daily wave, a faster one and noise, 2 to 11 instances, and an
// hour of the third day without a metric.
func duelLoad(days int) fleet.Load {
	l := fleet.Load{Start: monday, Period: 5 * time.Minute, Peak: 12}
	for bin := range days * 288 {
		x := 2 * math.Pi * float64(bin) / 288
		l.Missing = append(l.Missing, bin/12 == 2*24+7)
		for range 5 {
			l.Demand = append(l.Demand, 6+3*math.Sin(x)+math.Sin(17*x)+0.7*math.Sin(float64(bin*bin)))
		}
	}
	return l
}

// played gives the timeline of a group, and the world that it lived in.
func played(t *testing.T, days int) ([]streams.Event, *fleet.World) {
	t.Helper()
	world, err := fleet.NewWorld(fleet.Lived("live", duelLoad(days), 3*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	player, err := sim.NewGroup(web, duelPolicy(), world)
	if err != nil {
		t.Fatal(err)
	}
	var timeline []streams.Event
	err = sim.NewLoop(fold.Stage{}, policy.Stage{}).Run(player, func(ev streams.Event) error {
		timeline = append(timeline, ev)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return timeline, world
}

func duel(timeline []streams.Event, a, b string) backtest.DuelResult {
	d := backtest.NewDuel(a, b)
	for _, ev := range timeline {
		d.Add(ev)
	}
	return d.Result()
}

// withoutHolds is a timeline that is older than holds live.
func withoutHolds(timeline []streams.Event) []streams.Event {
	var left []streams.Event
	for _, ev := range timeline {
		if d, ok := ev.(streams.Decision); !ok || d.Verdict != streams.Hold {
			left = append(left, ev)
		}
	}
	return left
}

// TestDuelIsTheWorld: where the real group is as good as a simulated one, the
// fleet of the live policy has exactly what the world had, in every minute that
// counts, and so has a shadow with the same numbers, and the group itself but
// for the minute by which it is seen later.
func TestDuelIsTheWorld(t *testing.T) {
	timeline, world := played(t, 5)
	r := duel(timeline, "live", "same")
	if diff := cmp.Diff(r.A, r.B); diff != "" {
		t.Errorf("live and a shadow with the same numbers (-live +same):\n%s", diff)
	}
	var counted []fleet.Row
	left := r.Unknown + r.Saturated
	for _, row := range world.Rows() {
		row.Scored = true
		counted = append(counted, row)
	}
	if total := len(counted); r.A[0].Minutes >= 1440 || minutes(r.A)+left != total-1 || r.Unknown != 86 || r.Saturated != 5 {
		t.Errorf("%d minutes counted, %d unknown, %d saturated, of %d lived", minutes(r.A), r.Unknown, r.Saturated, total)
	}
	// Unknown are the first 3 minutes, in which something may have been booting,
	// 69 after the gap, and 14 whose bin had not settled. Saturated is the bin
	// that came first after the gap. The second day is whole.
	want := backtest.Days(counted, 80)[1]
	if want.Minutes != 1440 || want.Violations == 0 || r.A[1] != want {
		t.Errorf("second day: want %+v, got %+v", want, r.A[1])
	}
	if r.Both != len(world.Rows()) || r.One != 0 || !r.Since.Equal(monday) {
		t.Errorf("%d rounds of both, %d of one, since %v", r.Both, r.One, r.Since)
	}
	if diff := cmp.Diff(r.A[1:], duel(withoutHolds(timeline), "live", "same").A[1:]); diff != "" {
		t.Errorf("without holds (-with +without):\n%s", diff)
	}
	group := duel(timeline, "group", "live")
	if late := group.A[1].Violations - group.B[1].Violations; late < 0 || math.Abs(float64(group.A[1].Billed-group.B[1].Billed)) > 100 {
		t.Errorf("group %+v, live %+v", group.A[1], group.B[1])
	}
}

func minutes(days []backtest.Day) (n int) {
	for _, d := range days {
		n += d.Minutes
	}
	return n
}

// TestDuelLeavesGapsOut: the hour without a metric, and what follows until the
// first metric after it (5 minutes, and 1 of delay) could be acted on (3 of
// boot), do not count: 60 + 9 minutes.
func TestDuelLeavesGapsOut(t *testing.T) {
	timeline, _ := played(t, 4)
	r := duel(timeline, "live", "same")
	if want := 1440 - 69; r.A[2].Minutes+r.Saturated != want {
		t.Errorf("third day: want %d minutes, got %d and %d saturated", want, r.A[2].Minutes, r.Saturated)
	}
}

// TestDuelBeginsAnew: another live policy, or another shadow under the same
// name, is another comparison.
func TestDuelBeginsAnew(t *testing.T) {
	timeline, _ := played(t, 2)
	at := 0
	for i, ev := range timeline {
		if g, ok := ev.(streams.Group); ok && g.Round == 1500 {
			at = i
		}
	}
	for name, change := range map[string]func(*streams.Decision){
		"live": func(d *streams.Decision) {
			if !d.Shadow() {
				d.Fingerprint = "0123456789abcdef"
			}
		},
		"shadow": func(d *streams.Decision) {
			if d.Policy == "ample" {
				d.Fingerprint = "0123456789abcdef"
			}
		},
	} {
		var changed []streams.Event
		for i, ev := range timeline {
			if d, ok := ev.(streams.Decision); ok && i > at {
				change(&d)
				ev = d
			}
			changed = append(changed, ev)
		}
		r := duel(changed, "live", "ample")
		if want := monday.Add(1499 * time.Minute); !r.Since.Equal(want) || len(r.A) != 1 || r.Both != 2880-1499 || r.One != 0 {
			t.Errorf("%s: want since %v, got %v; %d days; %d rounds of both, %d of one", name, want, r.Since, len(r.A), r.Both, r.One)
		}
	}
}

// TestDuelTellsThemApart: 14 instances at least cost more and violate less.
func TestDuelTellsThemApart(t *testing.T) {
	timeline, _ := played(t, 8)
	r := duel(timeline, "live", "ample")
	ab := compare(t, options(1), backtest.Pair{Case: "web", A: r.A, B: r.B})
	if ab.InstanceHours.Ratio.High >= 1 || ab.Violations.Difference.Low <= 0 || ab.Days != 8 {
		t.Errorf("%d days; hours %+v, violations %+v", ab.Days, ab.InstanceHours.Ratio, ab.Violations.Difference)
	}
	t.Log(ab.Verdict())
}

// TestDuelOfNobody: a shadow that never decided is compared with nobody.
func TestDuelOfNobody(t *testing.T) {
	timeline, _ := played(t, 1)
	if r := duel(timeline, "live", "bold"); !r.Since.IsZero() || len(r.A)+len(r.B) > 0 || r.Both != 0 {
		t.Errorf("got %+v", r)
	}
}

// TestDuelBoots: the group's own boots count from five on.
func TestDuelBoots(t *testing.T) {
	d := backtest.NewDuel("live", "same")
	d.Add(streams.NewPolicyControl(web, monday, duelPolicy()))
	for i := range 10 {
		if i < 5 {
			if boot, seen := d.Boot(); boot != 3*time.Minute || seen != i {
				t.Errorf("after %d: %v of %d", i, boot, seen)
			}
		}
		d.Add(streams.Group{GroupID: web, Round: uint64(i + 1), Now: monday, Boots: []streams.Duration{streams.Duration(time.Duration(10-i) * time.Minute)}})
	}
	if boot, seen := d.Boot(); boot != 9*time.Minute || seen != 10 {
		t.Errorf("want 9m0s of 10, the 90th percentile, got %v of %d", boot, seen)
	}
}
