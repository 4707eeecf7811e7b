package attach

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"

	ingestaws "github.com/ml-autoscaling/autoscaler/ingest/aws"
	"github.com/ml-autoscaling/autoscaler/ingest/window"
)

// readScheduled reads every scheduled action.
func (r *Reader) readScheduled(ctx context.Context, g *Group) error {
	var all []ScheduledAction
	err := ingestaws.Pages(func(token *string) (*string, error) {
		out, err := r.scheduled(ctx, &autoscaling.DescribeScheduledActionsInput{AutoScalingGroupName: &g.Name, NextToken: token})
		if err != nil {
			return nil, err
		}
		for _, a := range out.ScheduledUpdateGroupActions {
			all = append(all, ScheduledAction{
				Name: aws.ToString(a.ScheduledActionName), Recurrence: aws.ToString(a.Recurrence), Zone: aws.ToString(a.TimeZone),
				Start: aws.ToTime(a.StartTime), End: aws.ToTime(a.EndTime),
				Min: number(a.MinSize), Max: number(a.MaxSize), Desired: number(a.DesiredCapacity),
			})
		}
		return out.NextToken, nil
	})
	if err != nil {
		return err
	}
	slices.SortStableFunc(all, func(a, b ScheduledAction) int { return cmp.Compare(a.Name, b.Name) })
	g.Scheduled = all
	return nil
}

func number(n *int32) *int {
	if n == nil {
		return nil
	}
	return aws.Int(int(*n))
}

// readWarmPool reads what the warm pool is set to; not its instances.
func (r *Reader) readWarmPool(ctx context.Context, g *Group) error {
	out, err := r.warmPool(ctx, &autoscaling.DescribeWarmPoolInput{AutoScalingGroupName: &g.Name, MaxRecords: aws.Int32(1)})
	if err != nil {
		return err
	}
	if c := out.WarmPoolConfiguration; c != nil {
		g.WarmPool = &WarmPool{State: cmp.Or(string(c.PoolState), "Stopped"), Min: int(aws.ToInt32(c.MinSize))}
	}
	return nil
}

// readRefresh reads the newest instance refresh, which AWS gives first.
func (r *Reader) readRefresh(ctx context.Context, g *Group) error {
	out, err := r.refreshes(ctx, &autoscaling.DescribeInstanceRefreshesInput{AutoScalingGroupName: &g.Name, MaxRecords: aws.Int32(1)})
	if err != nil {
		return err
	}
	if len(out.InstanceRefreshes) > 0 {
		f := out.InstanceRefreshes[0]
		g.Refresh = &Refresh{ID: aws.ToString(f.InstanceRefreshId), Status: string(f.Status), Percent: int(aws.ToInt32(f.PercentageComplete))}
	}
	return nil
}

// readActivity reads the newest scaling activity, and no more: paging through
// six weeks of them empties the bucket that all callers share.
func (r *Reader) readActivity(ctx context.Context, g *Group) error {
	out, err := r.activities(ctx, &autoscaling.DescribeScalingActivitiesInput{AutoScalingGroupName: &g.Name, MaxRecords: aws.Int32(1)})
	if err != nil {
		return err
	}
	if len(out.Activities) > 0 {
		a := out.Activities[0]
		g.Activity = &Activity{
			Status: string(a.StatusCode), Description: aws.ToString(a.Description), Message: aws.ToString(a.StatusMessage), Start: aws.ToTime(a.StartTime).UTC(),
		}
	}
	return nil
}

// readMonitoring asks how often the group's CPU came in the last hour.
func (r *Reader) readMonitoring(ctx context.Context, g *Group) error {
	q := window.Probing(g.Name, r.now().Add(-settling))
	answers, err := r.metrics(ctx, []window.Query{q})
	if err != nil {
		return err
	}
	if len(answers) != 1 || !answers[0].Complete {
		return errors.New("the answer is not complete")
	}
	switch perMinute, known := window.PerMinute(q, answers[0]); {
	case !known:
	case perMinute:
		g.Monitoring = Detailed
	default:
		g.Monitoring = Basic
	}
	return nil
}

// settling is how young a bin may be and still lack values.
const settling = 3 * time.Minute
