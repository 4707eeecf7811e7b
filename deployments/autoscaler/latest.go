package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// latest is the newest of everything that a timeline holds of a group. What it
// does not hold is nil.
type latest struct {
	id       streams.GroupID
	control  *streams.Control
	group    *streams.Group
	grouped  time.Time // when the server stored it
	decision *streams.Decision
	outcome  *streams.Outcome
	// groupSeq and decisionSeq are where the timeline holds them.
	groupSeq, decisionSeq uint64
	// metrics and forecasts are by series.
	metrics   map[string]stored
	forecasts map[string]stored

	// Of the series that the policy names: the newest bin that has a value,
	// and the forecast that was made before it.
	value  *streams.Metric
	before *streams.Forecast

	owed owed
}

// policy is the policy in force; nil where there is none.
func (l *latest) policy() *streams.Policy {
	if l.control == nil {
		return nil
	}
	return l.control.Policy
}

// retired says that the group is gone.
func (l *latest) retired() bool { return l.control != nil && l.control.Policy == nil }

// forecast is the newest forecast of the series that the policy names.
func (l *latest) forecast() *streams.Forecast {
	p := l.policy()
	if p == nil {
		return nil
	}
	f, ok := l.forecasts[p.Load.Series].event.(streams.Forecast)
	if !ok {
		return nil
	}
	return &f
}

// take keeps an event. It is the newest of its subject.
func (l *latest) take(s stored) {
	switch ev := s.event.(type) {
	case streams.Control:
		if ev.Name == streams.ControlPolicy {
			l.control = &ev
		}
	case streams.Group:
		l.group, l.grouped, l.groupSeq = &ev, s.at, s.seq
	case streams.Decision:
		if !ev.Shadow() {
			l.decision, l.decisionSeq = &ev, s.seq
		}
	case streams.Outcome:
		l.outcome = &ev
	case streams.Metric:
		l.metrics[ev.Series] = s
	case streams.Forecast:
		l.forecasts[ev.Series] = s
	}
}

func newLatest(id streams.GroupID) *latest {
	return &latest{id: id, metrics: map[string]stored{}, forecasts: map[string]stored{}}
}

// all reads the newest of every group, through one consumer.
func (l lookup) all(ctx context.Context) (map[streams.GroupID]*latest, error) {
	var subjects []string
	for _, kind := range streams.EventKinds {
		subjects = append(subjects, streams.KindFilter(l.realm, kind))
	}
	consumer, err := l.stream.CreateConsumer(ctx, jetstream.ConsumerConfig{
		DeliverPolicy: jetstream.DeliverLastPerSubjectPolicy, FilterSubjects: subjects,
		AckPolicy: jetstream.AckNonePolicy, MemoryStorage: true, Replicas: 1, InactiveThreshold: readTimeout,
	})
	if err != nil {
		return nil, fmt.Errorf("read the newest of every subject: %w", err)
	}
	found := map[streams.GroupID]*latest{}
	for more := true; more; {
		if more, err = l.batch(ctx, consumer, found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// batch reads what the consumer has at once, and says whether there was any.
func (l lookup) batch(ctx context.Context, consumer jetstream.Consumer, into map[streams.GroupID]*latest) (more bool, err error) {
	const size = 1000
	batch, err := consumer.FetchNoWait(size)
	if err != nil {
		return false, fmt.Errorf("read the newest of every subject: %w", err)
	}
	for msg := range batch.Messages() {
		meta, err := msg.Metadata()
		if err != nil {
			return false, fmt.Errorf("read metadata of %s: %w", msg.Subject(), err)
		}
		more = meta.NumPending > 0
		if err := l.accept(ctx, msg, meta, into); err != nil {
			return false, err
		}
	}
	if err := batch.Error(); err != nil {
		return false, fmt.Errorf("read the newest of every subject: %w", err)
	}
	return more, ctx.Err()
}

func (l lookup) accept(ctx context.Context, msg jetstream.Msg, meta *jetstream.MsgMetadata, into map[streams.GroupID]*latest) error {
	addr, err := streams.ParseSubject(msg.Subject())
	if err != nil {
		return nil // not of this binary's timeline
	}
	s := &stored{seq: meta.Sequence.Stream, at: meta.Timestamp}
	s.event, err = streams.Decode(msg.Subject(), msg.Data())
	switch {
	case errors.Is(err, streams.ErrNewerVersion):
		return fmt.Errorf("read %s at sequence %d: %w", msg.Subject(), meta.Sequence.Stream, err)
	case err != nil: // the one before it, as the stages see it
		if s, err = l.last(ctx, msg.Subject()); err != nil || s == nil {
			return err
		}
	}
	if into[addr.GroupID] == nil {
		into[addr.GroupID] = newLatest(addr.GroupID)
	}
	into[addr.GroupID].take(*s)
	return nil
}

// one reads the newest of one group.
func (l lookup) one(ctx context.Context, id streams.GroupID) (*latest, error) {
	g := newLatest(id)
	for _, ev := range []streams.Event{
		streams.Control{GroupID: id, Name: streams.ControlPolicy}, streams.Group{GroupID: id},
		streams.Decision{GroupID: id}, streams.Outcome{GroupID: id},
	} {
		if err := l.takeLast(ctx, g, ev); err != nil {
			return nil, err
		}
	}
	p := g.policy()
	if p == nil {
		return g, nil
	}
	series := streams.SeriesID{GroupID: id, Series: p.Load.Series}
	if err := l.takeLast(ctx, g, streams.Metric{SeriesID: series}); err != nil {
		return nil, err
	}
	return g, l.takeLast(ctx, g, streams.Forecast{SeriesID: series})
}

// takeLast takes the newest event with the subject of ev.
func (l lookup) takeLast(ctx context.Context, g *latest, ev streams.Event) error {
	s, err := l.last(ctx, streams.EventSubject(l.realm, ev))
	if err == nil && s != nil {
		g.take(*s)
	}
	return err
}

// complete finds out what the newest message of a subject does not tell, for
// several groups at a time.
func (l lookup) complete(ctx context.Context, groups []*latest) error {
	const side = 8
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(side)
	for _, g := range groups {
		work.Go(func() error { return l.completeOne(ctx, g) })
	}
	return work.Wait()
}

func (l lookup) completeOne(ctx context.Context, g *latest) error {
	var err error
	if g.owed, err = l.owing(ctx, g); err != nil {
		return err
	}
	p := g.policy()
	if p == nil {
		return nil
	}
	newest, ok := g.metrics[p.Load.Series]
	if !ok {
		return nil
	}
	if g.value, err = l.newestValue(ctx, newest); err != nil || g.value == nil {
		return err
	}
	f, ok := g.forecasts[p.Load.Series]
	if !ok {
		return nil
	}
	end := g.value.End
	before, err := l.newest(ctx, streams.EventSubject(l.realm, f.event), f.seq, func(s stored) bool {
		f, ok := s.event.(streams.Forecast)
		return ok && f.Origin.Before(end)
	})
	if err == nil && before != nil {
		f := before.event.(streams.Forecast)
		g.before = &f
	}
	return err
}

// newestValue gives the newest bin that has a value. The newest message of a
// series may be a gap, or a bin that was told again: then the ones before it
// are looked at too, a bounded number.
func (l lookup) newestValue(ctx context.Context, newest stored) (*streams.Metric, error) {
	const most = 40
	m := newest.event.(streams.Metric)
	if m.Value != nil && m.Revision == 1 {
		return &m, nil
	}
	var found *streams.Metric
	subject := streams.EventSubject(l.realm, m)
	for at, n := &newest, 0; at != nil && n < most; n++ {
		if m := at.event.(streams.Metric); m.Value != nil && (found == nil || m.End.After(found.End)) {
			found = &m
		}
		if found != nil && at.event.(streams.Metric).Revision == 1 && !at.event.(streams.Metric).Gap {
			break // what was told before it is of older bins
		}
		var err error
		if at, err = l.newest(ctx, subject, at.seq-1, func(stored) bool { return true }); err != nil {
			return nil, err
		}
	}
	return found, nil
}
