package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/deployments/autoscaler/config"
	"github.com/ml-autoscaling/autoscaler/ingest"
	ingestaws "github.com/ml-autoscaling/autoscaler/ingest/aws"
	"github.com/ml-autoscaling/autoscaler/replay/backtest"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// fromCloudWatch reads the history of an Auto Scaling group as ingest would
// when it first sees the group, and takes its load from that.
func (v backtestVerb) fromCloudWatch(ctx context.Context, plan backtestPlan) ([]backtest.Case, error) {
	client, err := loadAWS(ctx, plan.scope)
	if err != nil {
		return nil, err
	}
	g := plan.group
	source := &witness{Source: ingestaws.New(client, ingestaws.Options{}), detailed: map[string]bool{}}
	ing, err := ingest.New(ingest.Config{
		Sources:  map[string]ingest.Source{g.ID.Scope: source},
		Groups:   []ingest.Group{pollGroup(g)},
		Backfill: time.Duration(v.Days) * 24 * time.Hour,
		Clock:    stopped(ingest.WallClock{}.Now()), Log: zerolog.Nop(),
	})
	if err != nil {
		return nil, err
	}
	seen := &glimpse{stage: ing.Stage(), states: map[streams.GroupID]streams.State{}, events: map[streams.GroupID][]streams.Event{}}
	if err := ing.Run(ctx, seen); err != nil {
		return nil, err
	}
	if err := errors.Join(append(source.errors, ctx.Err())...); err != nil {
		return nil, fmt.Errorf("read the history of %s: %w", v.FromGroup, err)
	}
	recorded := seen.events[g.ID]
	if len(recorded) == 0 {
		return nil, fmt.Errorf("read the history of %s: there is no such Auto Scaling group in %s", v.FromGroup, plan.scope.Region)
	}
	return casesOf(v.FromGroup, plan.scope.Region, g, func(yield func(streams.Event, error) bool) {
		for _, ev := range recorded {
			if !yield(ev, nil) {
				return
			}
		}
	})
}

// fromRegion is the group whose history is read, and how it is reached: the group
// of the configuration that is meant, of several the one in --region; else one
// under its defaults.
func (v backtestVerb) fromRegion() (config.Group, config.Scope, error) {
	cfg, err := loadConfig(v.Config)
	if err != nil {
		return config.Group{}, config.Scope{}, err
	}
	g := cfg.Discovered(v.Region, v.FromGroup)
	found := sections(cfg, v.FromGroup)
	if v.Region != "" && len(found) > 1 {
		found = slices.DeleteFunc(found, func(own config.Group) bool { return cfg.Ingest.Scopes[own.ID.Scope].Region != v.Region })
	}
	if len(found) > 1 {
		return g, config.Scope{}, fmt.Errorf("--from-group: %s: %s has several: name one of %s", v.FromGroup, v.Config, idsOf(found))
	}
	if len(found) == 1 {
		g = found[0]
	}
	if name, group, ok := strings.Cut(v.FromGroup, "/"); ok && len(found) == 0 && cfg.Ingest.Scopes[name] != (config.Scope{}) {
		g = cfg.Discovered(name, group)
	}
	scope := cfg.Ingest.Scopes[g.ID.Scope]
	if v.Region != "" {
		scope.Region = v.Region
	}
	if scope.Region == "" {
		return g, scope, fmt.Errorf("--from-group: --region, or a group of --config, says where %s is", v.FromGroup)
	}
	return g, scope, nil
}
