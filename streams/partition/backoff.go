package partition

import (
	"context"
	"time"
)

const (
	firstPause   = 10 * time.Millisecond
	longestPause = 2 * time.Second
)

// backoff counts how long to pause between tries; the zero value begins anew.
type backoff struct{ last time.Duration }

func (b *backoff) next() time.Duration {
	b.last = min(max(2*b.last, firstPause), longestPause)
	return b.last
}

// pause waits, longer each time, and reports whether ctx goes on.
func (b *backoff) pause(ctx context.Context) bool {
	timer := time.NewTimer(b.next())
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
