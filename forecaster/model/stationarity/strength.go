package stationarity

import (
	"math"

	"github.com/ml-autoscaling/autoscaler/forecaster/model/stl"
)

// strong is the strength from which a season is differenced: 0.64, by
// experiments on the M3 data (Hyndman & Athanasopoulos, Forecasting: Principles
// and Practice, section 9.9).
const strong = 0.64

// SeasonalStrength says how much of what a series varies by around its trend is
// a season of m values: 1 - variance of the remainder / variance of season and
// remainder, from 0 to 1 (Wang, Smith & Hyndman 2006, section 3.1), by the
// decomposition of package stl. It is 0 for a constant series, and for one of
// no more than two cycles.
func SeasonalStrength(y []float64, m int) float64 {
	if Constant(y) {
		return 0
	}
	d := stl.Decompose(y, []int{m})
	if len(d.Seasonal) == 0 {
		return 0
	}
	detrended := make([]float64, len(y))
	for i, r := range d.Remainder {
		detrended[i] = r + d.Seasonal[0][i]
	}
	strength := 1 - variance(d.Remainder)/variance(detrended)
	if !(strength > 0) { // nothing varies, or squares leave the finite
		return 0
	}
	return strength
}

// variance is that of the values that are not missing, times their number less
// one.
func variance(y []float64) float64 {
	return product(centred(present(y)), 0)
}

// Constant says whether all values that are not missing are the same as the
// first: their distance from it is, on average over those that have one, no
// more than 1.5e-8 of their size. None at all are constant.
func Constant(y []float64) bool {
	y = present(y)
	distance, size := 0.0, 0.0
	other := 0
	for _, v := range y {
		if v != y[0] {
			distance += math.Abs(v - y[0])
			size += math.Abs(v)
			other++
		}
	}
	if other == 0 {
		return true
	}
	const tolerance = 1.5e-8
	distance, size = distance/float64(other), size/float64(other)
	if size > tolerance {
		distance /= size
	}
	return distance <= tolerance
}
