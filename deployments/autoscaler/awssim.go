package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/deployments/examples"
	"github.com/ml-autoscaling/autoscaler/replay/awssim"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/replay/trace"
)

// awssimRegion is the region that is simulated.
const awssimRegion = "eu-west-1"

type awssimVerb struct {
	Listen    string        `default:"127.0.0.1:5010" placeholder:"HOST:PORT" help:"Address to serve on; loopback only (default 127.0.0.1:5010)."`
	Trace     string        `placeholder:"FILE" help:"CSV timestamp,value instead of the bundled trace."`
	Aggregate string        `enum:"none,sum5,mean5" default:"none" help:"Make 5 minutes of one: none, sum5 or mean5."`
	Groups    int           `default:"1" placeholder:"N" help:"Groups side by side, each with the same load."`
	Peak      float64       `default:"40" placeholder:"N" help:"Instances at the 99.9th percentile of the trace (default 40)."`
	Boot      time.Duration `default:"180s" help:"Time from asking for an instance to its service (default 180s)."`
	Plain     bool          `help:"Groups bear no tags, as before anybody attached them."`
	Tracking  float64       `name:"target-tracking" placeholder:"PERCENT" help:"Groups have a target tracking policy on CPU, which acts."`
	Basic     bool          `help:"Instances report every 5 minutes instead of every minute."`
	LogLevel  string        `default:"info" placeholder:"LEVEL" help:"debug, info, warn or error (default info)."`
}

// Help describes the verb at length.
func (awssimVerb) Help() string {
	return `Serves CloudWatch, Auto Scaling and STS over simulated groups, on the wall clock,
to unmodified clients of the AWS SDK that are pointed at it by AWS_ENDPOINT_URL.
Credentials are not verified.

The trace is moved by whole weeks so that its second half begins now or did
within the last week; what lies before is history that GetMetricData gives. A
trace of whole weeks is played twice. When it is over the verb ends with an
error: start it again.

The groups bear the name of the bundled sample's group (NAME-1, NAME-2, ... where
there are several), and each a target group app/NAME/1/targetgroup/NAME/1 with 100
requests a second per capacity unit. They are attached: their tags are
ml-autoscaling/managed=true and ml-autoscaling/mode=desired. With --plain they
have none, to try aws attach.

With --target-tracking each has a policy of its own, with its two alarms, that
keeps the average CPU at so many percent, and acts. It has none otherwise, and
aws attach refuses it: nothing would scale it but us.`
}

// Validate checks the flags.
func (v awssimVerb) Validate() error {
	if v.Groups < 1 {
		return errors.New("--groups: want at least 1")
	}
	if !(v.Tracking >= 0 && v.Tracking <= 100) {
		return fmt.Errorf("--target-tracking: want percent from 0 to 100, got %v", v.Tracking)
	}
	return checkLoopback(v.Listen)
}

// checkLoopback refuses an address that others than this host could reach:
// whoever reaches it may do anything to the groups.
func checkLoopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("--listen: want an address on loopback, got %q", address)
	}
	return nil
}

// Run serves until ctx ends, or the trace does.
func (v awssimVerb) Run(ctx context.Context, p process) error {
	log, err := newLogger(p.stderr, v.LogLevel)
	if err != nil {
		return err
	}
	now := time.Now().UTC()
	server, err := v.server(now)
	if err != nil {
		return err
	}
	listener, err := listen(v.Listen)
	if err != nil {
		return err
	}
	server.Advance(now)
	fmt.Fprintf(p.stdout, "awssim: serving %d group(s) on http://%s until %s\n", v.Groups, listener.Addr(), server.Until().Format(time.RFC3339))
	fmt.Fprintf(p.stdout, "export AWS_ENDPOINT_URL=http://%s AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_REGION=%s\n", listener.Addr(), awssimRegion)
	return serveSimulation(ctx, listener, server, log)
}

// server makes the groups as they are now.
func (v awssimVerb) server(now time.Time) (*awssim.Server, error) {
	load, err := v.load(now)
	if err != nil {
		return nil, err
	}
	sample, err := sampleGroup()
	if err != nil {
		return nil, err
	}
	server := awssim.New(awssim.Config{Region: awssimRegion})
	for n := range v.Groups {
		name := sample.Policy.AutoScalingGroup
		if v.Groups > 1 {
			name = fmt.Sprintf("%s-%d", name, n+1)
		}
		world, err := fleet.NewWorld(fleet.History(name, load, v.Boot, int(now.Sub(load.Start)/time.Minute)))
		if err != nil {
			return nil, err
		}
		err = server.Add(awssim.Group{
			Name: name, World: world, Detailed: !v.Basic, Managed: !v.Plain,
			TargetTracking: awssim.TargetTracking{Target: v.Tracking},
			ResourceLabel:  fmt.Sprintf("app/%s/1/targetgroup/%s/1", name, name),
		})
		if err != nil {
			return nil, err
		}
	}
	return server, nil
}

// load reads the trace and lays it around now.
func (v awssimVerb) load(now time.Time) (fleet.Load, error) {
	tr, err := trace.Read(bytes.NewReader(examples.Trace))
	if v.Trace != "" {
		tr, err = readTrace(v.Trace)
	}
	if err != nil {
		return fleet.Load{}, err
	}
	if tr, err = aggregate(tr, v.Aggregate); err != nil {
		return fleet.Load{}, err
	}
	if tr, err = awssim.Shift(tr.Interpolate(), now); err != nil {
		return fleet.Load{}, err
	}
	return fleet.NewLoad(tr, v.Peak)
}

// serveSimulation answers calls and moves the worlds with the wall clock.
func serveSimulation(ctx context.Context, listener net.Listener, simulation *awssim.Server, log zerolog.Logger) error {
	server := &http.Server{Handler: simulation, ReadHeaderTimeout: 5 * time.Second}
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(listener) }()
	err := follow(ctx, simulation, stopped)
	server.Close()
	counts := simulation.Counts()
	log.Info().Err(err).Any("calls", counts.Calls).Any("refused", counts.Errors).Int("metrics", counts.Metrics).Msg("stopped")
	return err
}

// follow moves the worlds every second, until ctx or the load ends or serving
// fails.
func follow(ctx context.Context, simulation *awssim.Server, stopped <-chan error) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	end := simulation.Until()
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-stopped:
			return fmt.Errorf("serve the simulation: %w", err)
		case now := <-tick.C:
			simulation.Advance(now)
			if !now.Before(end) {
				return fmt.Errorf("serve the simulation: the trace ended at %s", end.Format(time.RFC3339))
			}
		}
	}
}
