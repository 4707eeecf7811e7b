package evaluation

import (
	"math"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// Naive2 is the name of the benchmark that M4 is relative to.
const Naive2 = "naive2"

// NewNaive2 makes the benchmark Naive2 of M4: the last value, seasonally
// adjusted where a test at 90 % finds a season of a day. It says points only;
// every other quantile is NaN.
func NewNaive2(s Series, _ int) Forecaster { return &naive2{day: s.Day} }

type naive2 struct {
	day  int
	seen []float64
	// season has the indices of the steps of a day after the last value seen at
	// the refit, and level is that value, adjusted.
	season []float64
	level  float64
}

func (n *naive2) See(value float64) { n.seen = append(n.seen, value) }

func (n *naive2) Refit(model.Each) error {
	n.season = make([]float64, n.day)
	for i := range n.season {
		n.season[i] = 1
	}
	if seasonal(n.seen, n.day) {
		figure := multiplicativeSeason(n.seen, n.day)
		for i := range n.season {
			n.season[i] = figure[(len(n.seen)+i)%n.day]
		}
	}
	n.level = n.seen[len(n.seen)-1] / n.season[n.day-1]
	return nil
}

func (n *naive2) Forecast(dst *model.Bands) bool {
	for h := range dst.Steps {
		for j := range dst.Steps[h] {
			dst.Steps[h][j], dst.Peaks[h][j] = math.NaN(), math.NaN()
		}
		dst.Steps[h][at50] = n.level * n.season[h%n.day]
	}
	return true
}

// seasonal tests whether the autocorrelation at a lag is outside of what it
// would be if those at all smaller lags were all there were (Bartlett's
// formula), at 90 %. Fewer than three seasons are never seasonal.
func seasonal(values []float64, lag int) bool {
	const critical = 1.645 // of M4's own script
	n := len(values)
	if n < 3*lag {
		return false
	}
	squares := 1.0
	for k := 1; k < lag; k++ {
		r := autocorrelation(values, k)
		squares += 2 * r * r
	}
	return math.Abs(autocorrelation(values, lag)) > critical*math.Sqrt(squares/float64(n))
}

// autocorrelation gives that of a lag, 0 for a constant.
func autocorrelation(values []float64, lag int) float64 {
	mean := 0.0
	for _, v := range values {
		mean += v
	}
	mean /= float64(len(values))
	var with, all float64
	for i, v := range values {
		all += (v - mean) * (v - mean)
		if i >= lag {
			with += (v - mean) * (values[i-lag] - mean)
		}
	}
	if all == 0 {
		return 0
	}
	return with / all
}

// multiplicativeSeason gives the index of each place in a season of an even
// length, by classical decomposition: the means of the ratios to a moving
// average over a season, scaled to a mean of 1.
func multiplicativeSeason(values []float64, length int) []float64 {
	sums, counts := make([]float64, length), make([]float64, length)
	for i := length / 2; i+length/2 < len(values); i++ {
		trend := (values[i-length/2] + values[i+length/2]) / 2
		for _, v := range values[i-length/2+1 : i+length/2] {
			trend += v
		}
		sums[i%length] += values[i] / (trend / float64(length))
		counts[i%length]++
	}
	mean := 0.0
	for i := range sums {
		sums[i] /= counts[i]
		mean += sums[i] / float64(length)
	}
	for i := range sums {
		sums[i] /= mean
	}
	return sums
}
