package arima

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// hannanRissanen gives a start by two regressions (Hannan and Rissanen 1982):
// innovations from a long autoregression, then the series on its own lags and
// on theirs. It is nil where the regression has no solution.
func (f *fitter) hannanRissanen(long int) []float64 {
	w := f.rest
	arLags, maLags := f.score.arLags, f.score.maLags
	deepest := 0
	for _, l := range append(append([]int{}, arLags...), maLags...) {
		deepest = max(deepest, l)
	}
	k := f.order.params()
	from := long + deepest
	if k == 0 || len(w) < from+2*k+10 {
		return nil
	}
	e := longResiduals(w, long)
	columns := make([][]float64, 0, k)
	take := func(of []float64, lag int) {
		column := make([]float64, len(w)-from)
		copy(column, of[from-lag:])
		columns = append(columns, column)
	}
	for i := 1; i <= f.order.AR; i++ {
		take(w, i)
	}
	for i := 1; i <= f.order.MA; i++ {
		take(e, i)
	}
	for i := 1; i <= f.order.SAR; i++ {
		take(w, i*f.order.Period)
	}
	for i := 1; i <= f.order.SMA; i++ {
		take(e, i*f.order.Period)
	}
	coef := leastSquares(columns, w[from:])
	if coef == nil {
		return nil
	}
	u, _ := free(f.order, coef, 0.98)
	return u
}

// longResiduals gives the residuals of an autoregression of a high degree,
// fitted by the Levinson recursion to the sample autocovariances; 0 where it
// does not reach.
func longResiduals(w []float64, degree int) []float64 {
	gamma := make([]float64, degree+1)
	for l := range gamma {
		gamma[l] = dot(w[l:], w[:len(w)-l])
	}
	phi := make([]float64, degree)
	variance := gamma[0] * (1 + 1e-9)
	for k := range degree {
		r := gamma[k+1]
		for j := range k {
			r -= phi[j] * gamma[k-j]
		}
		r /= variance
		for i, j := 0, k-1; i <= j; i, j = i+1, j-1 {
			phi[i], phi[j] = phi[i]-r*phi[j], phi[j]-r*phi[i]
		}
		phi[k] = r
		variance *= 1 - r*r
	}
	e := make([]float64, len(w))
	copy(e[degree:], w[degree:])
	for l, c := range phi {
		subtract(e[degree:], c, w[degree-1-l:len(w)-1-l])
	}
	return e
}

func leastSquares(columns [][]float64, y []float64) []float64 {
	k := len(columns)
	cross, right := mat.NewSymDense(k, nil), make([]float64, k)
	for i := range k {
		for j := i; j < k; j++ {
			cross.SetSym(i, j, dot(columns[i], columns[j]))
		}
		cross.SetSym(i, i, cross.At(i, i)*(1+1e-10))
		right[i] = dot(columns[i], y)
	}
	var chol mat.Cholesky
	out := make([]float64, k)
	if !chol.Factorize(cross) || chol.SolveVecTo(mat.NewVecDense(k, out), mat.NewVecDense(k, right)) != nil {
		return nil
	}
	for _, c := range out {
		if math.IsNaN(c) || math.IsInf(c, 0) {
			return nil
		}
	}
	return out
}
