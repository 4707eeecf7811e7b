package replay

import (
	"context"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// listen reads the realm's decisions stored after a sequence. The channel is
// closed when the reader ends, which stop makes it do.
func (d *Driver) listen(ctx context.Context, after uint64) (<-chan streams.Decision, func(), error) {
	consumer, err := d.Reader.OrderedConsumer(ctx, streams.StreamName(d.Realm), jetstream.OrderedConsumerConfig{
		FilterSubjects: []string{streams.KindFilter(d.Realm, streams.KindDecision)},
		DeliverPolicy:  jetstream.DeliverByStartSequencePolicy,
		OptStartSeq:    after + 1,
	})
	if err != nil {
		return nil, nil, err
	}
	messages, err := consumer.Messages(jetstream.PullHeartbeat(time.Second), jetstream.PullExpiry(4*time.Second))
	if err != nil {
		return nil, nil, err
	}
	decisions := make(chan streams.Decision, 64)
	go func() {
		defer close(decisions)
		for {
			m, err := messages.Next()
			if err != nil {
				return
			}
			ev, err := streams.Decode(m.Subject(), m.Data())
			if err != nil {
				d.Log.Error().Err(err).Str("subject", m.Subject()).Msg("decision cannot be decoded")
				continue
			}
			select {
			case decisions <- ev.(streams.Decision):
			case <-ctx.Done():
				return
			}
		}
	}()
	return decisions, messages.Stop, nil
}
