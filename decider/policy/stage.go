package policy

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// Stage is the decider's fold. The zero value is ready to use.
type Stage struct{}

var _ streams.Stage = Stage{}

// Name gives the stage's token in subjects.
func (Stage) Name() string { return "decider" }

// Version is raised with every change that changes a decision for the same
// events.
func (Stage) Version() int { return 5 }

// Reads lists the kinds of event that decide.
func (Stage) Reads() []streams.Kind {
	return []streams.Kind{
		streams.KindMetric, streams.KindGroup, streams.KindControl, streams.KindForecast, streams.KindOutcome,
	}
}

// New begins the state of a group of which nothing is known.
func (Stage) New(id streams.GroupID) streams.State { return &state{id: id} }

// Load brings a state back from its one part. No part at all is the state of a
// group of which nothing is known.
func (Stage) Load(id streams.GroupID, parts []streams.Part) (streams.State, error) {
	s := &state{id: id}
	for _, p := range parts {
		if p.Key != partKey() {
			return nil, fmt.Errorf("load decider state of %s: unknown part %q, slot %d", id, p.Key.Series, p.Key.Slot)
		}
		if err := json.Unmarshal(p.Data, &s.memory); err != nil {
			return nil, fmt.Errorf("load decider state of %s: %w", id, err)
		}
		s.stored = bytes.Clone(p.Data)
	}
	return s, nil
}

func partKey() streams.PartKey { return streams.PartKey{Slot: streams.NoSlot} }
