package stationarity

import (
	"math"
	"slices"
)

const (
	mostDifferences         = 2
	mostSeasonalDifferences = 1
)

// Choose gives the number of differences from value to value (0 to 2) and of
// differences at the season of m values (0 or 1), in the order of R's
// auto.arima: the second first, on the series from its first value on, then
// the first on what that leaves. An m below 2 is no season. Differences that
// would leave no value, because of gaps, are not taken.
func Choose(y []float64, m int) (d, seasonal int) {
	first := slices.IndexFunc(y, finite)
	if first < 0 || Constant(y) {
		return 0, 0
	}
	y = y[first:]
	if SeasonalDifferences(y, m, mostSeasonalDifferences) > 0 {
		if rest := Difference(y, m); len(present(rest)) > 0 {
			y, seasonal = rest, 1
		}
	}
	most := Differences(y, mostDifferences)
	for d < most {
		y = Difference(y, 1)
		if len(present(y)) == 0 {
			break
		}
		d++
	}
	return d, seasonal
}

// Differences gives the number of times, at most most, that a series is to be
// differenced until the KPSS test does not reject that it has a level, at 5 %
// with Lags lags, or until it is constant.
func Differences(y []float64, most int) int {
	y = present(y)
	d := 0
	for d < most && !Constant(y) && KPSS(y, Lags(len(y))) > critical {
		y = Difference(y, 1)
		d++
	}
	return d
}

// SeasonalDifferences gives the number of times, at most most, that a series is
// to be differenced at its season of m values until the strength of that is at
// most 0.64. It is 0 for an m below 2.
func SeasonalDifferences(y []float64, m, most int) int {
	n := 0
	for m >= 2 && n < most && SeasonalStrength(y, m) > strong {
		y = Difference(y, m)
		n++
	}
	return n
}

// Difference gives what each value has more than the one that many places
// before: as many values fewer. It is NaN where either is missing.
func Difference(y []float64, lag int) []float64 {
	rest := make([]float64, max(len(y)-lag, 0))
	for i := range rest {
		rest[i] = math.NaN()
		if finite(y[i]) && finite(y[i+lag]) {
			rest[i] = y[i+lag] - y[i]
		}
	}
	return rest
}
