package backtest

import (
	"fmt"

	"github.com/ml-autoscaling/autoscaler/decider/policy"
	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/replay/sim"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// Setup says how ours is set up.
type Setup struct {
	// ID is the group that ours plays. Seeds come of its name.
	ID streams.GroupID
	// Policy gives the policy for a metric of a period, at a price of a
	// violated minute in instance-hours. What the world fixes is set in it:
	// the bounds of capacity, and where the load is in percent what an
	// instance bears. Its shadows are left out, and the members of its
	// forecast, from which nothing is decided.
	Policy func(period streams.Duration, price float64) streams.Policy
	// Weights gives the global weights that the policy or a case names, beside the
	// embedded ones; see fold.Stage.
	Weights func(sum string) *lstm.Weights
}

// policy gives the policy of one of ours on a case.
func (b Bench) policy(k Contender, c Case) (streams.Policy, error) {
	load := c.Load
	p := b.Setup.Policy(streams.Duration(load.Period), k.Knob).Alone()
	p.Forecast.Members = nil
	p.Scaling.Min, p.Scaling.Max = 1, load.MaxDesired()
	if p.Load.Unit == streams.Percent {
		p.Load.PerInstance = b.Settings.SLO
	}
	if model, named := ModelOf(k.Policy); named {
		p.Forecast.Model = model
	}
	if c.Weights != "" {
		p.Forecast.Weights = c.Weights
	}
	if err := p.Validate(); err != nil {
		return p, fmt.Errorf("policy of %s: %w", k, err)
	}
	return p, nil
}

// playOurs folds the same stages that run live, but for the forecaster of
// ours-perfect.
func (b Bench) playOurs(t Task, world *fleet.World, story *Story, of *estimates) error {
	p, err := b.policy(t.Contender, t.Case)
	if err != nil {
		return err
	}
	group, err := sim.NewGroup(b.Setup.ID, p, world)
	if err != nil {
		return err
	}
	o := observer{bench: b, policy: p, world: world, holds: holds{}, work: workOf(t.Contender.Policy)}
	var forecaster streams.Stage = fold.Stage{Weights: b.Setup.Weights}
	switch {
	case t.Contender.Policy == OursPerfect:
		forecaster = sim.NewPerfect(world.Config())
	case of != nil:
		o.share = newShare(of, p)
		forecaster = fold.Stage{Estimates: o.share, Weights: b.Setup.Weights}
	}
	if t.Told {
		o.story = story
	}
	err = sim.NewLoop(forecaster, policy.Stage{}).Run(group, o.watch)
	o.end()
	return err
}
