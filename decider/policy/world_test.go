package policy_test

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ml-autoscaling/autoscaler/decider/policy"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// world is a group that does what it is told: every round is a minute, every
// fifth brings a bin, and every change is applied at once. An instance serves
// boot after it was asked for; where boot is negative, never.
type world struct {
	policy  streams.Policy
	state   streams.State
	now     time.Time
	round   uint64
	desired int
	serving int
	booting []time.Time // when each was asked for
	boot    time.Duration
}

func newWorld(p streams.Policy, desired int, boot time.Duration) *world {
	w := &world{policy: p, state: policy.Stage{}.New(web), now: noon, desired: desired, serving: desired, boot: boot}
	w.state.Step(streams.NewPolicyControl(web, noon, p))
	return w
}

// minute lives through one round. The metrics came in it; the forecast is of
// the round where it has steps.
func (w *world) minute(t *rapid.T, metrics []streams.Metric, f streams.Forecast) streams.Decision {
	w.now = w.now.Add(time.Minute)
	w.round++
	for len(w.booting) > 0 && w.boot >= 0 && w.now.Sub(w.booting[0]) >= w.boot {
		w.booting = w.booting[1:]
		w.serving++
	}
	for _, m := range metrics {
		w.state.Step(m)
	}
	g := streams.Group{GroupID: web, Round: w.round, Now: w.now,
		Capacity: &streams.Capacity{Desired: w.desired, InService: w.serving, Pending: len(w.booting), Min: 1, Max: 1000}}
	if len(metrics) > 0 {
		g.Series = map[string]streams.Arrival{"cpu": {Count: len(metrics), NewestEnd: w.now}}
	}
	out := w.state.Step(g)
	if f.Round == w.round {
		out = append(out, w.state.Step(f)...)
	}
	for _, ev := range out {
		encode(t, out)
		if d := ev.(streams.Decision); d.Round == w.round {
			return w.apply(d)
		}
	}
	return streams.Decision{Verdict: streams.Hold, Current: w.desired, Desired: w.desired} // still open
}

func (w *world) apply(d streams.Decision) streams.Decision {
	if d.Verdict == streams.Hold {
		return d
	}
	for w.desired < d.Desired {
		w.desired++
		w.booting = append(w.booting, w.now)
	}
	for ; w.desired > d.Desired; w.desired-- {
		if n := len(w.booting); n > 0 {
			w.booting = w.booting[:n-1]
			continue
		}
		w.serving--
	}
	w.state.Step(streams.Outcome{GroupID: web, Round: d.Round, At: w.now, Status: streams.Applied, Desired: w.desired})
	return d
}

// bin is a metric of the newest whole period, as it comes a minute after it.
func (w *world) bin(value float64) streams.Metric {
	n := float64(w.serving)
	end := w.now.Add(time.Minute).Truncate(5 * time.Minute)
	return streams.Metric{SeriesID: streams.SeriesID{GroupID: web, Series: "cpu"}, End: end, Period: w.policy.Load.Period,
		Value: &value, Unit: streams.Percent, Instances: &n, Revision: 1, Seen: w.now.Add(time.Minute)}
}

// outlook is a forecast of the coming round with the same peak at every step.
func (w *world) outlook(peak float64) streams.Forecast {
	f := streams.Forecast{SeriesID: streams.SeriesID{GroupID: web, Series: "cpu"}, Round: w.round + 1, Model: "naive",
		Origin: w.now.Add(time.Minute).Truncate(5 * time.Minute), Period: w.policy.Load.Period, Unit: streams.Percent,
		Inputs: "cbf29ce484222325", Levels: []float64{0.5, 0.95}, Samples: 2016, Warm: true}
	for range 12 {
		f.Peak = append(f.Peak, []float64{min(peak, 0), peak})
	}
	return f
}

// TestNoScaleInWithinCooldown lives through any load and any forecast.
func TestNoScaleInWithinCooldown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPolicy(t)
		p.Scaling.Min, p.Scaling.Max = 1, 1000
		w := newWorld(p, 12, 3*time.Minute)
		var changed time.Time
		for range 60 {
			var metrics []streams.Metric
			var f streams.Forecast
			if w.now.Minute()%5 == 0 {
				metrics = append(metrics, w.bin(rapid.Float64Range(200, 1600).Draw(t, "load")))
				f = w.outlook(rapid.Float64Range(200, 1600).Draw(t, "peak"))
			}
			d := w.minute(t, metrics, f)
			if since := w.now.Sub(changed); d.Verdict == streams.ScaleIn && since < p.Scaling.ScaleInCooldown.Std() {
				t.Fatalf("scale-in at %s, %v after the change at %s", w.now, since, changed)
			}
			if d.Verdict != streams.Hold {
				changed = w.now
			}
		}
	})
}

// TestLaunchesThatFailForEver holds that desired is at most the need and one
// step, whatever is forecast, where nothing that is asked for arrives.
func TestLaunchesThatFailForEver(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := base()
		p.Scaling.Max = 1000
		load := rapid.Float64Range(80, 1600).Draw(t, "first load")
		need := int(math.Ceil(load / 80))
		w := newWorld(p, need, -1)
		step := p.Scaling.StepOut.Of(need)
		for range 120 {
			var metrics []streams.Metric
			var f streams.Forecast
			if w.now.Minute()%5 == 0 {
				load = min(max(1, load*rapid.Float64Range(0.7, 1.4).Draw(t, "factor")), 20000)
				need = max(need, int(math.Ceil(load/80)))
				metrics = append(metrics, w.bin(load))
				f = w.outlook(rapid.SampledFrom([]float64{load, 2 * load, 1e5}).Draw(t, "peak"))
			}
			if d := w.minute(t, metrics, f); d.Desired > need+step {
				t.Fatalf("desired is %d at %s, the need was at most %d", d.Desired, w.now, need)
			}
		}
	})
}

// TestBadLoadLowersNothing begins with a group that is as large as it is to be,
// and then gives it bad values of the load only, with a forecast that believes
// them or is bad itself.
func TestBadLoadLowersNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := settledWorld(t)
		good := w.now.Add(-time.Minute)
		for range 58 {
			var metrics []streams.Metric
			var f streams.Forecast
			if w.now.Minute()%5 == 0 {
				metrics = drawBadLoad(t, w, good)
				f = w.outlook(rapid.SampledFrom([]float64{0, 0, 100}).Draw(t, "peak"))
				if rapid.Bool().Draw(t, "bad forecast") {
					f = drawBadForecast(t, w, good)
				}
			}
			w.keeps(t, metrics, f)
		}
	})
}

// TestBadForecastLowersNothing gives good values that need half of what is
// there, and bad forecasts only.
func TestBadForecastLowersNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := settledWorld(t)
		good := w.now.Add(-time.Minute)
		for range 120 {
			var metrics []streams.Metric
			var f streams.Forecast
			if w.now.Minute()%5 == 0 {
				metrics = []streams.Metric{w.bin(480)}
				f = drawBadForecast(t, w, good)
			}
			w.keeps(t, metrics, f)
		}
	})
}

// settledWorld is one minute old: its load needs 11 of 12, its forecast all.
// With a price that is low, so that no more is asked for, and a risk that 11 are
// too many for.
func settledWorld(t *rapid.T) *world {
	p := drawPolicy(t)
	if p.Scaling.ViolationPrice > 0 {
		p.Scaling.ViolationPrice, p.Scaling.ScaleInRisk = 0.01, 0.04
	}
	p.Scaling.Min, p.Scaling.Max = 1, 1000
	w := newWorld(p, 12, 3*time.Minute)
	w.minute(t, []streams.Metric{w.bin(860)}, w.outlook(950))
	return w
}

func (w *world) keeps(t *rapid.T, metrics []streams.Metric, f streams.Forecast) {
	if d := w.minute(t, metrics, f); d.Verdict == streams.ScaleIn {
		t.Fatalf("%s: %+v", w.now, d)
	}
}

// drawBadLoad draws what came in place of a good bin. good is the end of the
// last one.
func drawBadLoad(t *rapid.T, w *world, good time.Time) []streams.Metric {
	m := w.bin(rapid.SampledFrom([]float64{0, 0, 1e-9, 30, math.NaN(), math.Inf(1), math.Inf(-1), -5}).Draw(t, "value"))
	switch rapid.SampledFrom([]string{"value", "value", "missing", "gap", "duplicate", "older", "future", "unit", "period"}).Draw(t, "fault") {
	case "missing":
		return nil
	case "gap":
		m.Value, m.Gap, m.Settled = nil, true, true
	case "duplicate":
		m.End = good
	case "older":
		m.End = good.Add(-5 * time.Minute)
	case "future":
		m.End = m.End.Add(time.Duration(rapid.IntRange(1, 400000).Draw(t, "minutes ahead")) * time.Minute)
	case "unit":
		m.Unit = streams.Count
	case "period":
		m.Period /= 5
	}
	return []streams.Metric{m}
}

// drawBadForecast draws a forecast of 100 Percent that must not be believed.
func drawBadForecast(t *rapid.T, w *world, good time.Time) streams.Forecast {
	f := w.outlook(100)
	switch rapid.SampledFrom([]string{"late", "empty", "older", "future", "unit", "period", "levels", "narrow", "number"}).Draw(t, "forecast") {
	case "late":
		f.Round = 0
	case "empty":
		f.Peak = nil
	case "older":
		f.Origin = good
	case "future":
		f.Origin = f.Origin.Add(time.Hour)
	case "unit":
		f.Unit = streams.Count
	case "period":
		f.Period /= 5
	case "levels":
		f.Levels = []float64{0.1, 0.2}
	case "narrow":
		f.Peak[5] = nil
	case "number":
		f.Peak[3][1] = rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), -5}).Draw(t, "peak")
	}
	return f
}
