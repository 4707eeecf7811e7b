package kernel

import (
	"fmt"
	"math"
)

// sigmoid writes 1/(1+exp(−x)) of every element of x to dst, which has the
// length of x and may be x. Below −708, where the value is less than 4e-308,
// it gives 0.
func sigmoid(dst, x []float64) {
	sameLength("dst", dst, len(x))
	if machine >= avx2 {
		sigmoidFast(dst, x)
		return
	}
	sigmoidTwin(dst, x)
}

// tanh writes the hyperbolic tangent of every element of x to dst, which has
// the length of x and may be x. The sign of a zero is kept.
func tanh(dst, x []float64) {
	sameLength("dst", dst, len(x))
	if machine >= avx2 {
		tanhFast(dst, x)
		return
	}
	tanhTwin(dst, x)
}

// Both activations come from expm1 of a number y <= 0, because there it lies in
// (−1, 0] and neither overflows nor cancels. The reduction is that of W. Cody
// and W. Waite, Software Manual for the Elementary Functions (1980), ch. 6:
// y = n·ln 2 + r with |r| <= ln 2 / 2, ln 2 in two parts of which the first
// times n is exact; then the Taylor polynomial of exp(r) − 1 to degree 13,
// whose remainder, relative to r, is below 1.3e-17 there.
const (
	ln2Hi = 0x1.62e42feep-1       // 33 bits, so n·ln2Hi is exact
	ln2Lo = 0x1.a39ef35793c76p-33 // ln 2 − ln2Hi
	shift = 0x1.8p52              // adding it rounds to a whole number, which then stands in the lowest bits

	sigmoidEnd = 708 // exp(−708) is the last that is not denormal
	tanhEnd    = 20  // from 19.1 on the tangent is 1

	firstCoefficient = 8 // the place of 1/13! in the table
)

// expTable is read by the twins and, at the same places, by the assembly.
//
//nolint:gochecknoglobals // a table that nothing writes
var expTable = [...]float64{
	math.Log2E, shift, -ln2Hi, -ln2Lo, sigmoidEnd, tanhEnd, 1, 2,
	1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320,
	1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 1.0 / 2,
}

// reduceTwin gives p = exp(r) − 1 and s = 2ⁿ, so that exp(y) = s·p + s.
func reduceTwin(y float64) (p, s float64) {
	u := math.FMA(y, math.Log2E, shift)
	n := u - shift
	r := math.FMA(n, -ln2Hi, y)
	r = math.FMA(n, -ln2Lo, r)
	q := expTable[firstCoefficient]
	for _, c := range expTable[firstCoefficient+1:] {
		q = math.FMA(q, r, c)
	}
	p = math.FMA(float64(r*r), q, r)
	return p, math.Float64frombits(math.Float64bits(u)<<52 + math.Float64bits(1))
}

// sigmoidTwin divides by 1 + exp(−|x|), for x < 0 with exp(−|x|) above the line,
// so that nothing cancels on either side.
func sigmoidTwin(dst, x []float64) {
	for i, v := range x {
		t := math.Abs(v)
		p, s := reduceTwin(-t)
		e := math.FMA(p, s, s)
		if t > sigmoidEnd {
			e = 0
		}
		over := 1.0
		if math.Signbit(v) {
			over = e
		}
		dst[i] = over / (1 + e)
	}
}

// tanhTwin is −e/(2+e) with e = exp(−2|x|) − 1, and the sign of x.
func tanhTwin(dst, x []float64) {
	for i, v := range x {
		t := math.Abs(v)
		if t > tanhEnd {
			t = tanhEnd
		}
		p, s := reduceTwin(-(t + t))
		e := math.FMA(p, s, s-1)
		dst[i] = math.Copysign(e/(2+e), v)
	}
}

func sameLength(name string, s []float64, want int) {
	if len(s) != want {
		panic(fmt.Sprintf("kernel: %s has %d elements, want %d", name, len(s), want))
	}
}
