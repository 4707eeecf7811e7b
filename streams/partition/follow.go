package partition

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

const (
	// readAhead is how many decoded events wait for the step loop.
	readAhead = 256
	// drainTimeout bounds the last commit.
	drainTimeout = 5 * time.Second
)

// loop is one stretch of following the stream, from a recovery to the next.
type loop struct {
	*Runner
	fold  *fold
	items chan item
	due   *time.Timer // since the first step that is not committed
	// finish ends some time after the context of Run, so that a commit which
	// has begun is brought to an end.
	finish context.Context
	// silent tells the partitions whose groups are not announced yet.
	silent [streams.Partitions]bool
}

// follow reads on from where the fold stands until ctx ends or something is
// wrong. The reader's goroutine has ended when it returns.
func (r *Runner) follow(ctx context.Context, f *fold) error {
	finish, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(r.patience, cancel) })
	defer stop()
	l := &loop{Runner: r, fold: f, items: make(chan item, readAhead), due: time.NewTimer(r.cfg.MaxDelay), finish: finish}
	l.due.Stop()

	for p, h := range f.held {
		l.silent[p] = h.silent()
	}
	if len(r.cfg.Stage.Reads()) > 0 {
		defer l.read(ctx)()
	}
	r.status.setDown(nil)
	l.announce(slices.Collect(maps.Keys(f.states)))
	return l.run(ctx)
}

// read starts the reader, and gives what ends it.
func (l *loop) read(ctx context.Context) (stop func()) {
	reading, stopReading := context.WithCancel(ctx)
	ended := make(chan struct{})
	reader := newReader(l.Runner, l.fold, l.items)
	go func() {
		defer close(ended)
		reader.run(reading)
	}()
	return func() {
		stopReading()
		<-ended
	}
}

func (l *loop) run(ctx context.Context) error {
	defer l.due.Stop()
	for {
		select {
		case <-ctx.Done():
			return l.commit()
		case v := <-l.views:
			v.serve(l.fold.states)
		case in := <-l.inputs:
			err := l.inject(in.events)
			in.done <- err
			if err != nil {
				return err
			}
		case <-l.due.C:
			if err := l.commit(); err != nil {
				return err
			}
		case it := <-l.items:
			if err := l.take(ctx, it); err != nil {
				return err
			}
		}
	}
}

// take folds one event in, and commits where it is time to.
func (l *loop) take(ctx context.Context, it item) error {
	if it.failed != nil {
		return it.failed
	}
	f := l.fold
	lag := it.pending + uint64(len(l.items))
	l.status.setLag(lag)
	l.metrics.lag.Set(float64(lag))
	switch seen := f.seen(it); {
	case errors.Is(it.undecodable, streams.ErrNewerVersion) && !seen:
		return l.stopBefore(it)
	case it.undecodable != nil && !seen:
		l.metrics.undecodable.Inc()
		l.log.Warn().Err(it.undecodable).Uint64("sequence", it.seq).Str("subject", it.subject).Msg("skipped an event that cannot be decoded")
		f.work.inputs++
	case !seen:
		if err := l.provideEvent(ctx, it.event); err != nil {
			return err
		}
		if err := f.step(it); err != nil {
			return err
		}
		l.metrics.read(it.event.Kind())
	}
	if g, ok := it.event.(streams.Group); ok {
		l.status.round(g, it.stored)
	}
	f.read = it.seq
	if f.work.inputs == 1 {
		l.due.Reset(l.cfg.MaxDelay)
	}
	return l.commitIfTime(lag)
}

// commitIfTime commits when there is something to publish, or somebody waits for
// states to be stored, and nothing more to read for now; or when the commit is
// as large as it may be.
func (l *loop) commitIfTime(lag uint64) error {
	w := &l.fold.work
	waiting := len(w.events) > 0 || l.cfg.Stored != nil && len(w.touched) > 0
	if waiting && lag == 0 || w.bytes >= l.cfg.MaxBytes {
		return l.commit()
	}
	if w.guess() < l.messages {
		return nil
	}
	if err := l.fold.harvest(); err != nil {
		return err
	}
	if w.exact() < l.messages*3/4 && w.bytes < l.cfg.MaxBytes {
		return nil
	}
	return l.commit()
}

// stopBefore commits what came before an event that this binary is too old
// for, and ends.
func (l *loop) stopBefore(it item) error {
	if err := l.commit(); err != nil {
		return err
	}
	return fmt.Errorf("decode %s at sequence %d: %w", it.subject, it.seq, it.undecodable)
}
