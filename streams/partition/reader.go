package partition

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// item is one event on its way from the reader to the step loop.
type item struct {
	seq         uint64
	pending     uint64 // how many more match, when it was delivered
	subject     string
	partition   int       // -1 where the subject does not tell
	stored      time.Time // by the server's clock
	injected    bool      // by Inject; it has no sequence
	event       streams.Event
	undecodable error // instead of event
	failed      error // instead of all else: reading on makes no sense
}

// place says where in the stream an item lies.
func (it item) place() string {
	if it.injected {
		return ""
	}
	return fmt.Sprintf(" at sequence %d", it.seq)
}

// reader delivers the events of the kinds that a stage reads, each once and in
// stream order, for as long as the stream is the one that it began with.
type reader struct {
	*Runner
	created time.Time
	began   uint64 // the last sequence that it had when reading began
	next    uint64 // sequence to go on at
	items   chan<- item
}

func newReader(r *Runner, f *fold, items chan<- item) *reader {
	return &reader{Runner: r, created: f.held[0].Created, began: f.held[streams.Partitions-1].at, next: f.first(), items: items}
}

// run reads until ctx ends, or until it has delivered an item that failed. What
// else goes wrong is tried again.
func (r *reader) run(ctx context.Context) {
	var wait backoff
	last := ""
	for {
		from := r.next
		err := r.session(ctx)
		if ctx.Err() != nil {
			return
		}
		if errors.Is(err, errRecover) {
			r.send(ctx, item{failed: err})
			return
		}
		r.metrics.resets.Inc()
		if text := err.Error(); text != last || r.next != from {
			r.log.Warn().Err(err).Uint64("sequence", r.next).Msg("reading anew")
			last = text
		}
		if r.next != from {
			wait = backoff{}
		}
		if !wait.pause(ctx) {
			return
		}
	}
}

func (r *reader) session(ctx context.Context) error {
	if err := r.check(ctx); err != nil {
		return err
	}
	s := source{js: r.reader, stream: r.stream, opened: r.status.setLag, check: r.check}
	return s.consume(ctx, jetstream.ConsumerConfig{
		DeliverPolicy:  jetstream.DeliverByStartSequencePolicy,
		OptStartSeq:    r.next,
		FilterSubjects: filters(r.cfg.Realm, r.cfg.Stage.Reads()),
	}, r.take)
}

func filters(realm string, kinds []streams.Kind) []string {
	subjects := make([]string, len(kinds))
	for i, kind := range kinds {
		subjects[i] = streams.KindFilter(realm, kind)
	}
	return subjects
}

func (r *reader) take(ctx context.Context, msg jetstream.Msg, meta *jetstream.MsgMetadata) bool {
	it := item{stored: meta.Timestamp, seq: meta.Sequence.Stream, pending: meta.NumPending, subject: msg.Subject(), partition: -1}
	addr, err := streams.ParseSubject(it.subject)
	if err == nil {
		it.partition = addr.Partition
		it.event, err = streams.Decode(it.subject, msg.Data())
	}
	it.undecodable = err
	if !r.send(ctx, it) {
		return false
	}
	r.next = it.seq + 1
	return true
}

func (r *reader) send(ctx context.Context, it item) bool {
	select {
	case r.items <- it:
		return true
	case <-ctx.Done():
		return false
	}
}

// check gives errRecover where the stream is not the one that was read so far.
func (r *reader) check(ctx context.Context) error {
	stream, err := lookUp(ctx, r.reader, r.stream)
	if err != nil {
		return err
	}
	info := stream.CachedInfo()
	if !info.Created.Equal(r.created) {
		return fmt.Errorf("%w: the stream was made again", errRecover)
	}
	if last := info.State.LastSeq; last < r.began {
		return fmt.Errorf("%w: the stream ends at sequence %d, and had %d", errRecover, last, r.began)
	}
	return nil
}
