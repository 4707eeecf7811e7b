package actuator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/actuator/plan"
	"github.com/ml-autoscaling/autoscaler/streams"
)

const (
	// DefaultParallel is how many groups are acted on at once.
	DefaultParallel = 32
	// callTimeout bounds one call, and what is under way when the end comes.
	callTimeout = 10 * time.Second
)

// AutoScaling is the Auto Scaling API of one scope. Its errors are
// *plan.CallError; any other is taken for unclear.
type AutoScaling interface {
	// Describe reads the sizes and the tags of the group of that name.
	Describe(ctx context.Context, name string) (plan.Description, error)
	// SetDesired sets the desired capacity of a group, and gives the id of the
	// answer wherever there was one.
	SetDesired(ctx context.Context, name string, desired int) (requestID string, err error)
	// LastActivity gives the cause of the newest scaling activity in AWS's
	// words, or "".
	LastActivity(ctx context.Context, name string) (cause string, err error)
	// InstanceRefresh gives the instance refresh that is under way; the zero
	// value where there is none.
	InstanceRefresh(ctx context.Context, name string) (plan.Refresh, error)
}

// Runner is what a partition.Runner of the stage does for the actuator.
type Runner interface {
	View(ctx context.Context, fn func(map[streams.GroupID]streams.State)) error
	Inject(ctx context.Context, inputs ...streams.Event) error
}

// Config says what an Actuator may do and with what. Realm and Now have no
// default.
type Config struct {
	// Realm is that of the runner. In any other than live the mode of Limits
	// must be observe.
	Realm  string
	Limits plan.Limits
	// Clients are by scope, and none in mode observe. Groups of another scope
	// are refused.
	Clients map[string]AutoScaling
	// Now is the actuator's clock.
	Now func() time.Time
	// Parallel is how many groups are acted on at once; DefaultParallel by
	// default.
	Parallel int
	// Log receives what operators should know. Outcomes are logged by the
	// runner.
	Log zerolog.Logger
	// Registry receives the metrics; nil for none.
	Registry prometheus.Registerer
}

func (c Config) check() error {
	if err := streams.CheckRealm(c.Realm); err != nil {
		return err
	}
	switch mode := c.Limits.Mode; {
	case c.Now == nil:
		return errors.New("clock: is missing")
	case mode != streams.Observe && mode != streams.DesiredControl:
		return fmt.Errorf("mode: want observe or desired, got %q", string(mode))
	case mode == streams.DesiredControl && c.Realm != streams.Live:
		return fmt.Errorf("mode: desired acts in realm %s only, not in %s", streams.Live, c.Realm)
	case mode == streams.Observe && len(c.Clients) > 0:
		return errors.New("clients: mode observe takes none, for they can write")
	case c.Parallel < 0 || c.Limits.Ceiling < 0:
		return fmt.Errorf("limits: must not be negative, got %d groups at once and a ceiling of %d", c.Parallel, c.Limits.Ceiling)
	}
	return nil
}

// Actuator carries out the intents of one runner. Its methods may be called
// from any goroutine.
type Actuator struct {
	cfg     Config
	metrics *metrics
	rights  rights
	wake    chan struct{} // holds one token where due or busy may have changed

	mu   sync.Mutex
	due  map[streams.GroupID]plan.Intent // stored, and nobody is on its way
	busy map[streams.GroupID]bool
	odd  map[streams.GroupID]string // why a group is distrusted
}

// New checks the configuration and registers the metrics.
func New(cfg Config) (*Actuator, error) {
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("configure actuator: %w", err)
	}
	cfg.Parallel = cmp.Or(cfg.Parallel, DefaultParallel)
	metrics, err := newMetrics(cfg.Registry)
	if err != nil {
		return nil, fmt.Errorf("register metrics of the actuator: %w", err)
	}
	return &Actuator{
		cfg:     cfg,
		metrics: metrics,
		rights:  rights{missing: map[right]*plan.CallError{}},
		wake:    make(chan struct{}, 1),
		due:     map[streams.GroupID]plan.Intent{},
		busy:    map[streams.GroupID]bool{},
		odd:     map[streams.GroupID]string{},
	}, nil
}

// Ready gives nil unless the last answer to some call was that a permission is
// missing, or that the credentials are not valid and no call of its scope went
// through since; the error names the action.
func (a *Actuator) Ready() error {
	if err := a.rights.check(); err != nil {
		return fmt.Errorf("actuator is not ready: %w", err)
	}
	return nil
}

// now is the clock in the form that events have.
func (a *Actuator) now() time.Time { return a.cfg.Now().Round(0).UTC() }
