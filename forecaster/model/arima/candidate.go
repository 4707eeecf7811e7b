package arima

import "math"

func less(o Order, p, q, sp, sq int) Order {
	o.AR, o.MA, o.SAR, o.SMA = o.AR-p, o.MA-q, o.SAR-sp, o.SMA-sq
	return o
}

// padded gives free parameters of an order as those of another: partial
// autocorrelations that are new are 0, so the process is the same.
func padded(u []float64, from, to Order) []float64 {
	out := make([]float64, to.params())
	a, b, c, d := split(from, u)
	p, q, r, s := split(to, out)
	copy(p, a)
	copy(q, b)
	copy(r, c)
	copy(s, d)
	return out
}

// fit fits a candidate from the given starts, and from one of its own.
func (c *Candidate) fit(g *ground, starts [][]float64, rough bool) {
	f, err := newFitter(c.Order, g)
	if err != nil {
		return
	}
	f.conditional = rough
	if c.Order.params() == 0 {
		m := f.model(nil)
		c.rate(m)
		return
	}
	best := optimum{value: math.Inf(1)}
	for _, u := range f.own(f.leader(starts)) {
		if o := f.quick(u, searchDescent); o.value < best.value {
			best = o
		}
	}
	if best.at == nil {
		return
	}
	m := f.model(best.at)
	c.rate(m)
}

// rate notes what a fit came to, unless the likelihood was lost in rounding.
func (c *Candidate) rate(m *Model) {
	if !math.IsNaN(m.LogLik) && !math.IsInf(m.LogLik, 0) {
		c.AICc, c.free = m.AICc(), append([]float64{}, m.free...)
	}
}

// searchDescent bounds the iterations of a candidate's descents; the best are
// fitted once more.
const searchDescent = 40

// patience bounds the iterations of a descent from what is known. One through
// gaps costs a hundred times as much, and begins where bridging them led: what it
// finds after so many lies along the unit circle, and is worth nothing.
func (f *fitter) patience() int {
	if f.gapped != nil {
		return searchDescent
	}
	return longDescent
}

// leader gives the best of several starts alone.
func (f *fitter) leader(starts [][]float64) [][]float64 {
	best := math.Inf(1)
	var out [][]float64
	for _, u := range starts {
		f.at = nil
		if f.evaluate(u); f.value < best {
			best, out = f.value, [][]float64{u}
		}
	}
	return out
}

// own gives the starts with one more: what two regressions say, or nothing but
// zeros.
func (f *fitter) own(starts [][]float64) [][]float64 {
	zero := make([]float64, f.order.params())
	if f.gapped != nil {
		if len(starts) == 0 {
			return [][]float64{f.bridged(zero)}
		}
		return starts
	}
	f.at = nil
	f.evaluate(zero)
	if hr := f.hannanRissanen(longDegree); hr != nil {
		return append(starts, hr)
	}
	return append(starts, zero)
}
