package arima

import (
	"math"
	"slices"
)

// gapped computes the likelihood of a series with gaps by the Kalman filter. It
// passes over the series itself, not over its differences, which a gap would
// take the values beside it from.
//
// It serves all orders of the same differences.
type gapped struct {
	order Order       // of which only the differences count
	y     []float64   // NaN where a value is missing
	basis [][]float64 // of the regressors, undifferenced
	told  int         // values that the likelihood is of
}

// newGapped takes the series and the regressors that a design found to be
// independent.
func newGapped(o Order, d Data, g *design) *gapped {
	p := &gapped{order: o, y: append([]float64(nil), d.Y...), told: -o.telling(d.Y)}
	for _, y := range p.y {
		if !math.IsNaN(y) {
			p.told++
		}
	}
	for _, back := range g.back {
		column := make([]float64, len(p.y))
		for j, c := range back {
			if c != 0 {
				subtract(column, -c, d.X[j][:len(column)])
			}
		}
		p.basis = append(p.basis, column)
	}
	return p
}

// telling counts the values that tell those before the first and so are not
// judged: as many as differencing takes, or fewer where a season has none of its
// values. That depends on where the gaps are, and not on the ARMA part.
func (o Order) telling(y []float64) int {
	k := newKalman[float64](Order{Diff: o.Diff, SDiff: o.SDiff, Period: o.Period}, nil)
	n := 0
	for _, v := range y {
		if len(k.diffuse) == 0 {
			break
		}
		if k.gain(!math.IsNaN(v)); k.kind == initialising {
			n++
		}
	}
	return n
}

// innovations writes the standardised errors of the predictions of the series
// (first) and of the basis, one a value that is judged, and gives Σ log F.
func (p *gapped) innovations(o Order, dst [][]float64, coef []float64) (sumLog float64) {
	k := newKalman(o, coef)
	n := 0
	states, next := make([][]float64, len(dst)), make([][]float64, len(dst))
	for j := range states {
		states[j], next[j] = make([]float64, k.n), make([]float64, k.n)
	}
	for t, y := range p.y {
		k.gain(!math.IsNaN(y))
		for j := range dst {
			value := y
			if j > 0 {
				value = p.basis[j-1][t]
			}
			v := k.move(states[j], next[j], value)
			states[j], next[j] = next[j], states[j]
			if k.kind == told {
				dst[j][n] = v / math.Sqrt(k.variance)
			}
		}
		if k.kind != missing {
			sumLog += math.Log(k.variance)
		}
		if k.kind == told {
			n++
		}
	}
	return sumLog
}

// slope gives S and Σ log F of a series with the derivatives that the imaginary
// parts of the coefficients carry.
func (p *gapped) slope(o Order, rest []float64, coef []complex128) (sum, sumLog complex128) {
	k := newKalman(o, coef)
	state, next := make([]complex128, k.n), make([]complex128, k.n)
	for _, y := range rest {
		k.gain(!math.IsNaN(y))
		v := k.move(state, next, complex(y, 0))
		state, next = next, state
		if k.kind == told {
			sum += v * v / k.variance
		}
		if k.kind != missing {
			f := k.variance
			sumLog += complex(math.Log(real(f)), imag(f)/real(f))
		}
	}
	return sum, sumLog
}

// spread gives the root mean square, less its regression, of the differences of
// values that follow one another where the model differences, else of the values
// about their mean.
func (p *gapped) spread() float64 {
	d := Data{Y: p.y, X: p.basis}
	o := Order{Diff: min(1, p.order.lost())}
	if o.Diff == 0 {
		d.X = append(slices.Clip(d.X), ConstantOf(len(d.Y), 0))
	}
	return newDesign(o, d.there()).spread()
}

// bridged gives the optimum of the series with straight lines over its gaps, a
// start that costs little.
func (f *fitter) bridged(zero []float64) []float64 {
	whole, err := fitterOf(f.order, Data{Y: Bridged(f.gapped.y), X: f.gapped.basis})
	if err != nil {
		return zero
	}
	return whole.fit().free
}

// Bridged gives a series with straight lines over its gaps, and its first and
// last value before and after them. It has a value where the series has one.
func Bridged(y []float64) []float64 {
	out := append([]float64(nil), y...)
	last := -1
	for i, v := range y {
		if math.IsNaN(v) {
			continue
		}
		for j := last + 1; j < i; j++ {
			out[j] = v
			if last >= 0 {
				share := float64(j-last) / float64(i-last)
				out[j] = y[last] + share*(v-y[last])
			}
		}
		last = i
	}
	for j := last + 1; last >= 0 && j < len(out); j++ {
		out[j] = y[last]
	}
	return out
}
