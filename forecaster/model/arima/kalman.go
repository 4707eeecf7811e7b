package arima

import "math"

// kalman is the Kalman filter of a model whose series may have gaps, in units
// of the innovation's variance (Harvey 1989, section 3.3). The state holds the
// ARMA process, width r, and the last values of the series, as many as
// differencing needs:
//
//	y_t = Z α = α₁ + Σ δ_j y_{t-j},  α' = T α + R ε
//
// The values before the first are unknown, with a variance beyond all bounds:
// the filter carries that part of the covariance by itself until observations
// have told them (exact diffuse initialisation, Durbin and Koopman 2012, section
// 5.2). Once the covariance is that of a process observed for ever, R R', the
// gain is R and the covariance stands still.
//
// The gains do not depend on what is observed, so one filter moves the states
// of a series and of all its regressors.
type kalman[T number] struct {
	polynomials[T]
	delta []delta
	r, n  int // the width, and that of the whole state
	// cov is the covariance of the prediction, diffuse the unbounded part of it,
	// empty once there is none; row by row.
	cov, diffuse []T
	steady       bool

	// What gain found for the observation at hand: the correction of the state
	// by an error of 1, the variance of the error, and what is known of it.
	correction []T
	variance   T
	kind       kind

	load, work, column, wide []T
}

// kind says what an observation tells.
type kind int

const (
	// missing observations tell nothing.
	missing kind = iota
	// initialising observations tell values before the first; they have no
	// place in the likelihood but their unbounded variance's finite factor.
	initialising
	// told observations are judged by their prediction.
	told
)

// steadyCov is how close the covariance must be to that of a process observed
// for ever, per element.
const steadyCov = 1e-10

// newKalman begins before the first observation.
func newKalman[T number](o Order, coef []T) *kalman[T] {
	in := stationary(o, coef)
	k := &kalman[T]{polynomials: in.polynomials, delta: o.differences(), r: o.width()}
	k.n = k.r + o.lost()
	k.cov, k.work = make([]T, k.n*k.n), make([]T, k.n*k.n)
	k.correction, k.column, k.wide = make([]T, k.n), make([]T, k.n), make([]T, k.n)
	k.load = make([]T, k.n)
	k.load[0] = 1
	copy(k.load[1:k.r], k.ma)
	k.start(in)
	if o.lost() > 0 {
		k.diffuse = make([]T, k.n*k.n)
		for i := k.r; i < k.n; i++ {
			k.diffuse[i*k.n+i] = 1
		}
	}
	return k
}

// start fills the covariance of the stationary part. With the first column
// known, P = T P T' + R R' gives the others, from the last row and column on.
func (k *kalman[T]) start(in initial[T]) {
	r, n := k.r, k.n
	first := make([]T, r+1) // of the covariance with the first component
	first[0] = in.variance
	for i := 1; i < r; i++ {
		first[i] = in.gain[i-1] - k.phi(i-1)*in.variance
	}
	for i := r - 1; i >= 0; i-- {
		for j := i; j >= 0; j-- {
			x := k.phi(i)*k.phi(j)*in.variance + k.phi(i)*first[j+1] + k.phi(j)*first[i+1] + k.load[i]*k.load[j]
			if i+1 < r {
				x += k.cov[(i+1)*n+j+1]
			}
			k.cov[i*n+j], k.cov[j*n+i] = x, x
		}
	}
	for i := range r {
		if x := k.cov[i*n+i]; !atLeast(x, -slack) || math.IsInf(magnitude(x), 0) {
			k.forget()
			return
		}
	}
}

func (k *kalman[T]) phi(i int) T {
	if i < len(k.ar) {
		return k.ar[i]
	}
	return 0
}

// gain prepares the correction for the next observation, or for a gap, and
// moves the covariance past it.
func (k *kalman[T]) gain(there bool) {
	if k.steady && there {
		k.kind, k.variance = told, 1
		copy(k.correction, k.load)
		return
	}
	if k.steady { // a gap: the covariance moves again
		k.steady = false
		k.forget()
	}
	k.kind = missing
	if there {
		k.correct()
	}
	k.predict(k.cov)
	for i, a := range k.load {
		for j, b := range k.load {
			k.cov[i*k.n+j] += a * b
		}
	}
	if len(k.diffuse) > 0 {
		k.predict(k.diffuse)
	}
	k.settle(there)
}

// correct computes the correction and takes what the observation tells out of
// the covariance.
func (k *kalman[T]) correct() {
	f := k.observed(k.column, k.cov)
	if len(k.diffuse) > 0 {
		if wide := k.observed(k.wide, k.diffuse); magnitude(wide) > 1e-7 {
			k.initialise(f, wide)
			return
		}
	}
	k.kind, k.variance = told, f
	for i, c := range k.column {
		k.correction[i] = c / f
	}
	for i, c := range k.correction {
		for j, m := range k.column {
			k.cov[i*k.n+j] -= c * m
		}
	}
	if k.ruined(f) {
		k.variance = 1
		copy(k.correction, k.load)
		clear(k.cov)
	}
}

// slack is what rounding may take off a variance, in units of the innovation's.
const slack = 1e-6

// ruined says whether rounding has left no covariance, as it does where roots
// all but touch the unit circle: an error's variance has at least that of the
// innovation, and no variance is negative. The filter then counts as steady.
func (k *kalman[T]) ruined(f T) bool {
	if !atLeast(f, 1-slack) || math.IsInf(magnitude(f), 0) {
		return true
	}
	for i := range k.n {
		if !atLeast(k.cov[i*k.n+i]+lift[T](slack)*f, 0) {
			return true
		}
	}
	return false
}

// forget sets the covariance of a process that has been observed for ever.
func (k *kalman[T]) forget() {
	for i, a := range k.load {
		for j, b := range k.load {
			k.cov[i*k.n+j] = a * b
		}
	}
}

// initialise takes an observation that tells a value before the first (Durbin
// and Koopman 2012, eqs. 5.15 to 5.17).
func (k *kalman[T]) initialise(f, wide T) {
	k.kind, k.variance = initialising, wide
	for i, c := range k.wide {
		k.correction[i] = c / wide
	}
	for i, a := range k.correction {
		for j, b := range k.correction {
			at := i*k.n + j
			k.cov[at] += a*b*f - a*k.column[j] - k.column[i]*b
			k.diffuse[at] -= a * k.wide[j]
		}
	}
	for _, c := range k.diffuse {
		if magnitude(c) > 1e-9 {
			return
		}
	}
	k.diffuse = nil
}

// observed writes P Z' and gives Z P Z'.
func (k *kalman[T]) observed(dst, p []T) T {
	for i := range dst {
		row := p[i*k.n : (i+1)*k.n]
		dst[i] = k.mean(row)
	}
	return k.mean(dst)
}

// mean gives Z a.
func (k *kalman[T]) mean(a []T) T {
	y := a[0]
	for _, d := range k.delta {
		y += lift[T](d.value) * a[k.r-1+d.lag]
	}
	return y
}

// predict turns a covariance into T P T'.
func (k *kalman[T]) predict(p []T) {
	n := k.n
	for j := range n { // the columns of T P
		for i := range n {
			k.column[i] = p[i*n+j]
		}
		k.advance(k.wide, k.column)
		for i := range n {
			k.work[i*n+j] = k.wide[i]
		}
	}
	for i := range n {
		k.advance(p[i*n:(i+1)*n], k.work[i*n:(i+1)*n])
	}
}

// advance writes T a.
func (k *kalman[T]) advance(dst, a []T) {
	r := k.r
	if k.n > r {
		copy(dst[r+1:], a[r:k.n-1])
		dst[r] = k.mean(a)
	}
	copy(dst[:r-1], a[1:r])
	dst[r-1] = 0
	for i, c := range k.ar {
		dst[i] += c * a[0]
	}
}

// settle looks whether the covariance has become that of a process observed for
// ever.
func (k *kalman[T]) settle(there bool) {
	if !there || len(k.diffuse) > 0 {
		return
	}
	for i, a := range k.load {
		for j, b := range k.load {
			if !(magnitude(k.cov[i*k.n+j]-a*b) < steadyCov) {
				return
			}
		}
	}
	k.steady = true
}

// move carries a state over an observation, or over a gap, with the correction
// that gain prepared, and gives the error of its prediction.
func (k *kalman[T]) move(state, next []T, y T) (errorOf T) {
	if k.kind != missing {
		errorOf = y - k.mean(state)
		for i, c := range k.correction {
			state[i] += c * errorOf
		}
	}
	k.advance(next, state)
	return errorOf
}
