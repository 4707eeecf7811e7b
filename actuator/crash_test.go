package actuator_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// holdsOutcome says whether a batch has an outcome among its messages.
func holdsOutcome(msgs []*nats.Msg) bool {
	for _, m := range msgs {
		if strings.Contains(m.Subject, "."+string(streams.KindOutcome)+".") {
			return true
		}
	}
	return false
}

// refused is what a runner gets that has lost track: it recovers.
func refused() error {
	return &jetstream.APIError{ErrorCode: jetstream.JSErrCodeStreamWrongLastSequence}
}

// assassin ends a life in the commit of a number, before or after it is stored.
type assassin struct {
	mu    sync.Mutex
	after int
	sent  bool
	kill  func()
	died  chan struct{}
	when  func([]*nats.Msg) bool // which commits count
}

func (a *assassin) publish(ctx context.Context, js jetstream.JetStream, msgs []*nats.Msg) (uint64, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.when == nil || a.when(msgs) {
		a.after--
	}
	if a.after >= 0 {
		return topology.PublishBatch(ctx, js, msgs)
	}
	if a.kill != nil {
		if a.sent {
			_, _ = topology.PublishBatch(ctx, js, msgs)
		}
		a.kill()
		a.kill = nil
		close(a.died)
	}
	return 0, refused()
}

// doomed starts a life that ends in a commit.
func (w *world) doomed(a *assassin) *life {
	w.Helper()
	a.died = make(chan struct{})
	a.mu.Lock()
	w.publishing = a.publish
	l := w.start()
	a.kill = func() { l.stop(); l.end() }
	a.mu.Unlock()
	return l
}

// TestRecovered has the actuator die after its call and before its outcome is
// stored: the next one finds the group as it was asked, and calls nothing.
func TestRecovered(t *testing.T) {
	w := newWorld(t, 10)
	w.publish(w.policy(web, streams.DesiredControl), w.group(web, 10), w.decision(web, 10, 12))
	a := &assassin{when: holdsOutcome}
	l := w.doomed(a)
	<-a.died
	l.halt()
	w.publishing = nil
	w.start()
	if o := w.last(1); o.Status != streams.Applied || o.Desired != 12 || !strings.Contains(o.Error, "recovered") {
		t.Errorf("outcome %s", say(o))
	}
	if got, want := w.cloud.made(), []string{"describe", "set 12", "describe", "activity", "describe"}; !cmp.Equal(got, want) {
		t.Errorf("calls are %v", got)
	}
}

// TestRunnerRecovers loses the result because the runner loses track, within
// one life: the intent is told of again.
func TestRunnerRecovers(t *testing.T) {
	w := newWorld(t, 10)
	var mu sync.Mutex
	failed := false
	w.publishing = func(ctx context.Context, js jetstream.JetStream, msgs []*nats.Msg) (uint64, error) {
		mu.Lock()
		defer mu.Unlock()
		if !failed && holdsOutcome(msgs) {
			failed = true
			return 0, refused()
		}
		return topology.PublishBatch(ctx, js, msgs)
	}
	w.start()
	w.publish(w.policy(web, streams.DesiredControl))
	w.decide(10, 12)
	if o := w.last(1); o.Status != streams.Applied || !strings.Contains(o.Error, "recovered") {
		t.Errorf("outcome %s", say(o))
	}
	if got, want := w.cloud.made(), []string{"describe", "set 12", "describe", "activity", "describe"}; !cmp.Equal(got, want) {
		t.Errorf("calls are %v", got)
	}
	w.decide(12, 13)
	if o := w.last(2); o.Status != streams.Applied || o.Error != "" {
		t.Errorf("the next outcome %s", say(o))
	}
}

// TestKilledAtEveryCommit ends lives in commit after commit, stored or not, as
// decisions come in: each has one outcome, and what is set is what they asked.
func TestKilledAtEveryCommit(t *testing.T) {
	for _, sent := range []bool{false, true} {
		w := newWorld(t, 10)
		w.publish(w.policy(web, streams.DesiredControl))
		const lives = 10
		for n := range lives {
			a := &assassin{after: 1 + n%3, sent: sent} // the first is the takeover
			l := w.doomed(a)
			from := w.cloud.desired("web-asg")
			w.decide(from, from+1)
			w.decide(from, from+2)
			<-a.died
			l.halt()
		}
		w.publishing = nil
		l := w.start()
		rounds := map[uint64]int{}
		for _, o := range w.outcomes(2 * lives) {
			rounds[o.Round]++
		}
		l.halt()
		for round := range uint64(2 * lives) {
			if rounds[round+1] != 1 {
				t.Errorf("sent %v: round %d has %d outcomes", sent, round+1, rounds[round+1])
			}
		}
		desired := 10
		for _, call := range w.cloud.made() {
			var n int
			if _, err := fmt.Sscanf(call, "set %d", &n); err != nil {
				continue
			}
			if n < desired {
				t.Errorf("sent %v: set to %d after %d, and everything asked was a raise", sent, n, desired)
			}
			desired = n
		}
	}
}

// TestFoldStartsOver takes everything that the stage stored away except its
// outcomes: what they answered is not done again.
func TestFoldStartsOver(t *testing.T) {
	w := newWorld(t, 10)
	l := w.start()
	w.publish(w.policy(web, streams.DesiredControl))
	w.decide(10, 12)
	w.last(1)
	w.decide(12, 13)
	w.last(2)
	l.halt()
	for _, subject := range streams.StageFilters(streams.Live, "actuator") {
		if err := w.stream.Purge(w.ctx, jetstream.WithPurgeSubject(subject)); err != nil {
			t.Fatal(err)
		}
	}
	calls := len(w.cloud.made())
	w.decide(13, 14)
	w.start()
	if o := w.last(3); o.Round != 3 || o.Status != streams.Applied || o.Desired != 14 {
		t.Errorf("outcome %s", say(o))
	}
	if got, want := w.cloud.made()[calls:], []string{"describe", "set 14", "describe", "activity"}; !cmp.Equal(got, want) {
		t.Errorf("calls are %v", got)
	}
}

// TestEndFinishesCall ends the actuator while a call is under way: it is
// brought to its end, and no other is made.
func TestEndFinishesCall(t *testing.T) {
	w := newWorld(t, 10)
	g := w.block("set")
	l := w.start()
	w.publish(w.policy(web, streams.DesiredControl))
	w.decide(10, 12)
	<-g.reached
	l.stop()
	close(g.open)
	l.wait(l.acted)
	if o := w.last(1); o.Status != streams.Applied {
		t.Errorf("outcome %s", say(o))
	}
	w.decide(12, 14)
	l.halt()
	if got, want := w.cloud.made(), []string{"describe", "set 12"}; !cmp.Equal(got, want) {
		t.Errorf("calls are %v", got)
	}
}
