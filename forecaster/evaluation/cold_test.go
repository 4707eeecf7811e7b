package evaluation

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/modeltest"
)

// TestColdStartByHand: four values are a day, so origins are 2, 3 and 4, at which
// the ladder stands on 12, 11 and 14, and 11 and 14, 14 and 20, and 20 and 13
// come. The losses are from a script of their own (Python, statistics.NormalDist).
func TestColdStartByHand(t *testing.T) {
	s := tiny(t)
	s.Values = []float64{10, 12, 11, 14, 20, 13, 1e9, 1e9, 1e9}
	var told []int
	seen := 0
	run := Run{Horizon: 2, Seen: func(n int) { seen += n }, Told: func(origin int, _ *model.Bands) { told = append(told, origin) }}
	got, err := run.ColdStart(s, newLadder)
	if err != nil {
		t.Fatal(err)
	}
	want := Cold{Origins: 3, Cov80: 3.0 / 6, Cov95: 4.0 / 6, Exceed99: 1.0 / 6, Pinball: 1.0864285714285715, Baseline: 1.0942150339408205}
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(1e-12, 0)); diff != "" {
		t.Errorf("(-by hand +got):\n%s", diff)
	}
	if !slices.Equal(told, []int{2, 3, 4}) || seen != run.ColdWork(s) || seen != 5 {
		t.Errorf("told of %v, seen %d", told, seen)
	}
	if got, err := run.ColdStart(s, func(Series, int) Forecaster { return silent{} }); err != nil || got.Origins != 0 || got.Silent != 3 || !math.IsNaN(got.Cov80) || !math.IsNaN(got.Relative()) {
		t.Errorf("always silent: %+v, error %v", got, err)
	}
	enough := errors.New("enough")
	run.Stop = func() error { return enough }
	if _, err := run.ColdStart(s, newLadder); !errors.Is(err, enough) {
		t.Errorf("want the error of Stop, got %v", err)
	}
}

// TestColdStartSeesNothingElse holds that no forecast of the first day depends on
// what comes after it, and that nothing is estimated.
func TestColdStartSeesNothingElse(t *testing.T) {
	makers := map[string]Make{RollingNaive: NewRollingNaive}
	for _, name := range []string{"naive", "rls", "dhr"} {
		makers[name] = OfModel(func(c model.Config) model.Model { return fold.NewModel(name, c, nil) })
	}
	for name, mk := range makers {
		s := hourlySeries(t)
		first := coldForecasts(t, s, mk)
		if len(first) != s.Day-2+1 {
			t.Errorf("%s: %d origins", name, len(first))
		}
		for _, from := range []int{5, 17, 24} {
			changed := s
			changed.Values = slices.Clone(s.Values)
			for i := from; i < len(changed.Values); i++ {
				changed.Values[i] = 1e6
			}
			for origin, got := range coldForecasts(t, changed, mk) {
				if origin <= from && got != first[origin] {
					t.Fatalf("%s: changed from %d on, and the forecast at origin %d is another one", name, from, origin)
				}
			}
		}
	}
	var d *diary
	_, err := Run{Horizon: 12}.ColdStart(hourlySeries(t), OfModel(func(c model.Config) model.Model {
		d = &diary{Refitter: modeltest.NewMean(c).(model.Refitter)}
		return d
	}))
	if err != nil || len(d.lines) > 0 || d.seen != 25 {
		t.Errorf("seen %d, refits %v, error %v", d.seen, d.lines, err)
	}
}

// coldForecasts gives all that a forecaster says on the first day, by origin.
func coldForecasts(t *testing.T, s Series, mk Make) map[int]string {
	t.Helper()
	all := map[int]string{}
	_, err := Run{Horizon: 12, Told: func(origin int, b *model.Bands) { all[origin] = fmt.Sprint(b.Steps, b.Peaks) }}.ColdStart(s, mk)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestColdStartBegins(t *testing.T) {
	for period, want := range map[time.Duration]int{time.Minute: 60, 5 * time.Minute: 12, 30 * time.Minute: 2, time.Hour: 2} {
		if got := coldFirst(Series{Row: Row{Grid: gridOf(t, period)}}); got != want {
			t.Errorf("every %v: the first origin is %d, want %d", period, got, want)
		}
	}
}

func TestSummarizeCold(t *testing.T) {
	nan := math.NaN()
	got := SummarizeCold("x", []string{"a", "b", "flat", "mute"}, []Cold{
		{Origins: 1, Cov80: 0.75, Cov95: 1, Exceed99: 0, Pinball: 1, Baseline: 2},
		{Origins: 1, Silent: 2, Cov80: 0.5, Cov95: 0.5, Exceed99: 0.25, Pinball: 4, Baseline: 1},
		{Origins: 1, Cov80: 1, Cov95: 0.75, Exceed99: 0.5, Pinball: 1},
		{Silent: 3, Cov80: nan, Cov95: nan, Exceed99: nan, Pinball: nan, Baseline: nan},
	})
	want := ColdSummary{
		Method: "x", Series: 3, Cov80: 0.75, Cov95: 0.75, Exceed99: 0.25, Least80: Extreme{"b", 0.5}, Most80: Extreme{"flat", 1},
		Relative: math.Sqrt2, Worse: 1, Silent: 5,
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(1e-12, 0)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestRollingNaive stands on 9 after differences of 3, 1, 4 and 1; of a day, the
// last four of five, the squares add up to 27.
func TestRollingNaive(t *testing.T) {
	r := NewRollingNaive(tiny(t), 2)
	bands := model.NewBands(Levels(), 2)
	for i, y := range []float64{100, 0, 3, 4, 8, 9} {
		if said := r.Forecast(bands); said != (i >= 2) {
			t.Errorf("after %d values it forecasts: %v", i, said)
		}
		r.See(y)
	}
	if !r.Forecast(bands) {
		t.Fatal("it says nothing")
	}
	const z = 1.959963984540054 // R: qnorm(.975)
	want := []float64{9, 9 + z*math.Sqrt(27.0/4*2)}
	if diff := cmp.Diff(want, []float64{bands.Steps[0][at50], bands.Steps[1][at975]}, cmpopts.EquateApprox(1e-12, 0)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !math.IsNaN(bands.Peaks[1][at99]) {
		t.Error("it says peaks")
	}
}
