package plan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// MaxSkew is how far the actuator's clock and the Now of a group event may be
// apart at its arrival.
const MaxSkew = 30 * time.Second

// State is the fold of one group.
type State struct {
	id     streams.GroupID
	limits Limits
	memory memory
	folded bool // an event came since Changed was last called
	stored []byte
}

// memory is everything that is stored of a group.
type memory struct {
	// Policy is absent before the first control and after the group retired.
	Policy *terms `json:"policy,omitempty"`
	// Round and Now are the highest of all group events.
	Round uint64    `json:"round,omitempty"`
	Now   time.Time `json:"now,omitzero"`
	// Skew is how far the actuator's clock was ahead of the newest group event
	// when that arrived.
	Skew streams.Duration `json:"skew_s,omitempty"`
	// Seen is the group as it was last described.
	Seen *Sizes `json:"seen,omitempty"`

	// Taken are the rounds of the newest decisions, rising: each has its
	// outcome, or is the intent or the one that waits.
	Taken []uint64 `json:"taken,omitempty"`
	// Intent is being carried out. Waiting, which is newer, comes after it.
	Intent  *Intent `json:"intent,omitempty"`
	Waiting *Intent `json:"waiting,omitempty"`

	Witness witness `json:"witness"`
}

// terms are what the actuator needs of a policy.
type terms struct {
	Mode             streams.Mode `json:"mode"`
	AutoScalingGroup string       `json:"auto_scaling_group"`
	Fingerprint      string       `json:"fingerprint"`
	// Moved says that the policy before this one named another Auto Scaling
	// group, and that no decision under this one came yet.
	Moved bool `json:"moved,omitempty"`
}

// Step folds an Arrived or a Result in and returns the outcomes that follow. A
// bare event of the timeline is taken to have arrived at its own time.
func (s *State) Step(ev streams.Event) []streams.Event {
	s.folded = true
	switch e := ev.(type) {
	case Arrived:
		return s.arrive(e.Event, e.At.Round(0).UTC())
	case Result:
		return s.finish(e)
	case streams.Group:
		return s.arrive(e, e.Now)
	case streams.Control:
		return s.arrive(e, e.At)
	case streams.Decision:
		return s.arrive(e, e.At)
	case streams.Outcome:
		return s.arrive(e, e.At)
	}
	return nil
}

func (s *State) arrive(ev streams.Event, at time.Time) []streams.Event {
	switch e := ev.(type) {
	case streams.Group:
		s.group(e, at)
	case streams.Control:
		return s.control(e, at)
	case streams.Decision:
		return s.decision(e, at)
	case streams.Outcome:
		return s.outcome(e, at)
	}
	return nil
}

// group takes in a round: the clock, and what others did to the group.
func (s *State) group(g streams.Group, at time.Time) {
	m := &s.memory
	if g.Round <= m.Round {
		return
	}
	m.Round, m.Skew = g.Round, streams.Duration(at.Sub(g.Now))
	if g.Now.After(m.Now) {
		m.Now = g.Now
	}
	if g.Capacity == nil {
		return
	}
	d := Sizes{Desired: g.Capacity.Desired, Min: g.Capacity.Min, Max: g.Capacity.Max}
	m.Witness.look(sight{now: g.Now, group: d, before: m.Seen, pending: s.pending()})
	m.Seen = &d
}

// pending gives the intent, which may be called at any moment.
func (s *State) pending() *Intent {
	if s.memory.Intent == nil {
		return nil
	}
	i := *s.memory.Intent
	i.Ceiling = s.limits.Ceiling
	return &i
}

// control puts a policy in force. The one that waits ends with it where it may
// not be acted on any more; the intent ends when its call is about to be made.
func (s *State) control(k streams.Control, at time.Time) []streams.Event {
	m := &s.memory
	before := m.Policy
	m.Policy = nil
	if p := k.Policy; p != nil {
		m.Policy = &terms{Mode: p.Mode, AutoScalingGroup: p.AutoScalingGroup, Fingerprint: k.Fingerprint}
		if before != nil {
			m.Policy.Moved = before.Moved || before.AutoScalingGroup != p.AutoScalingGroup
		}
		if before != nil && before.AutoScalingGroup != p.AutoScalingGroup {
			m.Seen, m.Witness = nil, witness{}
		}
	}
	if m.Waiting == nil {
		return nil
	}
	if status, why := s.forbidden(*m.Waiting); status != "" {
		w := *m.Waiting
		m.Waiting = nil
		return []streams.Event{s.answer(w, at, status, why)}
	}
	return nil
}

// Changed returns the state's one part where it differs since the last call.
func (s *State) Changed() []streams.Part {
	if !s.folded {
		return nil
	}
	s.folded = false
	data, err := json.Marshal(s.memory)
	if err != nil { // an instant beyond the year 9999, which decoding refuses
		panic(fmt.Sprintf("plan: encode state of %s: %v", s.id, err))
	}
	if bytes.Equal(data, s.stored) {
		return nil
	}
	s.stored = data
	return []streams.Part{{Key: partKey(), Data: bytes.Clone(data)}}
}

// Intent gives the intent that stands, with what the state knows against its
// being called. It may be called once it is stored.
func (s *State) Intent() (Intent, bool) {
	if s.memory.Intent == nil {
		return Intent{}, false
	}
	i := *s.memory.Intent
	i.group, i.Ceiling, i.witness = s.id, s.limits.Ceiling, s.memory.Witness
	i.Stop, i.Why = s.forbidden(i)
	return i, true
}

// Distrust says why the group is only observed for what others do to it; empty
// where it is not.
func (s *State) Distrust() string { return s.memory.Witness.distrust(s.memory.Now) }
