package partition

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// recover takes the partitions over and brings the fold back, trying until it
// succeeds, ctx ends, or trying again does not help.
func (r *Runner) recover(ctx context.Context) (*fold, error) {
	var wait backoff
	last := ""
	for {
		f, err := r.tryRecover(ctx)
		if err == nil {
			r.metrics.recoveries.Inc()
			return f, nil
		}
		if final(err) || ctx.Err() != nil {
			return nil, err
		}
		r.status.setDown(fmt.Errorf("recovering: %w", err))
		if text := err.Error(); text != last {
			r.log.Error().Err(err).Msg("recovery has to wait")
			last = text
		}
		wait.pause(ctx)
	}
}

func (r *Runner) tryRecover(ctx context.Context) (*fold, error) {
	stream, err := lookUp(ctx, r.js, r.stream)
	if err != nil {
		return nil, err
	}
	f := r.newFold()
	barrier, err := r.takeAll(ctx, f, stream)
	if err != nil {
		return nil, err
	}
	r.claimed = true
	published, err := r.load(ctx, f, barrier)
	if err != nil {
		return nil, err
	}
	if f.silent() {
		if err := r.loadPublished(ctx, barrier, published); err != nil {
			return nil, err
		}
	}
	for id, round := range published {
		*f.book(id) = book{published: round, emitted: round}
	}
	f.read = f.first() - 1
	if len(r.cfg.Stage.Reads()) == 0 { // what it folds has no sequence
		f.read = barrier
	}
	r.status.setLag(barrier - f.read)
	r.log.Info().Uint64("epoch", f.held[0].Epoch).Int("groups", len(f.states)).Uint64("sequence", f.read).
		Bool("silent", f.silent()).Msg("recovered")
	return f, nil
}

func (r *Runner) newFold() *fold {
	return &fold{
		stage:     r.cfg.Stage,
		realm:     r.cfg.Realm,
		log:       r.log,
		shortLife: r.cfg.ShortLife,
		states:    map[streams.GroupID]streams.State{},
		books:     map[streams.GroupID]*book{},
		work:      work{byName: map[string]int{}},
	}
}

// lookUp asks the leader what a stream is like now.
func lookUp(ctx context.Context, js jetstream.JetStream, name string) (jetstream.Stream, error) {
	ctx, cancel := context.WithTimeout(ctx, apiTimeout)
	defer cancel()
	stream, err := js.Stream(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("look up stream %s: %w", name, err)
	}
	return stream, nil
}
