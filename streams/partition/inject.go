package partition

import (
	"context"
	"fmt"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// MaxInjected is how many messages may follow from consecutive inputs of one
// group that are injected together.
const MaxInjected = 400

// injection is a request to fold inputs that are no messages.
type injection struct {
	events []streams.Event
	done   chan error
}

// resumer is a state whose rounds go on after the last that was ever published,
// where the state itself was lost.
type resumer interface{ Resume(round uint64) }

// Inject folds inputs that are no messages of the timeline, in order, and
// returns once what follows from them is stored. Consecutive inputs of one
// group are committed together; at most MaxInjected messages may follow from
// them. An error means that some may be lost, or may be stored all the same:
// the runner recovers, was fenced, or ended, and its states tell.
func (r *Runner) Inject(ctx context.Context, inputs ...streams.Event) error {
	in := injection{events: inputs, done: make(chan error, 1)}
	select {
	case r.inputs <- in:
	case <-ctx.Done():
		return fmt.Errorf("inject into stage %s: %w", r.cfg.Stage.Name(), ctx.Err())
	case <-r.ended:
		return fmt.Errorf("inject into stage %s: %w", r.cfg.Stage.Name(), ErrEnded)
	}
	select {
	case err := <-in.done:
		if err != nil {
			return fmt.Errorf("inject into stage %s: %w", r.cfg.Stage.Name(), err)
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("inject into stage %s: %w", r.cfg.Stage.Name(), ctx.Err())
	}
}

// inject folds inputs in and commits them, in as many commits as they need.
func (l *loop) inject(inputs []streams.Event) error {
	for i, ev := range inputs {
		if err := l.fold.step(item{injected: true, partition: streams.PartitionOf(ev.ID()), event: ev}); err != nil {
			return err
		}
		if i+1 < len(inputs) && inputs[i+1].ID() == ev.ID() {
			continue
		}
		if err := l.commitIfFull(); err != nil {
			return err
		}
	}
	return l.commit()
}

// commitIfFull commits where the next group's messages may not fit any more.
func (l *loop) commitIfFull() error {
	w := &l.fold.work
	most := max(1, l.messages-MaxInjected)
	if w.guess() < most && w.bytes < l.cfg.MaxBytes {
		return nil
	}
	if err := l.fold.harvest(); err != nil {
		return err
	}
	if w.exact() < most && w.bytes < l.cfg.MaxBytes {
		return nil
	}
	return l.commit()
}

// announce hands states to Stored: those of the given groups and, where a
// partition has caught up with an earlier fold, all of its groups.
func (l *loop) announce(ids []streams.GroupID) {
	if l.cfg.Stored == nil {
		return
	}
	told := map[streams.GroupID]streams.State{}
	for _, id := range ids {
		if !l.fold.held[streams.PartitionOf(id)].silent() {
			told[id] = l.fold.states[id]
		}
	}
	for id, state := range l.fold.states {
		if p := streams.PartitionOf(id); l.silent[p] && !l.fold.held[p].silent() {
			told[id] = state
		}
	}
	for p, h := range l.fold.held {
		l.silent[p] = h.silent()
	}
	if len(told) > 0 {
		l.cfg.Stored(told)
	}
}
