package partition

import (
	"context"
	"fmt"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// view is a request to look at the states between two steps.
type view struct {
	fn   func(map[streams.GroupID]streams.State)
	done chan struct{}
}

func (v view) serve(states map[streams.GroupID]streams.State) {
	defer close(v.done)
	v.fn(states)
}

// View runs fn on the states between two steps, in the goroutine of Run, and
// returns when fn has. fn must neither keep nor change what it is given, nor
// call Step or Changed; the stage stands still meanwhile. While there are no
// states to look at View returns why.
func (r *Runner) View(ctx context.Context, fn func(map[streams.GroupID]streams.State)) error {
	v := view{fn: fn, done: make(chan struct{})}
	if err := r.status.recovered(); err != nil {
		return fmt.Errorf("view states of stage %s: %w", r.cfg.Stage.Name(), err)
	}
	select {
	case r.views <- v:
	case <-ctx.Done():
		return fmt.Errorf("view states of stage %s: %w", r.cfg.Stage.Name(), ctx.Err())
	case <-r.ended:
		return fmt.Errorf("view states of stage %s: %w", r.cfg.Stage.Name(), ErrEnded)
	}
	<-v.done
	return nil
}
