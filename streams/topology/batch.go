package topology

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/synadia-io/orbit.go/jetstreamext"
)

// MaxBatch is how many messages a server takes as one batch.
const MaxBatch = 1000

// PublishBatch stores 1 to MaxBatch messages of one stream in their order, or
// none of them, and returns the stream sequence of the last; the others have
// the sequences right before it. Header may be nil. A *jetstream.APIError means
// that nothing was stored; after any other error the messages may be stored, or
// may be yet. The messages may be published again after an error.
func PublishBatch(ctx context.Context, js jetstream.JetStream, msgs []*nats.Msg) (uint64, error) {
	if len(msgs) == 0 || len(msgs) > MaxBatch {
		return 0, fmt.Errorf("publish batch: want 1 to %d messages, got %d", MaxBatch, len(msgs))
	}
	for _, m := range msgs {
		if m.Header == nil {
			m.Header = nats.Header{}
		}
	}
	// No answer to the first message: it would double the round trips, and a
	// refusal comes with the answer to the last.
	ack, err := jetstreamext.PublishMsgBatch(ctx, js, msgs, jetstreamext.BatchFlowControl{AckFirst: false})
	if err != nil {
		return 0, fmt.Errorf("publish batch of %d messages from %s: %w", len(msgs), msgs[0].Subject, err)
	}
	return ack.Sequence, nil
}
