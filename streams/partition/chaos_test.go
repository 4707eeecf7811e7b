package partition_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/partition"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

var errKilled = errors.New("killed by the test")

// victim is a runner that dies in the middle of a commit.
type victim struct {
	commits int  // that it makes before it dies
	sent    bool // whether the one that it dies in is stored
	dead    bool
	died    chan struct{}
}

// publish stores batches until the runner dies, and nothing after that.
func (v *victim) publish(ctx context.Context, js jetstream.JetStream, msgs []*nats.Msg) (uint64, error) {
	if v.dead {
		return 0, errKilled
	}
	if v.commits--; v.commits >= 0 {
		return topology.PublishBatch(ctx, js, msgs)
	}
	v.dead = true
	close(v.died)
	if v.sent {
		_, _ = topology.PublishBatch(ctx, js, msgs)
	}
	return 0, errKilled
}

// plan is the size of a chaos.
type plan struct {
	groups, bursts, lives int
	least                 int // messages in a commit
}

// TestRestarts kills runners at random points, before and after a batch is
// stored, stops them in order, and starts others beside them, while events
// come in: each input has its one output, in order.
func TestRestarts(t *testing.T) {
	for seed, storage := range []topology.Storage{topology.Memory, topology.Memory, topology.Memory, topology.File} {
		t.Run(fmt.Sprintf("%s/%d", storage, seed), func(t *testing.T) {
			t.Parallel()
			p := plan{groups: 12, bursts: 40, lives: 8, least: 1}
			if storage == topology.File { // where a commit takes ten milliseconds and more
				p.bursts, p.least = 12, 60
			}
			chaos(newWorld(t, topology.Options{Storage: storage}), rand.New(rand.NewPCG(uint64(seed), 1)), p)
		})
	}
}

func chaos(w *world, rng *rand.Rand, p plan) {
	w.Helper()
	fed := make(chan struct{})
	go func() {
		defer close(fed)
		feed := rand.New(rand.NewPCG(7, 7))
		for range p.bursts {
			var events []streams.Event
			for range 1 + feed.IntN(2*p.groups-1) {
				events = append(events, w.round(group(feed.IntN(p.groups)), feed.IntN(4))...)
			}
			w.publish(events...)
		}
	}()
	for range p.lives {
		live(w, rng, p.least)
	}
	<-fed
	last := w.start(w.config())
	w.await(w.total())
	last.halt()
	w.verify(tally{})
}

// live starts a runner and lets it come to its end, which is a death in a
// commit, an orderly one, or the next runner.
func live(w *world, rng *rand.Rand, least int) {
	v := &victim{commits: rng.IntN(6), sent: rng.IntN(2) == 0, died: make(chan struct{})}
	cfg := w.config()
	cfg.Publish = v.publish
	cfg.MaxMessages = least + rng.IntN(60)
	cfg.MaxIdle = uint64(rng.IntN(200))
	cfg.MaxDelay = time.Duration(1+rng.IntN(20)) * time.Millisecond
	r, err := partition.New(cfg, w.js, w.reader)
	if err != nil {
		w.Error(err)
		return
	}
	r.SetPatience(time.Millisecond)
	ctx, stop := context.WithTimeout(w.ctx, time.Duration(rng.IntN(200))*time.Millisecond)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	select {
	case <-v.died:
		if rng.IntN(2) == 0 {
			stop()
		} else {
			live(w, rng, least) // beside a runner that does not know that it is dead
		}
	case <-ctx.Done():
	}
	stop()
	if err := <-ended; err != nil && !errors.Is(err, partition.ErrFenced) {
		w.Errorf("Run: %v", err)
	}
}
