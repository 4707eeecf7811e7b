package arima

import (
	"math"
	"testing"
)

// TestFitFrom begins at R's optimum: the likelihood is at least that there, and
// little is evaluated.
func TestFitFrom(t *testing.T) {
	for _, g := range goldens(t) {
		d, names := g.data()
		p := g.params(g.Optimum.Coef, names)
		at, err := Evaluate(g.order(), d, p)
		if err != nil {
			t.Errorf("%s: %v", g.Name, err)
			continue
		}
		m, err := FitFrom(g.order(), d, p)
		if err != nil || m.LogLik < at.LogLik-1e-6 {
			t.Errorf("%s: want a log-likelihood of at least %v, got %+v: %v", g.Name, at.LogLik, m, err)
		}
	}
	if _, err := FitFrom(Order{AR: 1}, Data{Y: lcg(40, 1)}, Params{}); err == nil {
		t.Error("want an order without its coefficients refused")
	}
}

// TestRegress gives the coefficients of a fit back to it: the regression and the
// likelihood must be those of the fit, and at none is one larger.
func TestRegress(t *testing.T) {
	for _, g := range goldens(t) {
		d, names := g.data()
		m, err := FitFrom(g.order(), d, g.params(g.Optimum.Coef, names))
		if err != nil {
			t.Fatal(err)
		}
		again, err := Regress(g.order(), d, m.Params)
		if err != nil || math.Abs(again.LogLik-m.LogLik) > 1e-6*math.Abs(m.LogLik) {
			t.Errorf("%s: want a log-likelihood of %v, got %+v: %v", g.Name, m.LogLik, again, err)
			continue
		}
		for i, b := range again.Params.Beta {
			if math.Abs(b-m.Params.Beta[i]) > 1e-5*(1+math.Abs(b)) {
				t.Errorf("%s: want regression %v, got %v", g.Name, m.Params.Beta, again.Params.Beta)
				break
			}
			other := again.Params
			other.Beta = append([]float64(nil), again.Params.Beta...)
			other.Beta[i] *= 1 + 1e-3
			if off, err := Evaluate(g.order(), d, other); err == nil && off.LogLik > again.LogLik+1e-9*math.Abs(again.LogLik) {
				t.Errorf("%s: a larger likelihood with another coefficient %d", g.Name, i)
			}
		}
	}
	if _, err := Regress(Order{AR: 1}, Data{Y: lcg(40, 1)}, Params{}); err == nil {
		t.Error("want an order without its coefficients refused")
	}
}

// TestLeastSquaresRest takes a mean and a wave off, and keeps gaps.
func TestLeastSquaresRest(t *testing.T) {
	y := wave(50)
	for i := range y {
		y[i] = 3*y[i] + 7
	}
	y[20] = math.NaN()
	for i, e := range LeastSquaresRest(Data{Y: y, X: [][]float64{wave(50)}}) {
		if i == 20 && !math.IsNaN(e) || i != 20 && !(math.Abs(e) < 1e-9) {
			t.Errorf("value %d: got %v", i, e)
		}
	}
}
