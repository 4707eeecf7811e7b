package plan

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// Stage is the actuator's fold under some limits.
type Stage struct {
	Limits Limits
}

var _ streams.Stage = Stage{}

// Name gives the stage's token in subjects.
func (Stage) Name() string { return "actuator" }

// Version is raised with every change that changes an outcome for the same
// inputs.
func (Stage) Version() int { return 1 }

// Reads lists the kinds of event that the fold takes.
func (Stage) Reads() []streams.Kind {
	return []streams.Kind{streams.KindGroup, streams.KindControl, streams.KindDecision, streams.KindOutcome}
}

// New begins the state of a group of which nothing is known: it is a *State.
func (s Stage) New(id streams.GroupID) streams.State { return s.newState(id) }

func (s Stage) newState(id streams.GroupID) *State { return &State{id: id, limits: s.Limits} }

// Load brings a state back from its one part: it is a *State. The call of its
// intent may have been made.
func (s Stage) Load(id streams.GroupID, parts []streams.Part) (streams.State, error) {
	state := s.newState(id)
	for _, p := range parts {
		if p.Key != partKey() {
			return nil, fmt.Errorf("load actuator state of %s: unknown part %q, slot %d", id, p.Key.Series, p.Key.Slot)
		}
		if err := json.Unmarshal(p.Data, &state.memory); err != nil {
			return nil, fmt.Errorf("load actuator state of %s: %w", id, err)
		}
		state.stored = bytes.Clone(p.Data)
	}
	if i := state.memory.Intent; i != nil {
		i.Called = true
	}
	return state, nil
}

func partKey() streams.PartKey { return streams.PartKey{Slot: streams.NoSlot} }
