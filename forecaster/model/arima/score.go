package arima

import "math"

// score is the exact Gaussian log-likelihood of a series without gaps as a
// function of the free parameters, with its gradient, the variance of the
// innovations concentrated out: per value and up to a constant it is minus
//
//	½ (log(S/n) + Σ log F_t / n),  S = Σ v_t²/F_t
//
// The gradient is exact and costs about twice the value, however many
// parameters there are: the recursions are run backward (reverse accumulation),
// from the end to the law of the start, and only that law's derivatives are
// taken parameter by parameter.
type score struct {
	order          Order
	arLags, maLags []int
	turn           turn
	trail          []float64 // what each step of the start began with, to run it backward
	state, next    []float64
	e, lambda      []float64
	byAR, byMA     []float64 // the derivatives of the innovations, unlagged
	in             initial[float64]
	slopes         []initial[complex128]
	back           adjoints
	// sum is S and sumLog Σ log F_t.
	sum, sumLog float64
}

// adjoints are the derivatives of the objective to what a step of the start
// begins with, and to the coefficients.
type adjoints struct {
	f            float64
	a, g, l, x   []float64
	nextA, nextG []float64
	ar, ma       []float64
}

func newScore(o Order) *score {
	s := &score{order: o, arLags: lags(o.AR, o.SAR, o.Period), maLags: lags(o.MA, o.SMA, o.Period)}
	r := o.width()
	s.slopes = make([]initial[complex128], o.params())
	s.state, s.next = make([]float64, r), make([]float64, r)
	b := &s.back
	for _, x := range []*[]float64{&b.a, &b.g, &b.l, &b.x, &b.nextA, &b.nextG} {
		*x = make([]float64, r)
	}
	b.ar, b.ma = make([]float64, o.arLags()), make([]float64, o.maLags())
	return s
}

// of gives the objective for a series and writes its gradient. Where it is
// conditional, the values and innovations before the first are taken to be 0 and
// the law of the start is left out: the conditional sum of squares (Box and
// Jenkins 1976, section 7.1).
func (s *score) of(grad, w, u []float64, conditional bool) float64 {
	s.begin(u, conditional)
	t := 0
	if !conditional {
		t = s.forward(w)
	}
	tail := w[t:]
	c := recursion{s.in.polynomials, s.arLags, s.maLags}
	s.e, s.lambda = resized(s.e, len(tail)), resized(s.lambda, len(tail))
	c.forward(s.e, tail, s.state)
	s.sum += dot(s.e, s.e)
	n := float64(len(w))
	value := (math.Log(s.sum/n) + s.sumLog/n) / 2
	b := &s.back
	clear(b.ar)
	clear(b.ma)
	s.tail(c, tail, 1/s.sum)
	s.backward(w[:t], 1/s.sum, 1/(2*n))
	for k := range grad {
		grad[k] = s.chain(&s.slopes[k], conditional)
	}
	return value
}

// begin sets the law of the start for free parameters, and its derivatives.
func (s *score) begin(u []float64, conditional bool) {
	s.in = law(s.order, coefficients(s.order, u), conditional)
	z := make([]complex128, len(u))
	for i, x := range u {
		z[i] = complex(x, 0)
	}
	for k := range s.slopes {
		z[k] += complex(0, complexStep)
		s.slopes[k] = law(s.order, coefficients(s.order, z), conditional)
		z[k] = complex(u[k], 0)
	}
	clear(s.state)
	s.sum, s.sumLog = 0, 0
}

func law[T number](o Order, coef []T, conditional bool) initial[T] {
	if conditional {
		return initial[T]{polynomials: expand(o, coef)}
	}
	return stationary(o, coef)
}

// forward filters the series until the start is forgotten, and gives the number
// of values that took.
func (s *score) forward(w []float64) int {
	c := &s.turn
	c.begin(&s.in)
	s.trail = s.trail[:0]
	state, next := s.state, s.next
	logs := logSum{product: 1}
	t := 0
	for ; t < len(w) && !c.steady(); t++ {
		s.trail = append(s.trail, c.f)
		s.trail = append(s.trail, state...)
		s.trail = append(s.trail, c.g...)
		s.trail = append(s.trail, c.l...)
		v := w[t] - state[0]
		share := v / c.f
		s.sum += v * share
		logs.add(c.f)
		shift(next, state, c.ar)
		for i, g := range c.g {
			next[i] += g * share
		}
		state, next = next, state
		c.look()
		c.step()
		if !c.sound() {
			s.sum = math.NaN()
			break
		}
	}
	s.state, s.next = state, next
	s.sumLog = logs.value()
	return t
}

// tail sets the adjoints of the state and of the coefficients that the steady
// part has, where S counts by a weight of half of it.
func (s *score) tail(c recursion, w []float64, weight float64) {
	b := &s.back
	b.f = 0
	clear(b.a)
	clear(b.g)
	clear(b.l)
	copy(s.lambda, s.e)
	c.adjoint(s.lambda)
	for i := range min(len(b.a), len(w)) {
		b.a[i] = -weight * s.lambda[i]
	}
	for _, l := range s.arLags {
		if l < len(w) {
			b.ar[l-1] -= weight * dot(s.lambda[l:], w[:len(w)-l])
		}
	}
	for _, l := range s.maLags {
		if l < len(w) {
			b.ma[l-1] -= weight * dot(s.lambda[l:], s.e[:len(w)-l])
		}
	}
}

// backward runs the start backward: half of S counts by weight, Σ log F by
// logWeight.
func (s *score) backward(w []float64, weight, logWeight float64) {
	r := len(s.state)
	row := 1 + 3*r
	for t := len(w) - 1; t >= 0; t-- {
		at := s.trail[t*row : (t+1)*row]
		s.back.step(s.in.ar, at[0], at[1:1+r], at[1+r:1+2*r], at[1+2*r:], w[t], weight, logWeight)
	}
}

// step undoes one step of turn and of the state that it moves: the names are
// those of its comment.
func (b *adjoints) step(ar []float64, f float64, a, g, l []float64, w, weight, logWeight float64) {
	v := w - a[0]
	share := v / f
	kappa := l[0] / f
	dKappa, dShare := -l[0]*b.f, weight*v/2
	last := len(a) - 1
	for i := range b.x {
		x := 0.0 // T L
		if i < last {
			x = l[i+1]
		}
		if i < len(ar) {
			x += ar[i] * l[0]
		}
		dg, dl, da := b.g[i], b.l[i], b.a[i]
		dKappa -= x*dg + g[i]*dl
		dShare += g[i] * da
		b.x[i] = dl - kappa*dg
		b.nextG[i] = dg - kappa*dl + share*da
	}
	dl0, da0 := -kappa*b.f+dKappa/f, -weight*share/2-dShare/f
	for i, c := range ar {
		dl0 += c * b.x[i]
		da0 += c * b.a[i]
		b.ar[i] += l[0]*b.x[i] + a[0]*b.a[i]
	}
	b.f += logWeight/f - dShare*share/f - dKappa*kappa/f
	copy(b.l[1:], b.x[:last])
	b.l[0] = dl0
	copy(b.nextA[1:], b.a[:last])
	b.nextA[0] = da0
	copy(b.a, b.nextA)
	copy(b.g, b.nextG)
}

// chain gives the derivative for one parameter.
func (s *score) chain(d *initial[complex128], conditional bool) float64 {
	b := &s.back
	sum := 0.0
	for _, l := range s.arLags {
		sum += b.ar[l-1] * imag(d.ar[l-1])
	}
	for _, l := range s.maLags {
		sum += b.ma[l-1] * imag(d.ma[l-1])
	}
	if !conditional {
		sum += b.f * imag(d.variance)
		for i, g := range d.gain {
			sum += (b.g[i] + b.l[i]) * imag(g)
		}
	}
	return sum / complexStep
}
