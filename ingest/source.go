package ingest

import (
	"context"
	"time"

	"github.com/ml-autoscaling/autoscaler/ingest/window"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// Source answers for one scope, an account and a region. Its errors hold a
// *window.CallError for every call that failed.
type Source interface {
	// Groups describes the groups that a listing asks for, completely or not
	// at all.
	Groups(context.Context, window.Listing) ([]window.Description, error)
	// Read gives one answer for each query, in their order. With an error, the
	// answers that it concerns are not complete.
	Read(context.Context, []window.Query) ([]window.Answer, error)
}

// Group is a group of the configuration.
type Group struct {
	ID streams.GroupID
	// Policy names the Auto Scaling group, or several with a pattern of
	// path.Match, of which the newest is the one.
	Policy streams.Policy
	// WithPeriod gives the policy with another period; nil where the period is
	// the user's choice. It is asked when the group is first seen: 60 s where
	// the group has detailed monitoring.
	WithPeriod func(time.Duration) streams.Policy
}

// inMode gives the group in another mode.
func (g Group) inMode(mode streams.Mode) Group {
	g.Policy.Mode = mode
	if with := g.WithPeriod; with != nil {
		g.WithPeriod = func(period time.Duration) streams.Policy {
			p := with(period)
			p.Mode = mode
			return p
		}
	}
	return g
}

// Runner folds ingest's inputs. A partition.Runner is one.
type Runner interface {
	Inject(context.Context, ...streams.Event) error
	View(context.Context, func(map[streams.GroupID]streams.State)) error
}

// Clock is what ingest goes by.
type Clock interface {
	Now() time.Time
	// Wait returns when the clock shows until or later, or with the error of
	// ctx when that ends.
	Wait(ctx context.Context, until time.Time) error
}

// WallClock is the clock of this machine, in UTC.
type WallClock struct{}

// Now gives the time to the millisecond: finer than that no poll is.
func (WallClock) Now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }

// Wait waits.
func (c WallClock) Wait(ctx context.Context, until time.Time) error {
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
