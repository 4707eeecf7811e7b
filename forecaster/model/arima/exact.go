package arima

import "math"

// settled is how small what is left of the start must be, in units of the
// innovation's standard deviation, for the filter to count as steady: what the
// log-likelihood then leaves out is of the order of its square.
const settled = 1e-8

// turn is the state of the Chandrasekhar recursions (Morf, Sidhu and Kailath
// 1974) of a process that is observed without gaps. Since it starts in its own
// law, P_{t+1} - P_t has rank 1 and the weight -1/F_t, and the gain g = T P Z'
// and L (which begins as g) turn like a Schur recursion:
//
//	κ = L₁/F,  F' = F - L₁κ,  g' = g - κTL,  L' = TL - κg
//
// which costs O(width) a step where the Riccati equation costs its square. All
// is in units of the innovation's variance, so F falls to 1.
type turn struct {
	f        float64
	g, l, tl []float64
	ar       []float64
	kappa    float64
}

func (c *turn) begin(in *initial[float64]) {
	c.f, c.ar = in.variance, in.ar
	c.g = append(c.g[:0], in.gain...)
	c.l = append(c.l[:0], in.gain...)
	c.tl = append(c.tl[:0], in.gain...)
}

// steady says whether the start is forgotten.
func (c *turn) steady() bool {
	for _, x := range c.l {
		if !(math.Abs(x) < settled) {
			return false
		}
	}
	return true
}

// sound says whether F is one that a process may have: never below that of the
// innovation. Where roots lie so close to the unit circle that the law of the
// start is lost in rounding, it falls below.
func (c *turn) sound() bool { return c.f > 1-lost }

// lost is by how much F falls below 1 where it does so by more than rounding.
const lost = 1e-4

// look prepares a step: κ and T L.
func (c *turn) look() {
	c.kappa = c.l[0] / c.f
	shift(c.tl, c.l, c.ar)
}

// step takes it.
func (c *turn) step() {
	c.f -= c.l[0] * c.kappa
	for i, x := range c.tl {
		g := c.g[i]
		c.g[i], c.l[i] = g-c.kappa*x, x-c.kappa*g
	}
}

// shift writes T x, with the companion matrix of the autoregression.
func shift(dst, x, ar []float64) {
	last := len(x) - 1
	copy(dst, x[1:])
	dst[last] = 0
	for i, c := range ar {
		dst[i] += c * x[0]
	}
}

// gains are the innovation variances F_t and the gains T P_t Z' (a row a step)
// until they are steady. They do not depend on what is observed.
type gains struct {
	polynomials[float64]
	variance, gain []float64
	sumLog         float64 // Σ log F_t
	turn           turn
	state, next    []float64
}

// run computes the gains of a process over n observations.
func (g *gains) run(n int, in *initial[float64]) {
	g.polynomials = in.polynomials
	g.variance, g.gain, g.sumLog = g.variance[:0], g.gain[:0], 0
	g.turn.begin(in)
	logs := logSum{product: 1}
	for t := 0; t < n && !g.turn.steady(); t++ {
		g.variance = append(g.variance, g.turn.f)
		g.gain = append(g.gain, g.turn.g...)
		logs.add(g.turn.f)
		g.turn.look()
		g.turn.step()
	}
	g.sumLog = logs.value()
}

// logSum is a sum of logarithms, of which few are taken: it multiplies until the
// product grows large. Its product begins as 1.
type logSum struct{ sum, product float64 }

// wide bounds the product: beyond it a factor could make it overflow.
const wide = 1e100

func (s *logSum) add(f float64) {
	if s.product *= f; !(s.product < wide && s.product > 1/wide) {
		s.sum, s.product = s.sum+math.Log(s.product), 1
	}
}

func (s *logSum) value() float64 { return s.sum + math.Log(s.product) }

// skip takes the filter to be steady from the first value on.
func (g *gains) skip(width int, p polynomials[float64]) {
	g.polynomials = p
	g.variance, g.gain, g.sumLog = g.variance[:0], g.gain[:0], 0
	g.turn.g = resized(g.turn.g, width)
}

// innovations writes the standardised innovations v_t/√F_t of a series.
func (g *gains) innovations(dst, w []float64, ar, ma []int) {
	r := len(g.turn.g)
	g.state = resized(g.state, r)
	g.next = resized(g.next, r)
	state, next := g.state, g.next
	clear(state)
	for t, f := range g.variance {
		v := w[t] - state[0]
		dst[t] = v / math.Sqrt(f)
		shift(next, state, g.ar)
		for i, k := range g.gain[t*r : (t+1)*r] {
			next[i] += k * v / f
		}
		state, next = next, state
	}
	t := len(g.variance)
	recursion{g.polynomials, ar, ma}.forward(dst[t:], w[t:], state)
}

func resized(x []float64, n int) []float64 {
	if cap(x) < n {
		return make([]float64, n)
	}
	return x[:n]
}
