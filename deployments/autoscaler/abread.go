package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// span is what is read of a group for a comparison.
type span struct {
	id       streams.GroupID
	days     int // before the newest group event
	series   string
	policies []string // whose decisions
}

// only finds the one group of a name.
func (l lookup) only(ctx context.Context, name string) (streams.GroupID, error) {
	ids, err := l.find(ctx, name)
	switch {
	case err != nil:
		return streams.GroupID{}, err
	case len(ids) > 1:
		return streams.GroupID{}, fmt.Errorf("group %q: is in several scopes, want one of %s", name, list(ids))
	}
	return ids[0], nil
}

// policyInForce gives the newest policy of a group.
func (l lookup) policyInForce(ctx context.Context, id streams.GroupID) (streams.Policy, error) {
	s, err := l.last(ctx, streams.EventSubject(l.realm, streams.Control{GroupID: id, Name: streams.ControlPolicy}))
	if err != nil {
		return streams.Policy{}, err
	}
	if s == nil || s.event.(streams.Control).Policy == nil {
		return streams.Policy{}, fmt.Errorf("group %s: has no policy in force", id)
	}
	return *s.event.(streams.Control).Policy, nil
}

// readDuel hands over what the timeline holds of a group, in its order, after
// the policy that was in force at the beginning. A decision comes without its
// trail.
func (l lookup) readDuel(ctx context.Context, s span, take func(streams.Event)) error {
	group := streams.Group{GroupID: s.id}
	newest, err := l.last(ctx, streams.EventSubject(l.realm, group))
	if err != nil || newest == nil {
		return err
	}
	since := newest.event.(streams.Group).Now.Add(-time.Duration(s.days) * 24 * time.Hour)
	before, err := l.newest(ctx, streams.EventSubject(l.realm, group), newest.seq, func(g stored) bool { return g.event.(streams.Group).Now.Before(since) })
	if err != nil {
		return err
	}
	from := uint64(1)
	control := streams.EventSubject(l.realm, streams.Control{GroupID: s.id, Name: streams.ControlPolicy})
	if before != nil {
		from = before.seq + 1
		policy, err := l.newest(ctx, control, before.seq, func(stored) bool { return true })
		if err != nil {
			return err
		}
		if policy != nil {
			take(policy.event)
		}
	}
	subjects := []string{
		control, streams.EventSubject(l.realm, group),
		streams.EventSubject(l.realm, streams.Metric{SeriesID: streams.SeriesID{GroupID: s.id, Series: s.series}}),
	}
	for _, name := range s.policies {
		switch name {
		case streams.GroupName:
			continue
		case streams.LiveName:
			name = ""
		}
		subjects = append(subjects, streams.EventSubject(l.realm, streams.Decision{GroupID: s.id, Policy: name}))
	}
	return l.read(ctx, subjects, from, func(s stored) {
		if d, ok := s.event.(streams.Decision); ok {
			d.Trail = nil
			s.event = d
		}
		take(s.event)
	})
}

// read hands over the events of some subjects from a sequence on, in order, to
// the end that the stream had when it was found. What cannot be decoded is
// passed over, as the stages do.
func (l lookup) read(ctx context.Context, subjects []string, from uint64, take func(stored)) error {
	consumer, err := l.stream.CreateConsumer(ctx, jetstream.ConsumerConfig{
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: from, FilterSubjects: subjects,
		AckPolicy: jetstream.AckNonePolicy, MemoryStorage: true, Replicas: 1, InactiveThreshold: readTimeout,
	})
	if err != nil {
		return fmt.Errorf("read from sequence %d on: %w", from, err)
	}
	for more := true; more; {
		if more, err = l.readBatch(ctx, consumer, take); err != nil {
			return fmt.Errorf("read from sequence %d on: %w", from, err)
		}
	}
	return nil
}

// readBatch hands over what the consumer has at once, and says whether there
// may be more.
func (l lookup) readBatch(ctx context.Context, consumer jetstream.Consumer, take func(stored)) (more bool, err error) {
	const size = 1000
	batch, err := consumer.FetchNoWait(size)
	if err != nil {
		return false, err
	}
	for msg := range batch.Messages() {
		meta, err := msg.Metadata()
		if err != nil {
			return false, fmt.Errorf("read metadata of %s: %w", msg.Subject(), err)
		}
		if meta.Sequence.Stream > l.end {
			return false, nil
		}
		more = meta.NumPending > 0
		ev, err := streams.Decode(msg.Subject(), msg.Data())
		switch {
		case errors.Is(err, streams.ErrNewerVersion):
			return false, fmt.Errorf("sequence %d: %w", meta.Sequence.Stream, err)
		case err == nil:
			take(stored{ev, meta.Sequence.Stream, meta.Timestamp})
		}
	}
	if err := batch.Error(); err != nil {
		return false, err
	}
	return more, ctx.Err()
}
