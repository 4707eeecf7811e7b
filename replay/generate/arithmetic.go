package generate

import "math"

// Functions of math that have an assembly of their own on some machines, and so
// other last bits there. Here they are sums whose products are converted to
// float64 one by one: the language forbids to fuse those into the addition that
// follows. Arguments are what this package has: finite and moderate.

// exp is e to the x, for |x| up to 700.
func exp(x float64) float64 {
	const high, low = 0x1.62e42fefa0000p-1, 0x1.cf79abc9e3b39p-40 // ln 2
	k := math.Round(x / math.Ln2)
	r := x - float64(k*high) - float64(k*low)
	sum, term := 1.0, 1.0
	for n := 1.0; n <= 14; n++ {
		term = float64(term*r) / n
		sum += term
	}
	return math.Ldexp(sum, int(k))
}

// log is the natural logarithm of a positive x.
func log(x float64) float64 {
	m, k := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m, k = m+m, k-1
	}
	f := (m - 1) / (m + 1)
	square, sum := float64(f*f), 0.0
	for n := 23.0; n >= 1; n -= 2 { // the area hyperbolic tangent of f
		sum = float64(sum*square) + 1/n
	}
	return float64(float64(k)*math.Ln2) + float64(2*float64(f*sum))
}

// cosine is that of an angle in turns.
func cosine(turns float64) float64 {
	angle := float64(2 * math.Pi * (turns - math.Round(turns)))
	square, sum, term := float64(angle*angle), 1.0, 1.0
	for n := 1.0; n <= 31; n += 2 {
		term = -float64(term*square) / float64(n*(n+1))
		sum += term
	}
	return sum
}

// power is a positive x to the y.
func power(x, y float64) float64 { return exp(float64(y * log(x))) }
