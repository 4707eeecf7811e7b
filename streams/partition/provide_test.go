package partition_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// needy needs something for the third round of a group, and for every state.
type needy struct {
	tally
	event, state *atomic.Bool // it is there
	asked        chan string  // told of what is not
}

func newNeedy() needy {
	return needy{tally{version: 1}, new(atomic.Bool), new(atomic.Bool), make(chan string, 1000)}
}

func (s needy) ProvideEvent(_ context.Context, ev streams.Event) error {
	if g, ok := ev.(streams.Group); ok && g.Round == 3 && !s.event.Load() {
		return s.missing("the third thing is not there")
	}
	return nil
}

func (s needy) ProvideState(context.Context, []streams.Part) error {
	if !s.state.Load() {
		return s.missing("what the state names is not there")
	}
	return nil
}

func (s needy) missing(what string) error {
	select {
	case s.asked <- what:
	default:
	}
	return errors.New(what)
}

// wantsFor waits until the stage was asked three times for something: by then
// the runner has said once that it waits.
func (s needy) wantsFor(t *testing.T, r *running, what string) {
	t.Helper()
	for asked := 0; asked < 3; {
		select {
		case got := <-s.asked:
			if got == what {
				asked++
			}
		case <-time.After(patience):
			t.Fatalf("nobody waits for %q", what)
		}
	}
	if err := r.Ready(); err == nil || !strings.Contains(err.Error(), what) {
		t.Errorf("while it waits it is ready, or says why not: %v", err)
	}
	if err := r.View(t.Context(), func(map[streams.GroupID]streams.State) {}); err == nil || !strings.Contains(err.Error(), what) {
		t.Errorf("while it waits a view gives %v", err)
	}
}

// TestProvide holds that a stage waits for what it needs, before an event and
// before a state, that what came before is stored meanwhile, that it ends while
// it waits, and that nothing which it emits depends on all that.
func TestProvide(t *testing.T) {
	w := newWorld(t, topology.Options{Storage: topology.Memory})
	stage := newNeedy()
	cfg := w.config()
	cfg.Stage = stage
	cfg.MaxDelay = time.Hour // nothing but the wait commits the metrics
	r := w.start(cfg)
	for range 5 {
		w.publish(w.round(group(1), 2)...)
	}
	w.await(2)
	stage.wantsFor(t, r, "the third thing is not there")
	stage.event.Store(true)
	w.await(5)
	for r.Ready() != nil { // the commit was stored; soon its states are there
		w.publish(w.round(group(2), 1)...)
	}
	w.await(w.total())
	r.halt()

	stage.event.Store(false)
	for len(stage.asked) > 0 {
		<-stage.asked
	}
	again := w.start(cfg)
	stage.wantsFor(t, again, "what the state names is not there")
	again.halt()
	again = w.start(cfg)
	stage.state.Store(true)
	for range 3 {
		w.publish(w.round(group(3), 1)...)
	}
	for len(stage.asked) > 0 {
		<-stage.asked
	}
	stage.wantsFor(t, again, "the third thing is not there")
	again.halt()
	stage.event.Store(true)
	again = w.start(cfg)
	w.await(w.total())
	again.halt()
	w.verify(tally{})
}
