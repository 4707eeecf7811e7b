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
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/replay/recording"
	"github.com/ml-autoscaling/autoscaler/replay/trace"
	"github.com/ml-autoscaling/autoscaler/streams"
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
minute. All four components run on a private NATS server in this process and
talk to a simulated AWS over HTTP, as they would to the real one: ingest reads
CloudWatch, the actuator sets the desired capacity, and every event between
them goes over the JetStream timeline.

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
	log, err := newLogger(p.stderr, "warn")
	if err != nil {
		return err
	}
	start := load.Minutes() / 2
	w, err := newWire(load, start, log)
	if err != nil {
		return err
	}
	bar := newProgress(p.stderr, int64(load.Minutes()-start), "living the second half")
	w.progress = bar.add
	ours, err := w.live(ctx, v.Keep)
	bar.done()
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
	fmt.Fprintf(p.stdout, "\n%d rounds over the wire in %.1f s: %s. Two runs give the same bytes.\n",
		len(ours.decisions), time.Since(began).Seconds(), ours.calls)
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
func readTrace(path string) (trace.Trace, error) { return readFile("trace", path, trace.Read) }

// keep records a realm's timeline, where a directory is given.
func keep(ctx context.Context, c connection, realm, dir string) error {
	if dir == "" {
		return nil
	}
	_, err := recording.Write(ctx, recording.Source{JetStream: c.js, Stream: streams.StreamName(realm)}, dir, nil)
	return err
}

// sampleConfig is the bundled configuration.
func sampleConfig() (config.Config, error) {
	return config.Read(bytes.NewReader(examples.Config), "bundled autoscaler.yaml")
}

// sampleGroup is the group of the bundled configuration.
func sampleGroup() (config.Group, error) {
	cfg, err := sampleConfig()
	if err != nil {
		return config.Group{}, err
	}
	return cfg.Groups[0], nil
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

// readFile reads a file of a kind.
func readFile[T any](kind, path string, read func(io.Reader) (T, error)) (T, error) {
	var none T
	f, err := os.Open(path)
	if err != nil {
		return none, fmt.Errorf("open %s: %w", kind, err)
	}
	defer f.Close()
	got, err := read(f)
	if err != nil {
		return none, fmt.Errorf("%s: %w", path, err)
	}
	return got, nil
}
