package policy

import "fmt"

// sanity holds where the description of the group is absent or contradicts
// itself, and lets nothing be lowered where the load fell as no traffic falls
// or the group does not follow what it is told.
func (h *hearing) sanity(n int) (int, string) {
	if why := h.contradiction(); why != "" {
		h.final = true
		return h.current, why + ": hold"
	}
	g := h.round.Group
	described := fmt.Sprintf("desired %d, in service %d, pending %d, min %d, max %d",
		g.Desired, g.InService, g.Pending, g.Min, g.Max)
	if g.suspended("Terminate") {
		h.keep("Terminate is suspended")
		described += "; Terminate is suspended"
	}
	if g.suspended("Launch") {
		h.keep("Launch is suspended, and what is given back could not be had again")
		described += "; Launch is suspended"
	}
	if g.InService > 2*g.Desired {
		h.keep("the group does not follow its desired capacity")
		described += "; more than twice what is desired serves"
	}
	s := h.policy.Scaling
	if low, fell := h.Bins.fall(s); fell && g.InService > 0 {
		h.keep("the load fell as no traffic falls")
		described += fmt.Sprintf("; the load is below %s of the %s of %s, an outage of the metric until %s",
			percent(s.OutageShare), h.amount(low.Value), clock(low.End), clock(low.End.Add(s.OutageHold.Std())))
	}
	return n, described
}

func (h *hearing) contradiction() string {
	g := h.round.Group
	switch {
	case g == nil:
		return "the group was not described" + because(h.round.Error)
	case h.round.Now.Before(h.memory.Now):
		return fmt.Sprintf("the clock went back from %s to %s", clock(h.memory.Now), clock(h.round.Now))
	case g.Desired < g.Min || g.Desired > g.Max:
		return fmt.Sprintf("desired %d is outside min %d and max %d", g.Desired, g.Min, g.Max)
	}
	return ""
}

func because(cause string) string {
	if cause == "" {
		return ""
	}
	return " (" + cause + ")"
}
