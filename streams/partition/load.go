package partition

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// load brings the states of this fold back, and gives the newest round that
// any fold of the stage is known to have published of each group. It reads up
// to the barrier, the last of the checkpoints that this runner wrote: a server
// that is behind the leader delivers that last of all.
func (r *Runner) load(ctx context.Context, f *fold, barrier uint64) (map[streams.GroupID]uint64, error) {
	parts := map[streams.GroupID]map[streams.PartKey]streams.Part{}
	published := map[streams.GroupID]uint64{}
	stage := streams.StageFilters(r.cfg.Realm, r.cfg.Stage.Name())
	var fault error
	err := r.upTo(barrier).consume(ctx, jetstream.ConsumerConfig{
		DeliverPolicy:  jetstream.DeliverLastPerSubjectPolicy,
		FilterSubjects: stage[:],
	}, func(_ context.Context, msg jetstream.Msg, meta *jetstream.MsgMetadata) bool {
		addr, err := streams.ParseSubject(msg.Subject())
		if err != nil {
			fault = faultf("load state at sequence %d: %w", meta.Sequence.Stream, err)
			return false
		}
		if addr.Kind == streams.KindState {
			noteRound(published, addr.GroupID, msg)
			if msg.Headers().Get(streams.FoldHeader) == f.held[addr.Partition].FoldMark() {
				keep(parts, addr, msg.Data())
			}
		}
		return meta.Sequence.Stream < barrier
	})
	if err := cmp.Or(fault, err); err != nil {
		return nil, fmt.Errorf("load states: %w", err)
	}
	return published, r.restore(ctx, f, parts)
}

// upTo is the stream as long as the barrier stands, without which reading up to
// it would have no end.
func (r *Runner) upTo(barrier uint64) source {
	return source{js: r.reader, stream: r.stream, check: func(ctx context.Context) error {
		stream, err := lookUp(ctx, r.js, r.stream)
		if err != nil {
			return err
		}
		last, err := r.readCheckpoint(ctx, stream, streams.Partitions-1)
		if err == nil && last.at < barrier {
			err = fmt.Errorf("the checkpoint at sequence %d is gone", barrier)
		}
		return err
	}}
}

func keep(parts map[streams.GroupID]map[streams.PartKey]streams.Part, addr streams.Address, data []byte) {
	if parts[addr.GroupID] == nil {
		parts[addr.GroupID] = map[streams.PartKey]streams.Part{}
	}
	key := streams.PartKey{Series: addr.Series, Slot: addr.Slot}
	parts[addr.GroupID][key] = streams.Part{Key: key, Data: data}
}

func (r *Runner) restore(ctx context.Context, f *fold, parts map[streams.GroupID]map[streams.PartKey]streams.Part) error {
	for id, byKey := range parts {
		all := make([]streams.Part, 0, len(byKey))
		for _, part := range byKey {
			all = append(all, part)
		}
		slices.SortFunc(all, func(a, b streams.Part) int {
			return cmp.Or(cmp.Compare(a.Key.Series, b.Key.Series), cmp.Compare(a.Key.Slot, b.Key.Slot))
		})
		if err := r.provideState(ctx, all); err != nil {
			return err
		}
		state, err := f.stage.Load(id, all)
		if err != nil {
			return faultf("load state of %s: %w", id, err)
		}
		f.states[id] = state
	}
	return nil
}

// loadPublished adds what the stage is known to have published from the events
// themselves, for where a state is missing or did not change with them.
func (r *Runner) loadPublished(ctx context.Context, barrier uint64, published map[streams.GroupID]uint64) error {
	withRound := []streams.Kind{streams.KindGroup, streams.KindForecast, streams.KindDecision, streams.KindOutcome}
	checkpoints := streams.StageFilters(r.cfg.Realm, r.cfg.Stage.Name())[1]
	err := r.upTo(barrier).consume(ctx, jetstream.ConsumerConfig{
		DeliverPolicy:  jetstream.DeliverLastPerSubjectPolicy,
		FilterSubjects: append(filters(r.cfg.Realm, withRound), checkpoints),
		HeadersOnly:    true,
	}, func(_ context.Context, msg jetstream.Msg, meta *jetstream.MsgMetadata) bool {
		addr, err := streams.ParseSubject(msg.Subject())
		if err == nil && msg.Headers().Get(stageHeader) == r.cfg.Stage.Name() {
			noteRound(published, addr.GroupID, msg)
		}
		return meta.Sequence.Stream < barrier
	})
	if err != nil {
		return fmt.Errorf("load what was published: %w", err)
	}
	return nil
}

// noteRound keeps the newest round.
func noteRound(published map[streams.GroupID]uint64, id streams.GroupID, msg jetstream.Msg) {
	round, err := strconv.ParseUint(msg.Headers().Get(roundHeader), 10, 64)
	if err == nil && round > published[id] {
		published[id] = round
	}
}
