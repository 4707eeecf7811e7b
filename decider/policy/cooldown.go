package policy

import "fmt"

// cooldown spaces changes in event time, from when one was applied. After a
// raise only the reactive floor raises further; after a change of either
// direction nothing is lowered.
func (h *hearing) cooldown(n int) (int, string) {
	s := h.policy.Scaling
	switch {
	case n > h.current:
		until := h.LastOut.Add(s.ScaleOutCooldown.Std())
		left := max(h.current, min(n, h.floor))
		if h.LastOut.IsZero() || !h.round.Now.Before(until) || left == n {
			return n, "no cooldown holds this raise"
		}
		return left, fmt.Sprintf("a raise was applied at %s: until %s only the reactive floor of %d raises",
			clock(h.LastOut), clock(until), h.floor)
	case n < h.current:
		last := later(h.LastOut, h.LastIn)
		until := last.Add(s.ScaleInCooldown.Std())
		if last.IsZero() || !h.round.Now.Before(until) {
			return n, "no cooldown holds scale-in"
		}
		return h.current, fmt.Sprintf("a change was applied at %s: no scale-in until %s", clock(last), clock(until))
	}
	return n, "nothing changes"
}

// maxStep bounds one change, each direction by its own limit.
func (h *hearing) maxStep(n int) (int, string) {
	s := h.policy.Scaling
	limit, direction := s.StepOut, "out"
	bounded := min(n, h.current+s.StepOut.Of(h.current))
	if n < h.current {
		limit, direction = s.StepIn, "in"
		bounded = max(n, h.current-s.StepIn.Of(h.current))
	}
	switch {
	case n == h.current:
		return n, "nothing changes"
	case bounded == n:
		return n, "within one step " + direction
	}
	return bounded, fmt.Sprintf("one step %s is at most %d or %s of %d instances", direction, limit.Instances, percent(limit.Fraction), h.current)
}

// clamp keeps to the limits that people set: the group's own, and within them
// the policy's. It is the last limit, and goes before every hold above it.
func (h *hearing) clamp(n int) (int, string) {
	g, s := h.round.Group, h.policy.Scaling
	lo := min(max(s.Min, g.Min), g.Max)
	hi := max(min(s.Max, g.Max), g.Min)
	return min(max(n, lo), hi), fmt.Sprintf("%d to %d (group %d to %d, policy %d to %d)", lo, hi, g.Min, g.Max, s.Min, s.Max)
}
