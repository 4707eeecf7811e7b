package replay

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/ml-autoscaling/autoscaler/replay/sim"
	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// inMemory is the stream of most tests.
func inMemory() topology.Options { return topology.Options{Storage: topology.Memory} }

// Two groups, of three rounds and of two. No round begins before all decisions
// of the one before it are stored, and their outcomes are.
func TestDriverPlaysInLockstep(t *testing.T) {
	tl := newTimeline(t, inMemory())
	tl.answer(scaleOut)
	a, b := &script{name: "a", rounds: 3}, &script{name: "b", rounds: 2}
	var watched []string
	var progress []int
	d := tl.driver()
	d.Watch = func(dec streams.Decision) { watched = append(watched, fmt.Sprintf("%s %d", dec.Group, dec.Round)) }
	d.Progress = func(rounds int) { progress = append(progress, rounds) }
	if err := d.Run(tl.ctx, []sim.Player{b, a}); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, ev := range tl.events() {
		line := fmt.Sprintf("%s %s", ev.Kind(), ev.ID().Group)
		if n := streams.RoundOf(ev); n > 0 {
			line = fmt.Sprintf("%s %d", line, n)
		}
		if ev.Kind() == streams.KindDecision { // stages decide in any order
			line = "decision"
		}
		got = append(got, line)
	}
	want := []string{
		"control b", "control a",
		"metric b", "group b 1", "metric a", "group a 1", "decision", "decision", "outcome a 1", "outcome b 1",
		"metric b", "group b 2", "metric a", "group a 2", "decision", "decision",
		"metric a", "group a 3", "decision", "outcome a 3",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("timeline (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"a 1", "b 1", "a 2", "b 2", "a 3"}, watched); diff != "" {
		t.Errorf("watched (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int{2, 2, 1}, progress); diff != "" || !a.ended || !b.ended {
		t.Errorf("ended %v and %v, progress (-want +got):\n%s", a.ended, b.ended, diff)
	}
}

// More groups than a batch has messages.
func TestDriverPlaysManyGroups(t *testing.T) {
	tl := newTimeline(t, inMemory())
	var players []sim.Player
	for i := range topology.MaxBatch/2 + 1 {
		players = append(players, &script{name: fmt.Sprintf("web-%d", i), rounds: 1})
	}
	tl.answer(scaleOut)
	d, rounds := tl.driver(), 0
	d.Progress = func(n int) { rounds += n }
	if err := d.Run(tl.ctx, players); err != nil || rounds != len(players) {
		t.Fatalf("%d rounds: %v", rounds, err)
	}
	info, err := tl.stream.Info(tl.ctx)
	if want := uint64(5 * len(players)); err != nil || info.State.Msgs != want {
		t.Errorf("%d messages, want %d: %v", info.State.Msgs, want, err)
	}
}

func TestDriverWithoutPlayers(t *testing.T) {
	tl := newTimeline(t, inMemory())
	d := tl.driver()
	if err := d.Run(tl.ctx, nil); err != nil {
		t.Error(err)
	}
	if info, err := tl.stream.Info(tl.ctx); err != nil || info.State.Msgs > 0 {
		t.Errorf("%d messages, %v", info.State.Msgs, err)
	}
}

// The error names the first groups that were not decided, and their rounds.
func TestDriverTimesOut(t *testing.T) {
	tl := newTimeline(t, inMemory())
	tl.answer(func(g streams.Group) []streams.Event {
		if g.Group == "web-3" || g.Round == 1 {
			return scaleOut(g)
		}
		return nil
	})
	var players []sim.Player
	for i := range 8 {
		players = append(players, &script{name: fmt.Sprintf("web-%d", i), rounds: 2})
	}
	d := tl.driver()
	d.Timeout = 300 * time.Millisecond
	err := d.Run(tl.ctx, players)
	want := "replay into realm trial: no decision within 300ms of eu-west-1/web-0 round 2, eu-west-1/web-1 round 2, eu-west-1/web-2 round 2, " +
		"eu-west-1/web-4 round 2, eu-west-1/web-5 round 2, 2 more; do forecaster and decider run on this realm?"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// A realm that was fed, by one message only, is not fed again.
func TestDriverRefusesARealmThatHoldsATimeline(t *testing.T) {
	s := &script{name: "web", rounds: 1}
	for _, ev := range []streams.Event{s.retired(), s.metric(1), s.group(1)} {
		t.Run(string(ev.Kind()), func(t *testing.T) {
			tl := newTimeline(t, inMemory())
			tl.put(ev)
			d := tl.driver()
			if err := d.Run(tl.ctx, []sim.Player{s}); !errors.Is(err, ErrNotEmpty) || !strings.HasPrefix(err.Error(), "replay into realm trial: ") {
				t.Errorf("got %v", err)
			}
			if n := len(tl.events()); n != 1 {
				t.Errorf("the realm holds %d events", n)
			}
		})
	}
}

// What stages keep is no timeline: they may run before a replay does.
func TestDriverReadsOnlyWhatFollows(t *testing.T) {
	tl := newTimeline(t, inMemory())
	s := &script{name: "web", rounds: 2}
	tl.putRaw(streams.CheckpointSubject(realm, 3, "decider"), []byte("{}"))
	tl.put(scaleOut(s.group(1))...) // of a replay whose inputs were purged
	tl.answer(scaleOut)
	d := tl.driver()
	if err := d.Run(tl.ctx, []sim.Player{s}); err != nil {
		t.Error(err)
	}
}

func TestDriverWithoutAStream(t *testing.T) {
	tl := newTimeline(t, inMemory())
	d := tl.driver()
	d.Realm = "other"
	if err := d.Run(tl.ctx, nil); !errors.Is(err, jetstream.ErrStreamNotFound) || !strings.HasPrefix(err.Error(), "replay into realm other: ") {
		t.Errorf("got %v", err)
	}
}

// broken is a player whose events break the contract.
type broken struct{ script }

func (b *broken) Begin() []streams.Event { return []streams.Event{streams.Control{GroupID: b.ID()}} }

func TestDriverCannotPublish(t *testing.T) {
	t.Run("full stream", func(t *testing.T) {
		tl := newTimeline(t, topology.Options{Storage: topology.Memory, MaxBytes: 256})
		d := tl.driver()
		err := d.Run(tl.ctx, []sim.Player{&script{name: "web", rounds: 100}})
		var api *jetstream.APIError
		if !errors.As(err, &api) || !strings.Contains(err.Error(), "replay into realm trial: publish ") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("connection closed", func(t *testing.T) {
		tl := newTimeline(t, inMemory())
		d := tl.driver()
		d.Publisher.Conn().Close()
		if err := d.Run(tl.ctx, []sim.Player{&script{name: "web", rounds: 1}}); !errors.Is(err, nats.ErrConnectionClosed) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("invalid event", func(t *testing.T) {
		tl := newTimeline(t, inMemory())
		d := tl.driver()
		err := d.Run(tl.ctx, []sim.Player{&broken{script{name: "web", rounds: 1}}})
		if err == nil || !strings.HasPrefix(err.Error(), "replay into realm trial: control: name: ") {
			t.Errorf("got %v", err)
		}
	})
}

// What is not the one decision that a round waits for ends the run.
func TestDriverRefusesOtherDecisions(t *testing.T) {
	other := func(change func(*streams.Group)) func(streams.Group) []streams.Event {
		return func(g streams.Group) []streams.Event {
			change(&g)
			return scaleOut(g)
		}
	}
	for _, tc := range []struct {
		name    string
		respond func(streams.Group) []streams.Event
		want    string
	}{
		{"another group", other(func(g *streams.Group) { g.Group = "stranger" }), "eu-west-1/stranger: a decision of round 1 that nobody waits for"},
		{"another round", other(func(g *streams.Group) { g.Round = 7 }), "eu-west-1/web: a decision of round 7 that nobody waits for"},
		{"twice", func(g streams.Group) []streams.Event { return append(scaleOut(g), scaleOut(g)...) }, "eu-west-1/web: a decision of round 1 that nobody waits for"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tl := newTimeline(t, inMemory())
			tl.answer(tc.respond)
			d := tl.driver()
			err := d.Run(tl.ctx, []sim.Player{&script{name: "web", rounds: 2}})
			if err == nil || err.Error() != "replay into realm trial: "+tc.want {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}

// A decision that cannot be decoded is told at once, not when time is up.
func TestDriverTellsAnUndecodableDecision(t *testing.T) {
	tl := newTimeline(t, inMemory())
	tl.answer(func(g streams.Group) []streams.Event {
		tl.putRaw(streams.EventSubject(realm, scaleOut(g)[0]), []byte("{}"))
		return nil
	})
	d := tl.driver()
	err := d.Run(tl.ctx, []sim.Player{&script{name: "web", rounds: 1}})
	if err == nil || !strings.HasPrefix(err.Error(), "replay into realm trial: sequence 4: decision: ") {
		t.Errorf("got %v", err)
	}
}

// The end of the reader's stream or connection is told at once, too.
func TestDriverTellsTheEndOfItsReader(t *testing.T) {
	for name, tc := range map[string]struct {
		end  func(*timeline)
		want error
	}{
		"stream":     {func(tl *timeline) { tl.publish.DeleteStream(tl.ctx, streams.StreamName(realm)) }, jetstream.ErrStreamNotFound},
		"connection": {func(tl *timeline) { tl.reader.Conn().Close() }, nats.ErrConnectionClosed},
	} {
		t.Run(name, func(t *testing.T) {
			tl := newTimeline(t, inMemory())
			tl.answer(func(streams.Group) []streams.Event { tc.end(tl); return nil })
			d := tl.driver()
			if err := d.Run(tl.ctx, []sim.Player{&script{name: "web", rounds: 5}}); !errors.Is(err, tc.want) {
				t.Errorf("got %v, want %v", err, tc.want)
			}
		})
	}
}
