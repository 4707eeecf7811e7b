package policy

import (
	"fmt"
	"slices"
	"time"
)

// reversals are when a change was applied against the one before within a
// quarter of an hour, oldest first.
type reversals []time.Time

// since leaves out what is older than a day.
func (r reversals) since(now time.Time) reversals {
	return slices.DeleteFunc(slices.Clone(r), func(t time.Time) bool { return now.Sub(t) > 24*time.Hour })
}

// turned says whether a change at an instant comes against the last change
// within reversalSpan: out tells its direction.
func (m memory) turned(out bool, at time.Time) bool {
	before := m.LastOut
	if out {
		before = m.LastIn
	}
	same := m.LastIn
	if out {
		same = m.LastOut
	}
	return !before.IsZero() && before.After(same) && at.Sub(before) <= reversalSpan
}

// band gives the share of the lowest cost that staying may cost more, for a
// change in a direction, and why where it is not the plain one.
func (h *hearing) band(out bool) (float64, string) {
	s := h.policy.Scaling.Hysteresis
	turns := h.turned(out, h.round.Now)
	switch {
	case out && turns:
		return s.ReversalOut, ", as it would turn the last change around"
	case out:
		return s.Out, ""
	}
	band, why := s.In, ""
	if turns {
		band, why = s.ReversalIn, ", as it would turn the last change around"
	}
	if over := len(h.Reversals) - s.Reversals; over > 0 {
		band += s.Growth * float64(over)
		why += fmt.Sprintf(", after %d reversals in a day", len(h.Reversals))
	}
	return band, why
}

// weigh compares what is there with what would cost least, and stays where
// that costs little more. A raise goes only as far as to where staying would
// have been right.
func (h *hearing) weigh(t tariff) (int, string) {
	best, fewest := t.cheapest(), t.fewest()
	least, now := t.cost(best), t.cost(h.current)
	why := fmt.Sprintf("%s least at up to %s each, %s instance-hours a minute at a price of %s for a violated one (%s probable)",
		costs(best), h.amount(t.perInstance), figure(least), figure(t.violation), percent(t.load.above(float64(best)*t.perInstance)))
	if best == h.current {
		return best, why
	}
	band, because := h.band(best > h.current)
	limit := least * (1 + band)
	within := fmt.Sprintf("%s above%s", percent(band), because)
	if h.current < fewest {
		to := t.edge(fewest-1, best, limit)
		return to, why + fmt.Sprintf("; the lowest quantile needs %d: at %d it is no more than %s", fewest, to, within)
	}
	why += fmt.Sprintf("; staying at %d costs %s", h.current, figure(now))
	if now <= limit {
		return h.current, why + fmt.Sprintf(", no more than %s: it stays so", within)
	}
	if best < h.current {
		return best, why + ", more than " + within
	}
	to := t.edge(h.current, best, limit)
	return to, why + fmt.Sprintf(", more than %s: at %d it is not", within, to)
}

func costs(n int) string {
	if n == 1 {
		return "1 instance costs"
	}
	return fmt.Sprintf("%d instances cost", n)
}
