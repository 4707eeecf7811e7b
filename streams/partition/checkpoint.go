package partition

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// held is a checkpoint as it stands in the stream.
type held struct {
	streams.Checkpoint
	at     uint64    // its own sequence; 0 where there is none
	stored time.Time // by the server's clock
}

// folded gives when the last commit was stored, by the server's clock.
func (h held) folded() time.Time {
	if h.Folded != nil {
		return *h.Folded
	}
	return h.stored
}

// silent reports whether what follows from events up to the checkpoint may have
// been published by an earlier fold.
func (h held) silent() bool { return h.Seq < h.Began }

// replace gives the message that puts a checkpoint in the place of the one at a
// sequence, 0 for none, or is refused.
func replace(realm string, partition int, at uint64, c streams.Checkpoint) (*nats.Msg, error) {
	body, err := c.Encode()
	if err != nil {
		return nil, fmt.Errorf("encode checkpoint of partition %d: %w", partition, err)
	}
	msg := topology.Latest(streams.CheckpointSubject(realm, partition, c.Stage), body)
	msg.Header.Set(jetstream.ExpectedLastSubjSeqHeader, strconv.FormatUint(at, 10))
	return msg, nil
}

// readCheckpoints reads the checkpoints of some partitions from the leader of
// the stream, all at once: the longer it takes, the older they are.
func (r *Runner) readCheckpoints(ctx context.Context, stream jetstream.Stream, partitions []int) (map[int]held, error) {
	var (
		reading sync.WaitGroup
		all     = make([]held, len(partitions))
		errs    = make([]error, len(partitions))
	)
	for i, p := range partitions {
		reading.Go(func() { all[i], errs[i] = r.readCheckpoint(ctx, stream, p) })
	}
	reading.Wait()
	found := make(map[int]held, len(partitions))
	for i, p := range partitions {
		found[p] = all[i]
		if errs[i] != nil {
			return nil, errs[i]
		}
	}
	return found, nil
}

func (r *Runner) readCheckpoint(ctx context.Context, stream jetstream.Stream, partition int) (held, error) {
	subject := streams.CheckpointSubject(r.cfg.Realm, partition, r.cfg.Stage.Name())
	ctx, cancel := context.WithTimeout(ctx, apiTimeout)
	defer cancel()
	msg, err := stream.GetLastMsgForSubject(ctx, subject)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return held{}, nil
	}
	if err != nil {
		return held{}, fmt.Errorf("read checkpoint %s: %w", subject, err)
	}
	c, err := streams.DecodeCheckpoint(msg.Data)
	if err != nil {
		return held{}, faultf("decode checkpoint %s at sequence %d: %w", subject, msg.Sequence, err)
	}
	return held{Checkpoint: c, at: msg.Sequence, stored: msg.Time}, nil
}

// foreign gives the error for the first checkpoint that another runner holds.
func (r *Runner) foreign(found map[int]held) error {
	for p := range streams.Partitions {
		if h := found[p]; h.at != 0 && h.Instance != r.instance {
			return &FencedError{Stage: r.cfg.Stage.Name(), Partition: p, Owner: h.Owner, Epoch: h.Epoch}
		}
	}
	return nil
}
