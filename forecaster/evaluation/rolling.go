package evaluation

import (
	"math"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// RollingNaive is the last value with a rolling variance: what anybody has who
// has seen an hour of a series.
const RollingNaive = "naive_rolling"

// NewRollingNaive makes the naive forecast whose error is the root mean square
// of the one-step differences of the last day, as far as there is one, and
// grows as that of a random walk. It estimates with every value, and says
// nothing of peaks and nothing before two values.
func NewRollingNaive(s Series, _ int) Forecaster {
	return &rolling{recent: make([]float64, 0, s.Day), z: normal()}
}

type rolling struct {
	last   float64
	seen   int
	recent []float64 // squared differences, the oldest overwritten first
	oldest int
	z      []float64 // of normal
}

func (r *rolling) See(value float64) {
	d := value - r.last
	r.last = value
	r.seen++
	switch {
	case r.seen == 1:
	case len(r.recent) < cap(r.recent):
		r.recent = append(r.recent, d*d)
	default:
		r.recent[r.oldest] = d * d
		r.oldest = (r.oldest + 1) % len(r.recent)
	}
}

func (r *rolling) Refit(model.Each) error { return nil }

func (r *rolling) Forecast(dst *model.Bands) bool {
	if len(r.recent) == 0 {
		return false
	}
	sum := 0.0
	for _, d := range r.recent {
		sum += d
	}
	scale := math.Sqrt(sum / float64(len(r.recent)))
	for h := range dst.Steps {
		for j, z := range r.z {
			dst.Steps[h][j] = r.last + z*scale*math.Sqrt(float64(h+1))
			dst.Peaks[h][j] = math.NaN()
		}
	}
	return true
}
