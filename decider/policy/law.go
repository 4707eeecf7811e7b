package policy

import (
	"math"
	"sort"
)

// law is what is known of a load: its quantiles at rising levels, at least one.
type law struct{ levels, quantiles []float64 }

// above gives the probability that the load exceeds x: linear between the
// quantiles, exponential through the two highest beyond them, and 1 - the
// lowest level up to the lowest.
func (l law) above(x float64) float64 {
	last := len(l.quantiles) - 1
	// A millionth of a millionth is rounding, as in instances.
	x += 1e-9 * math.Max(1, math.Abs(x))
	i := sort.SearchFloat64s(l.quantiles, x) // the first at or above x
	switch {
	case i == 0:
		return 1 - l.levels[0]
	case i <= last:
		share := (x - l.quantiles[i-1]) / (l.quantiles[i] - l.quantiles[i-1])
		return 1 - l.levels[i-1] - share*(l.levels[i]-l.levels[i-1])
	}
	rate := l.rate()
	if rate == 0 {
		return 0
	}
	return (1 - l.levels[last]) * math.Exp(-rate*(x-l.quantiles[last]))
}

// rate is that of the exponential beyond the highest quantile, per unit of
// load; 0 where nothing lies beyond.
func (l law) rate() float64 {
	last := len(l.quantiles) - 1
	if last == 0 || l.quantiles[last] <= l.quantiles[last-1] {
		return 0
	}
	return math.Log((1-l.levels[last-1])/(1-l.levels[last])) / (l.quantiles[last] - l.quantiles[last-1])
}

// quantile gives the load that is exceeded with a probability of risk.
func (l law) quantile(risk float64) float64 {
	last := len(l.quantiles) - 1
	p := 1 - risk
	i := sort.SearchFloat64s(l.levels, p)
	switch {
	case i == 0:
		return l.quantiles[0]
	case i <= last:
		share := (p - l.levels[i-1]) / (l.levels[i] - l.levels[i-1])
		return l.quantiles[i-1] + share*(l.quantiles[i]-l.quantiles[i-1])
	case l.rate() == 0, risk <= 0:
		return l.quantiles[last]
	}
	return l.quantiles[last] + math.Log((1-l.levels[last])/risk)/l.rate()
}
