package arima

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Residuals gives the standardised innovations of a model on a series: the
// errors of its one-step predictions in their standard deviations, NaN where a
// value is missing or where differencing has not seen enough for a prediction.
func Residuals(m *Model, d Data) ([]float64, error) {
	if err := d.check(); err != nil {
		return nil, fmt.Errorf("residuals %v: %w", m.Order, err)
	}
	if err := m.Params.check(m.Order, len(d.X)); err != nil {
		return nil, fmt.Errorf("residuals %v: %w", m.Order, err)
	}
	f, err := NewFilter(m.Order, m.Params, 0)
	if err != nil {
		return nil, fmt.Errorf("residuals: %w", err)
	}
	out := d.Less(m.Params.Beta)
	for t, y := range out {
		e, judged := f.Observe(y)
		if !judged {
			e = math.NaN()
		}
		out[t] = e
	}
	return out, nil
}

// LjungBox tests whether residuals are uncorrelated up to a number of lags
// (Ljung and Box 1978): the statistic, and how likely one as large is where they
// are. fitted is the number of coefficients of the polynomials, each of which
// takes a degree of freedom. A residual that is NaN is left out. The probability
// is 1 where no degree of freedom is left or where no residual varies.
func LjungBox(residuals []float64, lags, fitted int) (statistic, p float64) {
	n, mean := 0.0, 0.0
	for _, e := range residuals {
		if !math.IsNaN(e) {
			n++
			mean += (e - mean) / n
		}
	}
	square := covariance(residuals, mean, 0)
	if !(square > 0) {
		return 0, 1
	}
	for k := 1; k <= lags && float64(k) < n; k++ {
		r := covariance(residuals, mean, k) / square
		statistic += n * (n + 2) * r * r / (n - float64(k))
	}
	if lags <= fitted {
		return statistic, 1
	}
	return statistic, mathext.GammaIncRegComp(float64(lags-fitted)/2, statistic/2)
}

// covariance sums the products of deviations that are a lag apart.
func covariance(x []float64, mean float64, lag int) float64 {
	sum := 0.0
	for t := lag; t < len(x); t++ {
		if product := (x[t] - mean) * (x[t-lag] - mean); !math.IsNaN(product) {
			sum += product
		}
	}
	return sum
}
