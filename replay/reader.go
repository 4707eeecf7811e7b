package replay

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/rs/zerolog"
)

const (
	// apiTimeout bounds a question to the server: one that falls into a
	// restart is never answered.
	apiTimeout   = 2 * time.Second
	heartbeat    = time.Second
	pullExpiry   = 4 * time.Second
	idleConsumer = 30 * time.Second
	// silence is how long nothing may come where something is pending.
	silence = 2 * time.Second
	// maxFailures is how often in a row reading may break off without a
	// message in between. The pauses between them are four seconds in all.
	maxFailures  = 10
	firstPause   = 10 * time.Millisecond
	longestPause = time.Second
)

var (
	errEnd  = errors.New("end")
	errGap  = errors.New("a message was lost on its way")
	errIdle = errors.New("nothing came, although messages are pending")
)

// reader delivers the messages of a stream, each once and in order. Where the
// server or the connection breaks it off, it goes on with a new consumer.
type reader struct {
	js       jetstream.JetStream
	stream   string
	subjects []string
	log      zerolog.Logger // may be left out
	// next is the first sequence to read; where it is 0, since is the first
	// instant.
	next  uint64
	since time.Time
	// toEnd ends the reading where nothing is pending.
	toEnd bool
}

// take is handed a message, and says whether it wants another.
type take func(jetstream.Msg, *jetstream.MsgMetadata) bool

// run reads until take has enough, or to the end where that is asked for, and
// then returns nil; or until ctx ends or reading on makes no sense.
func (r *reader) run(ctx context.Context, fn take) error {
	pause, last := firstPause, ""
	for failures := 0; ; {
		from := r.next
		err := r.session(ctx, fn)
		switch {
		case errors.Is(err, errEnd):
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, jetstream.ErrStreamNotFound), errors.Is(err, nats.ErrConnectionClosed):
			return err
		case r.next != from:
			failures, pause = 0, firstPause
		}
		if failures++; failures == maxFailures {
			return fmt.Errorf("gave up at sequence %d after %d attempts: %w", r.next, failures, err)
		}
		if text := err.Error(); text != last || r.next != from {
			r.log.Warn().Err(err).Str("stream", r.stream).Uint64("sequence", r.next).Msg("reading anew")
			last = text
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
			pause = min(2*pause, longestPause)
		}
	}
}

// session reads with one consumer.
func (r *reader) session(ctx context.Context, fn take) error {
	consumer, err := r.consumer(ctx)
	if err != nil {
		return fmt.Errorf("create consumer: %w", err)
	}
	if r.toEnd && consumer.CachedInfo().NumPending == 0 {
		return errEnd
	}
	messages, err := consumer.Messages(jetstream.PullHeartbeat(heartbeat), jetstream.PullExpiry(pullExpiry),
		jetstream.WithMessagesErrOnMissingHeartbeat(true))
	if err != nil {
		return fmt.Errorf("read: %w", err)
	}
	defer messages.Stop()
	for delivered := uint64(1); ; delivered++ {
		msg, err := r.message(ctx, messages)
		if err != nil {
			return fmt.Errorf("read: %w", err)
		}
		meta, err := msg.Metadata()
		switch {
		case err != nil:
			return fmt.Errorf("read metadata of %s: %w", msg.Subject(), err)
		case meta.Sequence.Consumer != delivered:
			return errGap
		}
		r.next = meta.Sequence.Stream + 1
		if !fn(msg, meta) || r.toEnd && meta.NumPending == 0 {
			return errEnd
		}
	}
}

func (r *reader) consumer(ctx context.Context) (jetstream.Consumer, error) {
	ctx, cancel := context.WithTimeout(ctx, apiTimeout)
	defer cancel()
	cfg := jetstream.ConsumerConfig{
		FilterSubjects:    r.subjects,
		AckPolicy:         jetstream.AckNonePolicy,
		MemoryStorage:     true,
		Replicas:          1,
		InactiveThreshold: idleConsumer,
		DeliverPolicy:     jetstream.DeliverByStartSequencePolicy,
		OptStartSeq:       max(r.next, 1),
	}
	if r.next == 0 && !r.since.IsZero() {
		cfg.DeliverPolicy, cfg.OptStartSeq, cfg.OptStartTime = jetstream.DeliverByStartTimePolicy, 0, &r.since
	}
	return r.js.CreateConsumer(ctx, r.stream, cfg)
}

// message waits for the next message. What was pending may have been deleted
// since, which nobody tells: to the end, silence is a reason to ask again.
func (r *reader) message(ctx context.Context, messages jetstream.MessagesContext) (jetstream.Msg, error) {
	if !r.toEnd {
		return messages.Next(jetstream.NextContext(ctx))
	}
	waiting, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	msg, err := messages.Next(jetstream.NextContext(waiting))
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return nil, errIdle
	}
	return msg, err
}
