package replay

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// ErrUndecodable says that a message of a timeline cannot be decoded; stages
// skip it, and so does a replay.
var ErrUndecodable = errors.New("message cannot be decoded")

// DecodeInput decodes what a replay feeds again: metrics, group events and
// controls. Of any other message it gives neither an event nor an error.
func DecodeInput(subject string, body []byte) (streams.Event, error) {
	addr, err := streams.ParseSubject(subject)
	if err != nil {
		return nil, nil
	}
	switch addr.Kind {
	case streams.KindMetric, streams.KindGroup, streams.KindControl:
	default:
		return nil, nil
	}
	ev, err := streams.Decode(subject, body)
	switch {
	case errors.Is(err, streams.ErrNewerVersion):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrUndecodable, err)
	}
	return ev, nil
}

// ReadStream gives the inputs that a stream holds now and that were stored at
// since or later, in order.
func ReadStream(ctx context.Context, js jetstream.JetStream, stream string, since time.Time) iter.Seq2[streams.Event, error] {
	return func(yield func(streams.Event, error) bool) {
		if err := readStream(ctx, js, stream, since, yield); err != nil {
			yield(nil, fmt.Errorf("read stream %s: %w", stream, err))
		}
	}
}

func readStream(ctx context.Context, js jetstream.JetStream, name string, since time.Time, yield func(streams.Event, error) bool) error {
	stream, err := js.Stream(ctx, name)
	if err != nil {
		return err
	}
	last := stream.CachedInfo().State.LastSeq
	cfg := jetstream.OrderedConsumerConfig{DeliverPolicy: jetstream.DeliverAllPolicy}
	if !since.IsZero() {
		cfg.DeliverPolicy, cfg.OptStartTime = jetstream.DeliverByStartTimePolicy, &since
	}
	consumer, err := js.OrderedConsumer(ctx, name, cfg)
	if err != nil {
		return err
	}
	if info, err := consumer.Info(ctx); err != nil || info.NumPending == 0 {
		return err
	}
	messages, err := consumer.Messages(jetstream.PullHeartbeat(time.Second), jetstream.PullExpiry(4*time.Second))
	if err != nil {
		return err
	}
	defer messages.Stop()
	for {
		m, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			return err
		}
		meta, err := m.Metadata()
		if err != nil {
			return err
		}
		ev, err := DecodeInput(m.Subject(), m.Data())
		if (ev != nil || err != nil) && !yield(ev, err) {
			return nil
		}
		if meta.Sequence.Stream >= last || meta.NumPending == 0 {
			return nil
		}
	}
}
