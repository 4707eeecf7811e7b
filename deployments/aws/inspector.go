package aws

import (
	"context"
	"fmt"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// Inspector looks at stacks and at what runs in them, and changes nothing.
type Inspector struct {
	describer
	inventory
	groups func(context.Context, *autoscaling.DescribeAutoScalingGroupsInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeAutoScalingGroupsOutput, error)
	alarms func(context.Context, *cloudwatch.DescribeAlarmsInput, ...func(*cloudwatch.Options)) (*cloudwatch.DescribeAlarmsOutput, error)
}

// Group is an Auto Scaling group as it is.
type Group struct {
	Name              string
	Min, Max, Desired int
	Instances         []Instance
}

// Instance is one of a group.
type Instance struct{ ID, Zone, Lifecycle, Health string }

// InService says whether the instance serves.
func (i Instance) InService() bool { return i.Lifecycle == "InService" && i.Health == "Healthy" }

// Alarm is an alarm as it is.
type Alarm struct {
	Name, State, Reason string
	// Since is when it took that state.
	Since time.Time
}

// NewInspector makes an inspector for the account and the region that c is for.
func NewInspector(c sdk.Config) *Inspector {
	stacks := cloudformation.NewFromConfig(c)
	return &Inspector{
		describer: describer{stacks.DescribeStacks}, inventory: inventory{stacks.ListStackResources},
		groups: autoscaling.NewFromConfig(c).DescribeAutoScalingGroups,
		alarms: cloudwatch.NewFromConfig(c).DescribeAlarms,
	}
}

// Stack gives a stack and its resources; nil where there is none.
func (i *Inspector) Stack(ctx context.Context, name string) (*Stack, []Resource, error) {
	stack, err := i.describe(ctx, name)
	if err != nil || stack == nil {
		return nil, nil, err
	}
	resources, err := i.resourcesOf(ctx, stack.ID)
	return stack, resources, err
}

// Group gives the Auto Scaling group of that name.
func (i *Inspector) Group(ctx context.Context, name string) (Group, error) {
	out, err := i.groups(ctx, &autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{name}})
	if err != nil {
		return Group{}, failed("describe group "+name, err)
	}
	if len(out.AutoScalingGroups) == 0 {
		return Group{}, fmt.Errorf("describe group %s: it is not there; somebody deleted it", name)
	}
	g := out.AutoScalingGroups[0]
	group := Group{Name: name, Min: int(sdk.ToInt32(g.MinSize)), Max: int(sdk.ToInt32(g.MaxSize)), Desired: int(sdk.ToInt32(g.DesiredCapacity))}
	for _, n := range g.Instances {
		group.Instances = append(group.Instances, Instance{sdk.ToString(n.InstanceId), sdk.ToString(n.AvailabilityZone), string(n.LifecycleState), sdk.ToString(n.HealthStatus)})
	}
	return group, nil
}

// Alarm gives the alarm of that name.
func (i *Inspector) Alarm(ctx context.Context, name string) (Alarm, error) {
	out, err := i.alarms(ctx, &cloudwatch.DescribeAlarmsInput{AlarmNames: []string{name}, AlarmTypes: []types.AlarmType{types.AlarmTypeMetricAlarm}})
	if err != nil {
		return Alarm{}, failed("describe alarm "+name, err)
	}
	if len(out.MetricAlarms) == 0 {
		return Alarm{}, fmt.Errorf("describe alarm %s: it is not there; somebody deleted it", name)
	}
	a := out.MetricAlarms[0]
	return Alarm{Name: name, State: string(a.StateValue), Reason: sdk.ToString(a.StateReason), Since: sdk.ToTime(a.StateUpdatedTimestamp)}, nil
}
