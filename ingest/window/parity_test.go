package window

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ml-autoscaling/autoscaler/deployments/examples"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/replay/sim"
	"github.com/ml-autoscaling/autoscaler/replay/trace"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// cloudwatch is what CloudWatch has of a simulated world.
type cloudwatch struct {
	world   *fleet.World
	policy  streams.Policy
	often   float64        // samples of an instance in a period
	samples []fleet.Sample // that arrived
}

func (c *cloudwatch) answer(q Query) Answer {
	a := Answer{Complete: true}
	if q.Probe {
		step := basicPeriod
		if c.often > 1 {
			step = time.Minute
		}
		for start := q.From; start.Before(q.Until); start = start.Add(step) {
			one := 1.0
			a.Points = append(a.Points, Point{Start: start, Value: &one, Samples: 1})
		}
		return a
	}
	for _, s := range c.samples {
		start := s.End.Add(-s.Period)
		if start.Before(q.From) || !start.Before(q.Until) {
			continue
		}
		value := s.Load * c.policy.Load.PerInstance * 100 / c.world.Config().SLO
		p := Point{Start: start, Samples: s.Instances * c.often}
		switch q.Measure {
		case CPU:
			value *= c.often
		case Requests:
			value, p.Instances = value*q.Period.Seconds(), &s.Instances
		}
		p.Value = &value
		a.Points = append(a.Points, p)
	}
	return a
}

// description describes a world's group as AWS would.
func description(w *fleet.World) *Description {
	f := w.Fleet()
	d := &Description{Name: "web-asg", Desired: f.Desired(), Min: 1, Max: w.Config().Load.MaxDesired()}
	for _, i := range f.Ready() {
		d.Instances = append(d.Instances, Instance{ID: fmt.Sprint(i.ID), Lifecycle: "InService", Weight: 1})
	}
	for _, i := range f.Pending() {
		d.Instances = append(d.Instances, Instance{ID: fmt.Sprint(i.ID), Lifecycle: "Pending", Weight: 1})
	}
	return d
}

// TestParity plays worlds without faults: what follows from CloudWatch's
// answers and the group's description is what replay/sim publishes of the same
// world, up to the rounding of values, and but for the delay before it was
// measured. Where a gap settles in the minute in which a younger bin comes, sim
// tells the gap last, and we tell it first.
func TestParity(t *testing.T) {
	nasa, err := trace.Read(bytes.NewReader(examples.Trace))
	if err != nil {
		t.Fatal(err)
	}
	holes := trace.Trace{Start: nasa.Start, Period: nasa.Period, Values: slices.Clone(nasa.Values[:400])}
	minutes := trace.Trace{Start: nasa.Start, Period: time.Minute, Values: slices.Clone(nasa.Values[:600])}
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range holes.Values {
		if i > 3 && rng.IntN(6) == 0 {
			holes.Values[i] = math.NaN()
		}
	}
	short := trace.Trace{Start: nasa.Start, Period: nasa.Period, Values: nasa.Values[:600]}
	for _, test := range []struct {
		name   string
		load   trace.Trace
		policy streams.Policy
		often  float64
		start  int
		signal fleet.Signal
	}{
		{"detailed", short, perFive(), 5, 1500, fleet.SignalCPU},
		{"basic", short, perFive(), 1, 1502, fleet.SignalCPU},
		{"lived", short, perFive(), 5, 0, fleet.SignalCPU},
		{"holes", holes, perFive(), 5, 1003, fleet.SignalCPU},
		{"minutes", minutes, perMinute(), 1, 300, fleet.SignalCPU},
		{"requests", minutes, requests(), 1, 300, fleet.SignalRequests},
	} {
		t.Run(test.name, func(t *testing.T) {
			load, err := fleet.NewLoad(test.load, 20)
			if err != nil {
				t.Fatal(err)
			}
			config := fleet.History("ours", load, 3*time.Minute, test.start)
			config.Signal = test.signal
			boot, err := fleet.LognormalBoot(3*time.Minute, 6*time.Minute, rand.New(rand.NewPCG(3, 4)))
			if err != nil {
				t.Fatal(err)
			}
			config.Boot = func(at time.Time) time.Duration { return max(boot(at), 61*time.Second) }
			world, err := fleet.NewWorld(config)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, world, test.policy, test.often)
		})
	}
}

// compare plays a world to its end, scaled at random.
func compare(t *testing.T, world *fleet.World, policy streams.Policy, often float64) {
	group, err := sim.NewGroup(web(), policy, world)
	if err != nil {
		t.Fatal(err)
	}
	cloud := &cloudwatch{world: world, policy: policy, often: often, samples: slices.Clone(world.Backfill())}
	config := world.Config()
	start := config.Load.At(config.Start)
	s := newState(web())
	ours := s.Step(Configured{GroupID: web(), At: start, Policy: policy, Backfill: 14 * 24 * time.Hour})
	want := group.Begin()
	rng := rand.New(rand.NewPCG(5, 6))
	metrics, censored, gaps := 0, 0, false
	for group.Next() {
		round := group.Round()
		now := round[len(round)-1].(streams.Group).Now
		want = append(want, round...)
		cloud.samples = append(cloud.samples, arrived(config, round)...)
		for range 2 {
			for _, q := range s.Due(now) {
				for _, part := range (Answered{GroupID: web(), Now: now, Query: q, Answer: cloud.answer(q)}).Parts(300) {
					ours = append(ours, s.Step(part)...)
				}
			}
			if !s.Probing() {
				break
			}
		}
		ours = append(ours, s.Step(Polled{GroupID: web(), Now: now, Described: description(world), Listed: true})...)
		if diff := cmp.Diff(byEnd(plain(want)), plain(ours), cmpopts.EquateApprox(1e-12, 0)); diff != "" {
			t.Fatalf("%v (-sim +ours):\n%s", now, diff)
		}
		for _, ev := range want {
			if m, ok := ev.(streams.Metric); ok {
				metrics++
				gaps = gaps || m.Gap
				if m.Censored {
					censored++
				}
			}
		}
		want, ours = nil, nil
		group.Act(decision(world, rng))
	}
	t.Logf("%d of %d metrics are censored", censored, metrics)
	if holes := slices.Contains(config.Load.Missing, true); metrics < 100 || gaps != holes {
		t.Errorf("%d metrics were compared, with gaps: %v", metrics, gaps)
	}
}

// arrived gives the samples behind the metrics of a round. What a metric says
// is in terms of the load, of which CloudWatch shows the utilization.
func arrived(c fleet.Config, round []streams.Event) (samples []fleet.Sample) {
	for _, ev := range round {
		if m, ok := ev.(streams.Metric); ok && m.Value != nil {
			samples = append(samples, fleet.Sample{
				End: m.End, Period: c.Load.Period, Instances: *m.Instances, Load: *m.Value / 100,
			})
		}
	}
	return samples
}

// plain leaves out the delay, which sim knows before it can be measured.
func plain(events []streams.Event) []streams.Event {
	own := slices.Clone(events)
	for i, ev := range own {
		if g, ok := ev.(streams.Group); ok && g.MetricDelay != nil && *g.MetricDelay == streams.Duration(time.Minute) {
			g.MetricDelay = nil
			own[i] = g
		}
	}
	return own
}

// byEnd sorts the metrics, which have a control before them or not, and a group
// event after.
func byEnd(events []streams.Event) []streams.Event {
	first := slices.IndexFunc(events, func(ev streams.Event) bool { return ev.Kind() == streams.KindMetric })
	if first >= 0 {
		slices.SortStableFunc(events[first:len(events)-1], func(a, b streams.Event) int {
			return a.(streams.Metric).End.Compare(b.(streams.Metric).End)
		})
	}
	return events
}

// decision changes the capacity now and then.
func decision(w *fleet.World, rng *rand.Rand) streams.Decision {
	n := w.Fleet().Desired()
	d := streams.Decision{GroupID: web(), Verdict: streams.Hold, Current: n, Desired: n}
	if rng.IntN(4) == 0 {
		d.Desired = max(1, n-3+rng.IntN(7))
		d.Verdict = streams.VerdictOf(n, d.Desired)
	}
	return d
}
