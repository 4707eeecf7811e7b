package main

import (
	"context"
	"errors"

	"github.com/ml-autoscaling/autoscaler/deployments/aws"
)

type awsPlanVerb struct {
	stackFlags
	settings
}

// Help describes the verb at length.
func (awsPlanVerb) Help() string {
	return `Has AWS work out a change set, shows it as a diff, and deletes it again: + is
added, ~ changed, - removed. Of a change it shows the properties with their
values before and after, as far as AWS gives them, and says loudly where a
resource is replaced. Nothing is changed.`
}

// Run shows the plan.
func (v awsPlanVerb) Run(ctx context.Context, p process) error {
	values, err := v.values()
	if err != nil {
		return err
	}
	template, err := aws.Read(v.Stack)
	if err != nil {
		return err
	}
	cfg, err := v.load(ctx, p)
	if err != nil {
		return err
	}
	planner := aws.NewPlanner(cfg)
	plan, err := planner.Plan(ctx, aws.Request{Stack: v.name(), Template: template, Values: values})
	if err != nil {
		return err
	}
	return errors.Join(plan.Print(p.stdout), planner.Discard(context.WithoutCancel(ctx), plan))
}
