package forecaster

import (
	"context"
	"sync"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

const (
	statsTimeout = time.Second
	// glimpseAge is for how long a look at the states serves the statistics: one
	// request for these asks for every endpoint.
	glimpseAge = 100 * time.Millisecond
)

// Stats is the data of an endpoint, which is a model, in the service's
// statistics.
type Stats struct {
	// Groups counts the groups held; absent while the states cannot be looked
	// at, and NotReady then says why.
	Groups   *int   `json:"groups,omitempty"`
	NotReady string `json:"not_ready,omitempty"`
	// Running counts the groups on whose series the model runs, by itself or as a
	// part of another, and Built those of it that were built beside the fold for
	// requests, and are kept.
	Running int `json:"running"`
	Built   int `json:"built"`
	// Refits counts the refits of all models in force that took effect, and
	// RefitsRefused those whose estimate the model did not take.
	Refits        uint64 `json:"refits"`
	RefitsRefused uint64 `json:"refits_refused"`
	// Answered, Refused and Shed count the replies on both roads since the
	// start: predictions, refusals of any code but 429, and those.
	Answered uint64 `json:"answered"`
	Refused  uint64 `json:"refused"`
	Shed     uint64 `json:"shed"`
}

// holder is a state that says what runs in it.
type holder interface {
	Running() []string
	Refits() (adopted, refused uint64)
}

// glimpses keeps the last look at the states for statistics.
type glimpses struct {
	mu   sync.Mutex
	at   time.Time
	last glimpse
}

// glimpse is what a look at all states found.
type glimpse struct {
	err                   error
	groups                int
	running               map[string]int
	refits, refusedRefits uint64
}

func (s *Service) stats(model string) Stats {
	c := s.tally.models[model]
	out := Stats{Built: s.outsiders.count(model), Answered: c.answered.Load(), Refused: c.refused.Load(), Shed: c.shed.Load()}
	g := s.glimpse()
	if g.err != nil {
		out.NotReady = g.err.Error()
		return out
	}
	out.Groups, out.Running, out.Refits, out.RefitsRefused = &g.groups, g.running[model], g.refits, g.refusedRefits
	return out
}

// glimpse looks at all states, unless that was done just now.
func (s *Service) glimpse() glimpse {
	s.glimpses.mu.Lock()
	defer s.glimpses.mu.Unlock()
	if time.Since(s.glimpses.at) < glimpseAge {
		return s.glimpses.last
	}
	ctx, cancel := context.WithTimeout(context.Background(), statsTimeout)
	defer cancel()
	g := glimpse{running: make(map[string]int)}
	g.err = s.states.View(ctx, func(states map[streams.GroupID]streams.State) {
		g.groups = len(states)
		for _, state := range states {
			g.add(state)
		}
	})
	s.glimpses.last, s.glimpses.at = g, time.Now()
	return g
}

func (g *glimpse) add(state streams.State) {
	h, ok := state.(holder)
	if !ok {
		return
	}
	for _, model := range h.Running() {
		g.running[model]++
	}
	adopted, refused := h.Refits()
	g.refits += adopted
	g.refusedRefits += refused
}
