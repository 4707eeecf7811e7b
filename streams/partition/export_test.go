package partition

import "time"

// SetPatience bounds the last commit of a runner that is to die fast.
func (r *Runner) SetPatience(d time.Duration) { r.patience = d }
