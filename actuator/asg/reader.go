package asg

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"github.com/ml-autoscaling/autoscaler/actuator/plan"
	"github.com/ml-autoscaling/autoscaler/streams"
)

const (
	// timeout bounds a call with its repetitions.
	timeout = 10 * time.Second
	// attempts is how many requests a call makes at most.
	attempts = 3
)

// Reader describes groups, and can do nothing else.
type Reader struct {
	// Methods and not a client, from which others could be reached.
	groups     func(context.Context, *autoscaling.DescribeAutoScalingGroupsInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeAutoScalingGroupsOutput, error)
	refreshes  func(context.Context, *autoscaling.DescribeInstanceRefreshesInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeInstanceRefreshesOutput, error)
	activities func(context.Context, *autoscaling.DescribeScalingActivitiesInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeScalingActivitiesOutput, error)
}

// NewObserver makes a reader for the account and the region that c is for.
func NewObserver(c aws.Config) *Reader {
	return &Reader{
		groups: newClient(c).DescribeAutoScalingGroups, activities: newClient(c).DescribeScalingActivities,
		refreshes: newClient(c).DescribeInstanceRefreshes,
	}
}

// newClient makes a client that gives up after three attempts, or fewer where c
// says so. The pauses between them are those of c.Retryer, or the SDK's.
func newClient(c aws.Config) *autoscaling.Client {
	if c.RetryMaxAttempts <= 0 || c.RetryMaxAttempts > attempts {
		c.RetryMaxAttempts = attempts
	}
	c.Credentials = named(c.Credentials)
	return autoscaling.NewFromConfig(c)
}

// Describe reads the sizes and the tags of the group of that name. Where there is
// none the error has the fault plan.Gone.
func (r *Reader) Describe(ctx context.Context, name string) (plan.Description, error) {
	const operation = "DescribeAutoScalingGroups"
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	out, err := r.groups(ctx, &autoscaling.DescribeAutoScalingGroupsInput{
		AutoScalingGroupNames: []string{name},
		IncludeInstances:      aws.Bool(false),
	})
	if err != nil {
		return plan.Description{}, failed(operation, err)
	}
	for _, g := range out.AutoScalingGroups {
		switch {
		case aws.ToString(g.AutoScalingGroupName) != name:
		case g.DesiredCapacity == nil || g.MinSize == nil || g.MaxSize == nil:
			return plan.Description{}, &plan.CallError{Operation: operation, Fault: plan.Unclear, Err: fmt.Errorf("group %s lacks a size", name)}
		default:
			sizes := plan.Sizes{Desired: int(*g.DesiredCapacity), Min: int(*g.MinSize), Max: int(*g.MaxSize)}
			return plan.Description{Sizes: sizes, Tags: tagsOf(g.Tags)}, nil
		}
	}
	return plan.Description{}, &plan.CallError{Operation: operation, Fault: plan.Gone, Err: errors.New("there is no group " + name)}
}

func tagsOf(tags []types.TagDescription) (found plan.Tags) {
	for _, t := range tags {
		switch aws.ToString(t.Key) {
		case streams.ManagedTag:
			found.Managed = aws.ToString(t.Value)
		case streams.ModeTag:
			found.Mode = aws.ToString(t.Value)
		}
	}
	return found
}

// InstanceRefresh gives the newest instance refresh of a group where it is under
// way, in whatever state that AWS may come to have for it. While one bakes
// nothing is replaced any more. AWS allows one at a time.
func (r *Reader) InstanceRefresh(ctx context.Context, name string) (plan.Refresh, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	out, err := r.refreshes(ctx, &autoscaling.DescribeInstanceRefreshesInput{
		AutoScalingGroupName: aws.String(name),
		MaxRecords:           aws.Int32(1), // they are sorted, the newest first
	})
	if err != nil {
		return plan.Refresh{}, failed("DescribeInstanceRefreshes", err)
	}
	if len(out.InstanceRefreshes) == 0 {
		return plan.Refresh{}, nil
	}
	switch newest := out.InstanceRefreshes[0]; newest.Status {
	case types.InstanceRefreshStatusSuccessful, types.InstanceRefreshStatusFailed, types.InstanceRefreshStatusCancelled,
		types.InstanceRefreshStatusRollbackSuccessful, types.InstanceRefreshStatusRollbackFailed, types.InstanceRefreshStatusBaking:
		return plan.Refresh{}, nil
	case "":
		return plan.Refresh{}, &plan.CallError{Operation: "DescribeInstanceRefreshes", Fault: plan.Unclear, Err: errors.New("an instance refresh has no status")}
	default:
		return plan.Refresh{ID: aws.ToString(newest.InstanceRefreshId), Status: string(newest.Status)}, nil
	}
}

// LastActivity gives the cause of the newest scaling activity of a group in
// AWS's words, or "" where it had none. It reads one activity: paging through
// six weeks of them empties the bucket that all callers share.
func (r *Reader) LastActivity(ctx context.Context, name string) (cause string, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	out, err := r.activities(ctx, &autoscaling.DescribeScalingActivitiesInput{
		AutoScalingGroupName: aws.String(name),
		MaxRecords:           aws.Int32(1),
	})
	if err != nil {
		return "", failed("DescribeScalingActivities", err)
	}
	if len(out.Activities) == 0 {
		return "", nil
	}
	return aws.ToString(out.Activities[0].Cause), nil
}
