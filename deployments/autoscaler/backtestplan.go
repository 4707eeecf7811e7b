package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/ml-autoscaling/autoscaler/deployments/autoscaler/config"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm"
	"github.com/ml-autoscaling/autoscaler/replay/backtest"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// backtestPlan is what is to be played.
type backtestPlan struct {
	group config.Group
	scope config.Scope // where the group is, with --from-group
	// shelf has the weights of every trace, folds those of each data set.
	shelf    shelf
	folds    map[string]*lstm.Weights
	settings backtest.Settings
	cases    []backtest.Case
	// own is what the group of --from-group scales by, where that was read.
	own ownScaling
	// named are the contenders that the command line names, contenders those
	// and their sweep.
	named, contenders []backtest.Contender
	// ours is the one at the given price, and incumbent what it is to beat.
	ours, incumbent backtest.Contender
	ab              []backtest.Contender // none, or two
	gate            *gate
	timeline, drawn bool // rows are asked for, and a report
}

// plan is what the flags and the configuration say.
func (v backtestVerb) plan() (backtestPlan, error) {
	plan, err := v.flags()
	if err != nil {
		return plan, err
	}
	if err := plan.readFiles(v); err != nil {
		return plan, err
	}
	if plan.group, plan.scope, err = v.setting(); err != nil {
		return plan, err
	}
	if (v.Weights != "" || v.Folds != "") && !plan.learned() {
		return plan, errors.New("--policies: want ours on lstm or combined where there are weights")
	}
	if plan.folds != nil {
		return plan, nil // what the group names is not read
	}
	groups, err := plan.shelf.equip([]config.Group{plan.group})
	plan.group = groups[0]
	return plan, err
}

// flags reads the flags, and no file.
func (v backtestVerb) flags() (plan backtestPlan, err error) {
	if plan.settings, err = v.settings(); err != nil {
		return plan, err
	}
	if plan.named, err = backtest.Parse(v.Policies, v.ViolationPrice); err != nil {
		return plan, fmt.Errorf("--policies: %w", err)
	}
	plan.ours = backtest.Contender{Policy: backtest.Ours, Knob: v.ViolationPrice}
	plan.timeline, plan.drawn = v.Timeline != "", v.Report != ""
	if v.Gate || v.Report != "" {
		if err := plan.against(cmp.Or(v.Incumbent, standInPolicy)); err != nil {
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
	if i := slices.IndexFunc(plan.named, func(c backtest.Contender) bool { return backtest.IsIncumbent(c.Policy) }); i >= 0 && v.FromGroup == "" {
		return plan, fmt.Errorf("policy %s: goes with --from-group", plan.named[i])
	}
	plan.contenders = plan.named
	if v.Sweep {
		if plan.contenders, err = backtest.SweepOurs(backtest.SweepRivals(plan.named), v.Prices); err != nil {
			return plan, fmt.Errorf("--prices: %w", err)
		}
	}
	return plan, nil
}

// setting says whose policy ours plays, and with --from-group where it is.
func (v backtestVerb) setting() (config.Group, config.Scope, error) {
	if v.FromGroup != "" {
		return v.fromRegion()
	}
	groups, err := replayVerb{Config: v.Config, Group: v.Group}.groups()
	if err != nil {
		return config.Group{}, config.Scope{}, err
	}
	return groups[0], config.Scope{}, nil
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

// prices are those that J is shown at: the one that ours was told, and the two
// that figures are asked at.
func (p backtestPlan) prices() []float64 {
	all := []float64{backtest.Headline, backtest.Beside}
	if !slices.Contains(all, p.ours.Knob) {
		all = append([]float64{p.ours.Knob}, all...)
	}
	return all
}

// weights are the same prices, the one that ours was told first.
func (p backtestPlan) weights() []float64 {
	others := slices.DeleteFunc(p.prices(), func(w float64) bool { return w == p.ours.Knob })
	return append([]float64{p.ours.Knob}, others...)
}

// told says whose minutes are kept.
func (p backtestPlan) told(c backtest.Contender) bool {
	return p.timeline && slices.Contains(p.named, c) || p.drawn && (c == p.ours || c == p.incumbent) || slices.Contains(p.ab, c)
}
