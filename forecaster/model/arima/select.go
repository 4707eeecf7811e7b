package arima

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Search bounds what Select tries. The zero value of a bound is that of Hyndman
// and Khandakar (2008).
type Search struct {
	// Diff and SDiff are d and D, which are given: likelihoods of series that
	// were differenced differently cannot be compared.
	Diff, SDiff int
	// Period is m; 0 or 1 for no seasonal part.
	Period int
	// MostAR, MostMA, MostSAR and MostSMA bound p, q, P and Q: 5, 5, 2 and 2
	// where they are 0, and None for none.
	MostAR, MostMA, MostSAR, MostSMA int
	// MostOrder bounds p + q + P + Q where there is a seasonal part: 5 where it
	// is 0.
	MostOrder int
	// Constant says whether a constant (a mean where d + D = 0, a drift where it
	// is 1) is to be there; where it is Either both are tried.
	Constant Constant
	// Stepwise walks from order to order even where all can be tried.
	Stepwise bool
}

// None as a bound allows no term.
const None = -1

// Constant says whether a model has a constant.
type Constant int

// Whether a model has a constant.
const (
	Either Constant = iota
	Always
	Never
)

// Candidate is a model that a search looked at.
type Candidate struct {
	Order    Order
	Constant bool
	AICc     float64 // +Inf where it could not be fitted
	free     []float64
}

// Selection is what a search found.
type Selection struct {
	// Model is the best by AICc, with the constant as the last of its
	// regressors where it has one.
	Model    *Model
	Constant bool
	// Candidates are all that were looked at, the best first.
	Candidates []Candidate
}

// fullWork bounds the work of a full search: the sum over all orders of values ×
// width.
const fullWork = 2e6

// exactLength is how many values a series may have, for each of a season, for
// the search to go by the exact likelihood. In a longer one the law of the start
// says little.
const exactLength = 250

// Select gives the model of the smallest AICc among the orders that the search
// allows: all of them where that is cheap, else those on the stepwise way of
// Hyndman and Khandakar (2008). Each fit starts from the fits of the orders that
// have a term less, so that no order has a smaller likelihood than one within
// it. each may run fits side by side; the result does not depend on it.
func Select(d Data, s Search, each func(n int, task func(i int))) (*Selection, error) {
	if err := d.check(); err != nil {
		return nil, fmt.Errorf("select order: %w", err)
	}
	s = s.bounded(d)
	h := &hunt{search: s, data: d, each: each, found: make(map[key]*Candidate)}
	h.rough = !d.complete() || len(d.Y) > exactLength*max(1, s.Period)
	if err := h.prepare(); err != nil {
		return nil, fmt.Errorf("select order: %w", err)
	}
	if s.Stepwise || s.work(len(d.Y)) > fullWork {
		h.walk()
	} else {
		h.sweep()
	}
	return h.selection()
}

// bounded fills in the bounds, and holds them to what a series of the length
// allows.
func (s Search) bounded(d Data) Search {
	n := 0
	for _, y := range d.Y {
		if !math.IsNaN(y) {
			n++
		}
	}
	bound := func(most, standard, room int) int {
		switch most {
		case 0:
			most = standard
		case None:
			most = 0
		}
		return max(0, min(most, room))
	}
	seasonal := s.Period > 1
	s.MostAR, s.MostMA = bound(s.MostAR, 5, n/3), bound(s.MostMA, 5, n/3)
	if !seasonal {
		s.MostSAR, s.MostSMA, s.SDiff, s.Period = 0, 0, 0, 0
		s.MostOrder = s.MostAR + s.MostMA
		return s
	}
	s.MostSAR, s.MostSMA = bound(s.MostSAR, 2, n/3/s.Period), bound(s.MostSMA, 2, n/3/s.Period)
	if s.MostSAR > 0 {
		s.MostAR = min(s.MostAR, s.Period-1)
	}
	if s.MostSMA > 0 {
		s.MostMA = min(s.MostMA, s.Period-1)
	}
	if s.MostOrder == 0 {
		s.MostOrder = 5
	}
	return s
}

// work estimates a full search.
func (s Search) work(n int) float64 {
	sum := 0.0
	for _, o := range s.orders() {
		sum += float64(n) * float64(o.width())
	}
	return sum
}

// orders gives all orders that are allowed, by their number of terms.
func (s Search) orders() []Order {
	var out []Order
	for p := range s.MostAR + 1 {
		for q := range s.MostMA + 1 {
			for sp := range s.MostSAR + 1 {
				for sq := range s.MostSMA + 1 {
					if p+q+sp+sq <= s.MostOrder {
						out = append(out, s.order(p, q, sp, sq))
					}
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Order) int { return cmp.Compare(a.params(), b.params()) })
	return out
}

func (s Search) order(p, q, sp, sq int) Order {
	return Order{AR: p, Diff: s.Diff, MA: q, SAR: sp, SDiff: s.SDiff, SMA: sq, Period: s.Period}
}

func (s Search) allows(o Order) bool {
	return o.AR >= 0 && o.MA >= 0 && o.SAR >= 0 && o.SMA >= 0 && o.AR <= s.MostAR && o.MA <= s.MostMA &&
		o.SAR <= s.MostSAR && o.SMA <= s.MostSMA && o.params() <= s.MostOrder
}
