package partition

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// Runner runs one stage over all partitions of one realm.
type Runner struct {
	cfg      Config
	js       jetstream.JetStream // publishes, and reads from the leader
	reader   jetstream.JetStream // consumes
	stream   string
	instance string // unique among all runners there ever were
	log      zerolog.Logger
	metrics  *metrics
	status   status
	views    chan view
	inputs   chan injection
	ended    chan struct{} // closed when Run returns
	started  atomic.Bool
	patience time.Duration // how long a commit may take after the end

	claimed  bool // Run's goroutine only: the checkpoints were once ours
	messages int  // Run's goroutine only: what a commit holds, MaxMessages or less
}

// New checks the configuration and registers the metrics. reader should be on
// a connection of its own: on one that also publishes, deliveries were seen to
// stall until the next heartbeat.
func New(cfg Config, js, reader jetstream.JetStream) (*Runner, error) {
	cfg = cfg.withDefaults()
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("configure runner: %w", err)
	}
	r := &Runner{
		cfg:      cfg,
		js:       js,
		reader:   reader,
		stream:   streams.StreamName(cfg.Realm),
		instance: nuid.Next(),
		log:      cfg.Log.With().Str("stage", cfg.Stage.Name()).Str("realm", cfg.Realm).Logger(),
		status:   status{down: errNotStarted, rounds: slices.Contains(cfg.Stage.Reads(), streams.KindGroup)},
		views:    make(chan view),
		inputs:   make(chan injection),
		ended:    make(chan struct{}),
		patience: drainTimeout,
		messages: cfg.MaxMessages,
	}
	var err error
	if r.metrics, err = newMetrics(cfg.Registry, cfg.Stage.Name(), r.status.rounds, r.status.age); err != nil {
		return nil, fmt.Errorf("register metrics of stage %s: %w", cfg.Stage.Name(), err)
	}
	return r, nil
}

// Run takes over the stage from whoever had it and folds events until ctx ends
// or it cannot go on: a *FencedError, an event of a newer version, or a fault
// of the stage. It may be called once.
func (r *Runner) Run(ctx context.Context) error {
	if !r.started.CompareAndSwap(false, true) {
		return fmt.Errorf("run stage %s: called twice", r.cfg.Stage.Name())
	}
	defer close(r.ended)
	if err := r.run(ctx); err != nil {
		err = fmt.Errorf("run stage %s: %w", r.cfg.Stage.Name(), err)
		r.status.setDown(err)
		return err
	}
	r.status.setDown(ErrEnded)
	return nil
}

func (r *Runner) run(ctx context.Context) error {
	for {
		f, err := r.recover(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		err = r.follow(ctx, f)
		if ctx.Err() != nil && errors.Is(err, errWaited) {
			return nil // all that was stepped is committed
		}
		if ctx.Err() != nil && (errors.Is(err, errUnfinished) || errors.Is(err, errRecover)) {
			r.log.Warn().Err(err).Msg("ended without a last commit")
			return nil
		}
		if !errors.Is(err, errRecover) {
			return err
		}
		if errors.Is(err, errTooLarge) {
			if r.messages == 1 {
				return fmt.Errorf("commit a single step: %w", err)
			}
			r.messages /= 2
		}
		r.log.Warn().Err(err).Int("commit_messages", r.messages).Msg("recovering from the checkpoints")
		r.status.setDown(fmt.Errorf("recovering: %w", err))
	}
}

// Ready gives nil when the states are recovered, the reader is close to the end
// of the stream, the last commit was stored and, where the stage reads group
// events, the newest is not three intervals old; otherwise why not.
func (r *Runner) Ready() error {
	if err := r.status.ready(); err != nil {
		return fmt.Errorf("stage %s is not ready: %w", r.cfg.Stage.Name(), err)
	}
	return nil
}
