package arima

import (
	"errors"
	"math"
	"slices"
)

// hunt is a search that goes on.
type hunt struct {
	search  Search
	data    Data
	each    func(n int, task func(i int))
	grounds [2]*ground // without and with a constant; nil where it is not allowed
	found   map[key]*Candidate
	usual   bool // whether the usual constant is one
	// rough says that the search goes by the conditional likelihood, over
	// straight lines for gaps; only the finals are exact.
	rough bool
}

// key names a candidate.
type key struct {
	order    Order
	constant bool
}

// prepare lays the grounds of the constants that are to be tried.
func (h *hunt) prepare() error {
	s := h.search
	differences := s.Diff + s.SDiff
	h.usual = s.Constant == Always || s.Constant == Either && differences == 0
	var problem error
	for i, constant := range []bool{false, true} {
		if constant && (s.Constant == Never || differences > 1) || !constant && s.Constant == Always && differences <= 1 {
			continue
		}
		d := h.with(constant)
		if !d.complete() { // straight lines would hide that nothing is left
			if _, err := newGround(s.order(0, 0, 0, 0), d); errors.Is(err, ErrConstant) {
				return err
			}
			d.Y = Bridged(d.Y)
		}
		h.grounds[i], problem = newGround(s.order(0, 0, 0, 0), d)
		if errors.Is(problem, ErrConstant) {
			return problem
		}
		if problem != nil {
			h.grounds[i] = nil
		}
	}
	if h.grounds[0] == nil && h.grounds[1] == nil {
		return problem
	}
	if h.ground(h.usual) == nil {
		h.usual = !h.usual
	}
	return nil
}

func (h *hunt) ground(constant bool) *ground {
	if constant {
		return h.grounds[1]
	}
	return h.grounds[0]
}

// with gives the data with the regressor of a constant as the last.
func (h *hunt) with(constant bool) Data {
	if !constant {
		return h.data
	}
	return Data{Y: h.data.Y, X: append(slices.Clip(h.data.X), ConstantOf(len(h.data.Y), h.search.Diff+h.search.SDiff))}
}

// ConstantOf gives the regressor of a constant from time 0 on: ones, or where
// the model differences once the time itself.
func ConstantOf(n, differences int) []float64 {
	out := make([]float64, n)
	for t := range out {
		out[t] = 1
		if differences > 0 {
			out[t] = float64(t)
		}
	}
	return out
}

// look fits the candidates that are allowed and not known yet, side by side.
// All that a fit starts from must be known before.
func (h *hunt) look(keys []key) {
	var fresh []*Candidate
	for _, k := range keys {
		if h.found[k] != nil || !h.search.allows(k.order) || h.ground(k.constant) == nil {
			continue
		}
		c := &Candidate{Order: k.order, Constant: k.constant, AICc: math.Inf(1)}
		h.found[k] = c
		fresh = append(fresh, c)
	}
	starts := make([][][]float64, len(fresh))
	for i, c := range fresh {
		starts[i] = h.starts(c)
	}
	h.each(len(fresh), func(i int) { fresh[i].fit(h.ground(fresh[i].Constant), starts[i], h.rough) })
}

// starts gives what the fits of smaller orders say.
func (h *hunt) starts(c *Candidate) [][]float64 {
	var out [][]float64
	for _, o := range []Order{less(c.Order, 1, 0, 0, 0), less(c.Order, 0, 1, 0, 0), less(c.Order, 0, 0, 1, 0), less(c.Order, 0, 0, 0, 1)} {
		if within := h.found[key{o, c.Constant}]; within != nil && within.free != nil {
			out = append(out, padded(within.free, o, c.Order))
		}
	}
	if other := h.found[key{c.Order, !c.Constant}]; other != nil && other.free != nil {
		out = append(out, other.free)
	}
	return out
}

// sweep tries all orders with the usual constant, those of a number of terms
// after those of one less, and the best of them with the other.
func (h *hunt) sweep() {
	var level []key
	terms := 0
	for _, o := range h.search.orders() {
		if o.params() != terms {
			h.look(level)
			level, terms = nil, o.params()
		}
		level = append(level, key{o, h.usual})
	}
	h.look(level)
	var other []key
	most := otherConstant
	if h.search.work(len(h.data.Y)) < fullWork/8 {
		most = len(h.found)
	}
	for _, c := range h.ranked()[:min(len(h.found), most)] {
		other = append(other, key{c.Order, !h.usual})
	}
	h.look(other)
}

// otherConstant is how many orders are tried with the other constant where
// there is much to do.
const otherConstant = 6

// walk goes stepwise: from the best of four orders to the best of its
// neighbours, until none is better.
func (h *hunt) walk() {
	s := h.search
	h.look([]key{{s.order(0, 0, 0, 0), h.usual}})
	h.look([]key{
		{s.order(min(1, s.MostAR), 0, min(1, s.MostSAR), 0), h.usual},
		{s.order(0, min(1, s.MostMA), 0, min(1, s.MostSMA)), h.usual},
		{s.order(0, 0, 0, 0), !h.usual},
	})
	h.look([]key{{s.order(min(2, s.MostAR), min(2, s.MostMA), min(1, s.MostSAR), min(1, s.MostSMA)), h.usual}})
	for {
		best := h.ranked()[0]
		h.look(neighbours(best))
		if h.ranked()[0] == best {
			return
		}
	}
}

// neighbours are the orders one term away, those that shift one between the two
// sides, and the other constant.
func neighbours(c *Candidate) []key {
	out := []key{{c.Order, !c.Constant}}
	for _, d := range [][4]int{
		{1, 0, 0, 0}, {-1, 0, 0, 0}, {0, 1, 0, 0}, {0, -1, 0, 0}, {0, 0, 1, 0}, {0, 0, -1, 0}, {0, 0, 0, 1}, {0, 0, 0, -1},
		{1, 1, 0, 0}, {-1, -1, 0, 0}, {1, -1, 0, 0}, {-1, 1, 0, 0},
		{0, 0, 1, 1}, {0, 0, -1, -1}, {0, 0, 1, -1}, {0, 0, -1, 1},
	} {
		out = append(out, key{less(c.Order, d[0], d[1], d[2], d[3]), c.Constant})
	}
	return out
}
