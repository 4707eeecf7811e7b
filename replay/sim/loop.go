package sim

import (
	"fmt"
	"strings"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// Loop folds events through stages in memory, in the order of a timeline:
// what a stage emits comes after everything that was published before it.
type Loop struct {
	stages []folding
	queue  []streams.Event
}

// folding is a stage with the states of its groups.
type folding struct {
	streams.Stage
	reads  map[streams.Kind]bool
	groups map[streams.GroupID]streams.State
}

// NewLoop folds through the given stages, which see an event in this order.
func NewLoop(stages ...streams.Stage) *Loop {
	l := &Loop{}
	for _, s := range stages {
		f := folding{Stage: s, reads: map[streams.Kind]bool{}, groups: map[streams.GroupID]streams.State{}}
		for _, k := range s.Reads() {
			f.reads[k] = true
		}
		l.stages = append(l.stages, f)
	}
	return l
}

// publish folds events and all that follows from them, and hands every event
// to watch in the order of the timeline.
func (l *Loop) publish(events []streams.Event, watch func(streams.Event) error) error {
	l.queue = append(l.queue[:0], events...)
	for i := 0; i < len(l.queue); i++ {
		ev := l.queue[i]
		if err := watch(ev); err != nil {
			return err
		}
		for _, s := range l.stages {
			l.queue = append(l.queue, s.step(ev)...)
		}
	}
	return nil
}

func (f folding) step(ev streams.Event) []streams.Event {
	if !f.reads[ev.Kind()] {
		return nil
	}
	state, ok := f.groups[ev.ID()]
	if !ok {
		state = f.New(ev.ID())
		f.groups[ev.ID()] = state
	}
	return state.Step(ev)
}

// Run plays a group to its end. Where watch is not nil, it is handed every
// event in the order of the timeline; its error ends the run. A round without
// exactly one decision of the live policy is an error, and so is a decision of
// no round. What shadows decide is handed to watch, and nobody acts on it.
func (l *Loop) Run(p Player, watch func(streams.Event) error) error {
	var decided []streams.Decision
	observe := func(ev streams.Event) error {
		if d, ok := ev.(streams.Decision); ok && !d.Shadow() {
			decided = append(decided, d)
		}
		if watch == nil {
			return nil
		}
		return watch(ev)
	}
	if err := l.publish(p.Begin(), observe); err != nil {
		return err
	}
	for {
		if len(decided) > 0 {
			return fmt.Errorf("play %s: a decision that nobody waits for: %s", p.ID(), rounds(decided))
		}
		if !p.Next() {
			p.End()
			return nil
		}
		events := p.Round()
		if err := l.publish(events, observe); err != nil {
			return err
		}
		round := streams.RoundOf(events[len(events)-1])
		if len(decided) != 1 || decided[0].Round != round {
			return fmt.Errorf("play %s: round %d: want one decision of it, got %s", p.ID(), round, rounds(decided))
		}
		outcome, ok := p.Act(decided[0])
		decided = decided[:0]
		if !ok {
			continue
		}
		if err := l.publish([]streams.Event{outcome}, observe); err != nil {
			return err
		}
	}
}

// rounds lists the rounds of decisions.
func rounds(decided []streams.Decision) string {
	if len(decided) == 0 {
		return "none"
	}
	var all []string
	for _, d := range decided {
		all = append(all, fmt.Sprintf("one of round %d", d.Round))
	}
	return strings.Join(all, ", ")
}
