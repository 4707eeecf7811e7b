package backtest_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ml-autoscaling/autoscaler/replay/backtest"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// score is that of a day.
func score(violations int, hours float64, reversals int) fleet.Score {
	return fleet.Score{Minutes: 1440, Violations: violations, InstanceHours: hours, Reversals: reversals}
}

// byHand are two loads of two data sets, small enough to compute with.
//
//	J at 8       ours   r@1   r@2   best   beforehand          perfect
//	a            100    160   120   r@2    r@2 (60 against 90)   60
//	b             66     48    55   r@1    r@2 (29 against 30)   48
func byHand() []backtest.Trial {
	run := func(policy string, knob float64, at, before fleet.Score) backtest.Run {
		return backtest.Run{Policy: policy, Knob: knob, Score: at, Before: before}
	}
	var none fleet.Score
	return []backtest.Trial{
		{Case: "a", Set: "A", Runs: []backtest.Run{
			run("ours", 8, score(0, 100, 3), none), run("ours-perfect", 8, score(0, 60, 0), none), run("oracle", 0, score(0, 50, 0), none),
			run("r", 1, score(10, 80, 0), score(5, 50, 0)), run("r", 2, score(0, 120, 0), score(0, 60, 0)),
		}},
		{Case: "b", Set: "B", Small: true, Runs: []backtest.Run{
			run("ours", 8, score(2, 50, 13), none), run("ours-perfect", 8, score(0, 48, 0), none), run("oracle", 0, score(0, 40, 0), none),
			run("r", 1, score(1, 40, 0), score(0, 30, 0)), run("r", 2, score(0, 55, 0), score(0, 29, 0)),
		}},
	}
}

func TestFiguresByHand(t *testing.T) {
	type line struct {
		Value, Low, High float64
		Cases, LeftOut   int
		Verdict          string
		Notes            []string
	}
	got := map[string]line{}
	for _, f := range backtest.Figures(byHand(), 1) {
		if f.Price == backtest.Headline {
			got[f.Name] = line{f.Value, f.Low, f.High, f.Cases, f.LeftOut, f.Verdict(), f.Notes}
		}
	}
	// Of two sets drawn from two, a quarter of the draws has one of them twice:
	// the ends of an interval are the two loads themselves.
	want := map[string]line{
		"J of ours / best rival in hindsight": {math.Sqrt(100. / 120 * 66 / 48), 100. / 120, 66. / 48, 2, 0, "not reached", nil},
		"J of ours / rival chosen beforehand": {math.Sqrt(100. / 120 * 66 / 55), 100. / 120, 66. / 55, 2, 0, "not reached", nil},
		"cases above 1.05 of the best rival":  {1, 0, 0, 2, 0, "reached", []string{"b† 1.375 against r@1"}},
		"gap to ours-perfect closed, median":  {(120. - 100) / (120 - 60), 0, 0, 1, 1, "reached", nil},
		"J of ours / ours-perfect":            {math.Sqrt(100. / 60 * 66 / 48), 66. / 48, 100. / 60, 2, 0, "aim reached", nil},
		// a: r@1 violates 10 minutes at 80 hours; b: r@1 1 at 40.
		"violation minutes at equal instance-hours": {math.Sqrt(0.5 / 10.5 * 2.5 / 1.5), 0.5 / 10.5, 2.5 / 1.5, 2, 0, "reached", []string{"in all 2 against 11"}},
		// a: r@2 takes 120 hours for none; b: r@1 40 for at most 2.
		"instance-hours at equal violation minutes": {math.Sqrt(100. / 120 * 50 / 40), 100. / 120, 50. / 40, 2, 0, "not reached", nil},
		"reversals a day, median":                   {8, 0, 0, 2, 0, "not reached", nil},
		"reversals a day, most":                     {13, 0, 0, 2, 0, "not reached", []string{"b† 13.0 at 1.375 of J of r@1"}},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(1e-12, 0)); diff != "" {
		t.Errorf("figures (-want +got):\n%s", diff)
	}
}

// A price that ours was not told is judged nowhere: nothing is known.
func TestFiguresOfAPriceThatWasNotPlayed(t *testing.T) {
	for _, f := range backtest.Figures(byHand(), 1) {
		if f.Price == backtest.Beside && (f.Cases != 0 || f.Reached() != backtest.Unasked) {
			t.Errorf("%s at 2: %+v", f.Name, f)
		}
	}
}

// Where no rival has as few hours, or as few violations, there is no point to
// compare with: the load is counted apart.
func TestFiguresCountWhatHasNoPointApart(t *testing.T) {
	trials := byHand()
	trials[0].Runs[0].Score = score(0, 30, 0)
	trials[1].Runs[3].Score.Violations, trials[1].Runs[4].Score.Violations = 3, 4
	for _, f := range backtest.Figures(trials, 1) {
		switch {
		case f.Price != backtest.Headline:
		case f.Name == "violation minutes at equal instance-hours":
			if f.LeftOut != 1 || f.Cases != 1 || f.Value != 2.5/3.5 {
				t.Errorf("%+v", f)
			}
		case f.Name == "instance-hours at equal violation minutes":
			if f.LeftOut != 1 || f.Cases != 1 || math.Abs(f.Value-30./120) > 1e-12 {
				t.Errorf("%+v", f)
			}
		}
	}
}

func TestStandingsByHand(t *testing.T) {
	geo := func(a, b float64) float64 { return math.Sqrt(a * b) }
	want := []backtest.Standing{
		{Policy: "best rival in hindsight", OwnOracle: geo(120./50, 48./40), OwnBest: 1},
		{Policy: "rival chosen beforehand", OwnOracle: geo(120./50, 55./40), OwnBest: geo(1, 55./48)},
		{Policy: "ours", OwnOracle: geo(2, 66./40), OwnBest: geo(100./120, 66./48)},
		{Policy: "ours-perfect", OwnOracle: geo(60./50, 48./40), OwnBest: geo(60./120, 1)},
		// r@1 is the one that was named first.
		{Policy: "r", OwnOracle: geo(160./50, 48./40), OwnBest: geo(160./120, 1), HindsightOracle: geo(120./50, 48./40), HindsightBest: 1},
	}
	for i := range want {
		want[i].Price, want[i].Cases = 8, 2
		if want[i].HindsightOracle == 0 {
			want[i].HindsightOracle, want[i].HindsightBest = want[i].OwnOracle, want[i].OwnBest
		}
	}
	if diff := cmp.Diff(want, backtest.Standings(byHand(), 8), cmpopts.EquateApprox(1e-12, 0)); diff != "" {
		t.Errorf("standings (-want +got):\n%s", diff)
	}
}

// Ours in hindsight is the best of its prices, and is used by no ratio.
func TestHindsightOfOurs(t *testing.T) {
	trial := byHand()[0]
	trial.Runs = append(trial.Runs, backtest.Run{Policy: "ours", Knob: 1, Score: score(1, 70, 0)})
	c, ok := trial.Contest(8)
	if !ok || c.Hindsight.Knob != 1 || c.Ours.Knob != 8 || c.Ratio() != 100./120 {
		t.Errorf("%v %+v", ok, c)
	}
}

// Without a warm-up part nobody could have chosen.
func TestNothingToChooseBy(t *testing.T) {
	trials := byHand()
	for i := range trials {
		for n := range trials[i].Runs {
			trials[i].Runs[n].Before = fleet.Score{}
		}
	}
	for _, f := range backtest.Figures(trials, 1) {
		if f.Price == backtest.Headline && f.Name == "J of ours / rival chosen beforehand" && (f.LeftOut != 2 || f.Verdict() != "not known") {
			t.Errorf("%+v", f)
		}
	}
}
