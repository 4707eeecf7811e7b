package topology

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/ml-autoscaling/autoscaler/streams"
)

const (
	// askTimeout and createTimeout bound one question: one that falls into the
	// start of a server is never answered.
	askTimeout    = 2 * time.Second
	createTimeout = 5 * time.Second
	firstPoll     = 50 * time.Millisecond
	slowestPoll   = 2 * time.Second
)

// Ensure makes the stream of a realm where there is none, and returns it where
// it is as it has to be. It changes no stream that stands.
func Ensure(ctx context.Context, js jetstream.JetStream, o Options) (jetstream.Stream, error) {
	if err := o.check(); err != nil {
		return nil, fmt.Errorf("ensure stream of realm %q: %w", o.Realm, err)
	}
	last, poll := "", firstPoll
	for {
		stream, err := attempt(ctx, js, o)
		var mismatch *MismatchError
		if err == nil || errors.As(err, &mismatch) || !o.Wait {
			return stream, wrap(o, err)
		}
		if text := err.Error(); text != last {
			o.Log.Warn().Err(err).Str("stream", streams.StreamName(o.Realm)).Msg("waiting for the stream")
			last = text
		}
		select {
		case <-ctx.Done():
			return nil, wrap(o, errors.Join(ctx.Err(), err))
		case <-time.After(poll):
			poll = min(2*poll, slowestPoll)
		}
	}
}

func wrap(o Options, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("ensure stream %s: %w", streams.StreamName(o.Realm), err)
}

func (o Options) check() error {
	if err := streams.CheckRealm(o.Realm); err != nil {
		return err
	}
	switch o.Storage {
	case "", File, Memory:
	default:
		return fmt.Errorf("storage: want file or memory, got %q", string(o.Storage))
	}
	switch {
	case o.Replicas < 0 || o.Replicas > 5:
		return fmt.Errorf("replicas: want 1 to 5, got %d", o.Replicas)
	case o.MaxBytes < 0:
		return fmt.Errorf("maximum bytes: must not be negative, got %d", o.MaxBytes)
	case o.MaxAge < 0 || o.MaxAge > 0 && o.MaxAge < time.Minute:
		return fmt.Errorf("maximum age: want at least a minute, got %v", o.MaxAge)
	}
	return nil
}

func attempt(ctx context.Context, js jetstream.JetStream, o Options) (jetstream.Stream, error) {
	asking, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	account, err := js.AccountInfo(asking)
	if err != nil {
		return nil, fmt.Errorf("ask server for its version: %w", err)
	}
	if err := checkServer(account.API.Level, js.Conn().ConnectedServerVersion()); err != nil {
		return nil, err
	}
	stream, err := js.Stream(asking, streams.StreamName(o.Realm))
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		stream, err = create(ctx, js, o)
	}
	if err != nil {
		return nil, fmt.Errorf("look up stream: %w", err)
	}
	if err := o.compare(stream.CachedInfo().Config); err != nil {
		return nil, err
	}
	return stream, nil
}

// create makes the stream. Another process may make it first, and otherwise.
func create(ctx context.Context, js jetstream.JetStream, o Options) (jetstream.Stream, error) {
	ctx, cancel := context.WithTimeout(ctx, createTimeout)
	defer cancel()
	stream, err := js.CreateStream(ctx, o.config())
	if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
		return js.Stream(ctx, streams.StreamName(o.Realm))
	}
	if err != nil {
		return nil, fmt.Errorf("none there, create it: %w", err)
	}
	return stream, nil
}
