package fold

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/modeltest"
	"github.com/ml-autoscaling/autoscaler/streams"
)

func id() streams.GroupID { return streams.GroupID{Scope: "eu-west-1", Group: "web"} }

// begin is the beginning of a Monday.
func begin() time.Time { return time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC) }

func policy() streams.Policy {
	s := time.Second
	d := func(x time.Duration) streams.Duration { return streams.Duration(x) }
	return streams.Policy{
		AutoScalingGroup: "web", Mode: streams.Observe, Round: d(60 * s),
		Load:     streams.LoadPolicy{Series: "cpu", Unit: streams.Percent, Period: d(300 * s), PerInstance: 80},
		Forecast: streams.ForecastPolicy{Model: "naive", Horizon: 12, Levels: []float64{0.025, 0.1, 0.5, 0.9, 0.95, 0.975, 0.99}, Settle: d(600 * s)},
		Scaling: streams.ScalingPolicy{
			Min: 1, Max: 100, Quantile: 0.95, BootPrior: d(180 * s), MetricDelayPrior: d(60 * s), StaleAfter: d(660 * s),
			Stabilization: d(600 * s), ScaleInUtilization: 0.9, ScaleOutCooldown: d(60 * s), ScaleInCooldown: d(300 * s),
			StepOut: streams.StepLimit{Instances: 4, Fraction: 1}, StepIn: streams.StepLimit{Instances: 1, Fraction: 0.25},
			ForeignHold: d(600 * s), OutageHold: d(3600 * s), OutageShare: 0.1, LaunchGrace: d(480 * s), Expiry: d(120 * s),
		},
	}
}

func inForce(p streams.Policy) streams.Event { return streams.NewPolicyControl(id(), begin(), p) }

// stage knows more models: a mean that is refitted, one that takes no estimate,
// one that panics over each, and one that is alarmed all the time.
func stage() Stage {
	return Stage{more: map[string]func(model.Config) model.Model{
		"mean":     modeltest.NewMean,
		"stubborn": func(c model.Config) model.Model { return stubborn{modeltest.NewMean(c).(model.Refitter)} },
		"alarmed":  func(c model.Config) model.Model { return alarmed{modeltest.NewMean(c).(model.Refitter)} },
		"panicky":  func(c model.Config) model.Model { return panicky{modeltest.NewMean(c).(model.Refitter)} },
	}}
}

// forecastBy gives the policy with another model and members.
func forecastBy(name string, members ...string) streams.Policy {
	p := policy()
	p.Forecast.Model, p.Forecast.Members = name, members
	return p
}

// metric is bin n after begin, seen a minute after its end; NaN is a gap.
func metric(n int, value float64, revision int) streams.Metric {
	end := begin().Add(time.Duration(n+1) * 5 * time.Minute)
	m := streams.Metric{
		SeriesID: streams.SeriesID{GroupID: id(), Series: "cpu"}, End: end, Period: streams.Duration(5 * time.Minute),
		Unit: streams.Percent, Revision: revision, Seen: end.Add(time.Minute),
	}
	if math.IsNaN(value) {
		m.Gap, m.Settled = true, true
		return m
	}
	m.Value = &value
	return m
}

func settled(m streams.Metric) streams.Metric {
	m.Settled = true
	return m
}

// group is the group event of a round in which metrics of cpu came, a minute
// after the end of bin n.
func group(n, came int) streams.Group {
	end := begin().Add(time.Duration(n+1) * 5 * time.Minute)
	g := streams.Group{GroupID: id(), Round: uint64(n + 1), Now: end.Add(time.Minute)}
	if came > 0 {
		g.Series = map[string]streams.Arrival{"cpu": {Count: came, NewestEnd: end}}
	}
	return g
}

// drive steps events through a state and gives the forecasts, each checked.
func drive(t testing.TB, s streams.State, events ...streams.Event) []streams.Forecast {
	t.Helper()
	var out []streams.Forecast
	for _, ev := range events {
		for _, emitted := range s.Step(ev) {
			f, ok := emitted.(streams.Forecast)
			if !ok {
				t.Fatalf("want forecasts only, got a %s", emitted.Kind())
			}
			if err := streams.Validate(f); err != nil {
				t.Fatal(err)
			}
			out = append(out, f)
		}
	}
	return out
}

// live gives the events of bins from to to: each a metric and its round.
func live(from, to int, load func(n int) float64) []streams.Event {
	var events []streams.Event
	for n := from; n < to; n++ {
		events = append(events, metric(n, load(n), 1), group(n, 1))
	}
	return events
}

// backfill gives the settled metrics of bins 0 to n-1.
func backfill(n int, load func(n int) float64) []streams.Event {
	var events []streams.Event
	for i := range n {
		events = append(events, settled(metric(i, load(i), 1)))
	}
	return events
}

// hourly gives the same events of a load that has an hour for each five minutes.
func hourly(events []streams.Event) []streams.Event {
	later := func(end time.Time) time.Time { return begin().Add(12 * end.Sub(begin())) }
	out := make([]streams.Event, len(events))
	for i, ev := range events {
		switch e := ev.(type) {
		case streams.Metric:
			e.End, e.Period = later(e.End), streams.Duration(time.Hour)
			e.Seen = e.End.Add(time.Minute)
			out[i] = e
		case streams.Group:
			e.Now = later(e.Now.Add(-time.Minute)).Add(time.Minute)
			out[i] = e
		}
	}
	return out
}

func wave(n int) float64 { return 1000 + 500*math.Sin(2*math.Pi*float64(n)/288) + float64(n*7919%97) }

// store keeps parts as a stream of states would: the last of each key.
type store map[streams.PartKey][]byte

func (s store) put(parts []streams.Part) (bytes int) {
	for _, p := range parts {
		s[p.Key] = slices.Clone(p.Data)
		bytes += len(p.Data)
	}
	return bytes
}

func (s store) load(t testing.TB) streams.State {
	t.Helper()
	return s.loadInto(t, stage())
}

func (s store) loadInto(t testing.TB, stage Stage) streams.State {
	t.Helper()
	var parts []streams.Part
	for key, data := range s {
		parts = append(parts, streams.Part{Key: key, Data: data})
	}
	state, err := stage.Load(id(), parts)
	if err != nil {
		t.Fatal(err)
	}
	return state
}

func encode(t testing.TB, fs []streams.Forecast) []string {
	t.Helper()
	var out []string
	for _, f := range fs {
		body, err := streams.Encode(f)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(body))
	}
	return out
}
