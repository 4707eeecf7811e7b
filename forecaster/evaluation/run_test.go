package evaluation

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ml-autoscaling/autoscaler/forecaster/combine"
	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/modeltest"
)

func gridOf(t *testing.T, period time.Duration) model.Grid {
	t.Helper()
	g, err := model.NewGrid(period)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// tiny is a series short enough to score by hand: origins 6 and 7, two steps.
func tiny(t *testing.T) Series {
	return Series{
		Row: Row{ID: "tiny", Grid: gridOf(t, 6*time.Hour), N: 9, Day: 4, Window: 6, Horizon: 2,
			MASEScale: 2, RMSSEScale2: 4, PinScale: 2, Refits: []int{6}},
		Values: []float64{1, 2, 3, 4, 5, 6, 8, 6, 13},
	}
}

// ladder says the last value and fixed distances from it.
type ladder struct{ last float64 }

func newLadder(Series, int) Forecaster { return &ladder{} }

func (l *ladder) See(value float64)      { l.last = value }
func (l *ladder) Refit(model.Each) error { return nil }
func (l *ladder) Forecast(dst *model.Bands) bool {
	for h := range dst.Steps {
		for j, d := range []float64{-3, -2, 0, 2, 3, 4, 6} {
			dst.Steps[h][j], dst.Peaks[h][j] = l.last+d, l.last+d
		}
	}
	return true
}

// TestScoresByHand has its expected values from paper. At origin 6 the ladder
// stands on 6 and 8 and 6 come; at origin 7 it stands on 8 and 6 and 13 come.
// The pinball losses of the seven levels add up to 0.425, 1.3, 4.5, 3.3, 2.35,
// 1.275 and 0.19.
func TestScoresByHand(t *testing.T) {
	got, err := Run{Horizon: 2}.Score(tiny(t), newLadder)
	if err != nil {
		t.Fatal(err)
	}
	nan := math.NaN()
	want := Scores{
		Origins: 2, MASE: 9.0 / 8, SMAPE: (200*2.0/14 + 0 + 200*2.0/14 + 200*5.0/21) / 4, RMSSE: math.Sqrt(33.0 / 16),
		Pin50: 4.5 / 8, Pin90: 3.3 / 8, Pin95: 2.35 / 8, Pin99: 0.19 / 8, PinAll: 13.34 / 56,
		Cov80: 0.75, Cov95: 0.75, Exceed95: 0.25, Exceed99: 0, Width80: 2,
		AtStep: [4]float64{1, nan, nan, nan},
		// The peaks are 8 and 13.
		Peak: &Peak{
			Pin99:  (0.04 + 0.01) / 4,
			PinAll: (5*0.025 + 8*0.025 + 4*0.1 + 7*0.1 + 2*0.5 + 5*0.5 + 0 + 3*0.9 + 0.05 + 2*0.95 + 2*0.025 + 0.975 + 0.04 + 0.01) / 28,
			Cov80:  0.5, Cov95: 0.5, Exceed95: 0.5, Exceed99: 0,
		},
		Coverage: &Coverage{
			Cov80: []float64{1, 0.5}, Cov95: []float64{1, 0.5},
			Below:      [][]float64{{0, 0.5, 0.5, 1, 1, 1, 1}, {0, 0, 0.5, 0.5, 0.5, 0.5, 1}},
			PeaksBelow: [][]float64{{0, 0.5, 0.5, 1, 1, 1, 1}, {0, 0, 0, 0.5, 0.5, 0.5, 1}},
		},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(1e-12, 0), cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("scores (-by hand +got):\n%s", diff)
	}
}

func TestSummarize(t *testing.T) {
	entry := func(id, method string, pinAll, mase float64) Entry {
		return Entry{ID: id, Method: method, Scores: Scores{PinAll: pinAll, MASE: mase, Cov80: map[string]float64{"a": 0.7, "b": 0.9}[id]}}
	}
	base := []Entry{entry("a", "snaive", 2, 4), entry("b", "snaive", 3, 1), entry("flat", "snaive", 0, 0)}
	peaked := func(e Entry, exceed float64) Entry {
		e.Scores.Peak = &Peak{Exceed99: exceed, Cov80: 1}
		return e
	}
	got := Summarize([]Entry{entry("a", "x", 1, 1), peaked(entry("b", "y", 3, 3), 0.1), peaked(entry("a", "y", 2, 4), 0.3), peaked(entry("b", "x", 6, 4), 1), entry("flat", "x", 1, 1), entry("c", "x", 1, 1)}, base)
	want := []Summary{
		// sqrt(1/2 × 6/3) and sqrt(1/4 × 4/1)
		{Method: "x", Series: 2, Pinball: 1, MASE: 1, Rank: 1.5, Least80: Extreme{"a", 0.7}, Most80: Extreme{"b", 0.9}, Mean: Scores{PinAll: 3.5, MASE: 2.5, Cov80: 0.8}},
		// sqrt(3/3 × 2/2) and sqrt(3/1 × 4/4)
		{Method: "y", Series: 2, Pinball: 1, MASE: math.Sqrt(3), Rank: 1.5, Least80: Extreme{"a", 0.7}, Most80: Extreme{"b", 0.9}, Mean: Scores{PinAll: 2.5, MASE: 3.5, Cov80: 0.8, Peak: &Peak{Exceed99: 0.2, Cov80: 1}}},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(1e-12, 0)); diff != "" {
		t.Errorf("summaries (-want +got):\n%s", diff)
	}
}

// TestRanks has three methods on one series, two of them equal, and one of them
// alone on another.
func TestRanks(t *testing.T) {
	entry := func(id, method string, pinball float64) Entry {
		return Entry{ID: id, Method: method, Scores: Scores{PinAll: pinball, MASE: 1}}
	}
	entries := []Entry{entry("a", "x", 2), entry("a", "y", 1), entry("a", "z", 2), entry("b", "x", 9)}
	ranks := map[string]float64{}
	for _, s := range Summarize(entries, []Entry{entry("a", SeasonalNaive, 1), entry("b", SeasonalNaive, 1)}) {
		ranks[s.Method] = s.Rank
	}
	want := map[string]float64{"x": (2.5 + 1) / 2, "y": 1, "z": 2.5}
	if diff := cmp.Diff(want, ranks); diff != "" {
		t.Errorf("ranks (-want +got):\n%s", diff)
	}
}

// hourlySeries is nine days with a daily cycle and something that is not.
func hourlySeries(t *testing.T) Series {
	const n, window = 9 * 24, 6 * 24
	s := Series{
		Row: Row{ID: "hourly", Grid: gridOf(t, time.Hour), N: n, Day: 24, Window: window, Horizon: 12,
			MASEScale: 1, RMSSEScale2: 1, PinScale: 1, Refits: []int{window, window + 40}},
		First: 20458 * 24,
	}
	for i := range n {
		x := float64(i)
		s.Values = append(s.Values, 100+40*math.Sin(2*math.Pi*x/24)+7*math.Sin(x*x/11))
	}
	return s
}

// forecasts gives all that a forecaster says, by origin.
func forecasts(t *testing.T, s Series, mk Make) map[int][]uint64 {
	t.Helper()
	all := map[int][]uint64{}
	_, err := Run{Horizon: s.Row.Horizon, Told: func(origin int, b *model.Bands) {
		for _, row := range slices.Concat(b.Steps, b.Peaks) {
			for _, q := range row {
				all[origin] = append(all[origin], math.Float64bits(q))
			}
		}
	}}.Score(s, mk)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// combinedOfFew combines parts that are estimated in no time. Those of the
// combination that runs are all looked at on their own.
func combinedOfFew(c model.Config) model.Model {
	parts := []combine.Part{{Name: "mean", Model: modeltest.NewMean(c)}}
	for _, name := range []string{"naive", "rls"} {
		parts = append(parts, combine.Part{Name: name, Model: fold.NewModel(name, c, nil)})
	}
	return combine.New(c, parts)
}

// TestNothingIsKnownBeforeItCame cuts a series, and changes what comes after
// the cut: no bit of a forecast made before it may differ.
func TestNothingIsKnownBeforeItCame(t *testing.T) {
	makers := map[string]Make{
		SeasonalNaive: NewSeasonalNaive, GaussianNaive: NewGaussianNaive, "a refitter": OfModel(modeltest.NewMean),
	}
	for _, name := range fold.Models() {
		if name == combine.Name {
			makers[name] = OfModel(combinedOfFew)
			continue
		}
		makers[name] = OfModel(func(c model.Config) model.Model { return fold.NewModel(name, c, nil) })
	}
	whole := hourlySeries(t)
	for name, mk := range makers {
		t.Run(name, func(t *testing.T) {
			all := forecasts(t, whole, mk)
			if want := whole.N - whole.Window - whole.Row.Horizon + 1; len(all) != want {
				t.Fatalf("want %d origins, got %d", want, len(all))
			}
			// The cuts lie before and after the second refit.
			for _, cut := range []int{whole.Window + whole.Row.Horizon + 1, whole.Window + 55} {
				short := whole
				short.N, short.Values = cut, whole.Values[:cut]
				for origin, got := range forecasts(t, short, mk) {
					if !slices.Equal(got, all[origin]) {
						t.Fatalf("cut at %d: the forecast at origin %d is another one", cut, origin)
					}
				}
			}
			changed, from := whole, whole.Window+41
			changed.Values = slices.Clone(whole.Values)
			for i := from; i < len(changed.Values); i++ {
				changed.Values[i] = 1e6
			}
			for origin, got := range forecasts(t, changed, mk) {
				if origin <= from && !slices.Equal(got, all[origin]) {
					t.Fatalf("changed from %d on: the forecast at origin %d is another one", from, origin)
				}
			}
		})
	}
}

// diary notes what a refitter is asked.
type diary struct {
	model.Refitter
	seen  int
	lines []string
}

func (d *diary) Observe(past *model.History) { d.seen++; d.Refitter.Observe(past) }

func (d *diary) Estimation(past *model.History, through int64) model.Estimation {
	d.lines = append(d.lines, fmt.Sprintf("seen %d: estimate from %d to %d", d.seen, past.First(), through))
	return d.Refitter.Estimation(past, through)
}

func (d *diary) Adopt(past *model.History, estimate []byte) error {
	d.lines = append(d.lines, fmt.Sprintf("seen %d: adopt at %d", d.seen, past.Newest()))
	return d.Refitter.Adopt(past, estimate)
}

// TestRefits holds when a refitter estimates, and from what: the last window
// before each refit origin.
func TestRefits(t *testing.T) {
	s := hourlySeries(t)
	var d *diary
	mk := OfModel(func(c model.Config) model.Model {
		d = &diary{Refitter: modeltest.NewMean(c).(model.Refitter)}
		return d
	})
	if _, err := (Run{Horizon: 12}).Score(s, mk); err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, o := range []int64{144, 184} {
		want = append(want, fmt.Sprintf("seen %d: estimate from %d to %d", o, s.First+o-144, s.First+o-1),
			fmt.Sprintf("seen %d: adopt at %d", o, s.First+o-1))
	}
	if diff := cmp.Diff(want, d.lines); diff != "" {
		t.Errorf("refits (-want +got):\n%s", diff)
	}
}

func TestRunStopsAndCounts(t *testing.T) {
	s := hourlySeries(t)
	seen := 0
	run := Run{Horizon: 12, Seen: func(n int) { seen += n }}
	if _, err := run.Score(s, NewSeasonalNaive); err != nil || seen != run.Work(s) {
		t.Errorf("want %d values seen, got %d, error %v", run.Work(s), seen, err)
	}
	enough := errors.New("enough")
	run.Stop = func() error { return enough }
	if _, err := run.Score(s, NewSeasonalNaive); !errors.Is(err, enough) {
		t.Errorf("want the error of Stop, got %v", err)
	}
	if _, err := (Run{Horizon: 12}).Score(s, func(Series, int) Forecaster { return silent{} }); !errors.Is(err, ErrSilent) || !strings.Contains(err.Error(), "origin 144") {
		t.Errorf("want that nothing was said at origin 144, got %v", err)
	}
}

type silent struct{}

func (silent) See(float64)                {}
func (silent) Refit(model.Each) error     { return nil }
func (silent) Forecast(*model.Bands) bool { return false }
