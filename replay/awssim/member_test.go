package awssim

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	astypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/google/go-cmp/cmp"
)

// filler sets every field of a structure of the SDK to a value of its own.
type filler int

func (n *filler) fill(v reflect.Value) {
	*n++
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		n.fill(v.Elem())
	case reflect.Slice:
		if _, renamed := v.Interface().([]astypes.PerformanceFactorReferenceRequest); renamed {
			return // the only list whose element AWS calls otherwise; no rule reads it
		}
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			n.fill(v.Index(i))
		}
	case reflect.Struct:
		if _, ok := v.Interface().(time.Time); ok {
			v.Set(reflect.ValueOf(minute(int(*n))))
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				n.fill(v.Field(i))
			}
		}
	case reflect.Bool:
		v.SetBool(*n%2 == 0)
	case reflect.Int32:
		v.SetInt(int64(*n))
	case reflect.Float64:
		v.SetFloat(float64(*n) + 0.25)
	case reflect.String:
		v.SetString(fmt.Sprintf("<%d & %[1]d>", *n))
	}
}

func filled[T any](change func(*T)) T {
	var out T
	n := filler(0)
	n.fill(reflect.ValueOf(&out).Elem())
	change(&out)
	return out
}

// same compares what a group was given with what a client reads.
func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".noSmithyDocumentSerde" }, cmp.Ignore())); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// TestEveryMemberIsRead gives a group data in which everything is set, and
// reads all of it back through the clients.
func TestEveryMemberIsRead(t *testing.T) {
	g := Group{
		Name: "web", World: steady(t, nil),
		Description: filled(func(d *astypes.AutoScalingGroup) {
			d.AutoScalingGroupName, d.AutoScalingGroupARN, d.AvailabilityZones, d.CreatedTime, d.DefaultCooldown = nil, nil, nil, nil, nil
			d.DesiredCapacity, d.HealthCheckType, d.HealthCheckGracePeriod, d.Instances, d.MaxSize, d.MinSize = nil, nil, nil, nil, nil, nil
			d.NewInstancesProtectedFromScaleIn, d.SuspendedProcesses, d.Tags = nil, nil, nil
		}),
		Policies: []astypes.ScalingPolicy{filled(func(p *astypes.ScalingPolicy) { p.PolicyType = aws.String("PredictiveScaling") })},
		Alarms: []cwtypes.MetricAlarm{filled(func(a *cwtypes.MetricAlarm) {
			a.AlarmActions, a.EvaluationCriteria = []string{"arn:aws:sns:eu-west-1:111122223333:people"}, nil
		})},
		Refreshes: []astypes.InstanceRefresh{filled(func(*astypes.InstanceRefresh) {})},
		Scheduled: []astypes.ScheduledUpdateGroupAction{filled(func(*astypes.ScheduledUpdateGroupAction) {})},
		WarmPool:  []astypes.Instance{filled(func(*astypes.Instance) {})},
	}
	k := newKit(t, Config{}, g)
	k.at(minute(1))
	name := aws.String("web")

	described := k.group("web")
	described.AutoScalingGroupName, described.AutoScalingGroupARN, described.AvailabilityZones, described.CreatedTime, described.DefaultCooldown = nil, nil, nil, nil, nil
	described.DesiredCapacity, described.HealthCheckType, described.HealthCheckGracePeriod, described.Instances, described.MaxSize, described.MinSize = nil, nil, nil, nil, nil, nil
	described.NewInstancesProtectedFromScaleIn, described.SuspendedProcesses, described.Tags = nil, nil, nil
	same(t, "description", g.Description, described)

	policies, err := k.as.DescribePolicies(t.Context(), &autoscaling.DescribePoliciesInput{AutoScalingGroupName: name})
	if err != nil {
		t.Fatal(err)
	}
	g.Policies[0].AutoScalingGroupName = name
	same(t, "policies", g.Policies, policies.ScalingPolicies)
	alarms, err := k.cw.DescribeAlarms(t.Context(), &cloudwatch.DescribeAlarmsInput{})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "alarms", g.Alarms, alarms.MetricAlarms)
	refreshes, err := k.as.DescribeInstanceRefreshes(t.Context(), &autoscaling.DescribeInstanceRefreshesInput{AutoScalingGroupName: name})
	if err != nil {
		t.Fatal(err)
	}
	g.Refreshes[0].AutoScalingGroupName = name
	same(t, "refreshes", g.Refreshes, refreshes.InstanceRefreshes)
	scheduled, err := k.as.DescribeScheduledActions(t.Context(), &autoscaling.DescribeScheduledActionsInput{AutoScalingGroupName: name})
	if err != nil {
		t.Fatal(err)
	}
	g.Scheduled[0].AutoScalingGroupName = name
	same(t, "scheduled actions", g.Scheduled, scheduled.ScheduledUpdateGroupActions)
	pool, err := k.as.DescribeWarmPool(t.Context(), &autoscaling.DescribeWarmPoolInput{AutoScalingGroupName: name})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "warm pool", g.WarmPool, pool.Instances)
	same(t, "warm pool's configuration", g.Description.WarmPoolConfiguration, pool.WarmPoolConfiguration)
}
