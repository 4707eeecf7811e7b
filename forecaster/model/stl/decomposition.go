package stl

import "math"

// Decomposition is a series taken apart. Its columns have an entry a value.
type Decomposition struct {
	// Periods are those of the seasonal components, rising, in places.
	Periods []int
	// Trend is what varies slowly. It is NaN only where no value was finite.
	Trend []float64
	// Seasonal has a component for each of the Periods.
	Seasonal [][]float64
	// Remainder is the value without trend and seasonal components, NaN where
	// the value is missing.
	Remainder []float64
	// Weights are the robustness weights that STL ended with, in [0, 1]: all 1
	// without an outer loop. Decompose gives none.
	Weights []float64
}

// Adjusted gives the series without its seasonal components, NaN where the
// value is missing.
func (d Decomposition) Adjusted() []float64 {
	adjusted := make([]float64, len(d.Trend))
	for i, t := range d.Trend {
		adjusted[i] = t + d.Remainder[i]
	}
	return adjusted
}

// Ahead gives the sum of the seasonal components that many steps after the last
// value, at least 1, if each repeats its last cycle.
func (d Decomposition) Ahead(step int) float64 {
	sum := 0.0
	for i, period := range d.Periods {
		season := d.Seasonal[i]
		sum += season[len(season)-period+(step-1)%period]
	}
	return sum
}

// finish sets the remainder of the values.
func (d *Decomposition) finish(values []float64) {
	d.Remainder = make([]float64, len(values))
	for i, v := range values {
		if missing(v) {
			d.Remainder[i] = math.NaN()
			continue
		}
		for _, season := range d.Seasonal {
			v -= season[i]
		}
		d.Remainder[i] = v - d.Trend[i]
	}
}
