package sim

import (
	"cmp"
	"slices"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// Tape is what was recorded of one group's inputs: rounds in order, each with
// the metrics and controls that came before its group event.
type Tape struct {
	ID    streams.GroupID
	Beats []Beat
	rest  []streams.Event // after the last group event
}

// Beat is one recorded round.
type Beat struct {
	Before []streams.Event
	Group  streams.Group
}

// Tapes sorts the events of a recorded timeline into one tape a group. What
// stages derived, and outcomes, are left out: a replay makes its own.
type Tapes struct{ groups map[streams.GroupID]*Tape }

// Add takes the next event of the timeline.
func (t *Tapes) Add(ev streams.Event) {
	if t.groups == nil {
		t.groups = map[streams.GroupID]*Tape{}
	}
	tape, ok := t.groups[ev.ID()]
	if !ok {
		tape = &Tape{ID: ev.ID()}
		t.groups[ev.ID()] = tape
	}
	switch e := ev.(type) {
	case streams.Metric, streams.Control:
		tape.rest = append(tape.rest, ev)
	case streams.Group:
		tape.Beats = append(tape.Beats, Beat{Before: tape.rest, Group: e})
		tape.rest = nil
	}
}

// All gives the tapes that have a round, in the order of their identities.
func (t *Tapes) All() []*Tape {
	var tapes []*Tape
	for _, tape := range t.groups {
		if len(tape.Beats) > 0 {
			tapes = append(tapes, tape)
		}
	}
	slices.SortFunc(tapes, func(a, b *Tape) int { return cmp.Compare(a.ID.String(), b.ID.String()) })
	return tapes
}

// policy gives the policy in force at the first round that has one, or nil.
func (t *Tape) policy() *streams.Policy {
	for _, b := range t.Beats {
		for _, ev := range slices.Backward(b.Before) {
			if k, ok := ev.(streams.Control); ok && k.Policy != nil {
				return k.Policy
			}
		}
	}
	return nil
}

// values gives the newest value of each bin of a series, by the bin's end.
func (t *Tape) values(p streams.LoadPolicy) map[time.Time]float64 {
	values := map[time.Time]float64{}
	for _, b := range t.Beats {
		for _, ev := range b.Before {
			m, ok := ev.(streams.Metric)
			if ok && m.Series == p.Series && m.Period == p.Period && m.Value != nil {
				values[m.End.UTC()] = *m.Value
			}
		}
	}
	return values
}

// end gives the latest instant that the recorded clock shows.
func (t *Tape) end() time.Time {
	var last time.Time
	for _, b := range t.Beats {
		if b.Group.Now.After(last) {
			last = b.Group.Now
		}
	}
	return last
}
