package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/deployments/autoscaler/config"
	"github.com/ml-autoscaling/autoscaler/ingest"
	"github.com/ml-autoscaling/autoscaler/ingest/window"
	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

const (
	// month is what AWS takes a month for.
	month = 730 * time.Hour
	// shortestGlimpse is how far back a check looks at least.
	shortestGlimpse = 2 * time.Hour
	// storedBeside is what a message takes beside subject and body, in bytes:
	// the server's record, and the headers of a commit.
	storedBeside = 170
)

// glimpse is one poll of ingest, folded in memory: what it would see and
// publish, with nothing stored.
type glimpse struct {
	stage  streams.Stage
	states map[streams.GroupID]streams.State
	events map[streams.GroupID][]streams.Event
}

// Inject folds inputs.
func (g *glimpse) Inject(_ context.Context, inputs ...streams.Event) error {
	for _, ev := range inputs {
		id := ev.ID()
		if g.states[id] == nil {
			g.states[id] = g.stage.New(id)
		}
		g.events[id] = append(g.events[id], g.states[id].Step(ev)...)
	}
	return nil
}

// groups gives the groups in the order of their names.
func (g *glimpse) groups() []streams.GroupID {
	return slices.SortedFunc(maps.Keys(g.states), func(a, b streams.GroupID) int { return strings.Compare(a.String(), b.String()) })
}

// View shows the states.
func (g *glimpse) View(_ context.Context, fn func(map[streams.GroupID]streams.State)) error {
	fn(g.states)
	return nil
}

// stopped is a clock that stands, so that only one poll is made.
type stopped time.Time

// Now gives where it stands.
func (c stopped) Now() time.Time { return time.Time(c) }

// Wait has no end but an error.
func (stopped) Wait(context.Context, time.Time) error { return errors.New("the clock stands") }

// glimpseOf polls the sources once. Where periods are not chosen by what
// monitoring a group has, groups are seen whose metrics cannot be read.
func glimpseOf(ctx context.Context, cfg config.Config, sources map[string]ingest.Source, choose bool) (*glimpse, error) {
	polling := ingest.Config{Sources: sources, Backfill: shortestGlimpse, Clock: stopped(ingest.WallClock{}.Now()), Log: zerolog.Nop()}
	group := func(g config.Group) ingest.Group {
		out := pollGroup(g)
		if !choose {
			out.WithPeriod = nil
		}
		return out
	}
	for _, g := range cfg.Groups {
		if sources[g.ID.Scope] == nil {
			continue
		}
		polling.Groups = append(polling.Groups, group(g))
		polling.Backfill = max(polling.Backfill, 4*g.Policy.Load.Period.Std())
	}
	if cfg.Ingest.Discover {
		polling.Discovered = func(scope, name string) ingest.Group { return group(cfg.Discovered(scope, name)) }
	}
	ing, err := ingest.New(polling)
	if err != nil {
		return nil, err
	}
	g := &glimpse{stage: ing.Stage(), states: map[streams.GroupID]streams.State{}, events: map[streams.GroupID][]streams.Event{}}
	return g, ing.Run(ctx, g)
}

// seen is what a glimpse shows of a group.
type seen struct {
	policy   streams.Policy
	capacity *streams.Capacity
	errors   []streams.CallError
	value    *streams.Metric // the newest that has a value
	// perHour is how many metrics are asked for in an hour.
	perHour float64
}

// of gives what the glimpse shows of a group; false where ingest would not poll
// it.
func (g *glimpse) of(id streams.GroupID) (seen, bool) {
	st, ok := g.states[id].(interface {
		Policy() *streams.Policy
		MetricsPerHour() float64
	})
	if !ok || st.Policy() == nil {
		return seen{}, false
	}
	s := seen{policy: *st.Policy(), perHour: st.MetricsPerHour()}
	for _, ev := range g.events[id] {
		switch e := ev.(type) {
		case streams.Group:
			s.capacity, s.errors = e.Capacity, e.Errors
		case streams.Metric:
			if e.Value != nil && (s.value == nil || e.End.After(s.value.End)) {
				s.value = &e
			}
		}
	}
	return s, true
}

// bytesPerMonth estimates what the group adds to the timeline in a month: a
// group event and a decision of every policy a round; of each bin two metrics,
// as it came and as it settled, and a forecast in each round in which they
// come. Their sizes are measured on what came and on what forecaster and
// decider make of it. Outcomes are few, and states replace each other.
func (g *glimpse) bytesPerMonth(realm string, id streams.GroupID, p streams.Policy) (float64, error) {
	queue := append([]streams.Event{}, g.events[id]...)
	all := stages()
	states := make([]streams.State, len(all))
	for i, stage := range all {
		states[i] = stage.New(id)
	}
	sizes := map[streams.Kind]float64{} // of the last one of a kind
	decisions := map[string]float64{}   // of the last one of a policy
	for i := 0; i < len(queue); i++ {
		ev := queue[i]
		msg, err := topology.Message(realm, ev)
		if err != nil {
			return 0, fmt.Errorf("measure %s: %w", id, err)
		}
		size := float64(len(msg.Subject) + len(msg.Data) + storedBeside)
		sizes[ev.Kind()] = size
		if d, ok := ev.(streams.Decision); ok {
			decisions[d.Policy] = size
		}
		for _, st := range states {
			queue = append(queue, st.Step(ev)...)
		}
	}
	perRound := sizes[streams.KindGroup]
	for _, name := range slices.Sorted(maps.Keys(decisions)) {
		perRound += decisions[name]
	}
	rounds, bins := float64(month)/float64(p.Round), float64(month)/float64(p.Load.Period)
	return rounds*perRound +
		2*bins*sizes[streams.KindMetric] + min(2*bins, rounds)*sizes[streams.KindForecast], nil
}

// witness is a source that remembers what went wrong, and what was told of
// the groups' monitoring.
type witness struct {
	ingest.Source
	listed   int // groups; -1 where the listing failed
	errors   []error
	detailed map[string]bool               // by Auto Scaling group
	groups   map[string]window.Description // of the newest listing
}

// Groups describes groups.
func (w *witness) Groups(ctx context.Context, l window.Listing) ([]window.Description, error) {
	found, err := w.Source.Groups(ctx, l)
	w.listed = len(found)
	w.groups = map[string]window.Description{}
	for _, d := range found {
		w.groups[d.Name] = d
	}
	if err != nil {
		w.listed = -1
		w.errors = append(w.errors, err)
	}
	return found, err
}

// Read reads metrics.
func (w *witness) Read(ctx context.Context, queries []window.Query) ([]window.Answer, error) {
	answers, err := w.Source.Read(ctx, queries)
	if err != nil {
		w.errors = append(w.errors, err)
	}
	for i, q := range queries {
		if !q.Probe || !answers[i].Complete {
			continue
		}
		if detailed, known := window.Detailed(q, answers[i]); known {
			w.detailed[q.AutoScalingGroup] = detailed
		}
	}
	return answers, err
}
