package policy

import (
	"slices"
	"strings"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// shadow is a second policy of the group. It folds the same metrics, forecasts
// and rounds as the live one, but for the capacity: that is of a group of its
// own, which is simulated and does at once what the shadow decides.
type shadow struct {
	Name string `json:"name"`
	// Memory is what the live policy's would be had it decided, and shadows
	// have no shadows.
	Memory memory `json:"memory"`
	// Twin is absent until the live group was described.
	Twin *twin `json:"twin,omitempty"`
}

// shadows are those of the policy in force, by rising names.
type shadows []shadow

// fold takes in an event that the live policy has folded already, and gives
// what the shadows decide after it. It changes nothing of the live policy.
func (s shadows) fold(ev streams.Event, live memory) (shadows, []streams.Decision) {
	switch e := ev.(type) {
	case streams.Control:
		return s.control(e, live), nil
	case streams.Outcome: // of what the live policy decided
		return s, nil
	}
	if len(s) == 0 {
		return nil, nil
	}
	s = slices.Clone(s)
	var decided []streams.Decision
	for i := range s {
		var own []streams.Decision
		s[i], own = s[i].fold(ev, live.boot())
		decided = append(decided, own...)
	}
	return s, decided
}

// control begins shadows that are new or have another policy than before, but for
// its mode, lets the others go on, and ends those that are gone.
func (s shadows) control(k streams.Control, live memory) shadows {
	if k.Policy == nil {
		return nil
	}
	var next shadows
	for _, name := range k.Policy.ShadowNames() {
		p, _ := k.Policy.Under(name)
		i, known := slices.BinarySearchFunc(s, name, func(o shadow, name string) int { return strings.Compare(o.Name, name) })
		if known && sameLaw(*s[i].Memory.Policy, p) {
			on := s[i]
			on.Memory.Policy, on.Memory.Fingerprint = &p, p.Fingerprint()
			next = append(next, on)
			continue
		}
		next = append(next, shadow{Name: name, Memory: live.begun(p)})
	}
	return next
}

// begun is the memory of a shadow that begins beside the live policy: it knows
// the clock, the load and who forecasts, and has decided nothing yet.
func (m memory) begun(p streams.Policy) memory {
	return memory{
		Policy: &p, Fingerprint: p.Fingerprint(),
		Round: m.Round, Now: m.Now, Owed: m.Owed, Behind: m.Behind,
		Bins: m.Bins, Boots: m.Boots,
	}
}

// fold takes one event in. What is decided is done before the next one, by
// instances that boot as long as given.
func (s shadow) fold(ev streams.Event, boot streams.Duration) (shadow, []streams.Decision) {
	if g, ok := ev.(streams.Group); ok && g.Round > s.Memory.Round {
		s.Twin = s.Twin.at(g, boot)
		ev = s.Twin.describe(g)
	}
	var decided []streams.Decision
	s.Memory, decided = s.Memory.fold(ev)
	for i := range decided {
		d := &decided[i]
		d.Policy = s.Name
		if d.Verdict == streams.Hold {
			continue
		}
		s.Twin = s.Twin.set(d.Desired, boot)
		s.Memory = s.Memory.outcome(streams.Outcome{Round: d.Round, At: d.At, Status: streams.Applied, Desired: d.Desired})
	}
	return s, decided
}

// boot is how long an instance of the group takes until it serves, as the live
// policy knows it. A shadow that believes otherwise is wrong about its group.
func (m memory) boot() streams.Duration {
	takes, _ := m.Boots.time(m.Policy.Scaling.BootPrior)
	return streams.Duration(takes)
}
