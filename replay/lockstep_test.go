package replay

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// stepped is a timeline on which every step ends with what respond gives.
func stepped(t *testing.T, respond func(round uint64) []streams.Event) (*timeline, *Lockstep, *[]string) {
	t.Helper()
	tl := newTimeline(t, topology.Options{Storage: topology.Memory})
	var heard []string
	round := uint64(1)
	l := &Lockstep{
		Realm: realm, Reader: tl.reader, Groups: []streams.GroupID{{Scope: "s", Group: "web"}}, Round: time.Minute,
		Timeout: limit, Log: zerolog.Nop(),
		Step: func(context.Context, time.Time) error {
			round++
			tl.put(respond(round)...)
			return nil
		},
		Watch: func(ev streams.Event) { heard = append(heard, fmt.Sprint(ev.Kind(), " ", streams.RoundOf(ev))) },
	}
	tl.put(respond(round)...)
	return tl, l, &heard
}

func decision(round uint64, desired int) streams.Decision {
	return streams.Decision{
		GroupID: streams.GroupID{Scope: "s", Group: "web"}, Round: round, At: began(), Verdict: streams.VerdictOf(3, desired),
		Current: 3, Desired: desired, Expires: began(), Trail: []streams.Rule{{Name: "test", Before: 3, After: desired, Why: "so"}},
	}
}

// A hold ends a round, and any other decision does with its outcome.
func TestLockstepWaitsForTheLastEvent(t *testing.T) {
	tl, l, heard := stepped(t, func(round uint64) []streams.Event {
		if round%2 == 1 {
			return []streams.Event{decision(round, 3)}
		}
		d := decision(round, 4)
		return []streams.Event{d, streams.Outcome{GroupID: d.GroupID, Round: round, At: began(), Status: streams.Applied, Desired: 4}}
	})
	done := 0
	l.Progress = func(n int) { done += n }
	if err := l.Run(tl.ctx, began(), began().Add(3*time.Minute)); err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(*heard, ", "), "decision 1, decision 2, outcome 2, decision 3"; got != want || done != 3 {
		t.Errorf("heard %s in %d rounds, want %s in 3", got, done, want)
	}
}

func TestLockstepFails(t *testing.T) {
	for name, test := range map[string]struct {
		respond func(uint64) []streams.Event
		want    string
	}{
		"nothing ends the round": {func(round uint64) []streams.Event { return []streams.Event{decision(round, 4)} }, "nothing ended the round of s/web"},
		"somebody else's": {func(round uint64) []streams.Event {
			d := decision(round, 3)
			d.Group = "api"
			return []streams.Event{d}
		}, "a decision of s/api that nobody waits for"},
	} {
		t.Run(name, func(t *testing.T) {
			tl, l, _ := stepped(t, test.respond)
			l.Timeout = 300 * time.Millisecond
			if err := l.Run(tl.ctx, began(), began().Add(time.Hour)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("want %q, got %v", test.want, err)
			}
		})
	}
}
