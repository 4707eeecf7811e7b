package replay

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/ml-autoscaling/autoscaler/replay/sim"
	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/embedded/servertest"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// The end of ctx ends a run wherever it is, with the error of ctx.
func TestDriverIsCancelled(t *testing.T) {
	t.Run("waiting for a decision", func(t *testing.T) {
		tl := newTimeline(t, inMemory())
		ctx, cancel := context.WithCancel(tl.ctx)
		tl.answer(func(streams.Group) []streams.Event { cancel(); return nil })
		d := tl.driver()
		if err := d.Run(ctx, []sim.Player{&script{name: "web", rounds: 1}}); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("pacing", func(t *testing.T) {
		tl := newTimeline(t, inMemory())
		tl.answer(scaleOut)
		ctx, cancel := context.WithCancel(tl.ctx)
		d := tl.driver()
		d.Speed = 0.001 // the second round is due in the night
		d.Progress = func(int) { cancel() }
		if err := d.Run(ctx, []sim.Player{&script{name: "web", rounds: 3}}); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("between rounds", func(t *testing.T) {
		tl := newTimeline(t, inMemory())
		tl.answer(scaleOut)
		ctx, cancel := context.WithCancel(tl.ctx)
		d := tl.driver()
		d.Watch = func(streams.Decision) { cancel() }
		if err := d.Run(ctx, []sim.Player{&script{name: "web", rounds: 3}}); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("while the server is gone", func(t *testing.T) {
		p := servertest.NewPersistent(t)
		tl := timelineOn(t, func() *nats.Conn { return p.Connect() }, topology.Options{})
		ctx, cancel := context.WithCancel(tl.ctx)
		tl.answer(func(streams.Group) []streams.Event {
			lost := tl.reader.Conn().StatusChanged(nats.RECONNECTING)
			go func() {
				p.Stop()
				<-lost
				cancel()
			}()
			return nil
		})
		d := tl.driver()
		start := time.Now()
		if err := d.Run(ctx, []sim.Player{&script{name: "web", rounds: 1}}); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		if took := time.Since(start); took > limit/2 {
			t.Errorf("it took %v", took)
		}
	})
}
