package rivals

import (
	"slices"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// series is the load that samples show, on the metric's grid. What is missing
// lies on the line between its neighbours.
type series struct {
	first  time.Time // end of the first sample
	values []float64
}

// observe takes in a sample that is newer than those before.
func (s *series) observe(x fleet.Sample) {
	if len(s.values) == 0 {
		s.first = x.End
	}
	gap := int(x.End.Sub(s.first)/x.Period) - len(s.values)
	for i := range gap {
		before := s.values[len(s.values)-1]
		s.values = append(s.values, before+(x.Load-before)/float64(gap-i+1))
	}
	s.values = append(s.values, x.Load)
}

// most is the largest value from one index to before another, those outside
// left out; false where none is left.
func (s *series) most(from, until int) (float64, bool) {
	inside := s.values[min(max(from, 0), len(s.values)):min(max(until, 0), len(s.values))]
	if len(inside) == 0 {
		return 0, false
	}
	return slices.Max(inside), true
}

// autocorrelation is that of the newest values at a lag: the mean product of
// deviations over all pairs, in units of the variance. It is 0 where there is
// no pair or no variance.
func (s *series) autocorrelation(newest, lag int) float64 {
	values := s.values[max(0, len(s.values)-newest):]
	mean, variance := 0.0, 0.0
	for _, v := range values {
		mean += v / float64(len(values))
	}
	for _, v := range values {
		variance += (v - mean) * (v - mean) / float64(len(values))
	}
	if len(values) <= lag || variance == 0 {
		return 0
	}
	product := 0.0
	for i, v := range values[lag:] {
		product += (v - mean) * (values[i] - mean)
	}
	return product / float64(len(values)-lag) / variance
}
