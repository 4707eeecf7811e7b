package report

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/backtest"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/replay/report/drawing/drawingtest"
)

func TestReportStandsAlone(t *testing.T) {
	page := written(t, full(t, tried(t, "waves", waves(t, 6, 5*time.Minute)), tried(t, "more waves", waves(t, 4, time.Minute))))
	drawingtest.StandsAlone(t, page)
	for _, want := range []string{
		"Load against capacity", "Every policy at every knob", "What it costs", "Why it did what it did", "What was to be reached",
		"How it was measured", "Worst day for ours", "A typical day", "emulation", "autoscaler backtest waves.csv --report report.html",
		"All loads", "best rival in hindsight", "scale_in_test",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestReportIsDeterministic(t *testing.T) {
	r := full(t, tried(t, "waves", waves(t, 4, 5*time.Minute)), tried(t, "again", waves(t, 4, 5*time.Minute)))
	first := written(t, r)
	if second := written(t, r); first != second {
		t.Error("two pages of one report differ")
	}
}

func TestReportEscapes(t *testing.T) {
	const hostile = `<script>alert("x")</script>'"&</style>` + "`${x}"
	tr := tried(t, hostile, waves(t, 4, 5*time.Minute))
	tr.Case.Set, tr.Notes = hostile, []string{hostile}
	rename := func(run *backtest.Run) {
		if run.Policy == "static-peak" {
			run.Policy = hostile
		}
	}
	for i := range tr.Runs {
		rename(&tr.Runs[i])
	}
	for i := range tr.Stories {
		rename(&tr.Stories[i].Run)
		for k := range tr.Stories[i].Decisions {
			trail := slices.Clone(tr.Stories[i].Decisions[k].Trail)
			trail[0].Name, trail[0].Why = hostile, hostile
			tr.Stories[i].Decisions[k].Trail = trail
		}
	}
	r := full(t, tr)
	r.Title, r.Command, r.Version, r.Incumbent = hostile, hostile, hostile, hostile
	r.Policies[4] = Policy{Name: hostile, Label: hostile, Knob: hostile, Unit: hostile, Default: 1}
	r.Figures = []Figure{{Name: hostile, Must: hostile, Aim: hostile, Reached: hostile, Note: hostile}}
	page := written(t, r)
	drawingtest.WellFormed(t, page)
	if n := strings.Count(page, "<script"); n != 1 {
		t.Errorf("%d scripts, want ours alone", n)
	}
	if strings.Contains(page, "alert(\"x\")") {
		t.Error("a name came through as it is")
	}
}

// TestReportOfLittle has reports that lack something.
func TestReportOfLittle(t *testing.T) {
	whole := tried(t, "waves", waves(t, 4, 5*time.Minute))
	only := func(tr Trace, name string) Trace {
		out := Trace{Case: tr.Case}
		for _, r := range tr.Runs {
			if r.Policy == name {
				out.Runs = append(out.Runs, r)
			}
		}
		for _, s := range tr.Stories {
			if s.Policy == name {
				out.Stories = append(out.Stories, s)
			}
		}
		return out
	}
	minute := only(whole, "ours")
	minute.Stories = []backtest.Story{{Run: minute.Runs[0], Rows: []fleet.Row{{Policy: "ours", Time: time.Date(2026, 3, 2, 1, 2, 0, 0, time.UTC), Load: 3, Desired: 5, InService: 5, Billed: 5, Scored: true}}}}
	unscored := Trace{Case: backtest.Case{Name: "unscored"}, Runs: []backtest.Run{{Policy: "ours", Knob: 8}, {Policy: "step", Knob: 70}},
		Stories: []backtest.Story{{Run: backtest.Run{Policy: "ours"}, Rows: []fleet.Row{{Load: 3}}}}}
	nothing := full(t, whole)
	nothing.Settings, nothing.Price, nothing.Policies, nothing.Weights = backtest.Settings{}, 0, nil, []float64{0}
	for name, r := range map[string]Report{
		"empty":          {},
		"nameless trace": {Traces: []Trace{{}, {}}},
		"ours alone":     full(t, only(whole, "ours")),
		"a rival alone":  full(t, only(whole, "step")),
		"one minute":     full(t, minute),
		"nothing scored": full(t, unscored, unscored),
		"no settings":    nothing,
		"all of them":    full(t, whole, only(whole, "ours"), only(whole, "step"), minute, unscored, Trace{}),
	} {
		t.Run(name, func(t *testing.T) {
			drawingtest.WellFormed(t, written(t, r))
		})
	}
}

// TestReportIsBounded has the longest thing that a backtest may find: a month
// of minutes scored, every one with another load and another forecast.
func TestReportIsBounded(t *testing.T) {
	const limit = 1_500_000
	load := waves(t, 62, time.Minute)
	c := backtest.Case{Name: "long", Load: load}
	tr := Trace{Case: c}
	for _, s := range []backtest.Story{
		told(t, c, "ours", 8, &follow{load: load, share: 1.02}),
		told(t, c, "oracle", 0, &follow{load: load, share: 1}),
	} {
		tr.Runs, tr.Stories = append(tr.Runs, s.Run), append(tr.Stories, s)
	}
	n := len(written(t, full(t, tr)))
	t.Logf("%d bytes for %d minutes scored", n, tr.Runs[0].Score.Minutes)
	if n > limit {
		t.Errorf("%d bytes, want at most %d", n, limit)
	}
}

// broken fails after some bytes.
type broken struct{ left int }

func (b *broken) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return 0, errors.New("disk full")
	}
	return len(p), nil
}

func TestWriteTellsOfErrors(t *testing.T) {
	err := Write(&broken{left: 5000}, full(t))
	if err == nil || !strings.HasPrefix(err.Error(), "write report: ") {
		t.Errorf("got %v", err)
	}
}
