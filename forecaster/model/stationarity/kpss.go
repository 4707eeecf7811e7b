package stationarity

import "math"

// critical is the KPSS statistic of a level that a stationary series exceeds
// with probability 0.05 (Kwiatkowski et al. 1992, table 1).
const critical = 0.463

// KPSS gives the statistic of the test that a series is stationary around a
// level (Kwiatkowski et al. 1992, eq. 13): large where it is not. The variance
// in the long run takes in that many lags, with Bartlett's weights; at most one
// less than there are values. NaN where the values do not vary.
func KPSS(y []float64, lags int) float64 {
	y = present(y)
	rest := centred(y)
	sum, partial := 0.0, 0.0
	for _, v := range rest {
		sum += v
		partial += sum * sum
	}
	lags = min(max(lags, 0), max(len(y)-1, 0))
	variance := product(rest, 0)
	for lag := 1; lag <= lags; lag++ {
		variance += 2 * (1 - float64(lag)/float64(lags+1)) * product(rest, lag)
	}
	return partial / (float64(len(y)) * variance)
}

// Lags gives the number of lags that Differences takes for n values.
func Lags(n int) int { return int(3 * math.Sqrt(float64(n)) / 13) }

// centred gives the values less their mean. Of values that are all the same
// nothing is left, not even a rounding error.
func centred(y []float64) []float64 {
	rest := make([]float64, len(y))
	sum := 0.0
	for i, v := range y {
		rest[i] = v - y[0]
		sum += rest[i]
	}
	for i := range rest {
		rest[i] -= sum / float64(len(y))
	}
	return rest
}

// product sums the products of values that many places apart.
func product(y []float64, lag int) float64 {
	sum := 0.0
	for i, v := range y[lag:] {
		sum += v * y[i]
	}
	return sum
}

// present gives the values that are not missing.
func present(y []float64) []float64 {
	kept := make([]float64, 0, len(y))
	for _, v := range y {
		if finite(v) {
			kept = append(kept, v)
		}
	}
	return kept
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
