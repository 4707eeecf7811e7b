package attach

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
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

// Reader reads everything about groups, and can do nothing else.
type Reader struct {
	*Describer
	// Methods and not clients, from which others could be reached.
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
		Describer: NewDescriber(c), policies: client.DescribePolicies, scheduled: client.DescribeScheduledActions,
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
