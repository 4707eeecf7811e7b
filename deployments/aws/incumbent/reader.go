package incumbent

import (
	"context"
	"errors"
	"fmt"
	"slices"
	// Hosts without a database of time zones have scheduled actions too.
	_ "time/tzdata"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	astypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	ingestaws "github.com/ml-autoscaling/autoscaler/ingest/aws"
	"github.com/ml-autoscaling/autoscaler/replay/rivals"
)

// alarmsPerCall is the most alarms that DescribeAlarms takes by name.
const alarmsPerCall = 100

// ErrNoGroup is of a group that is not there.
var ErrNoGroup = errors.New("there is no such Auto Scaling group")

// Reader reads groups, and can do nothing else.
type Reader struct {
	// Methods and not clients, from which others could be reached.
	groups    func(context.Context, *autoscaling.DescribeAutoScalingGroupsInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeAutoScalingGroupsOutput, error)
	policies  func(context.Context, *autoscaling.DescribePoliciesInput, ...func(*autoscaling.Options)) (*autoscaling.DescribePoliciesOutput, error)
	scheduled func(context.Context, *autoscaling.DescribeScheduledActionsInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeScheduledActionsOutput, error)
	alarms    func(context.Context, *cloudwatch.DescribeAlarmsInput, ...func(*cloudwatch.Options)) (*cloudwatch.DescribeAlarmsOutput, error)
}

// NewReader makes a reader for the account and the region that c is for.
func NewReader(c aws.Config) *Reader {
	scaling := autoscaling.NewFromConfig(c)
	return &Reader{
		groups: scaling.DescribeAutoScalingGroups, policies: scaling.DescribePolicies, scheduled: scaling.DescribeScheduledActions,
		alarms: cloudwatch.NewFromConfig(c).DescribeAlarms,
	}
}

// Read reads what a group scales by. Its errors name the IAM action that is
// missing where one is; where there is no such group, they are ErrNoGroup.
func (r *Reader) Read(ctx context.Context, name string) (rivals.Incumbent, error) {
	f := finder{rivals.Incumbent{Group: name}, found{alarms: map[string]cwtypes.MetricAlarm{}, composite: map[string]bool{}}}
	for _, read := range []func(context.Context, string, *found) error{r.readGroup, r.readPolicies, r.readScheduled, r.readAlarms} {
		if err := read(ctx, name, &f.found); err != nil {
			return rivals.Incumbent{}, fmt.Errorf("read what %s scales by: %w", name, err)
		}
	}
	f.find()
	return f.Incumbent, nil
}

// found is what AWS answered.
type found struct {
	group     astypes.AutoScalingGroup
	policies  []astypes.ScalingPolicy
	scheduled []astypes.ScheduledUpdateGroupAction
	alarms    map[string]cwtypes.MetricAlarm
	composite map[string]bool
}

func (r *Reader) readGroup(ctx context.Context, name string, f *found) error {
	out, err := r.groups(ctx, &autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{name}})
	if err != nil {
		return failed("DescribeAutoScalingGroups", err)
	}
	at := slices.IndexFunc(out.AutoScalingGroups, func(g astypes.AutoScalingGroup) bool { return aws.ToString(g.AutoScalingGroupName) == name })
	if at < 0 {
		return ErrNoGroup
	}
	f.group = out.AutoScalingGroups[at]
	if f.group.MinSize == nil || f.group.MaxSize == nil || *f.group.MinSize < 0 || *f.group.MaxSize < *f.group.MinSize {
		return errors.New("DescribeAutoScalingGroups: want a min and a max size, 0 <= min <= max")
	}
	return nil
}

func (r *Reader) readPolicies(ctx context.Context, name string, f *found) error {
	return ingestaws.Pages(func(token *string) (*string, error) {
		out, err := r.policies(ctx, &autoscaling.DescribePoliciesInput{AutoScalingGroupName: &name, NextToken: token})
		if err != nil {
			return nil, failed("DescribePolicies", err)
		}
		f.policies = append(f.policies, out.ScalingPolicies...)
		return out.NextToken, nil
	})
}

func (r *Reader) readScheduled(ctx context.Context, name string, f *found) error {
	return ingestaws.Pages(func(token *string) (*string, error) {
		out, err := r.scheduled(ctx, &autoscaling.DescribeScheduledActionsInput{AutoScalingGroupName: &name, NextToken: token})
		if err != nil {
			return nil, failed("DescribeScheduledActions", err)
		}
		f.scheduled = append(f.scheduled, out.ScheduledUpdateGroupActions...)
		return out.NextToken, nil
	})
}

// readAlarms reads the alarms that the policies name.
func (r *Reader) readAlarms(ctx context.Context, _ string, f *found) error {
	var names []string
	for _, p := range f.policies {
		for _, a := range p.Alarms {
			names = append(names, aws.ToString(a.AlarmName))
		}
	}
	slices.Sort(names)
	for some := range slices.Chunk(slices.Compact(names), alarmsPerCall) {
		in := &cloudwatch.DescribeAlarmsInput{AlarmNames: some, AlarmTypes: []cwtypes.AlarmType{cwtypes.AlarmTypeMetricAlarm, cwtypes.AlarmTypeCompositeAlarm}}
		err := ingestaws.Pages(func(token *string) (*string, error) {
			in.NextToken = token
			out, err := r.alarms(ctx, in)
			if err != nil {
				return nil, failed("DescribeAlarms", err)
			}
			for _, a := range out.MetricAlarms {
				f.alarms[aws.ToString(a.AlarmName)] = a
			}
			for _, a := range out.CompositeAlarms {
				f.composite[aws.ToString(a.AlarmName)] = true
			}
			return out.NextToken, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// failed says what a call was answered, and which right is missing where one
// is.
func failed(operation string, err error) error {
	call := ingestaws.Failed(operation, err)
	if call.Action != "" {
		return fmt.Errorf("the permission %s is missing: %w", call.Action, call.Err)
	}
	return call
}
