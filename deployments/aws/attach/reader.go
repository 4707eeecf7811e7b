package attach

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"

	ingestaws "github.com/ml-autoscaling/autoscaler/ingest/aws"
	"github.com/ml-autoscaling/autoscaler/ingest/window"
)

// Operations as AWS names them.
const (
	describeGroups     = "DescribeAutoScalingGroups"
	describePolicies   = "DescribePolicies"
	describeAlarms     = "DescribeAlarms"
	describeScheduled  = "DescribeScheduledActions"
	describeWarmPool   = "DescribeWarmPool"
	describeRefreshes  = "DescribeInstanceRefreshes"
	describeActivities = "DescribeScalingActivities"
	getMetricData      = "GetMetricData"
)

// timeout bounds each call with its repetitions.
const timeout = 30 * time.Second

// Reader reads groups, and can do nothing else.
type Reader struct {
	// Methods and not clients, from which others could be reached.
	groups     func(context.Context, *autoscaling.DescribeAutoScalingGroupsInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeAutoScalingGroupsOutput, error)
	policies   func(context.Context, *autoscaling.DescribePoliciesInput, ...func(*autoscaling.Options)) (*autoscaling.DescribePoliciesOutput, error)
	scheduled  func(context.Context, *autoscaling.DescribeScheduledActionsInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeScheduledActionsOutput, error)
	warmPool   func(context.Context, *autoscaling.DescribeWarmPoolInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeWarmPoolOutput, error)
	refreshes  func(context.Context, *autoscaling.DescribeInstanceRefreshesInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeInstanceRefreshesOutput, error)
	activities func(context.Context, *autoscaling.DescribeScalingActivitiesInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeScalingActivitiesOutput, error)
	alarms     func(context.Context, *cloudwatch.DescribeAlarmsInput, ...func(*cloudwatch.Options)) (*cloudwatch.DescribeAlarmsOutput, error)
	metrics    func(context.Context, []window.Query) ([]window.Answer, error)

	now func() time.Time
}

// NewReader makes a reader for the account and the region that c is for. The
// monitoring of a group is judged by the hour before now.
func NewReader(c aws.Config, now func() time.Time) *Reader {
	client := autoscaling.NewFromConfig(c)
	return &Reader{
		groups: client.DescribeAutoScalingGroups, policies: client.DescribePolicies, scheduled: client.DescribeScheduledActions,
		warmPool: client.DescribeWarmPool, refreshes: client.DescribeInstanceRefreshes, activities: client.DescribeScalingActivities,
		alarms: cloudwatch.NewFromConfig(c).DescribeAlarms, metrics: ingestaws.New(c, ingestaws.Options{}).Read, now: now,
	}
}

// Read reads everything about a group. A call that does not answer is among
// its Unread; the one error is that of ctx.
func (r *Reader) Read(ctx context.Context, name string) (Group, error) {
	g, err := r.Describe(ctx, name)
	var call *window.CallError
	switch {
	case ctx.Err() != nil:
		return g, ctx.Err()
	case errors.As(err, &call):
		g.miss(describeGroups, err)
		return g, nil
	case err != nil || !g.Found:
		return g, err
	}
	for _, part := range []struct {
		operation string
		read      func(context.Context, *Group) error
	}{
		{describePolicies, r.readPolicies}, {describeAlarms, r.readAlarms}, {describeScheduled, r.readScheduled},
		{describeWarmPool, r.readWarmPool}, {describeRefreshes, r.readRefresh}, {describeActivities, r.readActivity},
		{getMetricData, r.readMonitoring},
	} {
		if err := bounded(ctx, func(ctx context.Context) error { return part.read(ctx, &g) }); err != nil {
			g.miss(part.operation, err)
		}
		if ctx.Err() != nil {
			return g, ctx.Err()
		}
	}
	return g, nil
}

func bounded(ctx context.Context, call func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return call(ctx)
}

// miss notes that a call did not answer.
func (g *Group) miss(operation string, err error) {
	var call *window.CallError
	if !errors.As(err, &call) {
		call = ingestaws.Failed(operation, err)
	}
	u := Unread{Operation: operation, Action: call.Action, Denied: call.Action != "", Cause: call.Err.Error()}
	if !u.Denied {
		u.Action = actionOf(operation)
	}
	g.Unread = append(g.Unread, u)
}

// actionOf names the IAM action of an operation.
func actionOf(operation string) string {
	if operation == describeAlarms || operation == getMetricData {
		return "cloudwatch:" + operation
	}
	return "autoscaling:" + operation
}

// Describe reads the group alone: one call. Where AWS has none of that name,
// Found is false and there is no error. Every error is a *window.CallError.
func (r *Reader) Describe(ctx context.Context, name string) (Group, error) {
	g := Group{Name: name, Tags: map[string]string{}}
	var out *autoscaling.DescribeAutoScalingGroupsOutput
	err := bounded(ctx, func(ctx context.Context) (err error) {
		out, err = r.groups(ctx, &autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{name}})
		return err
	})
	if err != nil {
		return g, ingestaws.Failed(describeGroups, err)
	}
	for _, found := range out.AutoScalingGroups {
		if aws.ToString(found.AutoScalingGroupName) == name {
			if err := g.take(found); err != nil {
				return g, &window.CallError{Operation: describeGroups, Err: err}
			}
		}
	}
	return g, nil
}

// take takes over what AWS said of a group. A size that is absent is an error:
// it must not pass for 0.
func (g *Group) take(d types.AutoScalingGroup) error {
	if d.DesiredCapacity == nil || d.MinSize == nil || d.MaxSize == nil {
		return fmt.Errorf("group %s lacks a size", g.Name)
	}
	g.Found, g.Status, g.CapacityType = true, aws.ToString(d.Status), aws.ToString(d.DesiredCapacityType)
	g.Desired, g.Min, g.Max = int(*d.DesiredCapacity), int(*d.MinSize), int(*d.MaxSize)
	if w := d.DefaultInstanceWarmup; w != nil && *w >= 0 {
		g.Warmup = aws.Duration(time.Duration(*w) * time.Second)
	}
	if d.Operator != nil {
		g.Operator = aws.ToString(d.Operator.Principal)
	}
	for _, t := range d.Tags {
		g.Tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	for _, p := range d.SuspendedProcesses {
		g.Suspended = append(g.Suspended, aws.ToString(p.ProcessName))
	}
	for _, m := range d.EnabledMetrics {
		g.Metrics = append(g.Metrics, aws.ToString(m.Metric))
	}
	return g.weigh(d)
}

// weigh reads the weights of the group's types: those that it may launch, and
// those that it has.
func (g *Group) weigh(d types.AutoScalingGroup) error {
	weights := map[string]string{}
	if m := d.MixedInstancesPolicy; m != nil && m.LaunchTemplate != nil {
		for _, o := range m.LaunchTemplate.Overrides {
			if kind := aws.ToString(o.InstanceType); aws.ToString(o.WeightedCapacity) != "" {
				weights[kind] = *o.WeightedCapacity
			}
		}
	}
	for _, i := range d.Instances {
		if aws.ToString(i.WeightedCapacity) != "" {
			weights[aws.ToString(i.InstanceType)] = *i.WeightedCapacity
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(weights)) {
		w, err := strconv.Atoi(weights[kind])
		if err != nil || w < 1 {
			return fmt.Errorf("group %s: weight of %s: want a number of units, got %.20q", g.Name, kind, weights[kind])
		}
		if g.Weights == nil {
			g.Weights = map[string]int{}
		}
		g.Weights[kind] = w
	}
	return nil
}
