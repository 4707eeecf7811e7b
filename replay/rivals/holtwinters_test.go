package rivals

import (
	"math"
	"testing"
)

// worked is the series of "Holt-Winters Forecasting for Dummies (or Developers),
// Part III" (grisha.org, 2016), a season of 12, with the state and the forecast
// that it works out from all of it: the same are in the tests of many
// libraries.
var worked = struct {
	values, season []float64
	trend, want    float64
	constants      smoothing
}{
	values: []float64{
		30, 21, 29, 31, 40, 48, 53, 47, 37, 39, 31, 29, 17, 9, 20, 24, 27, 35, 41, 38, 27, 31, 27, 26,
		21, 13, 21, 18, 33, 35, 40, 36, 22, 24, 21, 20, 17, 14, 17, 19, 26, 29, 40, 31, 20, 24, 18, 26,
		17, 9, 17, 21, 28, 32, 46, 33, 23, 28, 22, 27, 18, 8, 17, 21, 31, 34, 44, 38, 31, 30, 26, 32,
	},
	season: []float64{
		-7.4305555555555545, -15.097222222222221, -7.263888888888888, -5.097222222222222,
		3.402777777777778, 8.069444444444445, 16.569444444444446, 9.736111111111112,
		-0.7638888888888887, 1.902777777777778, -3.263888888888889, -0.7638888888888887,
	},
	trend:     -0.7847222222222222,
	want:      22.42511411230803,
	constants: smoothing{level: 0.716, trend: 0.029, season: 0.993},
}

func TestHoltWinters(t *testing.T) {
	// The example starts at the first value, with a trend and a season taken
	// from the whole series.
	h := &holtWinters{constants: worked.constants, level: worked.values[0], trend: worked.trend, season: worked.season, next: 1}
	for _, y := range worked.values[1:] {
		h.observe(y)
	}
	if got := h.forecast(); math.Abs(got-worked.want) > 1e-12 {
		t.Errorf("forecast %v, want %v", got, worked.want)
	}
}

// TestHoltWintersOfASeason has closed forms: a season that repeats is forecast
// without an error, whatever the constants and gaps.
func TestHoltWintersOfASeason(t *testing.T) {
	season := []float64{3, 1, 4, 1, 5}
	for _, c := range []smoothing{{}, {0.5, 0.01, 0.5}, {1, 1, 1}} {
		h := newHoltWinters(season, c)
		for i := range 23 {
			want := season[i%5]
			if got := h.forecast(); math.Abs(got-want) > 1e-12 {
				t.Fatalf("%+v: step %d: forecast %v, want %v", c, i, got, want)
			}
			if i%3 == 0 {
				want = math.NaN()
			}
			h.observe(want)
		}
	}
}

func TestHoltWintersWithAGapInTheFirstSeason(t *testing.T) {
	h := newHoltWinters([]float64{2, math.NaN(), 6}, smoothing{level: 0.5})
	h.observe(2)
	if got := h.forecast(); got != 4 {
		t.Errorf("forecast of the missing part %v, want the level, 4", got)
	}
}

func TestBestSmoothing(t *testing.T) {
	steps := []float64{0, 0, 0, 0, 8, 8, 8, 8, 1, 1, 1, 1, 9, 9, 9, 9}
	if got := bestSmoothing(steps, 2); got.level != 0.9 {
		t.Errorf("a series of steps: %+v, want the fastest level", got)
	}
	noise := []float64{0, 0}
	for i := range 200 {
		noise = append(noise, float64((i*i*7+i*3)%11)-5)
	}
	if got := bestSmoothing(noise, 2); got.level != 0.1 {
		t.Errorf("noise: %+v, want the slowest level", got)
	}
}
