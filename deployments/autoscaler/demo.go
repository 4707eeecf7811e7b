package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/ml-autoscaling/autoscaler/deployments/autoscaler/config"
	"github.com/ml-autoscaling/autoscaler/deployments/examples"
	"github.com/ml-autoscaling/autoscaler/replay"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/replay/recording"
	"github.com/ml-autoscaling/autoscaler/replay/sim"
	"github.com/ml-autoscaling/autoscaler/replay/trace"
	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// What the demo's world is made of.
const (
	demoPeak = 40 // instances at the 99.9th percentile of the trace
	demoBoot = 180 * time.Second
)

type demoVerb struct {
	Trace    string `placeholder:"FILE" help:"CSV timestamp,value instead of the bundled trace; its first half is the history."`
	JSON     string `name:"json" placeholder:"FILE" help:"Write the figures and the decisions shown as JSON."`
	Timeline string `placeholder:"FILE" help:"Write one row a minute and policy as CSV: what the figures are computed from."`
	Keep     string `placeholder:"DIR" help:"Write the timeline as autoscaler record does."`
}

// Help describes the verb at length.
func (demoVerb) Help() string {
	return `Plays 14 days of traffic to NASA's web server (July 1995), scaled to a peak of 40
instances: the first week is history, the second is lived through minute by
minute. Forecaster and decider run on a private NATS server in this process,
and every event goes over its JetStream timeline.

The same demo gives the same bytes every time. It needs no account, no server
and no other file, and reads no environment.`
}

// Run plays the demo and prints what came of it.
func (v demoVerb) Run(ctx context.Context, p process) error {
	began := time.Now()
	tr, name, err := v.trace()
	if err != nil {
		return err
	}
	load, err := fleet.NewLoad(tr, demoPeak)
	if err != nil {
		return err
	}
	ours, err := v.live(ctx, p, load)
	if err != nil {
		return err
	}
	r := report{Trace: name, Policies: []result{ours.result}, Decisions: telling(ours.decisions)}
	for _, rival := range rivalsOn(load) {
		res, err := rival()
		if err != nil {
			return err
		}
		r.Policies = append(r.Policies, res)
	}
	r.Peak = load.Peak
	r.span()
	if err := r.write(v.JSON, v.Timeline); err != nil {
		return err
	}
	r.print(p.stdout)
	fmt.Fprintf(p.stdout, "\n%d rounds through JetStream in %.1f s. Two runs give the same bytes.\n", len(ours.decisions), time.Since(began).Seconds())
	return nil
}

// trace gives the trace to play, and what to call it.
func (v demoVerb) trace() (trace.Trace, string, error) {
	if v.Trace == "" {
		tr, err := trace.Read(bytes.NewReader(examples.Trace))
		return tr, "NASA web server, 1 to 14 July 1995", err
	}
	tr, err := readTrace(v.Trace)
	return tr, v.Trace, err
}

// readTrace reads a CSV file.
func readTrace(path string) (trace.Trace, error) {
	f, err := os.Open(path)
	if err != nil {
		return trace.Trace{}, fmt.Errorf("open trace: %w", err)
	}
	defer f.Close()
	tr, err := trace.Read(f)
	if err != nil {
		return tr, fmt.Errorf("%s: %w", path, err)
	}
	return tr, nil
}

// lived is what became of our group.
type lived struct {
	result
	decisions []streams.Decision
}

// live plays our pipeline through the second half of the load.
func (v demoVerb) live(ctx context.Context, p process, load fleet.Load) (lived, error) {
	log, err := newLogger(p.stderr, "warn")
	if err != nil {
		return lived{}, err
	}
	sample, err := sampleGroup()
	if err != nil {
		return lived{}, err
	}
	world, err := fleet.NewWorld(fleet.History("ours", load, demoBoot, load.Minutes()/2))
	if err != nil {
		return lived{}, err
	}
	group, err := sim.NewGroup(sample.ID, withPeriod(sample.Policy, load.Period), world)
	if err != nil {
		return lived{}, err
	}
	pipe, err := newPipeline(ctx, streams.Live, topology.Memory, log)
	if err != nil {
		return lived{}, err
	}
	defer pipe.close()
	out := lived{}
	bar := newProgress(p.stderr, int64(load.Minutes()-world.Config().Start), "living the second half")
	publish, read, err := pipe.pair("replay")
	if err != nil {
		return lived{}, err
	}
	driver := replay.Driver{
		Realm: streams.Live, Publisher: publish, Reader: read, Timeout: 30 * time.Second, Log: log,
		Watch:    func(d streams.Decision) { out.decisions = append(out.decisions, d) },
		Progress: bar.add,
	}
	err = pipe.run(ctx, func(ctx context.Context) error { return driver.Run(ctx, []sim.Player{group}) })
	bar.done()
	if err != nil {
		return lived{}, err
	}
	out.result = newResult(world)
	return out, keep(ctx, connection{js: publish}, streams.Live, v.Keep)
}

// keep records a realm's timeline, where a directory is given.
func keep(ctx context.Context, c connection, realm, dir string) error {
	if dir == "" {
		return nil
	}
	_, err := recording.Write(ctx, recording.Source{JetStream: c.js, Stream: streams.StreamName(realm)}, dir, nil)
	return err
}

// sampleGroup is the group of the bundled configuration.
func sampleGroup() (config.Group, error) {
	cfg, err := config.Read(bytes.NewReader(examples.Config), "bundled autoscaler.yaml")
	if err != nil {
		return config.Group{}, err
	}
	return cfg.Groups[0], nil
}

// withPeriod gives a policy for a metric of another period: what follows from
// the period is worked out anew.
func withPeriod(p streams.Policy, period time.Duration) streams.Policy {
	if p.Load.Period.Std() == period {
		return p
	}
	p.Load.Period = streams.Duration(period)
	p.Forecast.Settle, p.Forecast.Horizon, p.Scaling.StaleAfter = 0, 0, 0
	return config.Complete(p)
}

// writeFile creates a file and fills it.
func writeFile(path string, fill func(io.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	err = fill(f)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
