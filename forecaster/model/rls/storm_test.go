package rls

import (
	"math"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/modeltest"
)

// TestStorms breaks a steady daily load in ways that do not last. Soon after,
// until the same time of the next day, when a storm echoes in the inputs, the
// median must be within half a peak of the load, and the highest quantile of the
// load's size.
func TestStorms(t *testing.T) {
	g := modeltest.Grid(t, 5*time.Minute)
	const from = 8 * 288
	for name, tc := range map[string]struct {
		lasts  int // bins
		during func(load float64) float64
		after  int // bins until all is well
	}{
		"one value of 1e12":      {1, func(float64) float64 { return 1e12 }, 24},
		"one value of ten loads": {1, func(x float64) float64 { return 10 * x }, 24},
		"an hour of zeros":       {12, func(float64) float64 { return 0 }, 24},
		"an hour is missing":     {12, func(float64) float64 { return math.NaN() }, 1},
		"three days are missing": {3 * 288, func(float64) float64 { return math.NaN() }, 12},
		"a flash crowd":          {12, func(x float64) float64 { return 5 * x }, 36},
	} {
		t.Run(name, func(t *testing.T) {
			load, truth := noisyDay(g, 4), func(i int) float64 { return 100 + 50*math.Sin(2*math.Pi*float64(i)/288) }
			m := New(model.Config{Grid: g, Horizon: 6, Levels: []float64{0.5, 0.99}})
			past := model.NewHistory(g, 0)
			b := model.NewBands([]float64{0.5, 0.99}, 6)
			for i := range from + tc.lasts + 240 {
				v := load(i)
				if i >= from && i < from+tc.lasts {
					v = tc.during(v)
				}
				past.Append(int64(20458*288+i), v, 1)
				m.Observe(past)
				if i < from+tc.lasts+tc.after {
					continue
				}
				if !m.Forecast(past, nil, b) {
					t.Fatalf("bin %d: no forecast", i)
				}
				if off := math.Abs(b.Steps[2][0] - truth(i+3)); off > 75 || b.Peaks[5][1] > 5*150 {
					t.Fatalf("%d bins after: median off by %.1f, peak %.1f", i-from-tc.lasts, off, b.Peaks[5][1])
				}
			}
		})
	}
}

// TestGrowth multiplies the load by ten from one bin to the next: the forecast
// must have followed two hours later, and two hours into the next day, when the
// inputs of a day before change too.
func TestGrowth(t *testing.T) {
	g := modeltest.Grid(t, 5*time.Minute)
	for _, later := range []int{24, 288 + 24, 2*288 + 24} {
		load := noisyDay(g, 5)
		m := New(model.Config{Grid: g, Horizon: 6, Levels: []float64{0.5}})
		past := modeltest.Fold(m, g, 5*288+later, func(i int) float64 {
			if i < 5*288 {
				return load(i)
			}
			return 10 * load(i)
		})
		b := model.NewBands([]float64{0.5}, 6)
		m.Forecast(past, nil, b)
		want := 1000 + 500*math.Sin(2*math.Pi*float64(later+2)/288)
		if got := b.Steps[2][0]; math.Abs(got-want) > 300 {
			t.Errorf("%d bins later: want about %.0f, got %.0f", later, want, got)
		}
	}
}

// TestWildFirstDay begins with a day of which one value is wild, the first one
// perhaps: as soon as the model speaks for itself nothing is left of it.
func TestWildFirstDay(t *testing.T) {
	g := modeltest.Grid(t, 5*time.Minute)
	for _, at := range []int{0, 5, 287} {
		load := noisyDay(g, 4)
		m := New(model.Config{Grid: g, Horizon: 6, Levels: []float64{0.5, 0.99}})
		past := modeltest.Fold(m, g, 8*288+100, func(i int) float64 {
			if i == at {
				return 1e12
			}
			return load(i)
		})
		b := model.NewBands([]float64{0.5, 0.99}, 6)
		m.Forecast(past, nil, b)
		want := 100 + 50*math.Sin(2*math.Pi*102/288)
		if off := math.Abs(b.Steps[2][0] - want); off > 25 || b.Peaks[5][1] > 2*want {
			t.Errorf("wild bin %d: median off by %.1f, peak %.1f", at, off, b.Peaks[5][1])
		}
	}
}
