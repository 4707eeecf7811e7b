package arima

// initial is the law of an ARMA process before its first observation, in units
// of the innovation's variance.
type initial[T number] struct {
	polynomials[T]
	variance T // of the first observation, F₁
	// gain is the covariance of the next state with the first observation,
	// T P₁ Z', of the state's width.
	gain []T
	// gamma are the autocovariances of the process, psi its impulse response,
	// both from lag 0, width+1 of them.
	gamma, psi []T
}

// stationary gives the law of a stationary process. The autocovariances of the
// autoregression follow from its partial autocorrelations by the Levinson
// recursion, those of the process by filtering them with the moving average.
func stationary[T number](o Order, coef []T) initial[T] {
	in := initial[T]{polynomials: expand(o, coef)}
	r := o.width()
	in.psi = impulses(in.polynomials, r+1)
	in.gamma = filtered(autocovariances(in.ar, r+1+len(in.ma)), in.ma, r+1)
	in.variance = in.gamma[0]
	in.gain = make([]T, r)
	for i := range in.gain {
		var c T
		for j := i; j < len(in.ar); j++ {
			c += in.ar[j] * in.gamma[j-i]
		}
		for j := i; j < len(in.ma); j++ {
			c += in.ma[j] * in.psi[j-i]
		}
		in.gain[i] = c
	}
	return in
}

// impulses gives the first n of the impulse response θ*(B)/φ*(B).
func impulses[T number](p polynomials[T], n int) []T {
	psi := make([]T, n)
	psi[0] = 1
	for l := 1; l < n; l++ {
		var s T
		if l <= len(p.ma) {
			s = p.ma[l-1]
		}
		for j := 1; j <= min(l, len(p.ar)); j++ {
			s += p.ar[j-1] * psi[l-j]
		}
		psi[l] = s
	}
	return psi
}

// autocovariances gives the first n of an autoregression with innovations of
// variance 1 (Brockwell and Davis 1991, section 5.2, read backwards).
func autocovariances[T number](ar []T, n int) []T {
	p := len(ar)
	// lower[k] are the coefficients of the best predictor from k values.
	lower := make([][]T, p+1)
	lower[p] = ar
	var variance T = 1
	for k := p; k > 0; k-- {
		r := lower[k][k-1]
		d := 1 - r*r
		variance /= d
		lower[k-1] = make([]T, k-1)
		for i := range lower[k-1] {
			lower[k-1][i] = (lower[k][i] + r*lower[k][k-2-i]) / d
		}
	}
	gamma := make([]T, n)
	gamma[0] = variance
	for k := 1; k < n; k++ {
		by, s := ar, T(0)
		if k <= p {
			r := lower[k][k-1]
			s = r * variance
			variance *= 1 - r*r
			by = lower[k-1]
		}
		for j, c := range by {
			s += c * gamma[k-1-j]
		}
		gamma[k] = s
	}
	return gamma
}

// filtered gives the first n autocovariances of (1 + Σ maᵢBⁱ)u, from those of u.
func filtered[T number](of []T, ma []T, n int) []T {
	q := len(ma)
	theta := append([]T{1}, ma...)
	spread := make([]T, q+1) // autocovariances of the moving average itself
	for l := range spread {
		for i := 0; i+l <= q; i++ {
			spread[l] += theta[i] * theta[i+l]
		}
	}
	out := make([]T, n)
	for k := range out {
		s := spread[0] * of[k]
		for l := 1; l <= q; l++ {
			if spread[l] != 0 {
				s += spread[l] * (of[k+l] + of[max(k-l, l-k)])
			}
		}
		out[k] = s
	}
	return out
}
