package sim

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// lines plays a group to its end, holding, and tells its beginning and each
// round that has more than a group event.
func lines(t *testing.T, g *Group) (begin []string, rounds [][]string) {
	t.Helper()
	events := g.Begin()
	valid(t, events)
	begin = told(events)
	for n := uint64(1); g.Next(); n++ {
		events := g.Round()
		valid(t, events)
		if n == 1 || len(events) > 1 {
			rounds = append(rounds, told(events))
		}
		g.Act(hold(n, 0))
	}
	g.End()
	return begin, rounds
}

// History of twenty minutes with a hole. The first round counts all of it; a
// bin that does not come afterwards is a gap when it settles, and not before.
func TestGroupPublishesAsIngestDoes(t *testing.T) {
	g := newGroup(t, fleet.History("ours", loadOf(2, -1, 2, 2, -1, 2, 2, 2, 2), 3*time.Minute, 20))
	begin, rounds := lines(t, g)
	if diff := cmp.Diff([]string{"policy at 20", "metric 5 settled", "gap 10 settled", "metric 15 settled"}, begin); diff != "" {
		t.Errorf("begin (-want +got):\n%s", diff)
	}
	want := [][]string{
		{"round 1 at 20, 3 came to 15"},
		{"metric 20", "round 2 at 21, 1 came to 20"},
		{"metric 30", "round 12 at 31, 1 came to 30"},
		{"gap 25 settled", "round 16 at 35, 1 came to 25"},
		{"metric 35", "round 17 at 36, 1 came to 35"},
		{"metric 40", "round 22 at 41, 1 came to 40"},
	}
	if diff := cmp.Diff(want, rounds); diff != "" {
		t.Errorf("rounds (-want +got):\n%s", diff)
	}
	if got := g.World().Score().Minutes; got == 0 {
		t.Error("no minute was scored")
	}
}

// What is missing at the end of the history is no gap yet; what has settled by
// the first round is one there.
func TestGroupWaitsForTheEndOfItsHistory(t *testing.T) {
	for _, tc := range []struct {
		name  string
		start int
		begin []string
		first [][]string
	}{
		{"not settled", 16, []string{"policy at 16", "metric 5 settled"}, [][]string{
			{"round 1 at 16, 1 came to 5"},
			{"gap 10 settled", "round 5 at 20, 1 came to 10"},
			{"metric 20", "round 6 at 21, 1 came to 20"},
			{"gap 15 settled", "round 10 at 25, 1 came to 15"},
			{"metric 25", "round 11 at 26, 1 came to 25"},
		}},
		{"settled", 20, []string{"policy at 20", "metric 5 settled"}, [][]string{
			{"gap 10 settled", "round 1 at 20, 2 came to 10"},
			{"metric 20", "round 2 at 21, 1 came to 20"},
			{"gap 15 settled", "round 6 at 25, 1 came to 15"},
			{"metric 25", "round 7 at 26, 1 came to 25"},
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			begin, rounds := lines(t, newGroup(t, fleet.History("ours", loadOf(2, -1, -1, 2, 2, 2), time.Minute, tc.start)))
			if diff := cmp.Diff(tc.begin, begin); diff != "" {
				t.Errorf("begin (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tc.first, rounds); diff != "" {
				t.Errorf("rounds (-want +got):\n%s", diff)
			}
		})
	}
}

// A load that is lived from its first minute has no history.
func TestGroupWithoutHistory(t *testing.T) {
	begin, rounds := lines(t, newGroup(t, fleet.Lived("ours", loadOf(2, 2), time.Minute)))
	if diff := cmp.Diff([]string{"policy at 0"}, begin); diff != "" {
		t.Errorf("begin (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([][]string{{"round 1 at 0"}, {"metric 5", "round 7 at 6, 1 came to 5"}}, rounds); diff != "" {
		t.Errorf("rounds (-want +got):\n%s", diff)
	}
}

// Four instances at 95 % hide the load, at a little less they do not; requests
// hide nothing.
func TestGroupCensorsWhatASaturatedFleetHides(t *testing.T) {
	for _, tc := range []struct {
		name   string
		demand float64
		signal fleet.Signal
		want   bool
		value  float64 // in percent of an instance, summed
	}{
		{"at 95 %", 3.8, fleet.SignalCPU, true, 380},
		{"below", 3.75, fleet.SignalCPU, false, 375},
		{"overload", 9, fleet.SignalCPU, true, 400},
		{"overload by requests", 9, fleet.SignalRequests, false, 900},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := fleet.Lived("ours", loadOf(2, tc.demand, 2), time.Minute)
			c.Signal = tc.signal
			g := newGroup(t, c)
			g.Begin()
			for g.Next() {
				events := g.Round()
				m, ok := events[0].(streams.Metric)
				if ok && minuteOf(m.End) == 10 {
					if m.Censored != tc.want || *m.Value != tc.value || *m.Instances != 4 || m.Seen != at(11) {
						t.Errorf("censored %v, value %v of %v instances, seen at %v", m.Censored, *m.Value, *m.Instances, m.Seen)
					}
					return
				}
				g.Act(hold(1, 0))
			}
			t.Error("the bin did not come")
		})
	}
}

func TestGroupDoesWhatIsDecided(t *testing.T) {
	load := loadOf(2, 2)
	load.Peak = 0.7 // at most seven instances
	g := newGroup(t, fleet.Lived("ours", load, 2*time.Minute))
	g.Begin()
	for n, step := range []struct {
		desired int
		want    streams.Outcome
	}{
		{6, streams.Outcome{Status: streams.Applied, Desired: 6}},
		{9, streams.Outcome{Status: streams.Applied, Desired: 7}},
		{9, streams.Outcome{Status: streams.Unchanged, Desired: 7}},
		{3, streams.Outcome{Status: streams.Applied, Desired: 3}},
		{3, streams.Outcome{}},
	} {
		round := uint64(n + 1)
		events := g.Round()
		described := events[len(events)-1].(streams.Group).Capacity
		got, ok := g.Act(want(round, n, described.Desired, step.desired))
		if ok != (step.want.Status != "") {
			t.Errorf("round %d: outcome %v", round, ok)
		}
		if ok {
			step.want.GroupID, step.want.Round, step.want.At = web(), round, at(n)
		}
		if diff := cmp.Diff(step.want, got); diff != "" {
			t.Errorf("round %d (-want +got):\n%s", round, diff)
		}
	}
	if got := len(g.World().Rows()); got != 5 {
		t.Errorf("%d minutes were served, want 5", got)
	}
}

// An instance that was asked for is pending, then booted, and then in service.
func TestGroupDescribesItsFleet(t *testing.T) {
	g := newGroup(t, fleet.Lived("ours", loadOf(2, 2), 2*time.Minute))
	g.Begin()
	delay := streams.Duration(time.Minute)
	var got []streams.Group
	for n, desired := range []int{6, 6, 6, 6} {
		events := g.Round()
		group := events[len(events)-1].(streams.Group)
		got = append(got, group)
		g.Act(want(uint64(n+1), n, group.Capacity.Desired, desired))
	}
	boot := streams.Duration(2 * time.Minute)
	round := func(n uint64, c streams.Capacity, boots ...streams.Duration) streams.Group {
		c.Min, c.Max = 1, 100
		return streams.Group{GroupID: web(), Round: n, Now: at(int(n) - 1), Capacity: &c, Boots: boots, MetricDelay: &delay}
	}
	expected := []streams.Group{
		round(1, streams.Capacity{Desired: 4, InService: 4}),
		round(2, streams.Capacity{Desired: 6, InService: 4, Pending: 2}),
		round(3, streams.Capacity{Desired: 6, InService: 6}, boot, boot),
		round(4, streams.Capacity{Desired: 6, InService: 6}),
	}
	if diff := cmp.Diff(expected, got); diff != "" {
		t.Errorf("rounds (-want +got):\n%s", diff)
	}
}

func TestNewGroupRefuses(t *testing.T) {
	world, err := fleet.NewWorld(fleet.Lived("ours", loadOf(2, 2), time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	period, round := testPolicy(), testPolicy()
	period.Load.Period = streams.Duration(time.Minute)
	round.Round = streams.Duration(30 * time.Second)
	for says, p := range map[string]streams.Policy{
		"play eu-west-1/web: load.period: the metric comes every 5m0s, the policy says 1m0s": period,
		"play eu-west-1/web: round: the world steps in minutes, the policy says 30s":         round,
	} {
		if _, err := NewGroup(web(), p, world); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("got %v, want %s", err, says)
		}
	}
}
