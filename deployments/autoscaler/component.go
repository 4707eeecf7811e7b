package main

import (
	"context"
	"fmt"
	"os"

	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"github.com/ml-autoscaling/autoscaler/deployments/autoscaler/config"
	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/partition"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// componentFlags are the flags of every verb that runs a component.
type componentFlags struct {
	connectFlags
	Config   string  `short:"c" placeholder:"FILE" help:"Configuration; without one, the defaults."`
	Realm    string  `placeholder:"NAME" help:"Realm of the timeline; before the configuration (default live)."`
	Address  *string `placeholder:"HOST:PORT" help:"Address of /health, /ready and /metrics, empty for none; before the configuration."`
	LogLevel string  `placeholder:"LEVEL" help:"debug, info, warn or error; before the configuration (default info)."`
}

// component is a stage as a process of its own.
type component struct {
	cfg       config.Config
	log       zerolog.Logger
	registry  *prometheus.Registry
	publisher connection
	reader    connection
	runner    *partition.Runner
}

// load reads the configuration and lets the flags go before it.
func (f componentFlags) load(p process) (config.Config, zerolog.Logger, error) {
	cfg, err := loadConfig(f.Config)
	if err != nil {
		return cfg, zerolog.Nop(), err
	}
	if f.Realm != "" {
		cfg.Realm = f.Realm
		if err := streams.CheckRealm(cfg.Realm); err != nil {
			return cfg, zerolog.Nop(), err
		}
	}
	if f.LogLevel != "" {
		cfg.Log.Level = f.LogLevel
	}
	log, err := newLogger(p.stderr, cfg.Log.Level)
	return cfg, log, err
}

// start prepares the stage's runner. It need not reach a server: what is not
// there yet is waited for while the component runs.
func (f componentFlags) start(p process, stage streams.Stage) (*component, error) {
	cfg, log, err := f.load(p)
	if err != nil {
		return nil, err
	}
	c := &component{cfg: cfg, log: log.With().Str("component", stage.Name()).Logger(), registry: newRegistry()}
	to := f.resolve(p.env, cfg.NATS)
	if c.publisher, err = to.connect("autoscaler "+stage.Name(), c.log, nats.RetryOnFailedConnect(true)); err != nil {
		return nil, err
	}
	if c.reader, err = to.connect("autoscaler "+stage.Name()+" reader", c.log, nats.RetryOnFailedConnect(true)); err != nil {
		c.close()
		return nil, err
	}
	c.runner, err = partition.New(partition.Config{
		Realm: cfg.Realm, Stage: stage, Owner: ownerName(), Log: c.log, Registry: c.registry, Publish: p.publish,
	}, c.publisher.js, c.reader.js)
	if err != nil {
		c.close()
	}
	return c, err
}

// run serves the component's health, waits for the realm's stream or makes it,
// and runs the stage and what else the component does, until ctx ends or one
// of them fails; what was folded is committed.
func (c *component) run(ctx context.Context, address string, beside ...func(context.Context) error) error {
	defer c.close()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return serveHTTP(ctx, address, c.log, healthHandler(c.runner.Ready, c.registry)) })
	group.Go(func() error {
		if err := c.ensure(ctx); err != nil {
			return err
		}
		inner, ctx := errgroup.WithContext(ctx)
		inner.Go(func() error { return c.runner.Run(ctx) })
		for _, fn := range beside {
			inner.Go(func() error { return fn(ctx) })
		}
		c.log.Info().Str("realm", c.cfg.Realm).Str("server", c.publisher.nc.ConnectedUrlRedacted()).Str("address", address).Msg("started")
		return inner.Wait()
	})
	err := group.Wait()
	c.log.Info().Err(err).Msg("stopped")
	return err
}

// ensure waits until the realm's stream stands. That ctx ended meanwhile is no
// failure.
func (c *component) ensure(ctx context.Context) error {
	_, err := topology.Ensure(ctx, c.publisher.js, topology.Options{
		Realm: c.cfg.Realm, Replicas: c.cfg.Timeline.Replicas, MaxBytes: c.cfg.Timeline.MaxBytes, Wait: true, Log: c.log,
	})
	if ctx.Err() != nil {
		return nil
	}
	return err
}

func (c *component) close() {
	for _, nc := range []*nats.Conn{c.publisher.nc, c.reader.nc} {
		if nc != nil {
			nc.Close()
		}
	}
}

// ownerName names this process to people: host and process id.
func ownerName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown-host"
	}
	return fmt.Sprintf("%s/%d", host, os.Getpid())
}

// orElse gives the flag where it was given, even if empty.
func orElse(flag *string, fallback string) string {
	if flag != nil {
		return *flag
	}
	return fallback
}
