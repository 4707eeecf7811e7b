package aws

import (
	"context"
	"errors"
	"fmt"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/nats-io/nuid"
)

// Applier executes plans.
type Applier struct {
	*Planner
	follower
	inventory
	execute call[cloudformation.ExecuteChangeSetInput, cloudformation.ExecuteChangeSetOutput]
}

// NewApplier makes an applier for the account and the region that c is for.
func NewApplier(c sdk.Config, o Options) *Applier {
	client := cloudformation.NewFromConfig(c)
	return &Applier{
		Planner: NewPlanner(c, o), follower: follower{client.DescribeStackEvents, o.poll()},
		inventory: inventory{client.ListStackResources}, execute: client.ExecuteChangeSet,
	}
}

// Apply executes a plan and follows it to its end, telling every event. It gives
// the stack as it then is. Where AWS does not begin the plan is discarded; where
// it goes on unwatched the error is ErrUnwatched.
func (a *Applier) Apply(ctx context.Context, plan *Plan, tell func(Event)) (*Stack, error) {
	since, err := a.mark(ctx, plan.StackID)
	if err != nil {
		return nil, errors.Join(err, a.Discard(ctx, plan))
	}
	if _, err := a.execute(ctx, &cloudformation.ExecuteChangeSetInput{
		ChangeSetName: &plan.ID, StackName: &plan.StackID, ClientRequestToken: sdk.String(nuid.Next()),
	}); err != nil {
		if ctx.Err() != nil {
			return nil, unwatched(ctx.Err())
		}
		return nil, errors.Join(plan.refused(err), a.Discard(ctx, plan))
	}
	ended, err := a.follow(ctx, plan.StackID, since, tell)
	if err != nil {
		return nil, err
	}
	if ended.Status != string(types.StackStatusCreateComplete) && ended.Status != string(types.StackStatusUpdateComplete) {
		return nil, fmt.Errorf("apply stack %s: %w", plan.Stack, ended.fault())
	}
	return a.describe(ctx, plan.StackID)
}

// Resources lists the resources of a stack that are there.
func (a *Applier) Resources(ctx context.Context, stack string) ([]Resource, error) {
	return a.resourcesOf(ctx, stack)
}
