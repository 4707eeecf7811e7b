package main

import (
	"fmt"
	"slices"

	"github.com/ml-autoscaling/autoscaler/deployments/autoscaler/config"
	"github.com/ml-autoscaling/autoscaler/replay/backtest"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// backtestPlan is what is to be played.
type backtestPlan struct {
	group    config.Group
	scope    config.Scope // where the group is, with --from-group
	settings backtest.Settings
	cases    []backtest.Case
	// named are the contenders that the command line names, contenders those
	// and their sweep.
	named, contenders []backtest.Contender
	// ours is the one at the given price, and incumbent what it is to beat.
	ours, incumbent backtest.Contender
	ab              []backtest.Contender // none, or two
	gate            *gate
	timeline, drawn bool // rows are asked for, and a report
}

// plan reads the flags, before anything is read from files.
func (v backtestVerb) plan() (backtestPlan, error) {
	plan, err := v.setting()
	if err != nil {
		return plan, err
	}
	if plan.settings, err = v.settings(); err != nil {
		return plan, err
	}
	if plan.named, err = backtest.Parse(v.Policies, v.ViolationPrice); err != nil {
		return plan, fmt.Errorf("--policies: %w", err)
	}
	plan.ours = backtest.Contender{Policy: backtest.Ours, Knob: v.ViolationPrice}
	plan.timeline, plan.drawn = v.Timeline != "", v.Report != ""
	if v.Gate || v.Report != "" {
		if err := plan.against(v.Incumbent); err != nil {
			return plan, err
		}
	}
	if v.Gate {
		if plan.gate, err = newGate(plan, v.Margin); err != nil {
			return plan, err
		}
	}
	if v.AB != "" {
		if plan.ab, err = backtest.Parse(v.AB, v.ViolationPrice); err != nil {
			return plan, fmt.Errorf("--ab: %w", err)
		}
		if len(plan.ab) != 2 {
			return plan, fmt.Errorf("--ab: want two policies such as ours,tt.7, got %q", v.AB)
		}
		plan.name(plan.ab...)
	}
	plan.contenders = plan.named
	if v.Sweep {
		if plan.contenders, err = backtest.SweepOurs(backtest.SweepRivals(plan.named), v.Prices); err != nil {
			return plan, fmt.Errorf("--prices: %w", err)
		}
	}
	return plan, nil
}

// setting says whose policy ours plays.
func (v backtestVerb) setting() (backtestPlan, error) {
	if v.FromGroup != "" {
		group, scope, err := v.fromRegion()
		return backtestPlan{group: group, scope: scope}, err
	}
	groups, err := replayVerb{Config: v.Config, Group: v.Group}.groups()
	if err != nil {
		return backtestPlan{}, err
	}
	return backtestPlan{group: groups[0]}, nil
}

// settings is the world that the flags describe.
func (v backtestVerb) settings() (backtest.Settings, error) {
	s := backtest.Settings{
		Seed: v.Seed, BootCPU: v.BootCPU, MetricDelay: v.MetricDelay, SLO: v.SLO, WarmUp: v.WarmUp,
		Signal: fleet.SignalCPU,
	}
	if v.Signal == "requests" {
		s.Signal = fleet.SignalRequests
	}
	var err error
	s.Boot, s.P95, err = parseBoot(v.Boot)
	return s, err
}

// against names ours and the incumbent.
func (p *backtestPlan) against(incumbent string) error {
	found, err := backtest.Parse(incumbent, p.ours.Knob)
	if err != nil {
		return fmt.Errorf("--incumbent: %w", err)
	}
	if len(found) != 1 || found[0] == p.ours {
		return fmt.Errorf("--incumbent: want one policy other than %s, got %q", p.ours, incumbent)
	}
	p.incumbent = found[0]
	p.name(p.ours, p.incumbent)
	return nil
}

// name adds contenders to those that are named.
func (p *backtestPlan) name(contenders ...backtest.Contender) {
	for _, c := range contenders {
		if !slices.Contains(p.named, c) {
			p.named = append(p.named, c)
		}
	}
}

// told says whose minutes are kept.
func (p backtestPlan) told(c backtest.Contender) bool {
	return p.timeline && slices.Contains(p.named, c) || p.drawn && (c == p.ours || c == p.incumbent) || slices.Contains(p.ab, c)
}
