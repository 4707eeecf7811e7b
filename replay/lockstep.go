package replay

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// Lockstep moves a clock for a whole pipeline, ingest and actuator included: it
// goes on a round only when the last event of every group's round is stored,
// which is the outcome of its decision, or the decision where that is a hold.
type Lockstep struct {
	Realm string
	// Reader reads the timeline, on a connection of its own.
	Reader jetstream.JetStream
	// Groups are those that have a round at every step.
	Groups []streams.GroupID
	// Step moves the world and the clock to an instant.
	Step func(context.Context, time.Time) error
	// Round is the time between two instants.
	Round time.Duration
	// Timeout bounds the wait for the last event of one round.
	Timeout time.Duration
	Log     zerolog.Logger
	// Watch sees every decision and outcome, the groups of a round in the
	// order of their names; may be nil.
	Watch func(streams.Event)
	// Progress is told how many rounds of all groups are done; may be nil.
	Progress func(rounds int)
}

// Run drives a timeline from its beginning. World and clock stand at from
// already; the last round is the last that begins before until, and world and
// clock are left there.
func (l *Lockstep) Run(ctx context.Context, from, until time.Time) error {
	ends := kindsAfter(l.Reader, l.Realm, 0, streams.KindDecision, streams.KindOutcome)
	ends.log = l.Log
	events, stop := listen(ctx, ends)
	defer stop()
	for now := from; ; {
		if err := l.await(ctx, now, events); err != nil {
			return err
		}
		if l.Progress != nil {
			l.Progress(len(l.Groups))
		}
		if now = now.Add(l.Round); !now.Before(until) {
			return nil
		}
		if err := l.Step(ctx, now); err != nil {
			return fmt.Errorf("drive realm %s: %w", l.Realm, err)
		}
	}
}

// ending is what was heard of a group in a round.
type ending struct {
	decision *streams.Decision
	outcome  *streams.Outcome
}

func (e ending) over() bool {
	return e.decision != nil && (e.decision.Verdict == streams.Hold || e.outcome != nil)
}

// await waits for the last event of the round of every group.
func (l *Lockstep) await(ctx context.Context, now time.Time, events <-chan heard) error {
	timer := time.NewTimer(l.Timeout)
	defer timer.Stop()
	round := make(map[streams.GroupID]ending, len(l.Groups))
	for _, id := range l.Groups {
		round[id] = ending{}
	}
	for open := len(l.Groups); open > 0; {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
			return fmt.Errorf("drive realm %s: at %s nothing ended the round of %s within %v", l.Realm, now.Format(time.RFC3339), unended(round), l.Timeout)
		case h, ok := <-events:
			if !ok { // which only the end of ctx does
				return ctx.Err()
			}
			if h.err != nil {
				return fmt.Errorf("drive realm %s: %w", l.Realm, h.err)
			}
			if d, ok := h.event.(streams.Decision); ok && d.Shadow() { // which has no outcome
				continue
			}
			e, ours := round[h.event.ID()]
			if !ours || e.over() {
				return fmt.Errorf("drive realm %s: at %s a %s of %s that nobody waits for", l.Realm, now.Format(time.RFC3339), h.event.Kind(), h.event.ID())
			}
			if e = e.with(h.event); e.over() {
				open--
			}
			round[h.event.ID()] = e
		}
	}
	l.show(round)
	return nil
}

func (e ending) with(ev streams.Event) ending {
	switch ev := ev.(type) {
	case streams.Decision:
		e.decision = &ev
	case streams.Outcome:
		e.outcome = &ev
	}
	return e
}

// show hands a round to Watch.
func (l *Lockstep) show(round map[streams.GroupID]ending) {
	if l.Watch == nil {
		return
	}
	ids := slices.SortedFunc(maps.Keys(round), func(a, b streams.GroupID) int { return strings.Compare(a.String(), b.String()) })
	for _, id := range ids {
		l.Watch(*round[id].decision)
		if o := round[id].outcome; o != nil {
			l.Watch(*o)
		}
	}
}

func unended(round map[streams.GroupID]ending) string {
	var names []string
	for id, e := range round {
		if !e.over() {
			names = append(names, id.String())
		}
	}
	slices.Sort(names)
	return some(names)
}

// some lists the first few names.
func some(names []string) string {
	if len(names) > 5 {
		names = append(names[:5:5], fmt.Sprintf("%d more", len(names)-5))
	}
	return strings.Join(names, ", ")
}
