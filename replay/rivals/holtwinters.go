package rivals

import "math"

// smoothing holds the constants of exponential smoothing, each from 0 to 1.
type smoothing struct{ level, trend, season float64 }

// holtWinters is additive Holt-Winters smoothing (Winters, Forecasting sales by
// exponentially weighted moving averages, Management Science 6(3), 1960).
type holtWinters struct {
	constants    smoothing
	level, trend float64
	season       []float64
	next         int // the part of the season that comes next
}

// newHoltWinters starts behind a first season: its mean is the level, its
// deviations are the season, and there is no trend. Values that are NaN are
// missing; the first is not.
func newHoltWinters(first []float64, c smoothing) *holtWinters {
	h := &holtWinters{constants: c, season: make([]float64, len(first))}
	n := 0.0
	for _, y := range first {
		if !math.IsNaN(y) {
			h.level += y
			n++
		}
	}
	h.level /= n
	for i, y := range first {
		if !math.IsNaN(y) {
			h.season[i] = y - h.level
		}
	}
	return h
}

// forecast gives the value one step ahead.
func (h *holtWinters) forecast() float64 { return h.level + h.trend + h.season[h.next] }

// observe takes in the next value; one that is NaN is missing, and only time
// goes on.
func (h *holtWinters) observe(y float64) {
	if !math.IsNaN(y) {
		before, c := h.level, h.constants
		h.level = c.level*(y-h.season[h.next]) + (1-c.level)*(h.level+h.trend)
		h.trend = c.trend*(h.level-before) + (1-c.trend)*h.trend
		h.season[h.next] = c.season*(y-h.level) + (1-c.season)*h.season[h.next]
	}
	if h.next++; h.next == len(h.season) {
		h.next = 0
	}
}

// bestSmoothing gives those constants of a grid of 24 that have the smallest
// mean squared error one step ahead from the second season on, the first of
// equal ones. values has more than a season.
func bestSmoothing(values []float64, season int) smoothing {
	var best smoothing
	least := -1.0
	for _, level := range [...]float64{0.1, 0.3, 0.5, 0.9} {
		for _, trend := range [...]float64{0, 0.01} {
			for _, seasonal := range [...]float64{0.1, 0.3, 0.9} {
				c := smoothing{level, trend, seasonal}
				if e := squaredError(values, season, c); least < 0 || e < least {
					best, least = c, e
				}
			}
		}
	}
	return best
}

func squaredError(values []float64, season int, c smoothing) float64 {
	h := newHoltWinters(values[:season], c)
	sum := 0.0
	for _, y := range values[season:] {
		if miss := y - h.forecast(); !math.IsNaN(miss) {
			sum += miss * miss
		}
		h.observe(y)
	}
	return sum
}
