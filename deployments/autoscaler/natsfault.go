package main

import (
	"errors"
	"fmt"
	"sync"

	"github.com/nats-io/nats.go"
	"github.com/rs/zerolog"
)

// natsFault is the newest thing that went wrong on any of a host's connections
// and that nobody who asks for something is told of: that the server cannot be
// reached, does not know the user, or does not allow what was asked. All of them
// look like an answer that never comes.
type natsFault struct {
	log zerolog.Logger

	mu   sync.Mutex
	err  error
	last string // what was logged
}

// options are how a connection tells of it.
func (f *natsFault) options() []nats.Option {
	return []nats.Option{
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			f.note(err, errors.Is(err, nats.ErrPermissionViolation) || errors.Is(err, nats.ErrAuthorization))
		}),
		nats.ReconnectErrHandler(func(_ *nats.Conn, err error) { f.note(err, true) }),
	}
}

// note logs an error where it is another one than before, and keeps one that
// keeps a component from its work.
func (f *natsFault) note(err error, keeps bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if keeps {
		f.err = err
	}
	if text := err.Error(); text != f.last {
		f.last = text
		f.log.Error().Err(err).Msg("nats error")
	}
}

// explain adds it to an error that may come of it. Where there is no error any
// more it is forgotten.
func (f *natsFault) explain(err error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case err == nil:
		f.err, f.last = nil, ""
	case f.err != nil:
		return fmt.Errorf("%w; of the server was last heard: %w", err, f.err)
	}
	return err
}
