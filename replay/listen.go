package replay

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// heard is a decision, or why there will be none any more.
type heard struct {
	decision streams.Decision
	err      error
}

// listen reads the realm's decisions stored after a sequence, until stop is
// called, which waits for the reader's end.
func (d *Driver) listen(ctx context.Context, after uint64) (decisions <-chan heard, stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	out := make(chan heard, 64)
	send := func(h heard) bool {
		select {
		case out <- h:
			return h.err == nil
		case <-ctx.Done():
			return false
		}
	}
	r := reader{
		js: d.Reader, stream: streams.StreamName(d.Realm), log: d.Log, next: after + 1,
		subjects: []string{streams.KindFilter(d.Realm, streams.KindDecision)},
	}
	go func() {
		defer close(out)
		err := r.run(ctx, func(m jetstream.Msg, meta *jetstream.MsgMetadata) bool {
			ev, err := streams.Decode(m.Subject(), m.Data())
			if err != nil {
				return send(heard{err: fmt.Errorf("sequence %d: %w", meta.Sequence.Stream, err)})
			}
			return send(heard{decision: ev.(streams.Decision)})
		})
		if err != nil {
			send(heard{err: fmt.Errorf("read decisions: %w", err)})
		}
	}()
	return out, func() {
		cancel()
		for range out { // until it is closed
		}
	}
}
