package partition

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// Takeovers race with the commits of the runner that they take over from,
// without a pause: with those of all partitions a few times, and then with
// those of one partition at a time, which is the shorter race.
const (
	triesTogether = 5
	triesAlone    = 500
)

// takeAll fences every other runner, and returns the sequence of the last
// checkpoint that it wrote.
func (r *Runner) takeAll(ctx context.Context, f *fold, stream jetstream.Stream) (uint64, error) {
	last, err := r.take(ctx, f, stream, everyPartition(), triesTogether)
	if !refusedByCompare(err) {
		return last, err
	}
	for p := range streams.Partitions {
		if last, err = r.take(ctx, f, stream, []int{p}, triesAlone); err != nil {
			return 0, err
		}
	}
	return last, nil
}

// take fences every other runner from some partitions.
func (r *Runner) take(ctx context.Context, f *fold, stream jetstream.Stream, partitions []int, tries int) (uint64, error) {
	for try := 1; ; try++ {
		found, err := r.readCheckpoints(ctx, stream, partitions)
		if err != nil {
			return 0, err
		}
		if r.claimed {
			if err := r.foreign(found); err != nil {
				return 0, err
			}
		}
		last, err := r.claim(ctx, f, found, stream)
		if try == tries || !refusedByCompare(err) {
			return last, err
		}
	}
}

func refusedByCompare(err error) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) && wrongSequence(api)
}

// claim writes checkpoints anew, with the next epoch and this runner as their
// owner, if they are still those that were found.
func (r *Runner) claim(ctx context.Context, f *fold, found map[int]held, stream jetstream.Stream) (uint64, error) {
	over, err := r.plan(ctx, f, found, stream)
	if err != nil {
		return 0, err
	}
	partitions := slices.Sorted(maps.Keys(found))
	msgs := make([]*nats.Msg, len(partitions))
	for i, p := range partitions {
		if msgs[i], err = replace(r.cfg.Realm, p, found[p].at, f.held[p].Checkpoint); err != nil {
			return 0, err
		}
	}
	last, err := r.publish(ctx, msgs)
	if err != nil {
		return 0, fmt.Errorf("take over the checkpoints: %w", err)
	}
	for i, p := range partitions {
		f.held[p].at = last - uint64(len(partitions)-1-i)
	}
	for why, partitions := range over {
		r.log.Info().Str("why", why).Ints("partitions", partitions).Msg("the fold starts over")
	}
	return last, nil
}

// plan puts the checkpoints that are to be written into the fold, and gives
// the partitions that start over, by the reason. What the stream is like is
// asked again before a partition starts over: an answer that is older than the
// checkpoint shows a stream that is too short.
func (r *Runner) plan(ctx context.Context, f *fold, found map[int]held, stream jetstream.Stream) (map[string][]int, error) {
	var epoch uint64
	for _, h := range found {
		epoch = max(epoch, h.Epoch)
	}
	info, fresh := stream.CachedInfo(), false
	over := map[string][]int{}
	for _, p := range slices.Sorted(maps.Keys(found)) {
		why := r.distrust(found[p], info)
		if why != "" && !fresh {
			now, err := lookUp(ctx, r.js, r.stream)
			if err != nil {
				return nil, err
			}
			info, fresh = now.CachedInfo(), true
			why = r.distrust(found[p], info)
		}
		f.held[p].Checkpoint = r.takeOver(found[p])
		if why != "" {
			over[why] = append(over[why], p)
			f.held[p].Checkpoint = r.startOver(info)
		}
		f.held[p].Epoch = epoch + 1
	}
	return over, nil
}

// takeOver gives the checkpoint that goes on from one that can be trusted.
func (r *Runner) takeOver(h held) streams.Checkpoint {
	next, folded := h.Checkpoint, h.folded()
	next.Owner, next.Instance, next.Folded = r.cfg.Owner, r.instance, &folded
	return next
}

// startOver gives the checkpoint of a fold that begins at the first event.
func (r *Runner) startOver(info *jetstream.StreamInfo) streams.Checkpoint {
	return streams.Checkpoint{
		Stage:    r.cfg.Stage.Name(),
		Fold:     r.cfg.Stage.Version(),
		Began:    info.State.LastSeq,
		Owner:    r.cfg.Owner,
		Instance: r.instance,
		Created:  info.Created,
	}
}

// distrust says why the fold cannot go on from a checkpoint; it is empty where
// it can.
func (r *Runner) distrust(h held, info *jetstream.StreamInfo) string {
	age := info.TimeStamp.Sub(h.folded())
	switch {
	case h.at == 0:
		return "there is no checkpoint"
	case !h.Created.Equal(info.Created):
		return "the checkpoint is of another stream"
	case h.Fold != r.cfg.Stage.Version():
		return fmt.Sprintf("the checkpoint is of version %d of the fold, this binary has %d", h.Fold, r.cfg.Stage.Version())
	case h.Seq > info.State.LastSeq:
		return "the stream is shorter than the checkpoint says"
	case info.Config.MaxAge > 0 && age > info.Config.MaxAge:
		return fmt.Sprintf("the checkpoint is %v old, events live %v", age.Round(time.Second), info.Config.MaxAge)
	}
	return ""
}

func everyPartition() []int {
	all := make([]int, streams.Partitions)
	for p := range all {
		all[p] = p
	}
	return all
}
