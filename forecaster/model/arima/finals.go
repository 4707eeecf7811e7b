package arima

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
)

// ranked gives the candidates, the best first; of equals the one with fewer
// terms.
func (h *hunt) ranked() []*Candidate {
	out := make([]*Candidate, 0, len(h.found))
	for _, c := range h.found {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b *Candidate) int {
		return cmp.Or(cmp.Compare(a.AICc, b.AICc), cmp.Compare(a.Order.params(), b.Order.params()),
			cmp.Compare(a.Order.AR, b.Order.AR), cmp.Compare(a.Order.SAR, b.Order.SAR), cmp.Compare(a.Order.MA, b.Order.MA), constantFirst(a, b))
	})
	return out
}

func constantFirst(a, b *Candidate) int {
	switch {
	case a.Constant == b.Constant:
		return 0
	case a.Constant:
		return -1
	}
	return 1
}

// finals is how many of the best candidates are fitted once more, by the exact
// likelihood.
const finals = 4

// selection fits the best candidates with all care, and takes the best; the next
// ones too where none of them stands up to it, or comes near what the search says
// of those. (It says nothing comparable of a series with gaps: it bridged them.)
func (h *hunt) selection() (*Selection, error) {
	ranked := h.ranked()
	if math.IsInf(ranked[0].AICc, 1) {
		return nil, fmt.Errorf("select order: %w for any order", ErrTooShort)
	}
	out := &Selection{}
	for len(ranked) > 0 && (out.Model == nil || h.data.complete() && ranked[0].AICc < out.Model.AICc()-astray) {
		n := min(finals, len(ranked))
		h.judge(out, ranked[:n])
		ranked = ranked[n:]
	}
	if out.Model == nil {
		return nil, errors.New("select order: the likelihood of every order is lost in rounding")
	}
	for _, c := range h.ranked() {
		out.Candidates = append(out.Candidates, *c)
	}
	return out, nil
}

// judge fits candidates and keeps the best.
func (h *hunt) judge(out *Selection, candidates []*Candidate) {
	models := make([]*Model, len(candidates))
	h.each(len(models), func(i int) { models[i] = h.final(candidates[i]) })
	for i, m := range models {
		c := candidates[i]
		if m == nil || math.IsNaN(m.LogLik) || math.IsInf(m.LogLik, 0) {
			c.AICc = math.Inf(1)
			continue
		}
		c.AICc = m.AICc()
		if out.Model == nil || c.AICc < out.Model.AICc() {
			out.Model, out.Constant = m, c.Constant
		}
	}
}

// final fits a candidate from what the search found, and where that is cheap
// from all other starts.
func (h *hunt) final(c *Candidate) *Model {
	if c.free == nil {
		return nil
	}
	g := h.ground(c.Constant)
	if !h.data.complete() { // the search went over straight lines
		var err error
		if g, err = newGround(c.Order, h.with(c.Constant)); err != nil {
			return nil
		}
	}
	f, err := newFitter(c.Order, g)
	if err != nil {
		return nil
	}
	if c.Order.params() == 0 {
		return f.model(nil)
	}
	best := f.model(f.descend(c.free, f.patience()).at)
	if h.rough && best.AICc() <= c.AICc+astray || g.gapped != nil && !math.IsNaN(best.LogLik) {
		return best
	}
	// Not the smaller objective but the larger likelihood: where rounding
	// flatters a fit that is NaN.
	if all := f.fit(); all.LogLik > best.LogLik || math.IsNaN(best.LogLik) {
		return all
	}
	return best
}

// astray is by how much the exact AICc of a fit may lie above the conditional one
// that led to it. Where it does by more, the way led along the unit circle, where
// the exact likelihood is lost, and was not found back.
const astray = 10
