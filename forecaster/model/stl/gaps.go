package stl

import "math"

func missing(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }

// filled gives a copy of the values with straight lines over the gaps; all NaN
// where there is no value at all.
func filled(values []float64) []float64 {
	y := make([]float64, len(values))
	last := -1
	for i, v := range values {
		if missing(v) {
			y[i] = math.NaN()
			continue
		}
		y[i] = v
		switch {
		case last < 0:
			flatten(y[:i], v)
		case last < i-1:
			bridge(y[last : i+1])
		}
		last = i
	}
	if last >= 0 {
		flatten(y[last+1:], y[last])
	}
	return y
}

func flatten(dst []float64, v float64) {
	for i := range dst {
		dst[i] = v
	}
}
