package policy

import (
	"fmt"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// launch is what was asked for and is not in service yet.
type launch struct {
	// Since is when the first raise that is unanswered was applied, or when
	// something last arrived.
	Since time.Time `json:"since"`
	// InService is how many served then.
	InService int `json:"in_service"`
	// Need is what the load itself needed at the last raise, in instances; 0
	// where it was hidden.
	Need int `json:"need"`
}

// asked opens a launch at an applied raise, or adds the raise to the open one.
func (l *launch) asked(seen *description, k ask) *launch {
	if l != nil {
		return &launch{Since: l.Since, InService: l.InService, Need: k.Need}
	}
	if seen == nil {
		return nil
	}
	return &launch{Since: k.At, InService: seen.InService, Need: k.Need}
}

// seen closes a launch when everything that the group desires is in service,
// and begins its grace anew when something arrived.
func (l *launch) seen(c streams.Capacity, now time.Time) *launch {
	switch {
	case l == nil, c.InService >= c.Desired:
		return nil
	case c.InService > l.InService:
		return &launch{Since: now, InService: c.InService, Need: l.Need}
	}
	return l
}

// grace is how long what was asked for may take: the policy's, and twice the
// boot time where that is more.
func (h *hearing) grace() time.Duration {
	boot, _ := h.Boots.time(h.policy.Scaling.BootPrior)
	return max(h.policy.Scaling.LaunchGrace.Std(), 2*boot)
}

// breaker stops the ratchet: it does not raise again because what was asked
// for did not arrive. Until something does, at most one step stands beyond
// what serves, and past the grace nothing more is asked for; except that load
// which is measured, and past the grace needs more than it did when instances
// were last asked for, raises to its need. It never lowers.
func (h *hearing) breaker(n int) (int, string) {
	if n <= h.current {
		return n, "nothing is raised"
	}
	if h.round.Group.suspended("Launch") {
		return h.current, "Launch is suspended, so nothing would arrive: no raise"
	}
	l := h.Launch
	if l == nil {
		return n, "everything that was asked for is in service"
	}
	grace := h.grace()
	waited := h.round.Now.Sub(l.Since)
	missing := fmt.Sprintf("%d in service since %s, %d asked for", l.InService, clock(l.Since), h.current)
	if waited < grace {
		most := max(h.current, l.InService+h.policy.Scaling.StepOut.Of(l.InService), h.need)
		return min(n, most), fmt.Sprintf("%s: at most %d before something arrives", missing, most)
	}
	late := fmt.Sprintf("%s, nothing arrived for %s (launch grace %v)", missing, span(waited), grace)
	if h.need > max(l.Need, h.current) {
		return min(n, h.need), fmt.Sprintf("%s: only the measured load may raise, and needs %d, more than the %d of the last raise",
			late, h.need, l.Need)
	}
	return h.current, late + ": no raise before something arrives"
}
