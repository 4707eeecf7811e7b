package policy

import "fmt"

// freshness says which of the load and the forecast are young enough to be
// decided from. Old load says nothing at all. An old forecast says nothing; one
// that has not seen the newest value may raise, and lowers nothing. One whose
// model is not warm counts: its quantiles are wide, and without them a new
// group would have no headroom for its first day.
func (h *hearing) freshness(n int) (int, string) {
	load := h.freshLoad()
	return n, load + "; " + h.freshForecast()
}

func (h *hearing) freshLoad() string {
	stale := h.policy.Scaling.StaleAfter.Std()
	b := h.Bins.newest()
	if b == nil {
		h.keep("there is no value of the load")
		return "no value of the load is known"
	}
	age := h.round.Now.Sub(b.End)
	value := fmt.Sprintf("newest value %s of %s is %s old", h.amount(b.Value), clock(b.End), span(age))
	if age > stale {
		h.keep("the load is stale")
		return fmt.Sprintf("%s, stale after %v", value, stale)
	}
	h.load = b
	return value
}

// freshForecast needs no word against lowering where there is no forecast:
// what is there stays then.
func (h *hearing) freshForecast() string {
	o := h.Outlook
	if o == nil {
		return "no forecast"
	}
	name := fmt.Sprintf("forecast of round %d from %s", o.Round, clock(o.Origin))
	stale := h.policy.Scaling.StaleAfter.Std()
	age := h.round.Now.Sub(o.Origin)
	switch {
	case o.Fault != "":
		return name + " " + o.Fault
	case age < 0:
		return name + " begins in the future"
	case age > stale:
		return fmt.Sprintf("%s is %s old, stale after %v", name, span(age), stale)
	}
	newest := h.Bins.newest()
	switch {
	case newest == nil: // nothing is lowered, and it was said why
	case newest.End.After(o.Origin):
		h.keep("the forecast has not seen the newest value")
		name += " has not seen it, so may only raise"
	case newest.End.Before(o.Origin):
		h.keep("the forecast has seen a value that did not come here")
		name += " has seen a later one, so may only raise"
	}
	if !o.Warm {
		name += fmt.Sprintf(", of a model that is not warm (%d samples)", o.Samples)
	}
	h.outlook = o
	return name
}
