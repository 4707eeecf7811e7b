package actuator

import (
	"time"

	"github.com/ml-autoscaling/autoscaler/actuator/plan"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// news is how old an outcome may be at its arrival to be counted: a fold that
// starts over meets those of weeks.
const news = 10 * time.Minute

// stage is the fold with the actuator's clock.
type stage struct {
	plan.Stage
	actuator *Actuator
}

var _ streams.Stage = stage{}

// Stage gives the fold that the runner runs. Its states are for this actuator
// only.
func (a *Actuator) Stage() streams.Stage {
	return stage{Stage: plan.Stage{Limits: a.cfg.Limits}, actuator: a}
}

// New begins the state of a group.
func (s stage) New(id streams.GroupID) streams.State { return s.wrap(s.Stage.New(id)) }

// Load brings a state back.
func (s stage) Load(id streams.GroupID, parts []streams.Part) (streams.State, error) {
	inner, err := s.Stage.Load(id, parts)
	if err != nil {
		return nil, err
	}
	return s.wrap(inner), nil
}

func (s stage) wrap(inner streams.State) *state {
	return &state{State: inner.(*plan.State), actuator: s.actuator}
}

// state stamps events of the timeline with the clock at their arrival.
type state struct {
	*plan.State
	actuator *Actuator
}

// Plan gives the state of actuator/plan in a state of the actuator's stage.
func Plan(s streams.State) (*plan.State, bool) {
	own, ok := s.(*state)
	if !ok {
		return nil, false
	}
	return own.State, true
}

// Step folds an event of the timeline or a plan.Result in.
func (s *state) Step(ev streams.Event) []streams.Event {
	if r, ok := ev.(plan.Result); ok {
		return s.State.Step(r)
	}
	at := s.actuator.now()
	if o, ok := ev.(streams.Outcome); ok && at.Sub(o.At) < news {
		s.actuator.metrics.outcomes.WithLabelValues(string(o.Status)).Inc()
	}
	return s.State.Step(plan.Arrived{GroupID: ev.ID(), At: at, Event: ev})
}

// Stored is told of states that were stored, as partition.Config says.
func (a *Actuator) Stored(states map[streams.GroupID]streams.State) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for id, s := range states {
		own, ok := Plan(s)
		if !ok {
			continue
		}
		a.watch(id, own.Distrust())
		if intent, ok := own.Intent(); ok {
			a.due[id] = intent
		}
	}
	a.poke()
}

// watch notes whether a group is distrusted, and logs where that changes.
func (a *Actuator) watch(id streams.GroupID, why string) {
	_, before := a.odd[id]
	switch {
	case why != "":
		a.odd[id] = why
		if !before {
			a.cfg.Log.Warn().Stringer("group", id).Str("why", why).Msg("group is only observed")
		}
	case before:
		delete(a.odd, id)
		a.cfg.Log.Info().Stringer("group", id).Msg("group is acted on again")
	}
	a.metrics.distrusted.Set(float64(len(a.odd)))
}

func (a *Actuator) poke() {
	select {
	case a.wake <- struct{}{}:
	default:
	}
}
