package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ml-autoscaling/autoscaler/actuator"
	"github.com/ml-autoscaling/autoscaler/actuator/asg"
	"github.com/ml-autoscaling/autoscaler/actuator/plan"
	"github.com/ml-autoscaling/autoscaler/deployments/autoscaler/config"
	"github.com/ml-autoscaling/autoscaler/ingest"
	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/partition"
)

type actuatorVerb struct{ componentFlags }

// Help describes the verb at length.
func (actuatorVerb) Help() string {
	return `Reads decisions of realm live and carries them out: it sets the desired capacity
of the Auto Scaling group, and publishes one outcome for every decision that is
not a hold. Its own configuration limits what the timeline may ask of it: the
highest mode (observe by default: every outcome is dry_run, and nothing that
writes is even built), the groups, and a ceiling.

In mode desired it writes only to groups that their operator has attached in that
mode, 'autoscaler aws attach GROUP --mode desired': before every call it reads
the group's tags ml-autoscaling/managed and ml-autoscaling/mode. A scale-in waits
for the end of an instance refresh. It acts in the regions of ingest.scopes, which
its own configuration has to name.

For that it needs autoscaling:DescribeAutoScalingGroups,
DescribeInstanceRefreshes, DescribeScalingActivities and SetDesiredCapacity, as
the role of actuator.scopes where that names one, which takes sts:AssumeRole. In
any mode it needs cloudwatch:PutMetricData for actuator.heartbeat. 'autoscaler
aws policy actuator' prints the IAM policy.

A second actuator of the same realm takes over, and the first one exits.`
}

// Run acts until ctx ends.
func (v actuatorVerb) Run(ctx context.Context, p process) error {
	h, err := v.host(p, "actuator")
	if err != nil {
		return err
	}
	return h.runs(ctx, orElse(v.Address, h.cfg.Actuator.Address),
		func(h *host) error { return h.actuator(ctx, ingest.WallClock{}.Now) },
		func(h *host) error { return h.heartbeat(ctx, ingest.WallClock{}) })
}

// actuator adds the actuator, with clients only where it may write.
func (h *host) actuator(ctx context.Context, now func() time.Time) error {
	limits := plan.Limits{Mode: h.cfg.Actuator.Mode, Groups: h.cfg.Actuator.Groups, Ceiling: h.cfg.Actuator.Ceiling}
	cfg := actuator.Config{Realm: h.cfg.Realm, Limits: limits, Now: now, Log: h.log, Registry: h.registry}
	if limits.Mode == streams.Observe {
		return h.act(cfg)
	}
	var err error
	if cfg.Clients, err = actuatorClients(ctx, h.cfg); err != nil {
		return err
	}
	return h.act(cfg)
}

// actuatorClients gives what writes in every scope, as the actuator's own role
// where it has one.
func actuatorClients(ctx context.Context, cfg config.Config) (map[string]actuator.AutoScaling, error) {
	if len(cfg.Ingest.Scopes) == 0 {
		return nil, errors.New("ingest.scopes: is missing, and no group names a scope: name the regions that actuator.mode desired may act in")
	}
	clients := map[string]actuator.AutoScaling{}
	for _, name := range slices.Sorted(maps.Keys(cfg.Ingest.Scopes)) {
		client, err := loadAWS(ctx, cfg.ActuatorScope(name))
		if err != nil {
			return nil, fmt.Errorf("actuator of scope %s: %w", name, err)
		}
		clients[name] = asg.New(client)
	}
	return clients, nil
}

// act adds an actuator.
func (h *host) act(cfg actuator.Config) error {
	act, err := actuator.New(cfg)
	if err != nil {
		return err
	}
	runner, _, err := h.runner(act.Stage(), act.Stored)
	if err != nil {
		return err
	}
	h.ready = append(h.ready, act.Ready)
	h.run(func(ctx context.Context) error { return actAndFold(ctx, act, runner) })
	return nil
}

// actAndFold lets the runner go on until the actuator has ended, so that what
// becomes of a call under way is stored.
func actAndFold(ctx context.Context, act *actuator.Actuator, runner *partition.Runner) error {
	folding, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	group, acting := errgroup.WithContext(ctx)
	group.Go(func() error { return runner.Run(folding) })
	group.Go(func() error {
		defer stop()
		return act.Run(acting, runner)
	})
	return group.Wait()
}
