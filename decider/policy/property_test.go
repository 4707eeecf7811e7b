package policy_test

import (
	"bytes"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ml-autoscaling/autoscaler/decider/policy"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// storm draws events that no sane timeline holds beside those that it does:
// values that are not finite or negative, duplicates, events out of order,
// from the future and of rounds that never were. Its clock mostly moves on.
type storm struct {
	now      time.Time
	round    uint64
	capacity streams.Capacity
	policy   streams.Policy
}

func newStorm(t *rapid.T) *storm {
	return &storm{now: noon, capacity: streams.Capacity{Desired: 12, InService: 12, Min: 1, Max: 60}, policy: drawPolicy(t)}
}

func drawPolicy(t *rapid.T) streams.Policy {
	p := base()
	s := &p.Scaling
	s.Min = rapid.IntRange(0, 8).Draw(t, "min")
	s.Max = rapid.IntRange(max(s.Min, 1), 80).Draw(t, "max")
	span := func(name string, most int) streams.Duration {
		return streams.Duration(time.Duration(rapid.IntRange(0, most).Draw(t, name)) * time.Second)
	}
	s.Stabilization = span("stabilization", 900)
	s.ScaleOutCooldown = span("scale_out_cooldown", 600)
	s.ScaleInCooldown = span("scale_in_cooldown", 600)
	s.ForeignHold = span("foreign_hold", 600)
	s.StepIn.Fraction = rapid.Float64Range(0, 1).Draw(t, "step_in")
	if !rapid.Bool().Draw(t, "priced") {
		return p
	}
	s.ViolationPrice = rapid.SampledFrom([]float64{0.01, 2, 8, 1000}).Draw(t, "price")
	s.ScaleInRisk = rapid.Float64Range(0, 1).Draw(t, "risk")
	band := rapid.Float64Range(0, 3)
	s.Hysteresis = streams.Hysteresis{
		Out: band.Draw(t, "out"), In: band.Draw(t, "in"), ReversalOut: band.Draw(t, "reversal out"), ReversalIn: band.Draw(t, "reversal in"),
		Reversals: rapid.IntRange(0, 9).Draw(t, "reversals"), Growth: band.Draw(t, "growth"),
	}
	return p
}

var (
	oddNumbers = rapid.OneOf(
		rapid.Float64Range(0, 6000),
		rapid.SampledFrom([]float64{0, math.NaN(), math.Inf(1), math.Inf(-1), -1, 1e300, math.MaxFloat64, 1e-300}),
	)
	statuses = rapid.SampledFrom([]streams.Status{
		streams.Applied, streams.Applied, streams.Applied, streams.Unchanged, streams.Superseded, streams.Expired,
		streams.Refused, streams.Conflict, streams.DryRun, streams.Failed,
	})
)

func (s *storm) next(t *rapid.T) streams.Event {
	switch rapid.SampledFrom([]string{"metric", "metric", "group", "group", "forecast", "forecast", "outcome", "control"}).Draw(t, "kind") {
	case "metric":
		return s.metric(t)
	case "group":
		return s.group(t)
	case "forecast":
		return s.forecast(t)
	case "outcome":
		return streams.Outcome{
			GroupID: web, Round: s.anyRound(t), At: s.instant(t), Status: statuses.Draw(t, "status"),
			Desired: rapid.IntRange(0, 70).Draw(t, "set"),
		}
	}
	switch rapid.IntRange(0, 9).Draw(t, "control") {
	case 0:
		return streams.Control{GroupID: web, Name: streams.ControlPolicy, At: s.now}
	case 1:
		s.policy = drawPolicy(t)
	}
	return streams.NewPolicyControl(web, s.now, s.policy)
}

// instant is mostly of now, on the grid, and sometimes anywhere.
func (s *storm) instant(t *rapid.T) time.Time {
	if rapid.IntRange(0, 9).Draw(t, "odd") == 0 {
		return s.now.Add(time.Duration(rapid.Int64Range(-1e15, 1e15).Draw(t, "apart")))
	}
	return s.now.Truncate(5 * time.Minute).Add(-time.Duration(rapid.IntRange(0, 2).Draw(t, "bins ago")) * 5 * time.Minute)
}

func (s *storm) anyRound(t *rapid.T) uint64 {
	back := rapid.SampledFrom([]uint64{0, 0, 0, 1, 2, 7}).Draw(t, "rounds ago")
	if back >= s.round {
		return s.round + 1
	}
	return s.round - back
}

func (s *storm) metric(t *rapid.T) streams.Event {
	v := oddNumbers.Draw(t, "value")
	m := streams.Metric{
		SeriesID: streams.SeriesID{GroupID: web, Series: rapid.SampledFrom([]string{"cpu", "cpu", "cpu", "memory"}).Draw(t, "series")},
		End:      s.instant(t), Period: s.policy.Load.Period, Value: &v, Unit: streams.Percent,
		Censored: rapid.Bool().Draw(t, "censored"), Revision: rapid.IntRange(1, 3).Draw(t, "revision"), Seen: s.instant(t),
	}
	if rapid.Bool().Draw(t, "gap") {
		m.Value, m.Gap, m.Settled = nil, true, true
	}
	if rapid.Bool().Draw(t, "counted") {
		n := oddNumbers.Draw(t, "instances")
		m.Instances = &n
	}
	return m
}

func (s *storm) group(t *rapid.T) streams.Event {
	if rapid.IntRange(0, 9).Draw(t, "repeat") > 0 {
		s.round += rapid.SampledFrom([]uint64{1, 1, 1, 5}).Draw(t, "rounds on")
		s.now = s.now.Add(time.Duration(rapid.IntRange(-30, 300).Draw(t, "seconds on")) * time.Second)
	}
	g := streams.Group{GroupID: web, Round: max(s.round, 1), Now: s.now}
	if rapid.Bool().Draw(t, "came") {
		g.Series = map[string]streams.Arrival{"cpu": {Count: 1, NewestEnd: s.now}}
	}
	if rapid.IntRange(0, 9).Draw(t, "silent") == 0 {
		g.Errors = []streams.CallError{{Operation: "DescribeAutoScalingGroups", Message: "Throttling"}}
		return g
	}
	if rapid.IntRange(0, 4).Draw(t, "moves") == 0 {
		k := &s.capacity
		k.Desired = rapid.IntRange(0, 70).Draw(t, "desired")
		k.InService = rapid.IntRange(0, 70).Draw(t, "in service")
		k.Pending = rapid.IntRange(0, 5).Draw(t, "pending")
		k.Min = rapid.IntRange(0, 10).Draw(t, "group min")
		k.Max = rapid.IntRange(k.Min, 70).Draw(t, "group max")
	}
	k := s.capacity
	g.Capacity = &k
	if rapid.IntRange(0, 9).Draw(t, "suspends") == 0 {
		g.Suspended = []string{rapid.SampledFrom([]string{"Launch", "Terminate", "AZRebalance"}).Draw(t, "process")}
	}
	for range rapid.SampledFrom([]int{0, 0, 1, 7}).Draw(t, "boots") {
		boot := rapid.SampledFrom([]time.Duration{0, time.Second, 3 * time.Minute, 40 * time.Minute, 366 * 24 * time.Hour}).Draw(t, "boot")
		g.Boots = append(g.Boots, streams.Duration(boot))
	}
	if rapid.Bool().Draw(t, "measured") {
		d := streams.Duration(rapid.Int64Range(0, 1e12).Draw(t, "delay"))
		g.MetricDelay = &d
	}
	return g
}

func (s *storm) forecast(t *rapid.T) streams.Event {
	f := streams.Forecast{
		SeriesID: streams.SeriesID{GroupID: web, Series: "cpu"}, Round: s.anyRound(t), Model: "naive",
		Origin: s.instant(t), Period: s.policy.Load.Period, Unit: streams.Percent, Inputs: "cbf29ce484222325", Levels: []float64{0.5, 0.95},
		Samples: 1, Warm: rapid.Bool().Draw(t, "warm"),
	}
	if rapid.IntRange(0, 9).Draw(t, "other levels") == 0 {
		f.Levels = []float64{0.5, 0.9}
	}
	width := rapid.SampledFrom([]int{2, 2, 2, 2, 0, 1}).Draw(t, "width")
	for range rapid.IntRange(0, 15).Draw(t, "horizon") {
		row := make([]float64, width)
		for i := range row {
			row[i] = oddNumbers.Draw(t, "quantile")
		}
		f.Peak = append(f.Peak, row)
	}
	return f
}

// encode writes decisions as they are published.
func encode(t *rapid.T, events []streams.Event) []byte {
	t.Helper()
	var all []byte
	for _, ev := range events {
		b, err := streams.Encode(ev)
		if err != nil {
			t.Fatalf("%+v: %v", ev, err)
		}
		all = append(append(all, b...), '\n')
	}
	return all
}

// TestStorm holds, whatever comes, that decisions are valid (the trail chains
// from current to desired), one for each round and in their order, and that a
// change lands within the limits.
func TestStorm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newStorm(t)
		state := policy.Stage{}.New(web)
		var rounds, decided []uint64
		var newest streams.Group
		for range rapid.IntRange(1, 60).Draw(t, "events") {
			ev := s.next(t)
			if g, ok := ev.(streams.Group); ok && (len(rounds) == 0 || g.Round > rounds[len(rounds)-1]) {
				rounds = append(rounds, g.Round)
				newest = g
			}
			out := state.Step(ev)
			encode(t, out)
			for _, ev := range out {
				d := ev.(streams.Decision)
				decided = append(decided, d.Round)
				for _, r := range d.Trail {
					if len(r.Why) > 500 {
						t.Fatalf("%s takes %d bytes to say: %s", r.Name, len(r.Why), r.Why)
					}
				}
				if d.Verdict == streams.Hold {
					continue
				}
				if d.Round != newest.Round {
					t.Fatalf("round %d was changed after round %d came", d.Round, newest.Round)
				}
				k, p := newest.Capacity, s.policy.Scaling
				if d.Desired < k.Min || d.Desired > k.Max {
					t.Fatalf("desired %d is outside the group's %d to %d", d.Desired, k.Min, k.Max)
				}
				if meet := p.Min <= k.Max && k.Min <= p.Max; meet && (d.Desired < p.Min || d.Desired > p.Max) {
					t.Fatalf("desired %d is outside the policy's %d to %d", d.Desired, p.Min, p.Max)
				}
			}
		}
		waiting := len(rounds) - len(decided)
		if waiting < 0 || waiting > 1 || !cmp.Equal(decided, rounds[:len(decided):len(decided)]) && len(decided) > 0 {
			t.Fatalf("rounds %v, decided %v", rounds, decided)
		}
	})
}

// TestStormRestored holds that a state which is stored and loaded at any
// moments decides byte for byte as one that is not.
func TestStormRestored(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newStorm(t)
		stage := policy.Stage{}
		whole, cut := stage.New(web), stage.New(web)
		stored := map[streams.PartKey]streams.Part{}
		for range rapid.IntRange(1, 60).Draw(t, "events") {
			ev := s.next(t)
			want, got := encode(t, whole.Step(ev)), encode(t, cut.Step(ev))
			if !bytes.Equal(want, got) {
				t.Fatalf("whole: %s\nrestored: %s", want, got)
			}
			for _, p := range cut.Changed() {
				if len(p.Data) > 16<<10 {
					t.Fatalf("the state has %d bytes", len(p.Data))
				}
				stored[p.Key] = p
			}
			if rapid.IntRange(0, 3).Draw(t, "restart") > 0 {
				continue
			}
			var parts []streams.Part
			for _, p := range stored {
				parts = append(parts, p)
			}
			var err error
			if cut, err = stage.Load(web, parts); err != nil {
				t.Fatalf("load: %v", err)
			}
			if again := cut.Changed(); again != nil {
				t.Fatalf("a state that was just loaded changed: %s", again[0].Data)
			}
		}
	})
}

// TestStateStaysSmall holds that a state is below 12 kB, however short the
// period and long the horizon are.
func TestStateStaysSmall(t *testing.T) {
	p := base()
	p.Load.Period = streams.Duration(time.Minute)
	p.Scaling.StaleAfter = streams.Duration(3 * time.Minute)
	if got := largestState(t, p, 2016, 0); got > 12_000 {
		t.Errorf("the state has %d bytes", got)
	}
}

// TestStateStaysBounded holds that a state fits into half a message of a
// megabyte, whatever a policy that is allowed asks for and however long
// instances boot.
func TestStateStaysBounded(t *testing.T) {
	p := base()
	p.Load.Period = streams.Duration(time.Minute)
	p.Scaling.StaleAfter = streams.Duration(300 * 24 * time.Hour)
	p.Scaling.ViolationPrice, p.Scaling.ScaleInRisk = 8, 0.1
	p.Forecast.Levels = []float64{0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.99, 0.995, 0.998, 0.999, 0.9995}
	p.Forecast.Horizon = 1260
	p.Shadows = map[string]streams.Shadow{}
	for _, name := range []string{"a", "b", "c", "d"} {
		s := p.Scaling
		s.Min++
		p.Shadows[name] = streams.Shadow{Scaling: s}
	}
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	got := largestState(t, p, p.Forecast.Horizon, 366*24*time.Hour)
	if got > 1<<19 {
		t.Errorf("the state has %d bytes", got)
	}
}

// largestState gives the bytes of the largest state of a group, after its
// history and after each of 30 rounds whose forecasts have so many steps and
// whose instances boot that long.
func largestState(t *testing.T, p streams.Policy, horizon int, boot time.Duration) int {
	t.Helper()
	state := policy.Stage{}.New(web)
	state.Step(streams.NewPolicyControl(web, noon, p))
	series := streams.SeriesID{GroupID: web, Series: "cpu"}
	var peaks [][]float64
	for h := range horizon {
		var row []float64
		for j := range p.Forecast.Levels {
			row = append(row, 500+100*float64(j)+float64(h)/3)
		}
		peaks = append(peaks, row)
	}
	for i := range 2000 { // the history, before the first round
		end, value := noon.Add(time.Duration(i-2000)*time.Minute), 900+100*math.Sin(float64(i))
		state.Step(streams.Metric{SeriesID: series, End: end, Period: p.Load.Period,
			Value: &value, Unit: streams.Percent, Revision: 1, Settled: true, Seen: noon})
	}
	largest := len(state.Changed()[0].Data)
	for i := 1; i <= 30; i++ {
		now := noon.Add(time.Duration(i)*time.Minute + 123456789)
		value, instances := 900+100*math.Sin(float64(i)), 12+1/float64(i)
		state.Step(streams.Metric{SeriesID: series, End: now.Truncate(time.Minute),
			Period: p.Load.Period, Value: &value, Instances: &instances, Unit: streams.Percent, Revision: 1, Seen: now})
		state.Step(streams.Group{GroupID: web, Round: uint64(i), Now: now, Series: map[string]streams.Arrival{"cpu": {Count: 1, NewestEnd: now}},
			Capacity: &streams.Capacity{Desired: 12, InService: 12, Min: 1, Max: 100}, Boots: []streams.Duration{streams.Duration(boot)}})
		state.Step(streams.Forecast{SeriesID: series, Round: uint64(i), Model: "naive",
			Origin: now.Truncate(time.Minute), Period: p.Load.Period, Unit: streams.Percent, Inputs: "cbf29ce484222325",
			Levels: p.Forecast.Levels, Peak: peaks})
		largest = max(largest, len(state.Changed()[0].Data))
	}
	return largest
}
