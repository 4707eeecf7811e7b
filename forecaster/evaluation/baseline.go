package evaluation

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// Names of the baselines.
const (
	// SeasonalNaive is what scores are relative to.
	SeasonalNaive = "snaive"
	// GaussianNaive is the naive forecast of the panel's reference scores, not
	// the model called naive.
	GaussianNaive = "naive_gaussian"
)

// NewSeasonalNaive makes the seasonal naive forecast by day: each step has the
// value of the same time on the last day seen, with an error that is as large at
// every step of the first day.
func NewSeasonalNaive(s Series, _ int) Forecaster {
	return newBaseline(s.Window, s.Day)
}

// NewGaussianNaive makes the naive forecast: each step has the last value, with
// an error that grows as that of a random walk.
func NewGaussianNaive(s Series, _ int) Forecaster {
	return newBaseline(s.Window, 1)
}

// baseline repeats the last values.
type baseline struct {
	seen   []float64
	window int // how many of the last values a refit reads
	lag    int // how far what is repeated lies back
	scale  float64
	fitted bool
	z      []float64 // of normal
}

func newBaseline(window, lag int) *baseline {
	return &baseline{window: window, lag: lag, z: normal()}
}

// normal gives the standard normal quantiles of the levels.
func normal() []float64 {
	z := make([]float64, len(levels))
	for j, p := range levels {
		z[j] = distuv.UnitNormal.Quantile(p)
	}
	return z
}

func (b *baseline) See(value float64) { b.seen = append(b.seen, value) }

// Refit takes the root mean square of the differences over the lag within the
// window. Their mean is not taken off: the point repeats values without drift.
func (b *baseline) Refit(model.Each) error {
	w := b.seen[max(0, len(b.seen)-b.window):]
	sum, n := 0.0, len(w)-b.lag
	for i := range n {
		d := w[i+b.lag] - w[i]
		sum += d * d
	}
	b.scale, b.fitted = math.Sqrt(sum/float64(n)), true
	return nil
}

// Forecast says nothing before the first refit, and nothing of peaks: their rows
// are NaN.
func (b *baseline) Forecast(dst *model.Bands) bool {
	if !b.fitted {
		return false
	}
	last := b.seen[len(b.seen)-b.lag:]
	for h := range dst.Steps {
		width := b.scale * math.Sqrt(float64(1+h/b.lag))
		for j, z := range b.z {
			dst.Steps[h][j] = last[h%b.lag] + z*width
			dst.Peaks[h][j] = math.NaN()
		}
	}
	return true
}
