package arima

import "math"

// polynomials are those of a model, multiplied out, without their leading 1:
// ar[i] is the coefficient φ*_{i+1} of φ(B)Φ(B^m) = 1 - Σ φ*_k B^k, ma[i] that
// of θ(B)Θ(B^m) = 1 + Σ θ*_k B^k.
type polynomials[T number] struct{ ar, ma []T }

// split cuts a vector of coefficients into those of the four polynomials, in
// the order AR, MA, SAR, SMA.
func split[T any](o Order, c []T) (ar, ma, sar, sma []T) {
	ar, c = c[:o.AR], c[o.AR:]
	ma, c = c[:o.MA], c[o.MA:]
	return ar, ma, c[:o.SAR], c[o.SAR:]
}

// expand multiplies the polynomials of a vector of coefficients out.
func expand[T number](o Order, coef []T) polynomials[T] {
	ar, ma, sar, sma := split(o, coef)
	return polynomials[T]{ar: product(ar, sar, o.Period, -1), ma: product(ma, sma, o.Period, 1)}
}

// product gives (1 + s·Σ aᵢBⁱ)(1 + s·Σ bⱼB^(mj)) as s·coefficients, without the
// leading 1.
func product[T number](a, b []T, m int, s T) []T {
	out := make([]T, len(a)+m*len(b))
	copy(out, a)
	for j, bj := range b {
		at := m*(j+1) - 1
		out[at] += bj
		for i, ai := range a {
			out[at+1+i] += s * ai * bj
		}
	}
	return out
}

// coefficients gives the coefficients that free parameters stand for: any
// vector of reals gives polynomials with all roots outside the unit circle. The
// partial autocorrelations are u/√(1+u²) (Jones 1980), the coefficients follow
// by the Durbin-Levinson recursion; a moving average takes those of an
// autoregression with the other sign.
func coefficients[T number](o Order, free []T) []T {
	out := make([]T, len(free))
	copy(out, free)
	ar, ma, sar, sma := split(o, out)
	for _, block := range [][]T{ar, ma, sar, sma} {
		durbinLevinson(block)
	}
	for _, block := range [][]T{ma, sma} {
		for i := range block {
			block[i] = -block[i]
		}
	}
	return out
}

// durbinLevinson turns free parameters into autoregressive coefficients, in
// place.
func durbinLevinson[T number](c []T) {
	for k := range c {
		u := c[k]
		r := u / sqrt(1+u*u)
		for i, j := 0, k-1; i <= j; i, j = i+1, j-1 {
			c[i], c[j] = c[i]-r*c[j], c[j]-r*c[i]
		}
		c[k] = r
	}
}

// free gives the free parameters of coefficients, the inverse of coefficients,
// and says whether all roots lie outside the unit circle. Where they do not,
// the partial autocorrelation is drawn back to limit.
func free(o Order, coef []float64, limit float64) ([]float64, bool) {
	out := append([]float64(nil), coef...)
	ar, ma, sar, sma := split(o, out)
	for _, block := range [][]float64{ma, sma} {
		for i := range block {
			block[i] = -block[i]
		}
	}
	inside := true
	for _, block := range [][]float64{ar, ma, sar, sma} {
		inside = stepDown(block, limit) && inside
	}
	return out, inside
}

// farthest is the largest free parameter whose partial autocorrelation rounding
// still tells from 1, by 5e-13.
const farthest = 1e6

// bounded bounds the size of a number.
func bounded(x, most float64) float64 { return min(max(x, -most), most) }

// resolved draws free parameters in as far as it takes for the coefficients,
// rounded as they are, to have all roots outside the unit circle.
func (o Order) resolved(u []float64) []float64 {
	for most := farthest; most > 1; most /= 2 {
		drawn := append([]float64(nil), u...)
		for i, x := range drawn {
			drawn[i] = bounded(x, most)
		}
		if _, inside := free(o, coefficients(o, drawn), 1); inside {
			return drawn
		}
	}
	return make([]float64, len(u))
}

// stepDown undoes durbinLevinson in place.
func stepDown(c []float64, limit float64) bool {
	inside := true
	for k := len(c) - 1; k >= 0; k-- {
		r := c[k]
		if !(math.Abs(r) < 1) {
			inside = false
		}
		if !(math.Abs(r) <= limit) {
			r = math.Copysign(limit, r)
		}
		d := 1 - r*r
		for i, j := 0, k-1; i <= j; i, j = i+1, j-1 {
			a, b := c[i], c[j]
			c[i], c[j] = (a+r*b)/d, (b+r*a)/d
		}
		c[k] = r / math.Sqrt(d)
	}
	return inside
}

// lags gives the lags of a multiplied polynomial that are not 0 by structure, in
// rising order, from the degrees of its two factors.
func lags(ar, sar, m int) []int {
	var out []int
	for i := 1; i <= ar; i++ {
		out = append(out, i)
	}
	for j := 1; j <= sar; j++ {
		for i := 0; i <= ar; i++ {
			if l := j*m + i; len(out) == 0 || l > out[len(out)-1] {
				out = append(out, l)
			}
		}
	}
	return out
}
