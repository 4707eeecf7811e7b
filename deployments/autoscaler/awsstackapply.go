package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/ml-autoscaling/autoscaler/deployments/aws"
)

type awsApplyVerb struct {
	stackFlags
	settings
	Yes bool `short:"y" help:"Do not ask."`
}

// Help describes the verb at length.
func (awsApplyVerb) Help() string {
	return `Shows the plan as 'autoscaler aws plan' does, asks, executes that very plan, and
follows it to its end. Without --yes, and without a terminal to ask on, it shows
the plan and changes nothing.

Where it fails it names the resource and AWS's reason; CloudFormation takes back
what it did. Interrupted, it leaves AWS at work and says how to look again.`
}

// Run applies.
func (v awsApplyVerb) Run(ctx context.Context, p process) error {
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
	applier := aws.NewApplier(cfg)
	plan, err := applier.Plan(ctx, aws.Request{Stack: v.name(), Template: template, Values: values})
	if err != nil {
		return err
	}
	if err := plan.Print(p.stdout); err != nil || plan.Unchanged {
		return errors.Join(err, applier.Discard(context.WithoutCancel(ctx), plan))
	}
	if !v.Yes {
		if err := confirm(ctx, p, fmt.Sprintf("Apply this to stack %s in %s?", v.name(), cfg.Region)); err != nil {
			return errors.Join(err, applier.Discard(context.WithoutCancel(ctx), plan))
		}
	}
	stack, err := applier.Apply(ctx, plan, printEvent(p.stdout))
	if err != nil {
		return v.interrupted(ctx, p, cfg.Region, err)
	}
	printOutputs(p.stdout, stack)
	return nil
}
