package policy

import (
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// memory is everything that a group's past may still change in a decision. It
// is a value: folding returns a new one and leaves the old one as it was.
type memory struct {
	// Policy is absent before the first control and after the group retired.
	Policy *streams.Policy `json:"policy,omitempty"`
	// Fingerprint names Policy by its content.
	Fingerprint string `json:"fingerprint,omitempty"`

	// Round and Now are the highest of all group events.
	Round uint64    `json:"round,omitempty"`
	Now   time.Time `json:"now,omitzero"`
	// Waiting is the newest round where its forecast is still awaited.
	Waiting *round `json:"waiting,omitempty"`
	// Owed is the newest round that owes a forecast.
	Owed uint64 `json:"owed,omitempty"`
	// Behind says that a round did not get its forecast in time, and that no
	// forecast has answered Owed since.
	Behind bool `json:"behind,omitempty"`

	// Seen is the last description of the group.
	Seen *description `json:"seen,omitempty"`
	// PendingSince is the first description of those in a row that showed
	// instances pending; zero where the last showed none.
	PendingSince time.Time `json:"pending_since,omitzero"`
	Foreign      *foreign  `json:"foreign,omitempty"`

	Bins    window   `json:"bins,omitempty"`
	Outlook *outlook `json:"outlook,omitempty"`
	Peaks   peaks    `json:"peaks,omitempty"`

	Asks asks `json:"asks,omitempty"`
	// LastOut and LastIn are when the last change of each direction was applied.
	LastOut time.Time `json:"last_out,omitzero"`
	LastIn  time.Time `json:"last_in,omitzero"`
	// Reversals are those of the last day.
	Reversals reversals `json:"reversals,omitempty"`
	// Boots are the last boot times.
	Boots boots `json:"boots_s,omitempty"`
	// Launch is open while what was asked for is not in service.
	Launch *launch `json:"launch,omitempty"`

	// Shadows decide beside the policy, and change nothing of the above.
	Shadows shadows `json:"shadows,omitempty"`
}

// fold takes one event in and gives the decisions that are due after it.
func (m memory) fold(ev streams.Event) (memory, []streams.Decision) {
	switch e := ev.(type) {
	case streams.Control:
		return m.control(e), nil
	case streams.Metric:
		return m.metric(e), nil
	case streams.Outcome:
		return m.outcome(e), nil
	case streams.Group:
		return m.group(e)
	case streams.Forecast:
		return m.forecast(e)
	}
	return m, nil
}

// control puts a policy in force. What was concluded under another one is
// forgotten, unless only the mode differs; what happened to the group is not.
func (m memory) control(k streams.Control) memory {
	if k.Policy == nil {
		m.Policy, m.Fingerprint = nil, ""
		m.Bins, m.Outlook, m.Peaks = nil, nil, nil
		return m
	}
	fingerprint := k.Policy.Fingerprint()
	if m.Policy != nil && m.Fingerprint == fingerprint {
		return m
	}
	if m.Policy != nil && !sameSeries(m.Policy.Load, k.Policy.Load) {
		m.Bins = nil
	}
	p := k.Policy.Alone()
	if m.Policy == nil || !sameLaw(*m.Policy, p) {
		m.Outlook, m.Peaks = nil, nil
	}
	m.Policy, m.Fingerprint = &p, fingerprint
	return m
}

// sameLaw says whether two policies decide alike. Their modes are the actuator's
// business: a group that is attached in mode desired on a rising morning is not
// to wait for the next forecast.
func sameLaw(a, b streams.Policy) bool {
	a.Mode = b.Mode
	return a.Fingerprint() == b.Fingerprint()
}

// sameSeries says whether two policies mean the same bins, whatever an instance
// bears of them.
func sameSeries(a, b streams.LoadPolicy) bool {
	a.PerInstance = b.PerInstance
	return a == b
}

// metric keeps the value of a bin of the policy's series.
func (m memory) metric(e streams.Metric) memory {
	if m.Policy == nil || !binOf(m.Policy.Load, e) {
		return m
	}
	m.Bins = m.Bins.put(e)
	return m
}
