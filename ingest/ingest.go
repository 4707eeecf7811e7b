package ingest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/ingest/window"
	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/partition"
)

// Config says what is polled. Sources and Clock have no default.
type Config struct {
	// Sources answer for the scopes, by their names.
	Sources map[string]Source
	// Groups are those of the configuration.
	Groups []Group
	// Discovered gives what a group that bears the managed tag and is not in
	// the configuration would be there; nil where such groups are left alone.
	// Its mode is that of the group's own tag, where it has one.
	Discovered func(scope, autoScalingGroup string) Group
	// Backfill is how far back the history of a new series is read.
	Backfill time.Duration
	// Requests counts for the sources what they ask of AWS; may be nil.
	Requests *Requests
	Clock    Clock
	Log      zerolog.Logger
	// Registry receives the metrics; nil for none.
	Registry prometheus.Registerer
}

// callTimeout bounds the calls of one poll. It is well below the shortest
// period, and below what the actuator lets a group event be old.
const callTimeout = 20 * time.Second

// defaultRound is the time between polls while there is no group.
const defaultRound = time.Minute

// staleAfter is how many rounds the last poll may be old.
const staleAfter = 3

// Ingest polls. It is made with New.
type Ingest struct {
	cfg     Config
	metrics *metrics
	delays  map[streams.GroupID]bool      // that were logged
	last    map[streams.GroupID]time.Time // that were polled

	mu     sync.Mutex
	said   map[string]string // the last words of a repeating error
	polled time.Time         // when a poll was last stored, by this machine's clock
	round  time.Duration
	lacks  map[string]string // the permission that is missing, by what it is for
}

// New checks the configuration and registers the metrics.
func New(cfg Config) (*Ingest, error) {
	if cfg.Clock == nil || cfg.Backfill < 0 {
		return nil, fmt.Errorf("configure ingest: want a clock and a backfill that is not negative, got %v, %v", cfg.Clock, cfg.Backfill)
	}
	for _, g := range cfg.Groups {
		if cfg.Sources[g.ID.Scope] == nil {
			return nil, fmt.Errorf("configure ingest: group %s: no source answers for scope %s", g.ID, g.ID.Scope)
		}
	}
	m, err := newMetrics(cfg.Registry)
	if err != nil {
		return nil, fmt.Errorf("register metrics of ingest: %w", err)
	}
	return &Ingest{cfg: cfg, metrics: m, said: map[string]string{}, delays: map[streams.GroupID]bool{}, last: map[streams.GroupID]time.Time{}, round: defaultRound, lacks: map[string]string{}}, nil
}

// Stage is the fold that the runner is to run.
func (i *Ingest) Stage() streams.Stage { return stage{metrics: i.metrics} }

// Run polls until ctx ends, and then returns nil. It returns an error where the
// runner has ended.
func (i *Ingest) Run(ctx context.Context, runner Runner) error {
	for first := true; ; first = false {
		err := runner.Inject(ctx) // until there are states
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, partition.ErrEnded):
			return fmt.Errorf("poll: %w", err)
		}
		i.complain("runner", err, "the runner does not fold")
		now := i.cfg.Clock.Now()
		p := poll{Ingest: i, runner: runner, now: now, round: i.round}
		err = p.run(ctx)
		if ctx.Err() != nil {
			return nil
		}
		i.complain("poll", err, "poll is not stored")
		if err == nil {
			i.note(p.round)
		}
		if first {
			p.tell()
		}
		if i.cfg.Clock.Wait(ctx, i.next(now, p.round)) != nil {
			return nil
		}
	}
}

// next is when to poll again: on the grid of the round, and not later than a
// round from now, where the clock went back since the last poll.
func (i *Ingest) next(polled time.Time, round time.Duration) time.Time {
	next := polled.Truncate(round).Add(round)
	if latest := i.cfg.Clock.Now().Add(round); next.After(latest) {
		return latest
	}
	return next
}

// note remembers that a poll was stored.
func (i *Ingest) note(round time.Duration) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.polled, i.round = time.Now(), round
}

// Ready gives nil when the last poll is stored and not three rounds old, and no
// permission is missing; otherwise why not.
func (i *Ingest) Ready() error {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, about := range slices.Sorted(maps.Keys(i.lacks)) { // the same one each time: who asks logs what changes
		return fmt.Errorf("ingest is not ready: %s: the permission %s is missing", about, i.lacks[about])
	}
	if i.polled.IsZero() {
		return errors.New("ingest is not ready: nothing was polled yet")
	}
	if age := time.Since(i.polled); age > staleAfter*i.round {
		return fmt.Errorf("ingest is not ready: the last poll that was stored is %v old", age.Round(time.Second))
	}
	return nil
}

// called notes what became of some calls in a poll.
func (i *Ingest) called(about string, err error) {
	i.complain(about, err, "aws does not answer")
	i.mu.Lock()
	defer i.mu.Unlock()
	delete(i.lacks, about)
	for _, e := range CallErrors(err) {
		i.metrics.failed(e.Operation)
		if e.Action != "" {
			i.lacks[about] = e.Action
		}
	}
	i.metrics.lacking.Set(float64(len(i.lacks)))
}

// complain logs an error when its words change, and its end.
func (i *Ingest) complain(about string, err error, msg string) {
	words := ""
	if err != nil {
		words = err.Error()
	}
	i.mu.Lock()
	before := i.said[about]
	i.said[about] = words
	i.mu.Unlock()
	switch {
	case words == before:
	case err == nil:
		i.cfg.Log.Info().Str("about", about).Msg("works again")
	default:
		i.cfg.Log.Error().Err(err).Str("about", about).Msg(msg)
	}
}

// CallErrors finds the calls that failed in an error of a Source. What is none
// is one of an unknown operation.
func CallErrors(err error) []*window.CallError {
	var call *window.CallError
	switch e := err.(type) { //nolint:errorlint // it walks the tree itself
	case nil:
		return nil
	case *window.CallError:
		return []*window.CallError{e}
	case interface{ Unwrap() []error }:
		var all []*window.CallError
		for _, inner := range e.Unwrap() {
			all = append(all, CallErrors(inner)...)
		}
		return all
	}
	if errors.As(err, &call) {
		return []*window.CallError{call}
	}
	return []*window.CallError{{Operation: "unknown", Err: err}}
}
