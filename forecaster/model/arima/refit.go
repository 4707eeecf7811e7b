package arima

import "fmt"

// FitFrom gives a model of an order whose likelihood is at least that of the
// given coefficients, from which the search for a larger one begins. Of the
// parameters only the coefficients of the polynomials are read.
func FitFrom(o Order, d Data, p Params) (*Model, error) {
	p.Beta = nil
	if err := o.check(); err != nil {
		return nil, fmt.Errorf("fit: %w", err)
	}
	if err := d.check(); err != nil {
		return nil, fmt.Errorf("fit %v: %w", o, err)
	}
	if err := p.check(o, 0); err != nil {
		return nil, fmt.Errorf("fit %v: %w", o, err)
	}
	g, err := newGround(o, d)
	if err != nil {
		return nil, fmt.Errorf("fit %v: %w", o, err)
	}
	f, err := newFitter(o, g)
	if err != nil {
		return nil, fmt.Errorf("fit %v: %w", o, err)
	}
	u, _ := free(o, p.coef(), 1-1e-12)
	if o.params() == 0 {
		return f.model(nil).finite()
	}
	return f.model(f.descend(u, longDescent).at).finite()
}

// LeastSquaresRest gives the residuals of an ordinary least squares regression
// of the series on its regressors and a mean; missing values stay missing.
func LeastSquaresRest(d Data) []float64 {
	mean := Data{Y: Bridged(d.Y), X: append(d.X[:len(d.X):len(d.X)], ConstantOf(len(d.Y), 0))}
	g := newDesign(Order{}, mean)
	rest := append([]float64(nil), d.Y...)
	for _, b := range g.basis {
		c := dot(b, g.y)
		subtract(g.y, c, b)
		subtract(rest, c, b)
	}
	return rest
}
