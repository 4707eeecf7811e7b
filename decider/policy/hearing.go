package policy

import (
	"fmt"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// hearing is one round on its way through the rails: what is known, and what
// the rails before have found.
type hearing struct {
	memory
	round   round
	policy  streams.Policy
	current int // desired capacity as described

	// load is the newest bin where it is fresh, else nil.
	load *bin
	// outlook is the forecast where it may be used, else nil.
	outlook *outlook
	// kept says why nothing may be lowered; empty where it may.
	kept string
	// floor is the reactive floor in instances, 0 where there is none; need is
	// the same where the load was not hidden.
	floor, need int
	// wanted is the capacity that forecast and floor ask for.
	wanted int
	// final says that no further rail is asked.
	final bool
}

// rail is one rule: it takes the capacity so far and gives the capacity that
// it leaves, and why.
type rail struct {
	name  string
	judge func(h *hearing, n int) (after int, why string)
}

// rails are the rules in their order.
func rails() [11]rail {
	return [...]rail{
		{"freshness", (*hearing).freshness},
		{"sanity", (*hearing).sanity},
		{"forecast_need", (*hearing).forecastNeed},
		{"reactive_floor", (*hearing).reactiveFloor},
		{"foreign_hands", (*hearing).foreignHands},
		{"scale_in_test", (*hearing).scaleInTest},
		{"cooldown", (*hearing).cooldown},
		{"max_step", (*hearing).maxStep},
		{"ratchet_breaker", (*hearing).breaker},
		{"min_max", (*hearing).clamp},
		{"in_flight_lock", (*hearing).lock},
	}
}

// decide judges a round. A change is remembered until it is answered.
func (m memory) decide(r round) (memory, streams.Decision) {
	d := m.draft(r)
	switch {
	case m.Policy == nil:
		return m, closed(d, "policy", "no policy")
	case r.Group == nil && m.Seen == nil:
		return m, closed(d, "sanity", "the group was never described"+because(r.Error)+": nothing is asked of it")
	}
	h := hearing{memory: m, round: r, policy: *m.Policy, current: d.Current}
	n := d.Current
	for _, rail := range rails() {
		after, why := rail.judge(&h, n)
		d.Trail = append(d.Trail, streams.Rule{Name: rail.name, Before: n, After: after, Why: why})
		n = after
		if h.final {
			break
		}
	}
	d.Desired = n
	d.Verdict = streams.VerdictOf(d.Current, n)
	if h.outlook != nil && !h.final {
		d.ForecastRound = h.outlook.Round
	}
	if d.Verdict != streams.Hold {
		k := ask{Round: r.Number, At: r.Now, From: d.Current, To: n, Expires: d.Expires, Need: h.need}
		h.Asks = append(h.Asks[:len(h.Asks):len(h.Asks)], k)
	}
	return h.memory, d
}

// superseded closes a round whose forecast did not come before the next round.
func (m memory) superseded(r round, next uint64) streams.Decision {
	why := fmt.Sprintf("round %d came before the forecast of round %d", next, r.Number)
	return closed(m.draft(r), "superseded", why)
}

// draft is the hold that a round is before any rule: at what was described
// last where it was not described itself. Without a policy it expires at once.
func (m memory) draft(r round) streams.Decision {
	d := streams.Decision{Round: r.Number, At: r.Now, Verdict: streams.Hold, Expires: r.Now, Fingerprint: m.Fingerprint}
	if m.Policy != nil {
		d.Expires = r.Now.Add(m.Policy.Scaling.Expiry.Std())
	}
	seen := r.Group
	if seen == nil {
		seen = m.Seen
	}
	if seen != nil {
		d.Current, d.Desired = seen.Desired, seen.Desired
	}
	return d
}

// closed is a decision whose trail is one line.
func closed(d streams.Decision, rule, why string) streams.Decision {
	d.Trail = []streams.Rule{{Name: rule, Before: d.Current, After: d.Current, Why: why}}
	return d
}

// keep holds the capacity against lowering. The first reason is the one told.
func (h *hearing) keep(why string) {
	if h.kept == "" {
		h.kept = why
	}
}
