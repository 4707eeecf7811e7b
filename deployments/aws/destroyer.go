package aws

import (
	"context"
	"fmt"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/nats-io/nuid"
)

// Destroyer deletes stacks.
type Destroyer struct {
	describer
	follower
	inventory
	remove call[cloudformation.DeleteStackInput, cloudformation.DeleteStackOutput]
}

// NewDestroyer makes a destroyer for the account and the region that c is for.
func NewDestroyer(c sdk.Config, o Options) *Destroyer {
	client := cloudformation.NewFromConfig(c)
	return &Destroyer{
		describer: describer{client.DescribeStacks}, follower: follower{client.DescribeStackEvents, o.poll()},
		inventory: inventory{client.ListStackResources}, remove: client.DeleteStack,
	}
}

// Stack gives a stack of a template that may be deleted, and what would go with
// it; nil where there is none.
func (d *Destroyer) Stack(ctx context.Context, name string, t Template) (*Stack, []Resource, error) {
	stack, err := d.describe(ctx, name)
	if err != nil || stack == nil {
		return nil, nil, err
	}
	if stack.Exists() {
		if err := t.owns(stack); err != nil {
			return nil, nil, err
		}
	}
	switch {
	case stack.InProgress():
		return nil, nil, fmt.Errorf("destroy stack %s: it is %s: AWS is at work on it; wait until 'autoscaler aws status' shows that it has ended", name, stack.Status)
	case stack.Protected:
		return nil, nil, fmt.Errorf("destroy stack %s: it is protected from deletion; 'aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name %s' lifts that", name, name)
	}
	resources, err := d.resourcesOf(ctx, stack.ID)
	return stack, resources, err
}

// Destroy deletes a stack and follows it to its end, telling every event. Where
// AWS goes on unwatched the error is ErrUnwatched.
func (d *Destroyer) Destroy(ctx context.Context, s *Stack, tell func(Event)) error {
	since, err := d.mark(ctx, s.ID)
	if err != nil {
		return err
	}
	if _, err := d.remove(ctx, &cloudformation.DeleteStackInput{StackName: &s.ID, ClientRequestToken: sdk.String(nuid.Next())}); err != nil {
		if ctx.Err() != nil {
			return unwatched(ctx.Err())
		}
		return failed("destroy stack "+s.Name, err)
	}
	ended, err := d.follow(ctx, s.ID, since, tell)
	if err != nil {
		return err
	}
	if ended.Status != string(types.StackStatusDeleteComplete) {
		return fmt.Errorf("destroy stack %s: %w; mend what the reason names, and destroy again", s.Name, ended.fault())
	}
	return nil
}
