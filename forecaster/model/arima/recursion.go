package arima

import "gonum.org/v1/gonum/floats"

// recursion is the steady filter as a difference equation
//
//	e_t = w_t - Σ φ*_k w_{t-k} - Σ θ*_k e_{t-k}
//
// over the lags that are not 0 by structure, which rise.
type recursion struct {
	polynomials[float64]
	arLags, maLags []int
}

// inRegisters is the largest lag for which the recursion has a loop of its own.
const inRegisters = 5

// forward writes the innovations e of a series w. What came before its first
// value enters through the predicted state at it.
func (c recursion) forward(e, w, state []float64) {
	deep := c.deepest(len(w))
	for t := range deep {
		x := w[t]
		if t < len(state) {
			x -= state[t]
		}
		for _, l := range c.arLags {
			if l <= t {
				x -= c.ar[l-1] * w[t-l]
			}
		}
		for _, l := range c.maLags {
			if l <= t {
				x -= c.ma[l-1] * e[t-l]
			}
		}
		e[t] = x
	}
	switch {
	case deep == len(w):
	case max(len(c.ar), len(c.ma)) <= 2 && deep >= 2:
		c.two(e, w, deep)
	case c.short() && deep >= inRegisters:
		c.five(e, w, deep)
	default:
		c.far(e, w, deep)
	}
}

// deepest gives the first index from which all lags and the state lie before.
func (c recursion) deepest(n int) int {
	deep := max(len(c.ar), len(c.ma)+1)
	if c.short() {
		deep = inRegisters
	}
	return min(n, deep)
}

// short says whether all lags fit the loops that keep them in registers.
func (c recursion) short() bool { return max(len(c.ar), len(c.ma)) <= inRegisters }

// two is the recursion of at most two lags on either side. Each innovation waits
// for the one before it: all else is done in the meantime.
func (c recursion) two(e, w []float64, from int) {
	var a, b [2]float64
	copy(a[:], c.ar)
	copy(b[:], c.ma)
	w1, w2, e1, e2 := w[from-1], w[from-2], e[from-1], e[from-2]
	e = e[:len(w)]
	for t := from; t < len(w); t++ {
		x := w[t]
		y := x - a[0]*w1 - a[1]*w2 - b[1]*e2
		y -= b[0] * e1
		w2, w1, e2, e1 = w1, x, e1, y
		e[t] = y
	}
}

// five is that of at most five.
func (c recursion) five(e, w []float64, from int) {
	var a, b [inRegisters]float64
	copy(a[:], c.ar)
	copy(b[:], c.ma)
	e1 := e[from-1]
	e = e[:len(w)]
	for t := from; t < len(w); t++ {
		x, z := w[t-5:t+1:t+1], e[t-5:t:t]
		y := x[5] - (a[4]*x[0] + a[3]*x[1] + a[2]*x[2] + a[1]*x[3] + a[0]*x[4])
		y -= b[4]*z[0] + b[3]*z[1] + b[2]*z[2] + b[1]*z[3]
		e1 = y - b[0]*e1
		e[t] = e1
	}
}

// far goes on where every lag is there.
func (c recursion) far(e, w []float64, from int) {
	copy(e[from:], w[from:])
	for _, l := range c.arLags {
		subtract(e[from:], c.ar[l-1], w[from-l:len(w)-l])
	}
	if len(c.maLags) == 1 {
		l, b := c.maLags[0], c.ma[c.maLags[0]-1]
		for t := from; t < len(e); t++ {
			e[t] -= b * e[t-l]
		}
		return
	}
	if len(c.maLags) == 0 {
		return
	}
	for t := from; t < len(e); t++ {
		x := e[t]
		for _, l := range c.maLags {
			x -= c.ma[l-1] * e[t-l]
		}
		e[t] = x
	}
}

// adjoint turns e into λ, in place: λ_t = e_t - Σ θ*_k λ_{t+k}. Half of the
// derivative of Σ e² in any direction is Σ λ_t times that of what enters at t.
func (c recursion) adjoint(e []float64) {
	if len(c.maLags) == 0 {
		return
	}
	if len(c.ma) <= inRegisters {
		c.shortAdjoint(e)
		return
	}
	n := len(e)
	for t := n - 2; t >= 0; t-- {
		x := e[t]
		for _, l := range c.maLags {
			if t+l >= n {
				break
			}
			x -= c.ma[l-1] * e[t+l]
		}
		e[t] = x
	}
}

func (c recursion) shortAdjoint(e []float64) {
	var b, z [inRegisters]float64
	copy(b[:], c.ma)
	if len(c.ma) <= 2 {
		for t := len(e) - 1; t >= 0; t-- {
			x := e[t] - b[1]*z[1]
			x -= b[0] * z[0]
			z[1], z[0] = z[0], x
			e[t] = x
		}
		return
	}
	for t := len(e) - 1; t >= 0; t-- {
		x := e[t] - b[4]*z[4] - b[3]*z[3] - b[2]*z[2] - b[1]*z[1]
		x -= b[0] * z[0]
		z[4], z[3], z[2], z[1], z[0] = z[3], z[2], z[1], z[0], x
		e[t] = x
	}
}

// subtract takes a multiple of x off y, which are equally long.
func subtract(y []float64, a float64, x []float64) { floats.AddScaled(y, -a, x[:len(y)]) }

// dot gives Σ x_t y_t.
func dot(x, y []float64) float64 { return floats.Dot(x, y[:len(x)]) }
