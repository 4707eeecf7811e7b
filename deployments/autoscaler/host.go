package main

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
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
	Address  *string `placeholder:"HOST:PORT" help:"Address of /health, /ready and /metrics, and of the forecaster's /predict, empty for none; before the configuration."`
	LogLevel string  `placeholder:"LEVEL" help:"debug, info, warn or error; before the configuration (default info)."`
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

// host is a process, or a part of one, in which components run side by side.
// How they reach the server is its only secret: they cannot tell.
type host struct {
	process
	cfg      config.Config
	log      zerolog.Logger
	registry *prometheus.Registry
	dial     func(name string) (connection, error)
	server   string // where that of this process is; empty for another's
	conns    []*nats.Conn
	fault    natsFault
	ready    []func() error
	loops    []func(context.Context) error // that take turns, see partition.Runner.Moves
	routes   []func(*http.ServeMux)
	tasks    []func(context.Context) error
}

// host prepares a process for components. It need not reach a server: what is
// not there yet is waited for while they run.
func (f componentFlags) host(p process, role string) (*host, error) {
	cfg, log, err := f.load(p)
	if err != nil {
		return nil, err
	}
	log = log.With().Str("component", role).Logger()
	h := &host{process: p, cfg: cfg, log: log, registry: newRegistry(), fault: natsFault{log: log}}
	to := f.resolve(p.env, cfg.NATS)
	h.dial = func(name string) (connection, error) {
		// What keeps a server from letting us in may be mended on its side.
		opts := append(h.fault.options(), nats.RetryOnFailedConnect(true), nats.IgnoreAuthErrorAbort(), inbox(role))
		return to.connect("autoscaler "+name, h.log, opts...)
	}
	return h, nil
}

// connect opens a connection that lives as long as the host.
func (h *host) connect(name string) (connection, error) {
	c, err := h.dial(name)
	if err == nil {
		h.conns = append(h.conns, c.nc)
	}
	return c, err
}

// add runs a stage, and gives its runner and the connection that it publishes
// on.
func (h *host) add(stage streams.Stage) (*partition.Runner, connection, error) {
	runner, publisher, err := h.runner(stage, nil)
	if err == nil {
		h.run(runner.Run)
	}
	return runner, publisher, err
}

// runner makes the runner of a stage.
func (h *host) runner(stage streams.Stage, stored func(map[streams.GroupID]streams.State)) (*partition.Runner, connection, error) {
	publisher, err := h.connect(stage.Name())
	if err != nil {
		return nil, publisher, err
	}
	reader, err := h.connect(stage.Name() + " reader")
	if err != nil {
		return nil, publisher, err
	}
	runner, err := partition.New(partition.Config{
		Realm: h.cfg.Realm, Stage: stage, Owner: ownerName(), Log: h.log, Registry: h.registry, Publish: h.publish, Stored: stored,
	}, publisher.js, reader.js)
	if err != nil {
		return nil, publisher, err
	}
	h.ready, h.loops = append(h.ready, runner.Ready), append(h.loops, runner.Moves)
	return runner, publisher, nil
}

// run adds something that runs until the host ends.
func (h *host) run(task func(context.Context) error) { h.tasks = append(h.tasks, task) }

// route adds handlers beside those of the health.
func (h *host) route(add func(*http.ServeMux)) { h.routes = append(h.routes, add) }

// handler gives everything that the host answers over HTTP.
func (h *host) handler() http.Handler {
	mux := newMux(h.isReady, h.registry)
	for _, add := range h.routes {
		add(mux)
	}
	return strict(mux)
}

// isReady gives why the first component that is not ready is not.
func (h *host) isReady() error {
	var err error
	for _, ready := range h.ready {
		if err = ready(); err != nil {
			break
		}
	}
	return h.fault.explain(err)
}

// serve serves the host's health, waits for the realm's stream or makes it, and
// runs everything that was added, until ctx ends or one of them fails; what was
// folded is committed.
func (h *host) serve(ctx context.Context, address string) error {
	defer h.close()
	setup, err := h.connect("setup")
	if err != nil {
		return err
	}
	listener, err := listen(address)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return serveHTTP(ctx, listener, h.log, h.handler()) })
	group.Go(func() error { return h.supervise(ctx) })
	group.Go(func() error {
		if err := h.ensure(ctx, setup); err != nil || ctx.Err() != nil {
			return err
		}
		h.log.Info().Str("realm", h.cfg.Realm).Str("server", cmp.Or(h.server, setup.nc.ConnectedUrlRedacted())).Str("address", address).Msg("started")
		return h.runAll(ctx, setup)
	})
	err = group.Wait()
	h.log.Info().Err(err).Msg("stopped")
	return err
}

func (h *host) runAll(ctx context.Context, setup connection) error {
	store, err := newStoreWatch(h.registry, setup.js, streams.StreamName(h.cfg.Realm))
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return store.run(ctx) })
	for _, task := range h.tasks {
		group.Go(func() error { return task(ctx) })
	}
	return group.Wait()
}

// ensure waits until the realm's stream stands. That ctx ended meanwhile is no
// failure.
func (h *host) ensure(ctx context.Context, setup connection) error {
	_, err := topology.Ensure(ctx, setup.js, topology.Options{
		Realm: h.cfg.Realm, Replicas: h.cfg.Timeline.Replicas, MaxBytes: h.cfg.Timeline.MaxBytes, Wait: true, Log: h.log,
	})
	if ctx.Err() != nil {
		return nil
	}
	return err
}

func (h *host) close() {
	for _, nc := range h.conns {
		nc.Close()
	}
}

// runs adds components and serves them.
func (h *host) runs(ctx context.Context, address string, components ...func(*host) error) error {
	for _, add := range components {
		if err := add(h); err != nil {
			h.close()
			return err
		}
	}
	return h.serve(ctx, address)
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
