package regarima

import (
	"math"
	"math/cmplx"

	"gonum.org/v1/gonum/mat"
)

// mostRoot is the largest modulus of an inverse root that a filter runs with.
// The likelihood may have its maximum at the unit circle; beside it, what was
// rounded away from a coefficient no longer dies out.
const mostRoot = 0.9999

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
