package main

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/ml-autoscaling/autoscaler/deployments/autoscaler/config"
	"github.com/ml-autoscaling/autoscaler/ingest"
	ingestaws "github.com/ml-autoscaling/autoscaler/ingest/aws"
)

type ingestVerb struct{ componentFlags }

// Help describes the verb at length.
func (ingestVerb) Help() string {
	return `Polls CloudWatch and Auto Scaling once a round (a minute by default), and puts
the metrics and each group as it was described onto the timeline. Groups are
those of the configuration and, unless ingest.discover is false, all that bear
the tag ml-autoscaling/managed=true; of these the tag ml-autoscaling/mode, where
they bear it, goes before defaults.mode. The history of a new group is read at
first: 14 days by default.

It only reads: it needs cloudwatch:GetMetricData and
autoscaling:DescribeAutoScalingGroups, and finds its credentials as the AWS CLI
does. AWS_ENDPOINT_URL sends it elsewhere, to 'autoscaler awssim' for instance.

A second ingest of the same realm takes over, and the first one exits.`
}

// Run polls until ctx ends.
func (v ingestVerb) Run(ctx context.Context, p process) error {
	h, err := v.host(p, "ingest")
	if err != nil {
		return err
	}
	return h.runs(ctx, orElse(v.Address, h.cfg.Ingest.Address), func(h *host) error { return h.ingest(ctx, ingest.WallClock{}) })
}

// ingest adds the poller of the configured scopes.
func (h *host) ingest(ctx context.Context, clock ingest.Clock) error {
	if len(h.cfg.Ingest.Scopes) == 0 {
		return errors.New("ingest.scopes: is missing, and no group names a scope: name a region to poll")
	}
	requests, err := ingest.NewRequests(h.registry)
	if err != nil {
		return err
	}
	sources := map[string]ingest.Source{}
	made := map[config.Scope]ingest.Source{} // scopes that are the same account and region share its limits
	for _, name := range slices.Sorted(maps.Keys(h.cfg.Ingest.Scopes)) {
		scope := h.cfg.Ingest.Scopes[name]
		if made[scope] == nil {
			cfg, err := loadAWS(ctx, scope)
			if err != nil {
				return err
			}
			made[scope] = ingestaws.New(cfg, ingestaws.Options{Requests: requests.Count})
		}
		sources[name] = made[scope]
	}
	polling := ingest.Config{
		Sources: sources, Requests: requests, Backfill: h.cfg.Ingest.Backfill.Std(), Clock: clock, Log: h.log, Registry: h.registry,
	}
	for _, g := range h.cfg.Groups {
		polling.Groups = append(polling.Groups, pollGroup(g))
	}
	if h.cfg.Ingest.Discover {
		polling.Discovered = func(scope, name string) ingest.Group { return pollGroup(h.cfg.Discovered(scope, name)) }
	}
	return h.poll(polling)
}

// poll adds a poller.
func (h *host) poll(cfg ingest.Config) error {
	ing, err := ingest.New(cfg)
	if err != nil {
		return err
	}
	runner, _, err := h.add(ing.Stage())
	if err != nil {
		return err
	}
	h.ready = append(h.ready, ing.Ready)
	h.run(func(ctx context.Context) error { return ing.Run(ctx, runner) })
	return nil
}

// pollGroup is a group of the configuration as ingest wants it.
func pollGroup(g config.Group) ingest.Group {
	out := ingest.Group{ID: g.ID, Policy: g.Policy}
	if g.AutoPeriod {
		out.WithPeriod = g.WithPeriod
	}
	return out
}
