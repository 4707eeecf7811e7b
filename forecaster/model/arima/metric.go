package arima

import "gonum.org/v1/gonum/mat"

// information gives what the innovations of a series say of the free parameters
// that were evaluated last: Σ ė_t ė_t' / Σ e_t², ė the derivatives of the
// conditional innovations (Gauss and Newton). It is the Hessian of the objective
// but for terms of which the mean is 0 at the optimum.
//
// By φ*_l an innovation has the derivative of -w/θ* a lag l ago, by θ*_l that of
// -e/θ*, so two series are enough for all parameters.
func (s *score) information(w []float64) *mat.SymDense {
	n := len(w)
	s.e, s.byAR, s.byMA = resized(s.e, n), resized(s.byAR, n), resized(s.byMA, n)
	c := recursion{s.in.polynomials, s.arLags, s.maLags}
	c.forward(s.e, w, nil)
	pure := recursion{polynomials[float64]{ma: s.in.ma}, nil, s.maLags}
	if len(s.arLags) > 0 {
		pure.forward(s.byAR, w, nil)
	}
	if len(s.maLags) > 0 {
		pure.forward(s.byMA, s.e, nil)
	}
	star := len(s.arLags) + len(s.maLags)
	lagged := func(i int) ([]float64, int) {
		if i < len(s.arLags) {
			return s.byAR, s.arLags[i]
		}
		return s.byMA, s.maLags[i-len(s.arLags)]
	}
	cross := mat.NewSymDense(star, nil)
	for i := range star {
		x, k := lagged(i)
		for j := i; j < star; j++ {
			y, l := lagged(j)
			if m := max(k, l); m < n {
				cross.SetSym(i, j, dot(x[m-k:n-k], y[m-l:n-l]))
			}
		}
	}
	cross.ScaleSym(1/dot(s.e, s.e), cross)
	slopes := mat.NewDense(star, len(s.slopes), nil)
	for k := range s.slopes {
		for i, l := range s.arLags {
			slopes.Set(i, k, imag(s.slopes[k].ar[l-1])/complexStep)
		}
		for i, l := range s.maLags {
			slopes.Set(len(s.arLags)+i, k, imag(s.slopes[k].ma[l-1])/complexStep)
		}
	}
	var half, whole mat.Dense
	half.Mul(cross, slopes)
	whole.Mul(slopes.T(), &half)
	out := mat.NewSymDense(len(s.slopes), nil)
	for i := range s.slopes {
		for j := i; j < len(s.slopes); j++ {
			out.SetSym(i, j, whole.At(i, j))
		}
	}
	return out
}
