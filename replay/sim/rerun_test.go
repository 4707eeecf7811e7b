package sim

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// bin is a recorded metric; a NaN is a gap.
func bin(end int, value float64, revision int) streams.Metric {
	p := testPolicy()
	m := streams.Metric{
		SeriesID: streams.SeriesID{GroupID: web(), Series: p.Load.Series},
		End:      at(end), Period: p.Load.Period, Unit: p.Load.Unit, Revision: revision, Seen: at(end + 1),
	}
	if math.IsNaN(value) {
		m.Gap, m.Settled = true, true
		return m
	}
	m.Value = &value
	return m
}

// poll is a recorded round of a group of three.
func poll(round uint64, now time.Time) streams.Group {
	return streams.Group{
		GroupID: web(), Round: round, Now: now, Suspended: []string{"AZRebalance"},
		Capacity: &streams.Capacity{Desired: 3, InService: 2, Pending: 1, Min: 2, Max: 20},
		Boots:    []streams.Duration{streams.Duration(time.Hour)},
	}
}

// recorded sorts events into the tape of web.
func recorded(t *testing.T, events ...streams.Event) *Tape {
	t.Helper()
	var tapes Tapes
	for _, ev := range events {
		tapes.Add(ev)
	}
	all := tapes.All()
	if len(all) != 1 || all[0].ID != web() {
		t.Fatalf("%d tapes, want one of web", len(all))
	}
	return all[0]
}

func newRerun(t *testing.T, tape *Tape, boot time.Duration) *Rerun {
	t.Helper()
	r, err := NewRerun(tape, testPolicy(), boot)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Metrics, controls and the clock are the recorded ones at their recorded
// places; rounds count from 1, and what was derived is left out.
func TestRerunPlaysWhatWasRecorded(t *testing.T) {
	changed := testPolicy()
	changed.Scaling.Max = 50
	events := []streams.Event{
		streams.NewPolicyControl(web(), at(0), testPolicy()), bin(5, 100, 1), bin(10, math.NaN(), 1), poll(41, at(11)),
		streams.Forecast{SeriesID: bin(5, 1, 1).SeriesID, Round: 41}, want(41, 11, 3, 4), streams.Outcome{GroupID: web(), Round: 41},
		streams.NewPolicyControl(web(), at(12), changed), poll(42, at(12)),
		bin(15, 200, 1), bin(5, 110, 2), poll(43, at(13)),
		bin(20, 300, 1), // and no round after it
	}
	r := newRerun(t, recorded(t, events...), time.Minute)
	got := told(r.Begin())
	for n := 1; r.Next(); n++ {
		round := r.Round()
		got = append(got, told(round)...)
		g := round[len(round)-1].(streams.Group)
		if diff := cmp.Diff([]string{"AZRebalance"}, g.Suspended); diff != "" || g.Capacity.Min != 2 || g.Capacity.Max != 20 {
			t.Errorf("round %d: %+v", n, g)
		}
		r.Act(hold(uint64(n), 10+n))
	}
	r.End()
	expected := []string{
		"policy at 0", "metric 5", "gap 10 settled", "round 1 at 11",
		"policy at 12", "round 2 at 12",
		"metric 15", "metric 5", "round 3 at 13",
	}
	if diff := cmp.Diff(expected, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if got := len(r.World().Rows()); got != 3 {
		t.Errorf("%d minutes were served, want 3", got)
	}
}

// A tape is not changed by being played: another player gets the same.
func TestRerunLeavesTheTapeAsItIs(t *testing.T) {
	tape := recorded(t, bin(5, 100, 1), poll(1, at(6)), poll(2, at(7)))
	var plays [2][]streams.Event
	for i := range plays {
		r := newRerun(t, tape, 0)
		plays[i] = r.Begin()
		for n := uint64(1); r.Next(); n++ {
			plays[i] = append(plays[i], r.Round()...)
			r.Act(want(n, 6, 3, 5))
		}
		r.End()
	}
	if diff := cmp.Diff(plays[0], plays[1]); diff != "" {
		t.Errorf("(-first +second):\n%s", diff)
	}
}

// The fallback policy is in force where the tape has none. Where it has, the
// one in force at its first round says what the load is.
func TestRerunPolicies(t *testing.T) {
	other := testPolicy()
	other.Load.PerInstance = 40
	retired := streams.Control{GroupID: web(), Name: streams.ControlPolicy, At: at(0)}
	for _, tc := range []struct {
		name   string
		before []streams.Event
		begin  []string
		demand float64
	}{
		{"none", nil, []string{"policy at 6"}, 1},
		{"retired only", []streams.Event{retired}, []string{"policy at 6"}, 1},
		{"its own", []streams.Event{streams.NewPolicyControl(web(), at(0), other)}, nil, 2},
		{"replaced", []streams.Event{streams.NewPolicyControl(web(), at(0), testPolicy()), retired, streams.NewPolicyControl(web(), at(1), other)}, nil, 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := newRerun(t, recorded(t, append(tc.before, bin(5, 100, 1), poll(1, at(6)))...), 0)
			if diff := cmp.Diff(tc.begin, told(r.Begin())); diff != "" {
				t.Errorf("begin (-want +got):\n%s", diff)
			}
			if got := r.World().Config().Load.Demand[0]; got != tc.demand {
				t.Errorf("demand %v, want %v", got, tc.demand)
			}
		})
	}
}

// The demand is 0.8 instances per PerInstance. A bin's newest value counts; a
// bin without one has that of the bin before, and is missing.
func TestRerunLoad(t *testing.T) {
	other := bin(10, 5000, 1)
	other.Series = "requests"
	short := bin(10, 5000, 1)
	short.Period = streams.Duration(time.Minute)
	r := newRerun(t, recorded(t,
		bin(10, 200, 1), bin(5, 100, 1), poll(1, at(11)),
		bin(10, 300, 2), other, short, bin(15, math.NaN(), 1), bin(25, 400, 1), poll(2, at(26)),
	), time.Minute)
	load := r.World().Config().Load
	var demand []float64
	for i := 0; i < len(load.Demand); i += 5 {
		demand = append(demand, load.Demand[i])
	}
	if diff := cmp.Diff([]float64{1, 3, 3, 3, 4, 4}, demand); diff != "" {
		t.Errorf("demand (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]bool{false, false, true, true, false, true}, load.Missing); diff != "" {
		t.Errorf("missing (-want +got):\n%s", diff)
	}
	if load.Start != at(0) || load.Peak < 3.9 || load.Peak > 4 {
		t.Errorf("load begins at %v and peaks at %v", load.Start, load.Peak)
	}
	if got := r.World().Config().Start; got != 11 {
		t.Errorf("the world starts in minute %d, want 11", got)
	}
}

// Rounds of a recorded clock: three within a minute, then an outage of four
// minutes. Each minute is served once, as it stood when the clock left it.
func TestRerunFollowsTheRecordedClock(t *testing.T) {
	seconds := func(minute, s int) time.Time { return at(minute).Add(time.Duration(s) * time.Second) }
	clock := []time.Time{seconds(6, 10), seconds(6, 30), seconds(6, 50), seconds(11, 5), seconds(12, 5)}
	events := []streams.Event{bin(5, 200, 1)}
	for i, now := range clock {
		events = append(events, poll(uint64(i+1), now))
	}
	r := newRerun(t, recorded(t, events...), 2*time.Minute)
	boot := streams.Duration(2 * time.Minute)
	for n, step := range []struct {
		found   streams.Capacity
		boots   []streams.Duration
		desired int
		status  streams.Status
	}{
		{streams.Capacity{Desired: 4, InService: 4}, nil, 5, streams.Applied},
		{streams.Capacity{Desired: 5, InService: 4, Pending: 1}, nil, 6, streams.Applied},
		{streams.Capacity{Desired: 6, InService: 4, Pending: 2}, nil, 7, streams.Applied},
		{streams.Capacity{Desired: 7, InService: 7}, []streams.Duration{boot, boot, boot}, 7, streams.Unchanged},
		{streams.Capacity{Desired: 7, InService: 7}, nil, 4, streams.Applied},
	} {
		round := r.Round()
		g := round[len(round)-1].(streams.Group)
		step.found.Min, step.found.Max = 2, 20
		expected := poll(uint64(n+1), clock[n])
		expected.Capacity, expected.Boots = &step.found, step.boots
		if diff := cmp.Diff(expected, g); diff != "" {
			t.Errorf("round %d (-want +got):\n%s", n+1, diff)
		}
		outcome, ok := r.Act(want(g.Round, 0, 0, step.desired))
		if !ok || outcome.Status != step.status || outcome.Desired != step.desired || outcome.At != clock[n] || outcome.Round != g.Round {
			t.Errorf("round %d: outcome %+v", n+1, outcome)
		}
	}
	if _, ok := r.Act(hold(5, 12)); ok {
		t.Error("a hold has an outcome")
	}
	r.End()
	r.End() // serves nothing more
	var served [][2]int
	for _, row := range r.World().Rows() {
		served = append(served, [2]int{minuteOf(row.Time), row.Desired})
	}
	if diff := cmp.Diff([][2]int{{6, 7}, {7, 7}, {8, 7}, {9, 7}, {10, 7}, {11, 7}, {12, 4}}, served); diff != "" {
		t.Errorf("minutes and desired (-want +got):\n%s", diff)
	}
}

// A tape whose rounds begin before its first value stands still until then,
// and a clock that goes back moves nothing.
func TestRerunOutsideItsLoad(t *testing.T) {
	r := newRerun(t, recorded(t, poll(1, at(-9)), bin(5, 100, 1), poll(2, at(6)), poll(3, at(12)), poll(4, at(2))), time.Minute)
	var minutes []int
	for n := uint64(1); r.Next(); n++ {
		r.Round()
		r.Act(want(n, 0, 0, 2))
		minutes = append(minutes, minuteOf(r.minute.Now))
	}
	r.End()
	if diff := cmp.Diff([]int{0, 6, 12, 12}, minutes); diff != "" {
		t.Errorf("minute of the world by round (-want +got):\n%s", diff)
	}
}

// A round that could not describe the group is described all the same.
func TestRerunDescribesWhereTheRecordingDoesNot(t *testing.T) {
	failed := poll(1, at(6))
	failed.Capacity = nil
	r := newRerun(t, recorded(t, bin(5, 100, 1), failed), time.Minute)
	got := r.Round()[1].(streams.Group)
	if diff := cmp.Diff(&streams.Capacity{Desired: 2, InService: 2, Min: 1, Max: 10}, got.Capacity); diff != "" {
		t.Errorf("capacity (-want +got):\n%s", diff)
	}
}

func TestNewRerunRefuses(t *testing.T) {
	odd, tiny := testPolicy(), testPolicy()
	odd.Load.Period = streams.Duration(90 * time.Second)
	tiny.Load.PerInstance = 1e-9
	often := bin(5, 100, 1)
	often.Period = odd.Load.Period
	for name, tc := range map[string]struct {
		policy streams.Policy
		metric streams.Metric
		want   string
	}{
		"no value":       {testPolicy(), bin(5, math.NaN(), 1), "replay eu-west-1/web: series cpu: no value at a period of whole minutes"},
		"odd period":     {odd, often, "no value at a period of whole minutes"},
		"wrong instance": {tiny, bin(5, 100, 1), "value 100 at 2026-03-01T00:05:00Z asks for 8e+10 instances, want at most 1e+06"},
	} {
		t.Run(name, func(t *testing.T) {
			tape := recorded(t, tc.metric, poll(1, at(6)))
			if _, err := NewRerun(tape, tc.policy, time.Minute); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}
