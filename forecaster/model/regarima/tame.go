package regarima

import (
	"math"
	"math/cmplx"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/ml-autoscaling/autoscaler/forecaster/model/arima"
)

// mostRoot is the largest modulus of an inverse root that a filter runs with.
// The likelihood may have its maximum at the unit circle; beside it, what was
// rounded away from a coefficient no longer dies out.
const mostRoot = 0.9999

// calmed gives a model whose polynomials are tamed, with the likelihood and the
// variance that this leaves it.
func calmed(m *arima.Model, d arima.Data) (*arima.Model, error) {
	p := m.Params
	p.AR, p.MA = tamed(p.AR, 1), tamed(p.MA, -1)
	if slices.Equal(p.AR, m.Params.AR) && slices.Equal(p.MA, m.Params.MA) {
		return m, nil
	}
	return arima.Evaluate(m.Order, d, p)
}

// tamed gives a polynomial 1 - sign·Σ cᵢBⁱ whose inverse roots are all drawn in
// by the same factor where one of them is larger than mostRoot.
func tamed(c []float64, sign float64) []float64 {
	n := len(c)
	if n == 0 {
		return c
	}
	companion := mat.NewDense(n, n, nil)
	for i, x := range c {
		companion.Set(0, i, sign*x)
		if i > 0 {
			companion.Set(i, i-1, 1)
		}
	}
	var eigen mat.Eigen
	if !eigen.Factorize(companion, mat.EigenNone) {
		return c
	}
	largest := 0.0
	for _, root := range eigen.Values(nil) {
		largest = max(largest, cmplx.Abs(root))
	}
	if largest <= mostRoot {
		return c
	}
	out := make([]float64, n)
	for i, x := range c {
		out[i] = x * math.Pow(mostRoot/largest, float64(i+1))
	}
	return out
}
