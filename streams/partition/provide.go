package partition

import (
	"context"
	"errors"
	"fmt"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// provider is a stage that needs more than events: what an event names is got
// before it is stepped, and what a state names before it is loaded. What is got
// is the same whenever it is, so that nothing which follows depends on how long it
// took. An error says what is not to be had, and that is tried again.
type provider interface {
	ProvideEvent(ctx context.Context, ev streams.Event) error
	ProvideState(ctx context.Context, parts []streams.Part) error
}

// errWaited says that the context ended while something was waited for.
var errWaited = errors.New("ended while the stage waited")

// provideEvent waits until the stage has what an event names. What was stepped
// before it need not wait: it is committed.
func (l *loop) provideEvent(ctx context.Context, ev streams.Event) error {
	p, able := l.cfg.Stage.(provider)
	if !able || p.ProvideEvent(ctx, ev) == nil {
		return nil
	}
	if err := l.commit(); err != nil {
		return err
	}
	err := l.await(ctx, func() error { return p.ProvideEvent(ctx, ev) })
	if err == nil {
		l.status.setDown(nil)
	}
	return err
}

// provideState waits until the stage has what a stored state names.
func (r *Runner) provideState(ctx context.Context, parts []streams.Part) error {
	p, able := r.cfg.Stage.(provider)
	if !able {
		return nil
	}
	return r.await(ctx, func() error { return p.ProvideState(ctx, parts) })
}

// await tries until it succeeds, or ctx ends.
func (r *Runner) await(ctx context.Context, try func() error) error {
	var wait backoff
	last := ""
	for {
		err := try()
		if err == nil {
			return nil
		}
		r.status.setDown(fmt.Errorf("waiting: %w", err))
		if text := err.Error(); text != last && ctx.Err() == nil {
			r.log.Warn().Err(err).Msg("the stage has to wait")
			last = text
		}
		if !wait.pause(ctx) {
			return fmt.Errorf("%w: %w", errWaited, err)
		}
	}
}
