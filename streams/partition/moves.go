package partition

import (
	"context"
	"fmt"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// Moves gives nil when Run's goroutine took a turn before ctx ended, and also
// while it waits for the server, or the stage for what it needs: that it is there,
// and says so, is all that Moves tells. Otherwise it is stuck, and only another
// process goes on from here.
func (r *Runner) Moves(ctx context.Context) error {
	err := r.View(ctx, func(map[streams.GroupID]streams.State) {})
	if err == nil || ctx.Err() == nil || r.status.waits() {
		return nil
	}
	return fmt.Errorf("stage %s stands still", r.cfg.Stage.Name())
}
