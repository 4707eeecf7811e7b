package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/replay"
	"github.com/ml-autoscaling/autoscaler/replay/sim"
	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

type replayVerb struct {
	Path string `arg:"" optional:"" name:"file" help:"A trace (CSV timestamp,value), the directory of a recording, or generate:PROFILE,FLAG=VALUE,... for what autoscaler generate makes."`

	Stream string `placeholder:"NAME" help:"Play a stream of the given server instead of a file."`
	Since  string `placeholder:"T" help:"Play the stream from an instant (RFC 3339) or an age (6h) on."`

	Verify bool   `help:"Fold the recording again and compare every forecast and decision byte by byte."`
	From   string `placeholder:"DIR" help:"Verify from the states of this older recording of the same timeline."`

	NatsURL     string `name:"nats-url" placeholder:"URL" help:"Server to feed, where forecaster and decider run, instead of a private one; with --stream, server to read."`
	NatsCreds   string `name:"nats-creds" placeholder:"FILE" help:"Credentials file for that server."`
	NatsContext string `name:"nats-context" placeholder:"NAME" help:"A context of the nats CLI, instead of a URL."`
	Realm       string `default:"trial" placeholder:"NAME" help:"Realm to feed (default trial); never live."`

	Weights   []string      `placeholder:"FILE" help:"Global weights that policies may name, beside those of this binary. Groups play with the first; several are for --verify."`
	Config    string        `short:"c" placeholder:"FILE" help:"Configuration whose groups' policies are in force (default: the bundled sample)."`
	Group     string        `placeholder:"NAME" help:"Group of the configuration that a trace is played as (default: the first)."`
	Copies    int           `default:"1" placeholder:"N" help:"Play a trace as N groups side by side."`
	Aggregate string        `enum:"none,sum5,mean5" default:"none" help:"Make 5 minutes of one: none, sum5 or mean5."`
	Peak      float64       `default:"40" placeholder:"N" help:"Instances at the 99.9th percentile of a trace (default 40)."`
	Boot      time.Duration `default:"180s" help:"Time from asking for an instance to its service (default 180s)."`
	Lived     bool          `help:"Live through all of a trace instead of taking its first half as history."`
	Speed     float64       `default:"0" help:"Seconds of the timeline per second; 0 is as fast as possible."`
	Timeout   time.Duration `default:"5m" help:"Longest wait for the decisions of one round, which may bring a refit of a model with it (default 5m)."`
	Timeline  string        `placeholder:"FILE" help:"Write one row a minute and group as CSV."`
	JSON      string        `name:"json" placeholder:"FILE" help:"Write figures and decisions shown as JSON."`
	Keep      string        `placeholder:"DIR" help:"Record the timeline that came of it."`
	LogLevel  string        `default:"warn" placeholder:"LEVEL" help:"debug, info, warn or error (default warn)."`
}

// Help describes the verb at length.
func (replayVerb) Help() string {
	return `A trace or a recording is played in lockstep: the clock moves on when the
decision of a round is stored, so that the same input gives the same bytes. A
simulated fleet stands in for the group's instances. A stream is read from its
server and played on a private one; nothing is written where it came from.

  autoscaler replay requests.csv                       a trace, on a private server
  autoscaler replay generate:shop,seed=7,days=14       a generated load; late samples come late
  autoscaler replay backup/                            a recording of autoscaler record or nats backup
  autoscaler replay --stream AUTOSCALING --since 6h --nats-url URL
  autoscaler replay requests.csv --nats-url URL --realm trial    into a running pipeline
  autoscaler replay --verify backup/                   prove a recording

NATS_* and AWS_* are not read.`
}

// Validate checks what flags go together.
func (v replayVerb) Validate() error {
	switch {
	case v.Realm == streams.Live:
		return errors.New("--realm: a replay never feeds realm live")
	case (v.Path == "") == (v.Stream == ""):
		return errors.New("want a file or --stream, one of them")
	case v.Stream != "" && v.NatsURL == "" && v.NatsContext == "":
		return errors.New("--stream: --nats-url or --nats-context says on which server")
	case v.Verify && v.Path == "":
		return errors.New("--verify: want the directory of a recording")
	case v.From != "" && !v.Verify:
		return errors.New("--from: goes with --verify only")
	case v.Copies < 1:
		return errors.New("--copies: want at least 1")
	case v.Speed < 0:
		return errors.New("--speed: must not be negative")
	case isRecipe(v.Path) && v.Verify:
		return errors.New("--verify: want the directory of a recording")
	case isRecipe(v.Path) && v.Aggregate != "none":
		return errors.New("--aggregate: goes with recorded traces; a generated one has period=300s")
	case isRecipe(v.Path):
		if _, err := parseRecipe(v.Path); err != nil {
			return err
		}
	}
	return streams.CheckRealm(v.Realm)
}

// Run verifies a recording, or plays what was given and prints what came of it.
func (v replayVerb) Run(ctx context.Context, p process) error {
	weights, err := readShelf(v.Weights)
	if err != nil {
		return err
	}
	if v.Verify {
		return verify(p, v.Path, v.From, weights...)
	}
	log, err := newLogger(p.stderr, v.LogLevel)
	if err != nil {
		return err
	}
	s, err := v.source(ctx, weights, log)
	if err != nil {
		return err
	}
	began := time.Now()
	r := report{Trace: s.name}
	var decisions []streams.Decision
	bar := newProgress(p.stderr, int64(s.rounds), "replaying")
	driver := replay.Driver{
		Realm: v.Realm, Speed: v.Speed, Timeout: v.Timeout, Log: log, Progress: bar.add,
		Watch: func(d streams.Decision) { decisions = append(decisions, d) },
	}
	err = v.drive(ctx, log, driver, s)
	bar.done()
	if err != nil {
		return err
	}
	r.Policies = s.worlds()
	r.Peak = s.peak
	r.span()
	r.Decisions = telling(decisions)
	if err := r.write(v.JSON, v.Timeline); err != nil {
		return err
	}
	r.print(p.stdout)
	fmt.Fprintf(p.stdout, "\n%d rounds in %.1f s.\n", len(decisions), time.Since(began).Seconds())
	return nil
}

// drive runs the driver against the given server, or in a private pipeline.
func (v replayVerb) drive(ctx context.Context, log zerolog.Logger, d replay.Driver, s source) error {
	if v.Stream == "" && (v.NatsURL != "" || v.NatsContext != "") {
		return v.feed(ctx, log, d, s.players)
	}
	pipe, err := newPipeline(ctx, v.Realm, topology.Memory, log)
	if err != nil {
		return err
	}
	defer pipe.close()
	pipe.weights = s.weights
	if d.Publisher, d.Reader, err = pipe.pair("replay"); err != nil {
		return err
	}
	if err := pipe.run(ctx, func(ctx context.Context) error { return d.Run(ctx, s.players) }); err != nil {
		return err
	}
	return keep(ctx, connection{js: d.Publisher}, v.Realm, v.Keep)
}

// feed runs the driver against a server on which forecaster and decider run.
func (v replayVerb) feed(ctx context.Context, log zerolog.Logger, d replay.Driver, players []sim.Player) error {
	to := target{url: v.NatsURL, creds: v.NatsCreds, context: v.NatsContext}
	publisher, err := to.connect("autoscaler replay", log)
	if err != nil {
		return err
	}
	defer publisher.nc.Close()
	reader, err := to.connect("autoscaler replay reader", log)
	if err != nil {
		return err
	}
	defer reader.nc.Close()
	if _, err := topology.Ensure(ctx, publisher.js, topology.Options{Realm: v.Realm, Log: log}); err != nil {
		return err
	}
	d.Publisher, d.Reader = publisher.js, reader.js
	if err := d.Run(ctx, players); err != nil {
		return err
	}
	return keep(ctx, publisher, v.Realm, v.Keep)
}

// isDirectory says whether a path is a directory, or why that is not known.
func isDirectory(path string) (bool, error) {
	info, err := os.Stat(path)
	if err != nil {
		return false, fmt.Errorf("open replay: %w", err)
	}
	return info.IsDir(), nil
}
