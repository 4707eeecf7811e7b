package naive

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/modeltest"
)

func TestModel(t *testing.T) { modeltest.Run(t, New) }

func TestModelOfTheLastValue(t *testing.T) { modeltest.Run(t, NewLast) }

// TestLastValueStaysInForce asks at midnight, when yesterday tells that the load
// falls to 0 and the last values that it rises by 10 as ever.
func TestLastValueStaysInForce(t *testing.T) {
	g := modeltest.Grid(t, time.Hour)
	c := model.Config{Grid: g, Horizon: 3, Levels: []float64{0.5}}
	for name, tc := range map[string]struct {
		m    model.Model
		want float64
	}{"last": {NewLast(c), 240}, "naive": {New(c), 0}} {
		past := modeltest.Fold(tc.m, g, 10*24, func(i int) float64 { return float64(10 * (i % 24)) })
		b := model.NewBands(c.Levels, 3)
		if !tc.m.Forecast(past, nil, b) || b.Steps[0][0] != tc.want {
			t.Errorf("%s: want %v, got %v", name, tc.want, b.Steps)
		}
	}
}

func TestPointFollowsTheWayInForce(t *testing.T) {
	g := modeltest.Grid(t, time.Hour)
	monday := func(i int) float64 { return 100 + float64(i%24) }
	weekend := func(i int) float64 {
		if i/24%7 >= 5 {
			return 10 + float64(i%24)
		}
		return monday(i)
	}
	for name, tc := range map[string]struct {
		bins int
		load func(int) float64
		want func(last, h int) float64
	}{
		"last value on the first day":             {20, monday, func(last, _ int) float64 { return monday(last) }},
		"last value until errors span a day":      {47, monday, func(last, _ int) float64 { return monday(last) }},
		"the day before, from two days":           {48, monday, func(last, h int) float64 { return monday(last + h) }},
		"a week before, where days differ":        {14*24 + 5*24, weekend, func(last, h int) float64 { return weekend(last + h) }},
		"two days before, where yesterday is not": {10 * 24, hole(9*24, 10*24, monday), func(last, h int) float64 { return monday(last + h) }},
	} {
		t.Run(name, func(t *testing.T) {
			m := New(model.Config{Grid: g, Horizon: 5, Levels: []float64{0.5}})
			past := modeltest.Fold(m, g, tc.bins, tc.load)
			tail := []float64{tc.load(tc.bins), tc.load(tc.bins + 1)}
			bands := model.NewBands([]float64{0.5}, 5)
			if !m.Forecast(past, tail, bands) {
				t.Fatal("no forecast")
			}
			n := m.(*Naive)
			for h := 1; h <= 5; h++ {
				from := recent{past, tail}
				point := from.last()
				if w := n.inForce(); w.season > 0 {
					point = from.season(w.season, int64(h), point)
				}
				if want := tc.want(tc.bins+1, h); point != want {
					t.Errorf("step %d: want %v, got %v", h, want, point)
				}
			}
		})
	}
}

func hole(from, to int, load func(int) float64) func(int) float64 {
	return func(i int) float64 {
		if i >= from && i < to {
			return math.NaN()
		}
		return load(i)
	}
}

// TestErrorsAreThoseOfTheForecast compares the errors kept with what the
// forecasts made at each origin were wrong by, computed one by one.
func TestErrorsAreThoseOfTheForecast(t *testing.T) {
	g := modeltest.Grid(t, 6*time.Hour) // 4 bins a day, 28 a week
	rapid.Check(t, func(t *rapid.T) {
		load := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) float64 {
			if rapid.IntRange(0, 15).Draw(t, "gap") == 0 {
				return math.NaN()
			}
			return rapid.Float64Range(0, 10).Draw(t, "load")
		}), 1, 100).Draw(t, "loads")
		m := New(model.Config{Grid: g, Horizon: 9, Levels: []float64{0.5}}).(*Naive)
		past := modeltest.Fold(m, g, len(load), func(i int) float64 { return load[i] })
		for _, w := range []*way{m.last, m.day, m.week} {
			for h := 1; h <= 9; h++ {
				steps, peaks := w.after(h)
				wantSteps, wantPeaks := dumbErrors(past, w, h)
				if w.season == 0 || h <= int(w.season) && h%int(w.season) == 0 {
					same(t, "steps", w.season, h, steps.sorted, wantSteps)
				}
				same(t, "peaks", w.season, h, peaks.sorted, wantPeaks)
			}
		}
	})
}

func same(t *rapid.T, what string, season int64, h int, got, want []float64) {
	if !slices.Equal(got, want) {
		t.Fatalf("%s, season %d, step %d: want %v, got %v", what, season, h, want, got)
	}
}

func dumbErrors(past *model.History, w *way, h int) (steps, peaks []float64) {
	for target := past.Newest() - w.span + 1; target <= past.Newest(); target++ {
		origin := target - int64(h)
		most, pointMost, last := math.Inf(-1), math.Inf(-1), 0.0
		for j := int64(1); j <= int64(h); j++ {
			last = past.Folded(origin)
			if w.season > 0 {
				back := j
				for back > 0 {
					back -= w.season
				}
				last = past.Folded(origin + back)
			}
			most, pointMost = max(most, past.Folded(origin+j)), max(pointMost, last)
		}
		if e := past.Folded(target) - last; !math.IsNaN(e) {
			steps = append(steps, e)
		}
		if e := most - pointMost; !math.IsNaN(e) {
			peaks = append(peaks, e)
		}
	}
	slices.Sort(steps)
	slices.Sort(peaks)
	return steps, peaks
}

func TestTracked(t *testing.T) {
	for _, horizon := range []int{1, 2, 12, 24, 25, 100, 2016} {
		steps := model.Leads(horizon)
		if !slices.IsSorted(steps) || steps[0] != 1 || steps[len(steps)-1] != horizon {
			t.Errorf("horizon %d: got %v", horizon, steps)
		}
		if horizon <= 25 && len(steps) != horizon || len(steps) > 70 {
			t.Errorf("horizon %d: got %d steps", horizon, len(steps))
		}
	}
}

// TestCoverage draws loads whose law is known: the quantiles of a step must be
// exceeded as often as they say, within what two weeks of 5-minute bins allow.
func TestCoverage(t *testing.T) {
	g := modeltest.Grid(t, 5*time.Minute)
	r := rand.New(rand.NewPCG(7, 7))
	load := func(i int) float64 {
		return 1000 + 500*math.Sin(2*math.Pi*float64(i)/288) + 50*r.NormFloat64()
	}
	m := New(model.Config{Grid: g, Horizon: 12, Levels: modeltest.Levels()})
	past := model.NewHistory(g, 0)
	values := make([]float64, 288*22)
	for i := range values {
		values[i] = load(i)
	}
	judged, steps, peaks := 0.0, make([]float64, len(modeltest.Levels())), make([]float64, len(modeltest.Levels()))
	bands := model.NewBands(modeltest.Levels(), 12)
	for i := 0; i+12 < len(values); i++ {
		past.Append(int64(i), values[i], 1)
		m.Observe(past)
		if i < 8*288 || !m.Forecast(past, nil, bands) {
			continue
		}
		for h := range bands.Steps {
			judged++
			peak := slices.Max(values[i+1 : i+2+h])
			for j := range modeltest.Levels() {
				steps[j] += count(values[i+1+h] <= bands.Steps[h][j])
				peaks[j] += count(peak <= bands.Peaks[h][j])
			}
		}
	}
	for j, p := range modeltest.Levels() {
		if got := steps[j] / judged; math.Abs(got-p) > 0.015 {
			t.Errorf("steps at %v: covered %.4f", p, got)
		}
		// A peak is at least the steps it covers, at each of which the largest
		// of twelve noisy points stands, so it may cover more.
		if got := peaks[j] / judged; got < p-0.03 || got > p+0.08 {
			t.Errorf("peaks at %v: covered %.4f", p, got)
		}
	}
}

func count(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// TestWideUntilADayWasSeen draws random walks: on their first day, the upper
// quantiles must hold at least about as often as they say.
func TestWideUntilADayWasSeen(t *testing.T) {
	g := modeltest.Grid(t, 5*time.Minute)
	r := rand.New(rand.NewPCG(3, 4))
	covered, judged := 0.0, 0.0
	for range 40 {
		m := New(model.Config{Grid: g, Horizon: 12, Levels: []float64{0.95}})
		values := []float64{1000}
		for range 150 {
			values = append(values, max(0, values[len(values)-1]+30*r.NormFloat64()))
		}
		past := model.NewHistory(g, 0)
		bands := model.NewBands([]float64{0.95}, 12)
		for i := 0; i+12 < len(values); i++ {
			past.Append(int64(i), values[i], 1)
			m.Observe(past)
			m.Forecast(past, nil, bands)
			if m.Warm(past) {
				t.Fatalf("warm after %d bins", i+1)
			}
			judged++
			covered += count(slices.Max(values[i+1:i+13]) <= bands.Peaks[11][0])
		}
	}
	if got := covered / judged; got < 0.93 {
		t.Errorf("the 0.95 quantile of the peak covered %.3f", got)
	}
}

func BenchmarkObserve(b *testing.B) {
	for name, period := range map[string]time.Duration{"300s": 5 * time.Minute, "60s": time.Minute} {
		b.Run(name, func(b *testing.B) {
			g := modeltest.Grid(b, period)
			r := rand.New(rand.NewPCG(1, 1))
			m := New(model.Config{Grid: g, Horizon: 12, Levels: modeltest.Levels()})
			past := modeltest.Fold(m, g, 15*g.PerDay(), func(int) float64 { return 100 * r.Float64() })
			b.ReportAllocs()
			for b.Loop() {
				past.Append(past.Newest()+1, 100*r.Float64(), 1)
				m.Observe(past)
			}
		})
	}
}

func BenchmarkForecast(b *testing.B) {
	g := modeltest.Grid(b, 5*time.Minute)
	m := New(model.Config{Grid: g, Horizon: 12, Levels: modeltest.Levels()})
	past := modeltest.Fold(m, g, 15*288, func(i int) float64 { return float64(i % 100) })
	bands := model.NewBands(modeltest.Levels(), 12)
	b.ReportAllocs()
	for b.Loop() {
		m.Forecast(past, []float64{1, 2}, bands)
	}
}

func BenchmarkRestore(b *testing.B) {
	for name, period := range map[string]time.Duration{"300s": 5 * time.Minute, "60s": time.Minute} {
		b.Run(name, func(b *testing.B) {
			g := modeltest.Grid(b, period)
			c := model.Config{Grid: g, Horizon: 12, Levels: modeltest.Levels()}
			past := modeltest.Fold(New(c), g, 21*g.PerDay(), func(i int) float64 { return float64(i * 7919 % 1000) })
			for b.Loop() {
				if err := New(c).Restore(past, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
