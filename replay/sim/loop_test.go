package sim

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// stub is a stage whose groups all step the same way.
type stub struct {
	name  string
	reads []streams.Kind
	step  func(streams.Event) []streams.Event
}

func (s stub) Name() string                                                { return s.name }
func (s stub) Version() int                                                { return 1 }
func (s stub) Reads() []streams.Kind                                       { return s.reads }
func (s stub) New(streams.GroupID) streams.State                           { return s }
func (s stub) Load(streams.GroupID, []streams.Part) (streams.State, error) { return s, nil }
func (s stub) Step(ev streams.Event) []streams.Event                       { return s.step(ev) }
func (s stub) Changed() []streams.Part                                     { return nil }

// deciding answers the events of a kind with decisions of the rounds that it
// is told to decide.
func deciding(on streams.Kind, rounds func(streams.Event) []uint64) stub {
	return stub{"decider", []streams.Kind{on}, func(ev streams.Event) []streams.Event {
		var out []streams.Event
		for _, n := range rounds(ev) {
			out = append(out, want(n, int(n), 1, 2))
		}
		return out
	}}
}

func own(ev streams.Event) []uint64 { return []uint64{streams.RoundOf(ev)} }

// forecasting answers every group event.
func forecasting() stub {
	return stub{"forecaster", []streams.Kind{streams.KindGroup}, func(ev streams.Event) []streams.Event {
		return []streams.Event{streams.Forecast{SeriesID: streams.SeriesID{GroupID: web(), Series: "cpu"}, Round: streams.RoundOf(ev)}}
	}}
}

// script is a player of rounds with one metric each.
type script struct {
	group          string
	rounds, played int
	acted          []uint64
	ended          int
}

func (s *script) ID() streams.GroupID { return streams.GroupID{Scope: "eu-west-1", Group: s.group} }
func (s *script) Next() bool          { return s.played < s.rounds }
func (s *script) End()                { s.ended++ }

func (s *script) Begin() []streams.Event {
	return []streams.Event{streams.NewPolicyControl(s.ID(), at(0), testPolicy()), s.metric(0)}
}

func (s *script) Round() []streams.Event {
	s.played++
	return []streams.Event{s.metric(5 * s.played), streams.Group{GroupID: s.ID(), Round: uint64(s.played), Now: at(s.played)}}
}

func (s *script) metric(end int) streams.Metric {
	return streams.Metric{SeriesID: streams.SeriesID{GroupID: s.ID(), Series: "cpu"}, End: at(end)}
}

func (s *script) Act(d streams.Decision) (streams.Outcome, bool) {
	s.acted = append(s.acted, d.Round)
	return streams.Outcome{GroupID: web(), Round: d.Round, Status: streams.Applied}, d.Round != 2
}

// What follows from an event comes after all that was published with it, in
// the order of the events and then of the stages.
func TestLoopKeepsTheOrderOfATimeline(t *testing.T) {
	noting := stub{"noter", []streams.Kind{streams.KindMetric, streams.KindForecast}, func(ev streams.Event) []streams.Event {
		c := streams.Control{GroupID: web(), Name: "noted " + string(ev.Kind()), At: at(0)}
		return []streams.Event{c}
	}}
	p := &script{group: "web", rounds: 2}
	var all []streams.Event
	err := NewLoop(noting, forecasting(), deciding(streams.KindForecast, own)).Run(p, func(ev streams.Event) error {
		all = append(all, ev)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	expected := []string{
		"policy at 0", "metric 0", "noted metric at 0",
		"metric 5", "round 1 at 1", "noted metric at 0", "forecast round 1", "noted forecast at 0", "decision round 1", "outcome round 1",
		"metric 10", "round 2 at 2", "noted metric at 0", "forecast round 2", "noted forecast at 0", "decision round 2",
	}
	if diff := cmp.Diff(expected, told(all)); diff != "" {
		t.Errorf("timeline (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]uint64{1, 2}, p.acted); diff != "" || p.ended != 1 {
		t.Errorf("ended %d times, acted (-want +got):\n%s", p.ended, diff)
	}
}

func TestLoopWantsOneDecisionARound(t *testing.T) {
	none := func(streams.Event) []uint64 { return nil }
	for _, tc := range []struct {
		name   string
		stage  stub
		rounds int
		want   string
	}{
		{"none", deciding(streams.KindGroup, none), 1, "play eu-west-1/web: round 1: want one decision of it, got none"},
		{"two", deciding(streams.KindGroup, func(streams.Event) []uint64 { return []uint64{1, 1} }), 1, "got one of round 1, one of round 1"},
		{"of another round", deciding(streams.KindGroup, func(streams.Event) []uint64 { return []uint64{7} }), 1, "round 1: want one decision of it, got one of round 7"},
		{"before the first round", deciding(streams.KindControl, func(streams.Event) []uint64 { return []uint64{1} }), 1, "a decision that nobody waits for: one of round 1"},
		{"after an outcome", stub{"decider", []streams.Kind{streams.KindGroup, streams.KindOutcome}, deciding("", own).step}, 2, "a decision that nobody waits for: one of round 1"},
		{"after the last outcome", stub{"decider", []streams.Kind{streams.KindGroup, streams.KindOutcome}, deciding("", own).step}, 1, "a decision that nobody waits for: one of round 1"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := NewLoop(tc.stage).Run(&script{group: "web", rounds: tc.rounds}, nil)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}

// An error of watch ends the run at that event, wherever it comes.
func TestLoopEndsWithTheErrorOfWatch(t *testing.T) {
	full := errors.New("disk full")
	for kind, events := range map[streams.Kind]int{
		streams.KindControl: 1, streams.KindGroup: 4, streams.KindDecision: 5, streams.KindOutcome: 6,
	} {
		p, seen := &script{group: "web", rounds: 3}, 0
		err := NewLoop(deciding(streams.KindGroup, own)).Run(p, func(ev streams.Event) error {
			seen++
			if ev.Kind() == kind {
				return full
			}
			return nil
		})
		if !errors.Is(err, full) || seen != events || p.ended != 0 {
			t.Errorf("at a %s: %v after %d events, want %d; ended %d times", kind, err, seen, events, p.ended)
		}
	}
}

// Groups that one loop plays after each other have states of their own, and
// one that comes again has its old one.
func TestLoopKeepsGroupsApart(t *testing.T) {
	stage := &counter{counts: map[string]int{}}
	loop := NewLoop(stage)
	for _, name := range []string{"a", "b", "a"} {
		if err := loop.Run(&script{group: name, rounds: 2}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(map[string]int{"a": 4, "b": 2}, stage.counts); diff != "" || stage.made != 2 {
		t.Errorf("%d states were made, rounds by state (-want +got):\n%s", stage.made, diff)
	}
}

// counter decides every round and counts the rounds by the group of the state.
type counter struct {
	stub
	made   int
	counts map[string]int
}

func (c *counter) Reads() []streams.Kind { return []streams.Kind{streams.KindGroup} }

func (c *counter) New(id streams.GroupID) streams.State {
	c.made++
	return stub{step: func(ev streams.Event) []streams.Event {
		c.counts[id.Group]++
		return []streams.Event{want(streams.RoundOf(ev), 0, 1, 2)}
	}}
}
