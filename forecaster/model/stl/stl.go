package stl

import (
	"fmt"
	"slices"
)

// Decompose takes a series apart by MSTL, with a seasonal component for each
// of the periods that it has more than two full cycles of; a period of less
// than 2 is left out like one that is too long. Any series will do, an empty
// one too.
//
// As in R's mstl, the seasonal spans are 11, 15, 19... cycles in the order of
// the periods, each component is estimated twice where there are several, and
// there is no outer loop. Where no period is left, the trend is a local line
// over a fifth of the series (R takes the supersmoother).
func Decompose(values []float64, periods []int) Decomposition {
	n := len(values)
	y := filled(values)
	d := Decomposition{Periods: cyclic(periods, n)}
	if len(d.Periods) == 0 {
		d.Trend = make([]float64, n)
		over(max(7, odd(n/5)), 1).smooth(d.Trend, y, nil)
		d.finish(values)
		return d
	}
	l := newLoop(n, d.Periods[len(d.Periods)-1])
	for range d.Periods {
		d.Seasonal = append(d.Seasonal, make([]float64, n))
	}
	for range min(2, len(d.Periods)) {
		for i, period := range d.Periods {
			season := d.Seasonal[i]
			for j, s := range season {
				y[j] += s
			}
			l.run(y, period, Defaults(period, 11+4*i).settled(n))
			copy(season, l.season)
			for j, s := range season {
				y[j] -= s
			}
		}
	}
	d.Trend = l.trend
	d.finish(values)
	return d
}

// cyclic gives the periods that a series of n values has more than two cycles
// of, rising, each once.
func cyclic(periods []int, n int) []int {
	var kept []int
	for _, period := range periods {
		if period >= 2 && n > 2*period {
			kept = append(kept, period)
		}
	}
	slices.Sort(kept)
	return slices.Compact(kept)
}

// STL takes a series apart with one period, of at least 2, in places. It gives
// an error where there are not more than two full cycles, or an option is out
// of its range.
func STL(values []float64, period int, o Options) (Decomposition, error) {
	n := len(values)
	if period < 2 || n <= 2*period {
		return Decomposition{}, fmt.Errorf("decompose series: want a period of at least 2 and more than two cycles, got period %d and %d values", period, n)
	}
	if err := o.check(); err != nil {
		return Decomposition{}, fmt.Errorf("decompose series: %w", err)
	}
	l := newLoop(n, period)
	l.run(filled(values), period, o.settled(n))
	d := Decomposition{
		Periods:  []int{period},
		Trend:    l.trend,
		Seasonal: [][]float64{l.season},
		Weights:  l.weights,
	}
	d.finish(values)
	return d, nil
}
