package aws

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/nats-io/nuid"

	"github.com/ml-autoscaling/autoscaler/ingest"
	ingestaws "github.com/ml-autoscaling/autoscaler/ingest/aws"
)

const (
	// pollInterval is the time between two looks at what AWS is doing.
	pollInterval = 2 * time.Second
	// discardTimeout bounds how long tidying up may take.
	discardTimeout = 30 * time.Second
)

// Options are what the verbs may be told. The zero value will do.
type Options struct {
	// Poll is the time between two looks at what AWS is doing; 2 s where 0.
	Poll time.Duration
}

func (o Options) poll() time.Duration { return cmp.Or(o.Poll, pollInterval) }

// Request is what a stack is to become.
type Request struct {
	Stack    string
	Template Template
	// Values are those of parameters. One without a value keeps what the stack
	// has, or has the template's default.
	Values map[string]string
}

// Planner makes change sets, reads and deletes them, and can change nothing.
type Planner struct {
	describer
	create  call[cloudformation.CreateChangeSetInput, cloudformation.CreateChangeSetOutput]
	read    call[cloudformation.DescribeChangeSetInput, cloudformation.DescribeChangeSetOutput]
	faults  call[cloudformation.DescribeEventsInput, cloudformation.DescribeEventsOutput]
	drop    call[cloudformation.DeleteChangeSetInput, cloudformation.DeleteChangeSetOutput]
	list    call[cloudformation.ListChangeSetsInput, cloudformation.ListChangeSetsOutput]
	discard call[cloudformation.DeleteStackInput, cloudformation.DeleteStackOutput]

	region string
	poll   time.Duration
}

// NewPlanner makes a planner for the account and the region that c is for.
func NewPlanner(c sdk.Config, o Options) *Planner {
	client := cloudformation.NewFromConfig(c)
	return &Planner{
		describer: describer{client.DescribeStacks},
		create:    client.CreateChangeSet, read: client.DescribeChangeSet, faults: client.DescribeEvents, drop: client.DeleteChangeSet,
		list: client.ListChangeSets, discard: client.DeleteStack, region: c.Region, poll: o.poll(),
	}
}

// Stack gives the stack of that name; nil where there is none.
func (p *Planner) Stack(ctx context.Context, name string) (*Stack, error) {
	return p.describe(ctx, name)
}

// Plan makes a change set of what was asked for. It stays at AWS until it is
// executed or given to Discard, also where Plan is interrupted before it ends:
// then it is deleted.
func (p *Planner) Plan(ctx context.Context, r Request) (*Plan, error) {
	if err := r.Template.Check(r.Values); err != nil {
		return nil, err
	}
	stack, err := p.describe(ctx, r.Stack)
	if err != nil {
		return nil, err
	}
	if !stack.Exists() {
		stack = nil
	}
	if stack != nil {
		if err := r.Template.owns(stack); err != nil {
			return nil, err
		}
	}
	if err := stack.changeable(); err != nil {
		return nil, err
	}
	had := map[string]string{}
	if stack != nil {
		had = stack.Parameters
	}
	if err := r.Template.require(r.Values, had); err != nil {
		return nil, err
	}
	plan := &Plan{Stack: r.Stack, Region: p.region, Before: stack, name: "autoscaler-" + nuid.Next()}
	out, err := p.create(ctx, changeSet(r, plan, had))
	if err != nil && hasCode(err, "ValidationError") && saysNoChange(err.Error()) {
		plan.Unchanged = true // and there is no change set
		return plan, nil
	}
	if err != nil && ctx.Err() != nil {
		// Whether AWS made it, nobody knows: it is deleted by its name.
		plan.ID, plan.StackID = plan.name, r.Stack
		return nil, errors.Join(ctx.Err(), p.Discard(ctx, plan))
	}
	if err != nil {
		return nil, failed("plan stack "+r.Stack, err)
	}
	plan.ID, plan.StackID = sdk.ToString(out.Id), sdk.ToString(out.StackId)
	if err := p.wait(ctx, plan); err != nil {
		return nil, errors.Join(err, p.Discard(ctx, plan))
	}
	return plan, nil
}

// changeSet is the request of a plan.
func changeSet(r Request, plan *Plan, had map[string]string) *cloudformation.CreateChangeSetInput {
	in := &cloudformation.CreateChangeSetInput{
		StackName: &r.Stack, ChangeSetName: &plan.name, TemplateBody: &r.Template.Body,
		// The SDK repeats a request whose answer was lost: it is to be the same change set.
		ClientToken:   &plan.name,
		ChangeSetType: types.ChangeSetTypeCreate,
		Capabilities:  []types.Capability{types.CapabilityCapabilityNamedIam},
		Description:   sdk.String("autoscaler aws"),
	}
	if plan.Before != nil {
		in.ChangeSetType = types.ChangeSetTypeUpdate
	}
	for _, parameter := range r.Template.Parameters {
		name := parameter.Name
		if value, ok := r.Values[name]; ok {
			in.Parameters = append(in.Parameters, types.Parameter{ParameterKey: &name, ParameterValue: &value})
			continue
		}
		switch _, kept := had[name]; {
		case kept:
			in.Parameters = append(in.Parameters, types.Parameter{ParameterKey: &name, UsePreviousValue: sdk.Bool(true)})
		case parameter.Default != nil: // said, so that the plan shows it
			in.Parameters = append(in.Parameters, types.Parameter{ParameterKey: &name, ParameterValue: parameter.Default})
		}
	}
	return in
}

// wait reads the change set until AWS has worked it out.
func (p *Planner) wait(ctx context.Context, plan *Plan) error {
	for {
		out, err := p.page(ctx, plan, nil)
		if err != nil {
			return fmt.Errorf("plan stack %s: %w", plan.Stack, err)
		}
		switch {
		case out.Status == types.ChangeSetStatusCreateComplete:
			return p.pages(ctx, plan, out)
		case out.Status == types.ChangeSetStatusFailed && saysNoChange(sdk.ToString(out.StatusReason)):
			plan.Unchanged = true
			return nil
		case out.Status != types.ChangeSetStatusCreatePending && out.Status != types.ChangeSetStatusCreateInProgress:
			return fmt.Errorf("plan stack %s: AWS says %s: %s%s", plan.Stack, out.Status, sdk.ToString(out.StatusReason), p.faultsOf(ctx, plan))
		}
		if err := pause(ctx, p.poll); err != nil {
			return err
		}
	}
}

// faultsOf tells what AWS found at single resources before it began, such as a
// name that is taken: the change set itself does not say. Where that cannot be
// read it tells why, for the fault is another.
func (p *Planner) faultsOf(ctx context.Context, plan *Plan) string {
	out, err := p.faults(ctx, &cloudformation.DescribeEventsInput{ChangeSetName: &plan.ID, Filters: &types.EventFilter{FailedEvents: sdk.Bool(true)}})
	if err != nil {
		return " (the events of the change set cannot be read: " + explain(err) + ")"
	}
	var told strings.Builder
	for _, e := range out.OperationEvents {
		reason := cmp.Or(sdk.ToString(e.ValidationStatusReason), sdk.ToString(e.HookStatusReason), sdk.ToString(e.ResourceStatusReason))
		if reason != "" {
			fmt.Fprintf(&told, "; %s (%s): %s", cmp.Or(sdk.ToString(e.LogicalResourceId), plan.Stack), sdk.ToString(e.ResourceType), reason)
		}
	}
	return told.String()
}

// pages reads the rest of a change set behind its first page.
func (p *Planner) pages(ctx context.Context, plan *Plan, out *cloudformation.DescribeChangeSetOutput) error {
	plan.parameters(out.Parameters)
	err := ingestaws.Pages(func(token *string) (*string, error) {
		if token != nil {
			next, err := p.page(ctx, plan, token)
			if err != nil {
				return nil, err
			}
			out = next
		}
		plan.add(out.Changes)
		return out.NextToken, nil
	})
	if err != nil {
		return fmt.Errorf("plan stack %s: %w", plan.Stack, err)
	}
	return nil
}

func (p *Planner) page(ctx context.Context, plan *Plan, token *string) (*cloudformation.DescribeChangeSetOutput, error) {
	out, err := p.read(ctx, &cloudformation.DescribeChangeSetInput{
		ChangeSetName: &plan.ID, StackName: &plan.StackID, NextToken: token, IncludePropertyValues: sdk.Bool(true),
	})
	if err != nil {
		return nil, failed("describe change set", err)
	}
	return out, nil
}

// saysNoChange knows both of AWS's ways to say that there is nothing to do.
func saysNoChange(reason string) bool {
	return strings.Contains(reason, "didn't contain changes") || strings.Contains(reason, "No updates are to be performed")
}

// Discard deletes a plan's change set, and where no stack was there and nobody
// else plans one, the shell of a stack that AWS made for it. It does so also
// where ctx has ended.
func (p *Planner) Discard(ctx context.Context, plan *Plan) error {
	if plan.ID == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), discardTimeout)
	defer cancel()
	if err := p.dropSet(ctx, plan); err != nil {
		return failed("delete the change set of stack "+plan.Stack, err)
	}
	if plan.Before != nil {
		return nil
	}
	shell, err := p.describe(ctx, plan.StackID)
	if err != nil || shell == nil || shell.Status != types.StackStatusReviewInProgress {
		return err
	}
	out, err := p.list(ctx, &cloudformation.ListChangeSetsInput{StackName: &plan.StackID})
	if err != nil {
		return failed("list the change sets of stack "+plan.Stack, err)
	}
	for _, other := range out.Summaries {
		// moto lists those of all stacks.
		elsewhere := other.StackId != nil && *other.StackId != shell.ID
		if !elsewhere && sdk.ToString(other.ChangeSetName) != plan.name {
			return nil
		}
	}
	if _, err := p.discard(ctx, &cloudformation.DeleteStackInput{StackName: &plan.StackID}); err != nil {
		return failed("delete the empty stack "+plan.Stack, err)
	}
	// Until it is gone AWS would refuse the plan that comes next.
	for {
		shell, err := p.describe(ctx, plan.StackID)
		if err != nil || shell == nil || shell.Status == types.StackStatusDeleteComplete {
			return err
		}
		if err := pause(ctx, p.poll); err != nil {
			return fmt.Errorf("delete the empty stack %s: AWS is still at it", plan.Stack)
		}
	}
}

// dropSet deletes the change set of a plan. AWS refuses that as long as it works
// the change set out, which is where an interrupted plan leaves it.
func (p *Planner) dropSet(ctx context.Context, plan *Plan) error {
	for {
		_, err := p.drop(ctx, &cloudformation.DeleteChangeSetInput{ChangeSetName: &plan.ID, StackName: &plan.StackID})
		if err == nil || isMissing(err) {
			return nil
		}
		if !hasCode(err, "InvalidChangeSetStatus") || pause(ctx, p.poll) != nil {
			return err
		}
	}
}

// pause waits, or ends with ctx.
func pause(ctx context.Context, d time.Duration) error {
	return ingest.WallClock{}.Wait(ctx, time.Now().Add(d))
}
