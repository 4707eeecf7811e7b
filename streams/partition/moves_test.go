package partition_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// stuck is a stage that does not come back from the second round of a group.
type stuck struct {
	tally
	entered, leave chan struct{}
}

func (s stuck) ProvideEvent(_ context.Context, ev streams.Event) error {
	if g, ok := ev.(streams.Group); ok && g.Round == 2 {
		close(s.entered)
		<-s.leave
	}
	return nil
}

func (stuck) ProvideState(context.Context, []streams.Part) error { return nil }

// TestMoves holds that a loop which takes turns is told from one that is stuck.
func TestMoves(t *testing.T) {
	w := newWorld(t, topology.Options{Storage: topology.Memory})
	stage := stuck{tally{version: 1}, make(chan struct{}), make(chan struct{})}
	cfg := w.config()
	cfg.Stage = stage
	r := w.start(cfg)
	w.publish(w.round(group(1), 2)...)
	w.await(1)
	if err := r.Moves(w.ctx); err != nil {
		t.Errorf("a loop that has nothing to do: %v", err)
	}
	w.publish(w.round(group(1), 2)...)
	<-stage.entered
	soon, cancel := context.WithTimeout(w.ctx, 50*time.Millisecond)
	defer cancel()
	if err := r.Moves(soon); err == nil || !strings.Contains(err.Error(), "stands still") {
		t.Errorf("a loop that is stuck: %v", err)
	}
	close(stage.leave)
	if err := r.Moves(w.ctx); err != nil {
		t.Errorf("a loop that goes on: %v", err)
	}
	r.halt()
	if err := r.Moves(w.ctx); err != nil {
		t.Errorf("a loop that ended as it should: %v", err)
	}
}

// A stage that lacks something waits for it, and says so: another process would
// wait too.
func TestMovesWhileTheStageWaits(t *testing.T) {
	w := newWorld(t, topology.Options{Storage: topology.Memory})
	stage := newNeedy()
	cfg := w.config()
	cfg.Stage = stage
	r := w.start(cfg)
	for range 3 {
		w.publish(w.round(group(1), 1)...)
	}
	stage.wantsFor(t, r, "the third thing is not there")
	if err := r.Moves(w.ctx); err != nil {
		t.Error(err)
	}
}

// A runner whose commit the server does not take is no loop that is stuck, also
// not while it tries once more.
func TestMovesWhileACommitIsNotStored(t *testing.T) {
	w := newWorld(t, topology.Options{Storage: topology.Memory})
	trying, goOn := make(chan struct{}), make(chan struct{})
	cfg := w.config()
	cfg.Publish = faulty(func(n int, send send) (uint64, error) {
		switch n {
		case 2:
			return 0, nats.ErrTimeout
		case 3:
			close(trying)
			<-goOn
		}
		return send()
	})
	r := w.start(cfg)
	w.publish(w.round(group(1), 1)...)
	<-trying
	soon, cancel := context.WithTimeout(w.ctx, 50*time.Millisecond)
	defer cancel()
	if err := r.Moves(soon); err != nil {
		t.Error(err)
	}
	close(goOn)
	w.await(1)
	r.halt()
}
