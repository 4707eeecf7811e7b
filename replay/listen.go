package replay

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// heard is an event, or why there will be none any more.
type heard struct {
	event streams.Event
	err   error
}

// listen hands over the events that a reader reads, until stop is called, which
// waits for the reader's end.
func listen(ctx context.Context, r reader) (events <-chan heard, stop func()) {
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
	go func() {
		defer close(out)
		err := r.run(ctx, func(m jetstream.Msg, meta *jetstream.MsgMetadata) bool {
			ev, err := streams.Decode(m.Subject(), m.Data())
			if err != nil {
				return send(heard{err: fmt.Errorf("sequence %d: %w", meta.Sequence.Stream, err)})
			}
			return send(heard{event: ev})
		})
		if err != nil {
			send(heard{err: fmt.Errorf("read the timeline: %w", err)})
		}
	}()
	return out, func() {
		cancel()
		for range out { // until it is closed
		}
	}
}

// kindsAfter reads the events of some kinds that are stored after a sequence.
func kindsAfter(js jetstream.JetStream, realm string, after uint64, kinds ...streams.Kind) reader {
	r := reader{js: js, stream: streams.StreamName(realm), next: after + 1}
	for _, k := range kinds {
		r.subjects = append(r.subjects, streams.KindFilter(realm, k))
	}
	return r
}
