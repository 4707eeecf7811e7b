package arima

import (
	"fmt"
	"slices"
)

// FitFrom gives a model of an order whose likelihood is at least that of the
// given coefficients, from which the search for a larger one begins. Of the
// parameters only the coefficients of the polynomials are read.
func FitFrom(o Order, d Data, p Params) (*Model, error) {
	f, u, err := fitterAt(o, d, p)
	if err != nil {
		return nil, fmt.Errorf("fit %v: %w", o, err)
	}
	if o.params() == 0 {
		return f.model(nil).finite()
	}
	return f.model(f.descend(u, f.patience()).at).finite()
}

// Regress gives the model that has the given polynomials, with the regression of
// the largest likelihood at them. Of the parameters only the coefficients of the
// polynomials are read.
func Regress(o Order, d Data, p Params) (*Model, error) {
	f, u, err := fitterAt(o, d, p)
	if err != nil {
		return nil, fmt.Errorf("regress %v: %w", o, err)
	}
	return f.model(u).finite()
}

// fitterAt gives the fitter of an order, and where the coefficients of the
// polynomials lie for it.
func fitterAt(o Order, d Data, p Params) (*fitter, []float64, error) {
	p.Beta = nil
	if err := o.check(); err != nil {
		return nil, nil, err
	}
	if err := d.check(); err != nil {
		return nil, nil, err
	}
	if err := p.check(o, 0); err != nil {
		return nil, nil, err
	}
	f, err := fitterOf(o, d)
	if err != nil {
		return nil, nil, err
	}
	u, _ := free(o, p.coef(), 1-1e-12)
	return f, u, nil
}

// LeastSquaresRest gives the residuals of an ordinary least squares regression
// of the series on its regressors and a mean; missing values stay missing.
func LeastSquaresRest(d Data) []float64 {
	d.X = append(slices.Clip(d.X), ConstantOf(len(d.Y), 0))
	g := newDesign(Order{}, d.there())
	beta := make([]float64, len(g.basis))
	for k, b := range g.basis {
		beta[k] = dot(b, g.y)
		subtract(g.y, beta[k], b)
	}
	return d.Less(g.regressors(beta))
}
