package policy

import (
	"fmt"
	"slices"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// ourSetting is how long a capacity that we set is known as ours.
const ourSetting = 5 * time.Minute

// ask is a change that was decided, and what became of it.
type ask struct {
	Round   uint64    `json:"round"`
	At      time.Time `json:"at"`
	From    int       `json:"from"`
	To      int       `json:"to"`
	Expires time.Time `json:"expires"`
	// Need is what the load itself needed when it was asked, in instances; 0
	// where that was hidden or unknown.
	Need int `json:"need,omitempty"`
	// Answered says that an outcome came, and Set that it was applied: To is
	// then what the group was set to, and At when.
	Answered bool `json:"answered,omitempty"`
	Set      bool `json:"set,omitempty"`
}

// asks are the changes of the last minutes, in the order of their rounds.
type asks []ask

// since leaves out what can no longer matter.
func (a asks) since(now time.Time) asks {
	gone := now.Add(-ourSetting)
	return slices.DeleteFunc(slices.Clone(a), func(k ask) bool { return k.At.Before(gone) && k.Expires.Before(gone) })
}

// inFlight gives the newest ask that may still be acted on, or nil.
func (a asks) inFlight(now time.Time) *ask {
	for _, k := range slices.Backward(a) {
		if !k.Answered && now.Before(k.Expires) {
			return &k
		}
	}
	return nil
}

// ours says whether we set the desired capacity, or may have set it, within
// the last five minutes.
func (a asks) ours(desired int, now time.Time) bool {
	return slices.ContainsFunc(a, func(k ask) bool {
		return k.To == desired && (k.Set || !k.Answered) && !k.At.Before(now.Add(-ourSetting))
	})
}

// outcome answers an ask. An applied change starts the cooldown of its
// direction, and a raise opens a launch.
func (m memory) outcome(o streams.Outcome) memory {
	i := slices.IndexFunc(m.Asks, func(k ask) bool { return k.Round == o.Round })
	if i >= 0 && m.Asks[i].Answered {
		return m // a duplicate
	}
	m.Asks = slices.Clone(m.Asks)
	if i < 0 { // a fold that began anew meets what an older one asked for
		k := ask{Round: o.Round, At: o.At, To: o.Desired, Expires: o.At}
		if m.Seen != nil {
			k.From = m.Seen.Desired
		}
		m.Asks = append(m.Asks, k)
		i = len(m.Asks) - 1
	}
	k := &m.Asks[i]
	k.Answered = true
	if o.Status != streams.Applied {
		return m
	}
	k.Set, k.To, k.At = true, o.Desired, o.At
	if limit := m.Now.Add(ourSetting); k.At.After(limit) {
		k.At = limit // no clock of the actuator holds the group for ever
	}
	return m.applied(*k)
}

// applied starts what an applied change starts.
func (m memory) applied(k ask) memory {
	if k.To != k.From && m.turned(k.To > k.From, k.At) {
		m.Reversals = append(slices.Clone(m.Reversals), k.At)
		m.Reversals = m.Reversals[max(0, len(m.Reversals)-mostReversals):]
	}
	switch {
	case k.To < k.From:
		m.LastIn = later(m.LastIn, k.At)
	case k.To > k.From:
		m.LastOut = later(m.LastOut, k.At)
		m.Launch = m.Launch.asked(m.Seen, k)
	}
	return m
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// lock lets nothing change while an ask of ours is in flight, except that the
// reactive floor may raise beyond it.
func (h *hearing) lock(n int) (int, string) {
	k := h.Asks.inFlight(h.round.Now)
	if k == nil {
		return n, "no decision of ours is in flight"
	}
	flight := fmt.Sprintf("round %d asked for %d and has no outcome, until %s", k.Round, k.To, clock(k.Expires))
	raised := min(n, h.floor)
	switch {
	case n == h.current:
		return n, flight
	case raised > max(h.current, k.To):
		return raised, flight + fmt.Sprintf("; the reactive floor of %d goes beyond it", h.floor)
	}
	return h.current, flight + ": no change before that"
}
