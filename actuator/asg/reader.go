package asg

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"

	"github.com/ml-autoscaling/autoscaler/actuator/plan"
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
	activities func(context.Context, *autoscaling.DescribeScalingActivitiesInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeScalingActivitiesOutput, error)
}

// NewObserver makes a reader for the account and the region that c is for.
func NewObserver(c aws.Config) *Reader {
	return &Reader{groups: newClient(c).DescribeAutoScalingGroups, activities: newClient(c).DescribeScalingActivities}
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

// Describe reads the sizes of the group of that name. Where there is none the
// error has the fault plan.Gone.
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
			return plan.Description{Desired: int(*g.DesiredCapacity), Min: int(*g.MinSize), Max: int(*g.MaxSize)}, nil
		}
	}
	return plan.Description{}, &plan.CallError{Operation: operation, Fault: plan.Gone, Err: errors.New("there is no group " + name)}
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
