package partition

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// Defaults of the limits that may be left zero.
const (
	DefaultMaxMessages = 900
	DefaultMaxBytes    = 8 << 20
	DefaultMaxDelay    = time.Second
	DefaultMaxIdle     = 4096
)

// Publish stores messages next to each other as one atomic batch and returns
// the sequence of the last, as topology.PublishBatch does.
type Publish func(ctx context.Context, js jetstream.JetStream, msgs []*nats.Msg) (uint64, error)

// Config says what a Runner runs. Realm, Stage and Owner have no default.
type Config struct {
	// Realm names the timeline.
	Realm string
	// Stage is the fold.
	Stage streams.Stage
	// Owner names this process to people, in checkpoints and in the error of
	// a runner that this one fences. It need not be unique.
	Owner string
	// Log receives what operators should know.
	Log zerolog.Logger
	// Registry receives the metrics; nil for none.
	Registry prometheus.Registerer

	// MaxMessages and MaxBytes cut a commit. A step or a part of a state that
	// is larger makes a commit larger than MaxBytes, never one of more
	// messages than a batch may have.
	MaxMessages int
	MaxBytes    int
	// MaxDelay is how long a step waits to be committed where nothing follows
	// from it, and Stored waits for nothing.
	MaxDelay time.Duration
	// MaxIdle is how many stream sequences the checkpoint of a partition may
	// stay behind without an event of its own.
	MaxIdle uint64
	// Stored, where not nil, is handed the states that a commit changed once
	// the commit is stored, and all states once they are recovered. It runs in
	// Run's goroutine: it must return soon, and neither keep nor change the
	// states. It is not handed a group while the fold starts over, before it
	// has caught up with what an earlier fold had published.
	Stored func(map[streams.GroupID]streams.State)
	// ShortLife is how long forecasts and holds live;
	// topology.DefaultShortLife by default.
	ShortLife time.Duration
	// Publish is topology.PublishBatch by default; a test puts a crash there.
	Publish Publish
}

func (c Config) withDefaults() Config {
	c.MaxMessages = cmp.Or(c.MaxMessages, DefaultMaxMessages)
	c.MaxBytes = cmp.Or(c.MaxBytes, DefaultMaxBytes)
	c.MaxDelay = cmp.Or(c.MaxDelay, DefaultMaxDelay)
	c.MaxIdle = cmp.Or(c.MaxIdle, DefaultMaxIdle)
	c.ShortLife = cmp.Or(c.ShortLife, topology.DefaultShortLife)
	if c.Publish == nil {
		c.Publish = topology.PublishBatch
	}
	return c
}

func (c Config) check() error {
	if err := streams.CheckRealm(c.Realm); err != nil {
		return err
	}
	if c.Stage == nil {
		return errors.New("stage: is missing")
	}
	if name := c.Stage.Name(); name == "" || strings.ContainsAny(name, ".*> \t\r\n") {
		return fmt.Errorf("stage: want a name that is one token of a subject, got %q", name)
	}
	if c.Owner == "" {
		return errors.New("owner: is missing")
	}
	if c.MaxMessages < 1 || c.MaxMessages > DefaultMaxMessages {
		return fmt.Errorf("maximum messages: want 1 to %d, got %d", DefaultMaxMessages, c.MaxMessages)
	}
	if c.MaxBytes < 0 || c.MaxDelay < 0 || c.ShortLife < time.Second {
		return fmt.Errorf("limits: must not be negative, got %d bytes, delay %v, short life %v", c.MaxBytes, c.MaxDelay, c.ShortLife)
	}
	return nil
}
