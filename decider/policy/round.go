package policy

import (
	"slices"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// round is what a decision needs of a group event.
type round struct {
	Number uint64    `json:"round"`
	Now    time.Time `json:"now"`
	// Group is absent where the describe call failed; Error is then what the
	// first failed call of the round said.
	Group *description `json:"group,omitempty"`
	Error string       `json:"error,omitempty"`
	// MetricDelay is absent where it was not measured yet.
	MetricDelay *streams.Duration `json:"metric_delay_s,omitempty"`
	// Boots are of the instances that came into service.
	Boots []streams.Duration `json:"-"`
}

// description is the group as AWS described it.
type description struct {
	streams.Capacity
	Suspended []string `json:"suspended,omitempty"`
}

func (d description) suspended(process string) bool { return slices.Contains(d.Suspended, process) }

func roundOf(g streams.Group) round {
	r := round{Number: g.Round, Now: g.Now, Boots: g.Boots}
	if g.Capacity != nil {
		r.Group = &description{Capacity: *g.Capacity, Suspended: slices.Clone(g.Suspended)}
	}
	if len(g.Errors) > 0 {
		r.Error = g.Errors[0].Operation + ": " + g.Errors[0].Message
	}
	if g.MetricDelay != nil {
		delay := *g.MetricDelay
		r.MetricDelay = &delay
	}
	return r
}

// group opens a round: it is decided at once where no forecast is owed or the
// forecaster is behind, and awaits its forecast otherwise. A round that still
// waits is closed first. A round that came before is a duplicate.
func (m memory) group(g streams.Group) (memory, []streams.Decision) {
	if g.Round <= m.Round {
		return m, nil
	}
	var decided []streams.Decision
	if m.Waiting != nil {
		decided = append(decided, m.superseded(*m.Waiting, g.Round))
		m.Waiting, m.Behind = nil, true
	}
	r := roundOf(g)
	m = m.observe(r)
	owes := m.Policy != nil && g.Came(m.Policy.Load.Series) > 0
	if owes {
		m.Owed = r.Number
	}
	if owes && !m.Behind {
		m.Waiting = &r
		return m, decided
	}
	m, d := m.decide(r)
	return m, append(decided, d)
}

// forecast keeps a forecast, and decides the round that waits for it.
func (m memory) forecast(f streams.Forecast) (memory, []streams.Decision) {
	if f.Round > m.Round {
		return m, nil // of a round that never began
	}
	if m.Policy != nil && f.Series == m.Policy.Load.Series && (m.Outlook == nil || f.Round > m.Outlook.Round) {
		m.Outlook = outlookOf(*m.Policy, f, m.boot())
	}
	if f.Round >= m.Owed {
		m.Behind = false
	}
	if m.Waiting == nil || f.Round != m.Waiting.Number {
		return m, nil
	}
	r := *m.Waiting
	m.Waiting = nil
	m, d := m.decide(r)
	return m, []streams.Decision{d}
}

// observe takes in what a round shows of the group, before it is decided.
func (m memory) observe(r round) memory {
	m.Round = r.Number
	if r.Now.After(m.Now) {
		m.Now = r.Now
	}
	m.Asks = m.Asks.since(m.Now)
	m.Reversals = m.Reversals.since(m.Now)
	m.Boots = m.Boots.seen(r.Boots)
	if m.Policy != nil {
		m.Bins = m.Bins.until(m.Now, *m.Policy)
	}
	if r.Group == nil {
		return m
	}
	if change := m.foreignChange(*r.Group); change != "" {
		m.Foreign = &foreign{At: m.Now, Change: change}
	}
	m.Launch = m.Launch.seen(r.Group.Capacity, m.Now)
	switch {
	case r.Group.Pending == 0:
		m.PendingSince = time.Time{}
	case m.PendingSince.IsZero():
		m.PendingSince = m.Now
	}
	m.Seen = r.Group
	return m
}
