package arima

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Params are the parameters of a model in natural units.
type Params struct {
	// AR, MA, SAR and SMA are φ, θ, Φ and Θ of Order.
	AR, MA, SAR, SMA []float64
	// Beta are the coefficients on the regressors.
	Beta []float64
	// Sigma2 is the variance of the innovations: the sum of squares over the
	// number of observations, as maximum likelihood has it.
	Sigma2 float64
}

// Model is an order with parameters, and how it fits the data that it was
// estimated from.
type Model struct {
	Order  Order
	Params Params
	// LogLik is the exact diffuse log-likelihood: that of the differenced series.
	LogLik float64
	// N is the number of values that it is the likelihood of: those that are
	// there, less those that differencing takes.
	N int
	// Evaluations counts those of the likelihood and its gradient.
	Evaluations int
	free        []float64
}

// AICc gives Akaike's criterion with the correction of Hurvich and Tsai (1989),
// +Inf where there are too few values for it.
func (m *Model) AICc() float64 {
	k, n := float64(m.estimated()), float64(m.N)
	if n-k-1 <= 0 {
		return math.Inf(1)
	}
	return m.AIC() + 2*k*(k+1)/(n-k-1)
}

// AIC gives Akaike's criterion.
func (m *Model) AIC() float64 { return 2*float64(m.estimated()) - 2*m.LogLik }

func (m *Model) estimated() int { return m.Order.params() + len(m.Params.Beta) + 1 }

// finite refuses a model that rounding left no likelihood of.
func (m *Model) finite() (*Model, error) {
	for _, x := range slices.Concat(m.Params.coef(), m.Params.Beta, []float64{m.LogLik, m.Params.Sigma2}) {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil, fmt.Errorf("fit %v: the likelihood is not finite", m.Order)
		}
	}
	return m, nil
}

// Evaluate gives the model that has the given parameters: its likelihood and
// the variance of its innovations on the data. It refuses coefficients that are
// not stationary or not invertible.
func Evaluate(o Order, d Data, p Params) (*Model, error) {
	if err := o.check(); err != nil {
		return nil, fmt.Errorf("evaluate: %w", err)
	}
	if err := d.check(); err != nil {
		return nil, fmt.Errorf("evaluate %v: %w", o, err)
	}
	if err := p.check(o, len(d.X)); err != nil {
		return nil, fmt.Errorf("evaluate %v: %w", o, err)
	}
	u, inside := free(o, p.coef(), 1)
	if !inside {
		return nil, fmt.Errorf("evaluate %v: the coefficients are not stationary and invertible", o)
	}
	f, err := fitterOf(o, Data{Y: d.Less(p.Beta)})
	if err != nil {
		return nil, fmt.Errorf("evaluate %v: %w", o, err)
	}
	m := f.model(u)
	m.Params.Beta = slices.Clone(p.Beta)
	return m.finite()
}

// coef gives the coefficients of the polynomials as one vector.
func (p *Params) coef() []float64 { return slices.Concat(p.AR, p.MA, p.SAR, p.SMA) }

func (p *Params) check(o Order, regressors int) error {
	for _, c := range []struct {
		name      string
		have, not int
	}{
		{"ar", len(p.AR), o.AR}, {"ma", len(p.MA), o.MA}, {"sar", len(p.SAR), o.SAR}, {"sma", len(p.SMA), o.SMA},
		{"beta", len(p.Beta), regressors},
	} {
		if c.have != c.not {
			return fmt.Errorf("%s: want %d coefficients, got %d", c.name, c.not, c.have)
		}
	}
	for _, x := range append(p.coef(), p.Beta...) {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return errors.New("a coefficient is not finite")
		}
	}
	return nil
}
