package main

import (
	"context"
	"errors"

	"github.com/ml-autoscaling/autoscaler/deployments/aws"
)

// bucketToBe stands for the name of a bucket that is not there yet.
const bucketToBe = "BUCKET-OF-THE-STACK"

type awsPlanVerb struct {
	wishFlags
}

// Help describes the verb at length.
func (awsPlanVerb) Help() string {
	return `Has AWS work out a change set, shows it as a diff, and deletes it again: + is
added, ~ changed, - removed. Of a change it shows the properties with their
values before and after, as far as AWS gives them, and says loudly where a
resource is replaced. Nothing is changed, and nothing uploaded. What --set knows
is at the top of what 'autoscaler aws template' prints.

A controller with a release whose bucket is not there yet is shown as it will be
after both steps of 'autoscaler aws apply'.`
}

// Run shows the plan.
func (v awsPlanVerb) Run(ctx context.Context, p process) error {
	w, err := v.wish(ctx, p)
	if err != nil {
		return err
	}
	planner := aws.NewPlanner(w.cfg, p.stacks)
	stack, err := planner.Stack(ctx, v.name())
	if err != nil {
		return err
	}
	if err := w.goods.fits(w.template, stack, w.values); err != nil {
		return err
	}
	bucket := stack.Output("ReleaseBucket")
	if bucket == "" {
		bucket = bucketToBe
	}
	plan, err := planner.Plan(ctx, aws.Request{Stack: v.name(), Template: w.template, Values: w.goods.into(bucket, w.values)})
	if err != nil {
		return err
	}
	return errors.Join(showPlan(p.stdout, plan), planner.Discard(ctx, plan))
}
