package ingest

import (
	"github.com/ml-autoscaling/autoscaler/ingest/window"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// stage is the fold of package window with counters of what it published.
type stage struct {
	window.Stage
	metrics *metrics
}

// New begins the state of a group.
func (s stage) New(id streams.GroupID) streams.State {
	return &state{s.Stage.New(id).(*window.State), s.metrics}
}

// Load brings a state back.
func (s stage) Load(id streams.GroupID, parts []streams.Part) (streams.State, error) {
	inner, err := s.Stage.Load(id, parts)
	if err != nil {
		return nil, err
	}
	return &state{inner.(*window.State), s.metrics}, nil
}

// state is a group's state that counts.
type state struct {
	*window.State
	metrics *metrics
}

// Step folds an input in.
func (s *state) Step(ev streams.Event) []streams.Event {
	events := s.State.Step(ev)
	for _, out := range events {
		if m, ok := out.(streams.Metric); ok {
			s.metrics.published(m)
		}
	}
	return events
}
