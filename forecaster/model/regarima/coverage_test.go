package regarima

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// TestCoverage folds 160 days of a daily wave with an autoregression about it,
// whose parameters are estimated from the first ten, and counts how often the
// quantiles of the last step and of the peak up to it hold, in units of the
// standard deviation of one judgement. Judgements of twelve steps overlap, so
// some 600 count: 0.1 is two and a half standard errors. Peaks that were raised for
// the sake of order hold more often than they say: a little where the path is
// smooth, much where it is as rough as a last cycle of ten days is.
func TestCoverage(t *testing.T) {
	const days, fitted = 160, 10
	c := half(t)
	c.Levels = []float64{0.1, 0.5, 0.9, 0.95, 0.99}
	day := c.Grid.PerDay()
	values := arma(4, days*day, 0, 0.8)
	for i := range values {
		values[i] = 300 + 20*math.Sin(2*math.Pi*float64(i)/float64(day)) + 5*values[i]
	}
	for k, more := range map[kind]float64{plain: 0.1, harmonic: 0.1, decomposed: 0.6} {
		t.Run(fmt.Sprint("kind ", k), func(t *testing.T) {
			m, past := estimated(t, k, c, values[:fitted*day])
			last := c.Horizon - 1
			b := model.NewBands(c.Levels, c.Horizon)
			steps, peaks, n := make([]float64, len(c.Levels)), make([]float64, len(c.Levels)), 0.0
			for i := fitted * day; i+c.Horizon < len(values); i++ {
				past.Append(past.Newest()+1, values[i], 1)
				m.Observe(past)
				if !m.Forecast(past, nil, b) {
					t.Fatal("no forecast")
				}
				peak := slices.Max(values[i+1 : i+1+c.Horizon])
				for j := range c.Levels {
					steps[j] += held(values[i+c.Horizon], b.Steps[last][j])
					peaks[j] += held(peak, b.Peaks[last][j])
				}
				n++
			}
			for j, p := range c.Levels {
				sd := math.Sqrt(p * (1 - p))
				t.Logf("level %v: steps held %.4f, peaks %.4f", p, steps[j]/n, peaks[j]/n)
				if off := (steps[j]/n - p) / sd; math.Abs(off) > 0.1 {
					t.Errorf("step: level %v held %.4f", p, steps[j]/n)
				}
				if off := (peaks[j]/n - p) / sd; off < -0.1 || off > more {
					t.Errorf("peak: level %v held %.4f", p, peaks[j]/n)
				}
			}
		})
	}
}

func held(value, quantile float64) float64 {
	if value <= quantile {
		return 1
	}
	return 0
}
