// Package heartbeat tells CloudWatch once a minute that a process does its work,
// so that an alarm can tell when it does not. It puts one metric, and can call
// nothing else.
//
//	heart, err := heartbeat.New(config, heartbeat.Config{
//		Name: "ml-autoscaling-controller", Ready: ready, Clock: clock, Log: log, Registry: registry,
//	})
//	...
//	err = heart.Run(ctx)
//
// What holds: while Ready gives an error nothing is put; a beat that cannot be
// put ends nothing, and is not made up for. Not to be assumed: that every minute
// has exactly one beat (the SDK may repeat a request that was carried out).
package heartbeat

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
)

// What is put: the value 1 under these names.
const (
	Namespace = "MLAutoscaling"
	Metric    = "Heartbeat"
	Dimension = "Controller"
)

const (
	// every is the time between two beats.
	every = time.Minute
	// timeout bounds a beat with its repetitions.
	timeout = 10 * time.Second
	// attempts is how many requests a beat makes at most.
	attempts = 3
)

// Clock is what the heartbeat goes by.
type Clock interface {
	Now() time.Time
	// Wait returns when the clock shows until or later, or with the error of
	// ctx when that ends.
	Wait(ctx context.Context, until time.Time) error
}

// Config says whose heartbeat it is. Only Registry may be left out.
type Config struct {
	// Name is the value of the dimension.
	Name string
	// Ready gives why the process does not do its work; nil where it does.
	Ready func() error
	Clock Clock
	Log   zerolog.Logger
	// Registry receives the metric of the beats; nil for none.
	Registry prometheus.Registerer
}

// The results of a beat, as its metric counts them.
const (
	sent     = "sent"
	failed   = "failed"
	withheld = "withheld"
)

// Heartbeat is the heartbeat of one process.
type Heartbeat struct {
	cfg Config
	// A method and not a client, from which others could be reached.
	put   func(context.Context, *cloudwatch.PutMetricDataInput, ...func(*cloudwatch.Options)) (*cloudwatch.PutMetricDataOutput, error)
	beats *prometheus.CounterVec
	said  string // what was logged last; empty after a beat
}

// New makes a heartbeat in the account and the region that c is for, and
// registers its metric.
func New(c aws.Config, cfg Config) (*Heartbeat, error) {
	if cfg.Name == "" || cfg.Ready == nil || cfg.Clock == nil {
		return nil, errors.New("configure heartbeat: want a name, a clock, and what tells whether the process is ready")
	}
	if c.RetryMaxAttempts <= 0 || c.RetryMaxAttempts > attempts {
		c.RetryMaxAttempts = attempts
	}
	h := &Heartbeat{cfg: cfg, put: cloudwatch.NewFromConfig(c).PutMetricData,
		beats: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "autoscaling_heartbeats_total",
			Help: "Heartbeats that were sent to CloudWatch, failed, or were withheld while a component was not ready."}, []string{"result"})}
	for _, result := range []string{sent, failed, withheld} {
		h.beats.WithLabelValues(result)
	}
	if cfg.Registry == nil {
		return h, nil
	}
	if err := cfg.Registry.Register(h.beats); err != nil {
		return nil, fmt.Errorf("register metrics of heartbeat: %w", err)
	}
	return h, nil
}

// Run beats at every full minute until ctx ends, and then returns nil. It may be
// called once.
func (h *Heartbeat) Run(ctx context.Context) error {
	for {
		if h.cfg.Clock.Wait(ctx, h.cfg.Clock.Now().Truncate(every).Add(every)) != nil {
			return nil
		}
		h.beat(ctx)
	}
}

func (h *Heartbeat) beat(ctx context.Context) {
	if err := h.cfg.Ready(); err != nil {
		h.beats.WithLabelValues(withheld).Inc()
		h.say(err.Error(), "no heartbeat, for the process is not ready")
		return
	}
	calling, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	_, err := h.put(calling, &cloudwatch.PutMetricDataInput{
		Namespace: aws.String(Namespace),
		MetricData: []types.MetricDatum{{
			MetricName: aws.String(Metric), Value: aws.Float64(1), Timestamp: aws.Time(h.cfg.Clock.Now()),
			Dimensions: []types.Dimension{{Name: aws.String(Dimension), Value: aws.String(h.cfg.Name)}},
		}},
	})
	switch {
	case ctx.Err() != nil:
	case err != nil:
		h.beats.WithLabelValues(failed).Inc()
		h.say(explain(err), "heartbeat is not sent")
	default:
		h.beats.WithLabelValues(sent).Inc()
		if h.said != "" {
			h.said = ""
			h.cfg.Log.Info().Msg("heartbeat is sent again")
		}
	}
}

// say logs what keeps a beat back, where its words change.
func (h *Heartbeat) say(why, msg string) {
	if why != h.said {
		h.cfg.Log.Warn().Str("name", h.cfg.Name).Str("why", why).Msg(msg)
	}
	h.said = why
}
