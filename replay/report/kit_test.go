package report

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/backtest"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/replay/rivals"
	"github.com/ml-autoscaling/autoscaler/replay/trace"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// waves is a load with a daily season, noise and a spike on the last day.
func waves(t testing.TB, days int, period time.Duration) fleet.Load {
	t.Helper()
	tr := trace.Trace{Start: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), Period: period}
	bins := days * int(24*time.Hour/period)
	for i := range bins {
		hour := float64(i) * period.Hours()
		noise := float64(i*7919%101) / 10
		v := noise + 100 + 60*math.Sin(2*math.Pi*hour/24) + 15*math.Sin(2*math.Pi*hour/1.7)
		if left := float64(days)*24 - hour; left < 6 && left > 5 {
			v *= 2
		}
		tr.Values = append(tr.Values, v)
	}
	load, err := fleet.NewLoad(tr, 40)
	if err != nil {
		t.Fatal(err)
	}
	return load
}

// follow is a policy that knows the load and adds a share; it stands for ours.
type follow struct {
	load  fleet.Load
	share float64
	at    int
	made  []streams.Decision
}

func (f *follow) Begin(rivals.Briefing) {}

func (f *follow) Act(m fleet.Minute) int {
	most := 0.0
	for k := f.at; k < min(f.at+6, f.load.Minutes()); k++ {
		most = max(most, f.load.Demand[k])
	}
	f.at++
	need := int(math.Ceil(most * f.share / 0.8))
	desired := need
	trail := []streams.Rule{{Name: "freshness", Before: m.Desired, After: m.Desired, Why: "newest value is 1m0s old"},
		{Name: "forecast_need", Before: m.Desired, After: need, Why: fmt.Sprintf("99%% quantile asks for %d", need)}}
	if need < m.Desired && f.at%10 != 0 {
		desired = m.Desired
		trail = append(trail, streams.Rule{Name: "scale_in_test", Before: need, After: desired, Why: "all stay"})
	}
	f.made = append(f.made, streams.Decision{Round: uint64(f.at), At: m.Now, Verdict: streams.VerdictOf(m.Desired, desired), Current: m.Desired, Desired: desired, Trail: trail})
	return desired
}

// told plays a policy on a load and tells the whole story.
func told(t testing.TB, c backtest.Case, name string, knob float64, p rivals.Policy) backtest.Story {
	t.Helper()
	w, err := fleet.NewWorld(fleet.Lived(name, c.Load, 3*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	rivals.Run(w, p)
	rows := w.Rows()
	half := append([]fleet.Row(nil), rows[:len(rows)/2]...)
	for i := range half {
		half[i].Scored = i >= len(half)/2
	}
	s := backtest.Story{Run: backtest.Run{Case: c.Name, Policy: name, Knob: knob, Score: w.Score(), Before: fleet.ScoreRows(half, 80)}, Rows: rows}
	if f, ok := p.(*follow); ok {
		s.Decisions, s.Holds = sorted(f.made, rows)
		for i, d := range c.Load.Demand {
			s.Bands = append(s.Bands, backtest.Band{Time: c.Load.At(i), Low: 0.9 * d, Median: d, High: 1.2 * d})
		}
	}
	return s
}

// sorted parts decisions, one a row, into changes and the holds of scored
// minutes.
func sorted(made []streams.Decision, rows []fleet.Row) (changes []streams.Decision, holds []backtest.Hold) {
	for i, d := range made {
		rule := backtest.LastWord(d)
		at := slices.IndexFunc(holds, func(h backtest.Hold) bool { return h.Rule == rule })
		switch {
		case d.Verdict != streams.Hold:
			changes = append(changes, d)
		case !rows[i].Scored:
		case at >= 0:
			holds[at].Count++
		default:
			holds = append(holds, backtest.Hold{Rule: rule, Count: 1, Example: d})
		}
	}
	return changes, holds
}

// tried is a trace with ours at three prices, two rivals swept and both told.
func tried(t testing.TB, name string, load fleet.Load) Trace {
	t.Helper()
	c := backtest.Case{Name: name, Set: "made", Load: load}
	out := Trace{Case: c, Notes: []string{"made for tests"}}
	add := func(s backtest.Story, draw bool) {
		out.Runs = append(out.Runs, s.Run)
		if draw {
			out.Stories = append(out.Stories, s)
		}
	}
	add(told(t, c, "ours", 2, &follow{load: load, share: 0.95}), false)
	add(told(t, c, "ours", 8, &follow{load: load, share: 0.97}), true)
	add(told(t, c, "ours-perfect", 8, &follow{load: load, share: 1}), false)
	add(told(t, c, "oracle", 0, &follow{load: load, share: 1}), false)
	for _, target := range []float64{40, 50, 60, 70, 80} {
		add(told(t, c, "step", target, rivals.NewStep(target)), target == 70)
	}
	for _, factor := range []float64{0.5, 0.7, 1, 1.2} {
		add(told(t, c, "static-peak", factor, rivals.NewStaticPeak(factor)), factor == 1)
	}
	return out
}

// full is a report with everything in it.
func full(t testing.TB, traces ...Trace) Report {
	t.Helper()
	return Report{
		Title: "Trial", Command: "autoscaler backtest waves.csv --report report.html", Version: "v0.1.0",
		Settings: backtest.Settings{Boot: 3 * time.Minute, MetricDelay: time.Minute, SLO: 80, WarmUp: 0.5, Seed: 1},
		Price:    0.1, Incumbent: "step",
		Policies: []Policy{
			{Name: "ours", Role: Ours, Knob: "price of a violated minute", Unit: "instance-hours", Default: 8},
			{Name: "ours-perfect", Role: Variant, Knob: "price of a violated minute", Unit: "instance-hours", Default: 8},
			{Name: "oracle", Role: Bound},
			{Name: "step", Knob: "target utilization", Unit: "%", Default: 70, Emulation: true},
			{Name: "static-peak", Knob: "factor", Unit: "×", Default: 1},
		},
		Traces:  traces,
		Figures: []Figure{{Name: "J of ours / best rival", Must: "≤ 0.90", Aim: "≤ 0.83", Reached: "0.87", Standing: Passed}, {Name: "losses", Must: "1", Reached: "2", Standing: Missed}},
	}
}

func written(t testing.TB, r Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
