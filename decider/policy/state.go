package policy

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// state is the fold of one group: its memory, and what was stored of it.
type state struct {
	id     streams.GroupID
	memory memory
	folded bool // an event came since Changed was last called
	stored []byte
}

// Step folds one event in and returns the decisions that follow from it: none,
// one, or at a group event that overtakes an open round two; and those of every
// shadow behind them.
func (s *state) Step(ev streams.Event) []streams.Event {
	live, decided := s.memory.fold(ev)
	var watched []streams.Decision
	live.Shadows, watched = live.Shadows.fold(ev, live)
	decided = append(decided, watched...)
	s.memory, s.folded = live, true
	var events []streams.Event
	for _, d := range decided {
		d.GroupID = s.id
		events = append(events, d)
	}
	return events
}

// Changed returns the state's one part where it differs since the last call.
func (s *state) Changed() []streams.Part {
	if !s.folded {
		return nil
	}
	s.folded = false
	data, err := json.Marshal(s.memory)
	if err != nil { // a policy with a number that is not finite, which decoding refuses
		panic(fmt.Sprintf("policy: encode state of %s: %v", s.id, err))
	}
	if bytes.Equal(data, s.stored) {
		return nil
	}
	s.stored = data
	return []streams.Part{{Key: partKey(), Data: bytes.Clone(data)}}
}
