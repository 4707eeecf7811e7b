package partition

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// publishTimeout bounds one try to store a batch.
const publishTimeout = 5 * time.Second

// headroom is what the headers of a message may take of the largest payload.
const headroom = 4096

// batch is one commit on its way: its last messages are the checkpoints of
// partitions.
type batch struct {
	msgs       []*nats.Msg
	partitions []int
	next       [streams.Partitions]streams.Checkpoint
}

// commit stores what was stepped, and returns when it is stored.
func (l *loop) commit() error {
	l.due.Stop()
	b, err := l.batch()
	if err != nil {
		return err
	}
	if len(b.msgs) > 0 {
		if err := l.store(b); err != nil {
			return err
		}
	}
	touched := slices.Clone(l.fold.work.touched)
	l.fold.work.reset()
	l.announce(touched)
	return nil
}

// batch puts the commit together; it is empty where nothing is to be stored.
func (l *loop) batch() (batch, error) {
	f := l.fold
	if err := f.harvest(); err != nil {
		return batch{}, err
	}
	b := batch{partitions: f.due(l.cfg.MaxIdle)}
	b.msgs = append(b.msgs, f.work.events...)
	b.msgs = append(b.msgs, f.work.parts...)
	for _, p := range b.partitions {
		next := f.held[p].Checkpoint
		next.Seq, next.Folded = f.read, nil
		msg, err := replace(f.realm, p, f.held[p].at, next)
		if err != nil {
			return batch{}, err
		}
		b.next[p] = next
		b.msgs = append(b.msgs, msg)
	}
	if len(b.msgs) > topology.MaxBatch {
		return batch{}, fmt.Errorf("%w: %w: %d of at most %d", errRecover, errTooLarge, len(b.msgs), topology.MaxBatch)
	}
	for _, msg := range b.msgs {
		if size, most := int64(len(msg.Data)), l.js.Conn().MaxPayload()-headroom; size > most {
			return batch{}, faultf("commit %s: %d bytes, the server takes %d", msg.Subject, size, most)
		}
	}
	return b, nil
}

// due gives the partitions whose checkpoint is to be written: those that
// advanced, and with them those that have stayed behind, or have caught up with
// an earlier fold.
func (f *fold) due(idle uint64) []int {
	var due []int
	for p, h := range f.held {
		if f.work.advanced[p] || f.read > h.Seq+idle || h.silent() && f.read >= h.Began {
			due = append(due, p)
		}
	}
	return due
}

// store brings one batch into the stream, whatever it takes.
func (l *loop) store(b batch) error {
	var wait backoff
	for {
		began := time.Now()
		last, err := l.publish(l.finish, b.msgs)
		l.metrics.tried(time.Since(began), len(b.msgs), err)
		if err == nil {
			l.stored(b, last)
			return nil
		}
		if err := l.refused(b, err); !errors.Is(err, errAgain) {
			return err
		}
		if !l.wait(&wait) {
			return fmt.Errorf("%w: %w", errUnfinished, err)
		}
	}
}

// errAgain asks for the same batch once more.
var errAgain = errors.New("again")

// refused gives what is to be done about a batch that was not acknowledged: nil
// where it was stored all the same.
func (l *loop) refused(b batch, cause error) error {
	l.trouble(cause)
	var api *jetstream.APIError
	if errors.As(cause, &api) && !wrongSequence(api) {
		return errAgain
	}
	verdict := l.settle(b)
	// Once more is safe after a lost answer: of two equal batches the second
	// is refused by the checkpoints of the first. A refusal that the
	// checkpoints do not explain means that memory is wrong about them.
	if errors.Is(verdict, errAgain) && api != nil {
		return fmt.Errorf("%w: %w", errRecover, cause)
	}
	return verdict
}

// trouble makes a commit that is not stored visible.
func (l *loop) trouble(cause error) {
	now := fmt.Errorf("commit is not stored: %w", cause)
	if before := l.status.setStore(now); before == nil || before.Error() != now.Error() {
		l.log.Error().Err(cause).Msg("commit is not stored")
	}
}

// stored makes a batch the state of affairs.
func (l *loop) stored(b batch, last uint64) {
	first := last - uint64(len(b.partitions)) + 1
	for i, p := range b.partitions {
		l.fold.held[p] = held{Checkpoint: b.next[p], at: first + uint64(i)}
	}
	if l.status.setStore(nil) != nil {
		l.log.Info().Msg("commit is stored")
	}
}

// wrongSequence reports whether a compare-and-swap failed.
func wrongSequence(api *jetstream.APIError) bool {
	return api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence ||
		api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant
}

func (r *Runner) publish(ctx context.Context, msgs []*nats.Msg) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, publishTimeout)
	defer cancel()
	return r.cfg.Publish(ctx, r.js, msgs)
}
