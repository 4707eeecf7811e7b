package arima

import (
	"fmt"
	"math"
	"slices"
)

// fitter maximises the likelihood of one order.
type fitter struct {
	*ground
	order  Order
	score  *score
	gains  gains
	normal *normal
	beta   []float64 // on the basis
	rest   []float64

	at          []float64 // where value and grad were evaluated last
	value       float64
	grad        []float64
	sum, sumLog float64 // S and Σ log F there
	evaluations int
	// conditional says that the law of the start is left out, frozen that the
	// regression stays as it is.
	conditional, frozen bool
}

func newFitter(o Order, g *ground) (*fitter, error) {
	f := &fitter{ground: g, order: o, score: newScore(o)}
	f.grad = make([]float64, o.params())
	f.beta = make([]float64, len(g.design.basis))
	f.rest = make([]float64, len(g.design.y))
	if g.gapped != nil {
		f.rest = make([]float64, len(g.data.Y))
	}
	if f.n < o.params()+len(f.beta)+2 {
		return nil, fmt.Errorf("%w: %d are left of %d", ErrTooShort, f.n, len(g.data.Y))
	}
	f.normal = newNormal(len(f.beta), f.n)
	return f, nil
}

// fitterOf gives one on a ground of its own.
func fitterOf(o Order, d Data) (*fitter, error) {
	g, err := newGround(o, d)
	if err != nil {
		return nil, err
	}
	return newFitter(o, g)
}

// evaluate computes the objective, minus the log-likelihood per value up to a
// constant, and its gradient, unless they are of the same point as last time.
func (f *fitter) evaluate(u []float64) {
	if f.at != nil && slices.Equal(f.at, u) {
		return
	}
	f.at = append(f.at[:0], u...)
	f.evaluations++
	f.regress(u)
	if f.gapped != nil {
		f.derive(u)
	} else {
		f.value = f.score.of(f.grad, f.rest, u, f.conditional)
		f.sum, f.sumLog = f.score.sum, f.score.sumLog
	}
	if math.IsNaN(f.value) {
		f.value = math.Inf(1)
	}
}

// derive sets the objective of a series with gaps, whose sums regress set, and
// its gradient, one parameter after another.
func (f *fitter) derive(u []float64) {
	n := float64(f.n)
	f.value = (math.Log(f.sum/n) + f.sumLog/n) / 2
	z := make([]complex128, len(u))
	for i, x := range u {
		z[i] = complex(x, 0)
	}
	for k := range f.grad {
		z[k] += complex(0, complexStep)
		sum, sumLog := f.gapped.slope(f.order, f.rest, coefficients(f.order, z))
		z[k] = complex(u[k], 0)
		f.grad[k] = (imag(sum)/f.sum + imag(sumLog)/n) / (2 * complexStep)
	}
}

// regress concentrates the regression out: the coefficients are those of
// generalised least squares. At them the derivative of the likelihood in their
// direction is 0, so the gradient needs none of theirs.
func (f *fitter) regress(u []float64) {
	if f.frozen && f.gapped == nil {
		return
	}
	if f.gapped != nil {
		f.regressGapped(u)
		return
	}
	if len(f.beta) > 0 {
		f.whiten(u)
		if !f.normal.solve(f.beta) {
			clear(f.beta)
		}
	}
	f.design.rest(f.rest, f.beta)
}

// whiten fills the normal equations' columns with innovations.
func (f *fitter) whiten(u []float64) {
	g := &f.gains
	if f.conditional {
		g.skip(f.order.width(), expand(f.order, coefficients(f.order, u)))
	} else {
		in := stationary(f.order, coefficients(f.order, u))
		g.run(f.n, &in)
	}
	for j, column := range f.design.basis {
		g.innovations(f.normal.columns[j+1], column, f.score.arLags, f.score.maLags)
	}
	g.innovations(f.normal.columns[0], f.design.y, f.score.arLags, f.score.maLags)
}

func (f *fitter) regressGapped(u []float64) {
	f.sumLog = f.gapped.innovations(f.order, f.normal.columns, coefficients(f.order, u))
	if len(f.beta) > 0 && !f.normal.solve(f.beta) {
		clear(f.beta)
	}
	errors := f.normal.columns[0]
	copy(f.rest, f.gapped.y)
	for k, c := range f.beta {
		subtract(errors, c, f.normal.columns[k+1])
		subtract(f.rest, c, f.gapped.basis[k])
	}
	f.sum = dot(errors, errors)
}
