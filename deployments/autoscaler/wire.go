package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/actuator"
	"github.com/ml-autoscaling/autoscaler/actuator/asg"
	"github.com/ml-autoscaling/autoscaler/actuator/plan"
	"github.com/ml-autoscaling/autoscaler/ingest"
	ingestaws "github.com/ml-autoscaling/autoscaler/ingest/aws"
	"github.com/ml-autoscaling/autoscaler/replay"
	"github.com/ml-autoscaling/autoscaler/replay/awssim"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/embedded"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// wire is the whole pipeline on a private server and a simulated AWS, in
// lockstep: what the demo plays, and tests hurt.
type wire struct {
	load   fleet.Load
	log    zerolog.Logger
	policy streams.Policy
	id     streams.GroupID
	world  *fleet.World
	others []ingest.Group // beside it, in worlds of their own
	// discovered, where set, makes the groups of what bears the tag, and none
	// is configured.
	discovered func(scope, name string) ingest.Group
	clock      *replay.Clock
	sim        *awssim.Server
	// polls and acts are the clocks of ingest and of the actuator: the
	// simulation's own, unless they are off.
	polls, acts func() time.Time
	// watch sees every decision and outcome.
	watch func(streams.Event)
	// progress is told how many rounds are done; may be nil.
	progress func(int)
	timeout  time.Duration
	tracking awssim.TargetTracking // the group's own policy; none
	backfill time.Duration         // that of the bundled configuration where 0
	storage  topology.Storage
	registry *prometheus.Registry
	// retryer is how the SDK's clients try again; nil is their own way.
	retryer func() aws.Retryer
}

// newWire sets the bundled group up on a load, whose minutes before start are
// history.
func newWire(load fleet.Load, start int, log zerolog.Logger) (*wire, error) {
	sample, err := sampleGroup()
	if err != nil {
		return nil, err
	}
	world, err := fleet.NewWorld(fleet.History("ours", load, demoBoot, start))
	if err != nil {
		return nil, err
	}
	w := &wire{
		load: load, log: log, policy: sample.WithPeriod(load.Period), id: sample.ID, world: world,
		clock: replay.NewClock(load.At(start)), watch: func(streams.Event) {}, timeout: 30 * time.Second,
		storage: topology.Memory, registry: prometheus.NewRegistry(),
	}
	w.polls, w.acts = w.clock.Now, w.clock.Now
	w.policy.Mode = streams.DesiredControl
	return w, w.simulate(awssim.Config{})
}

// simulate puts the group's world behind a simulated AWS of its own.
func (w *wire) simulate(cfg awssim.Config) error {
	cfg.Region, cfg.Now = w.id.Scope, w.clock.Now
	w.sim = awssim.New(cfg)
	return w.sim.Add(awssim.Group{Name: w.policy.AutoScalingGroup, World: w.world, Detailed: true, Managed: true, TargetTracking: w.tracking})
}

// groups are all that are polled.
func (w *wire) groups() []ingest.Group {
	return append([]ingest.Group{{ID: w.id, Policy: w.policy}}, w.others...)
}

// configured are those of them that a configuration names.
func (w *wire) configured() []ingest.Group {
	if w.discovered != nil {
		return nil
	}
	return w.groups()
}

// lived is what became of our group.
type lived struct {
	result
	decisions []streams.Decision
	calls     string // what was asked of AWS
}

// live runs the pipeline to the end of the load, and records its timeline where
// a directory is given.
func (w *wire) live(ctx context.Context, keepIn string) (lived, error) {
	server, err := embedded.StartTemporary(embedded.Options{MaxMemory: 8 << 30, Logger: w.log})
	if err != nil {
		return lived{}, err
	}
	defer func() {
		if err := server.Stop(); err != nil {
			w.log.Error().Err(err).Msg("embedded server did not stop cleanly")
		}
	}()
	out := lived{}
	watch := w.watch
	w.watch = func(ev streams.Event) {
		if d, ok := ev.(streams.Decision); ok {
			out.decisions = append(out.decisions, d)
		}
		watch(ev)
	}
	if err := w.run(ctx, server); err != nil {
		return lived{}, err
	}
	out.result = newResult(w.world)
	out.calls = w.calls()
	return out, w.keep(ctx, server, keepIn)
}

// calls counts what was asked of AWS.
func (w *wire) calls() string {
	c := w.sim.Counts()
	return fmt.Sprintf("%d GetMetricData, %d SetDesiredCapacity", c.Calls["GetMetricData"], c.Calls["SetDesiredCapacity"])
}

// run runs all components on the server until the load has ended.
func (w *wire) run(ctx context.Context, server *embedded.Server) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen for the simulated aws: %w", err)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	cfg := simulatedAWS(w.id.Scope, "http://"+listener.Addr().String())
	cfg.Retryer = w.retryer
	h, err := w.host(ctx, server, cfg)
	if err != nil {
		listener.Close()
		return err
	}
	front := &http.Server{Handler: w.sim, ReadHeaderTimeout: 5 * time.Second}
	served := make(chan error, 1)
	go func() { served <- front.Serve(listener) }()
	drive, err := w.driver(h)
	if err == nil {
		h.run(func(ctx context.Context) error {
			defer stop()
			return drive(ctx)
		})
		err = h.serve(ctx, "")
	}
	front.Close()
	if cause := <-served; !errors.Is(cause, http.ErrServerClosed) {
		err = errors.Join(err, cause)
	}
	return err
}

// host puts the four components on the server.
func (w *wire) host(ctx context.Context, server *embedded.Server, cfg aws.Config) (*host, error) {
	sample, err := sampleConfig()
	if err != nil {
		return nil, err
	}
	h := &host{cfg: sample, log: w.log, registry: w.registry}
	h.embed(server)
	setup, err := h.connect("setup")
	if err != nil {
		return nil, err
	}
	if _, err := topology.Ensure(ctx, setup.js, topology.Options{Realm: streams.Live, Storage: w.storage, Log: w.log}); err != nil {
		return nil, err
	}
	for _, add := range []func() error{
		h.forecaster, h.decider,
		func() error {
			return h.act(actuator.Config{
				Realm: streams.Live, Limits: plan.Limits{Mode: streams.DesiredControl}, Now: w.acts,
				Clients: map[string]actuator.AutoScaling{w.id.Scope: asg.New(cfg)}, Log: w.log, Registry: h.registry,
			})
		},
		func() error {
			return h.poll(ingest.Config{
				Sources:    map[string]ingest.Source{w.id.Scope: ingestaws.New(cfg, ingestaws.Options{RequestsPerSecond: math.Inf(1), DatapointsPerSecond: math.Inf(1)})},
				Groups:     w.configured(),
				Discovered: w.discovered,
				Backfill:   cmp.Or(w.backfill, sample.Ingest.Backfill.Std()), Clock: clock{w.clock, w.polls}, Log: w.log, Registry: h.registry,
			})
		},
	} {
		if err := add(); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// clock is a clock beside the simulation's, which may be off.
type clock struct {
	sim *replay.Clock
	now func() time.Time
}

// Now gives what this clock shows.
func (c clock) Now() time.Time { return c.now() }

// Wait waits for what the simulation's clock shows when this one shows until.
func (c clock) Wait(ctx context.Context, until time.Time) error {
	return c.sim.Wait(ctx, until.Add(c.sim.Now().Sub(c.now())))
}

// driver gives what drives the world, the first minute of which it opens.
func (w *wire) driver(h *host) (func(context.Context) error, error) {
	reader, err := h.connect("lockstep")
	if err != nil {
		return nil, err
	}
	from, until := w.clock.Now(), w.load.At(w.load.Minutes())
	w.sim.Advance(from)
	lockstep := replay.Lockstep{
		Realm: streams.Live, Reader: reader.js, Round: w.policy.Round.Std(),
		Step: w.step, Timeout: w.timeout, Log: w.log, Watch: w.watch, Progress: w.progress,
	}
	for _, g := range w.groups() {
		lockstep.Groups = append(lockstep.Groups, g.ID)
	}
	return func(ctx context.Context) error {
		err := lockstep.Run(ctx, from, until)
		w.sim.Advance(until) // serves the last minute
		return err
	}, nil
}

// step moves the world and its clock on, once ingest waits for that.
func (w *wire) step(ctx context.Context, now time.Time) error {
	if err := w.clock.Idle(ctx); err != nil {
		return err
	}
	w.sim.Advance(now)
	w.clock.Set(now)
	return nil
}

// keep records the timeline, where a directory is given.
func (w *wire) keep(ctx context.Context, server *embedded.Server, dir string) error {
	h := &host{log: w.log}
	h.embed(server)
	defer h.close()
	c, err := h.connect("record")
	if err != nil {
		return err
	}
	return keep(ctx, c, streams.Live, dir)
}

// simulatedAWS is the configuration of a client that reaches a simulation and
// nothing else: it reads no environment and no file.
func simulatedAWS(region, url string) aws.Config {
	return withPlainBodies(aws.Config{
		Region: region, BaseEndpoint: aws.String(url),
		Credentials: credentials.NewStaticCredentialsProvider("simulated", "simulated", ""),
	})
}
