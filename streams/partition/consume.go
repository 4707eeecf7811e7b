package partition

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	// apiTimeout bounds a question to the server: one that falls into a
	// restart is never answered.
	apiTimeout   = 2 * time.Second
	heartbeat    = time.Second
	pullExpiry   = 4 * time.Second
	pullMessages = 500
	pullBytes    = 16 << 20
	// idleConsumer is when the server drops a consumer that nobody pulls from.
	idleConsumer = 30 * time.Second
	// checkEvery is how often the stream is looked at while it is read.
	checkEvery = 5 * time.Second
)

// source is a stream to consume, on the connection that is for that.
type source struct {
	js     jetstream.JetStream
	stream string
	// opened is told how many messages match. May be nil.
	opened func(pending uint64)
	// check is asked from time to time whether to go on. May be nil.
	check func(context.Context) error
}

// deliver takes a message and reports whether it wants another.
type deliver func(context.Context, jetstream.Msg, *jetstream.MsgMetadata) bool

// consume delivers the messages of a new consumer in order and without gaps,
// until deliver has enough, and then returns nil, or until that can no longer
// be promised. deliver is not running any more when consume returns.
func (s source) consume(ctx context.Context, cfg jetstream.ConsumerConfig, fn deliver) error {
	lost := s.js.Conn().StatusChanged(nats.DISCONNECTED, nats.RECONNECTING, nats.CLOSED)
	defer s.js.Conn().RemoveStatusListener(lost)
	cfg.AckPolicy = jetstream.AckNonePolicy
	cfg.MemoryStorage = true
	cfg.Replicas = 1
	cfg.InactiveThreshold = idleConsumer
	creating, created := context.WithTimeout(ctx, apiTimeout)
	consumer, err := s.js.CreateConsumer(creating, s.stream, cfg)
	created()
	if err != nil {
		return fmt.Errorf("create consumer: %w", err)
	}
	if s.opened != nil {
		s.opened(consumer.CachedInfo().NumPending)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	d := &delivery{ctx: ctx, fn: fn, end: cancel}
	defer d.close()
	running, err := consumer.Consume(d.take, jetstream.PullHeartbeat(heartbeat), jetstream.PullExpiry(pullExpiry),
		jetstream.PullMaxMessagesWithBytesLimit(pullMessages, pullBytes),
		jetstream.ConsumeErrHandler(func(_ jetstream.ConsumeContext, err error) { cancel(err) }))
	if err != nil {
		return fmt.Errorf("consume: %w", err)
	}
	defer running.Stop()
	return s.watch(ctx, lost)
}

// watch waits for the end of a delivery and gives its cause.
func (s source) watch(ctx context.Context, lost <-chan nats.Status) error {
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			if errors.Is(context.Cause(ctx), errEnough) {
				return nil
			}
			return context.Cause(ctx)
		case status := <-lost:
			return fmt.Errorf("connection is %s", status)
		case <-tick.C:
			if s.check == nil {
				continue
			}
			if err := s.check(ctx); err != nil {
				return err
			}
		}
	}
}

var (
	errEnough = errors.New("enough")
	errGap    = errors.New("a message was lost on its way")
)

// delivery hands the messages of one consumer over.
type delivery struct {
	ctx context.Context
	fn  deliver
	end context.CancelCauseFunc

	mu   sync.Mutex // held while fn runs
	over bool
	last uint64 // sequence in the consumer
}

func (d *delivery) take(msg jetstream.Msg) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.over {
		return
	}
	meta, err := msg.Metadata()
	switch {
	case err != nil:
		d.finish(fmt.Errorf("read metadata of %s: %w", msg.Subject(), err))
	case meta.Sequence.Consumer != d.last+1:
		d.finish(errGap)
	default:
		d.last++
		if !d.fn(d.ctx, msg, meta) {
			d.finish(errEnough)
		}
	}
}

func (d *delivery) finish(cause error) {
	d.over = true
	d.end(cause)
}

// close ends a delivery that may be under way, and waits for it.
func (d *delivery) close() {
	d.end(context.Canceled)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.over = true
}
