package attach

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/ingest/window"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// fake answers for one group, a page of one at a time where there are pages.
type fake struct {
	group     types.AutoScalingGroup
	policies  []types.ScalingPolicy
	alarms    []cwtypes.MetricAlarm
	scheduled []types.ScheduledUpdateGroupAction
	points    int // minutes of the last hour that have a value
	refused   map[string]error
}

// token and page page through a list: one a page.
func token(at *string) int { return len(aws.ToString(at)) }

func page[T any](all []T, at *string) ([]T, *string) {
	n := token(at)
	if n >= len(all) {
		return nil, nil
	}
	if n == len(all)-1 {
		return all[n:], nil
	}
	return all[n : n+1], aws.String(strings.Repeat("x", n+1))
}

func (f *fake) reader() *Reader {
	return &Reader{
		Describer: &Describer{groups: func(_ context.Context, in *autoscaling.DescribeAutoScalingGroupsInput, _ ...func(*autoscaling.Options)) (*autoscaling.DescribeAutoScalingGroupsOutput, error) {
			return &autoscaling.DescribeAutoScalingGroupsOutput{AutoScalingGroups: []types.AutoScalingGroup{f.group}}, f.refused[describeGroups]
		}},
		policies: func(_ context.Context, in *autoscaling.DescribePoliciesInput, _ ...func(*autoscaling.Options)) (*autoscaling.DescribePoliciesOutput, error) {
			out, next := page(f.policies, in.NextToken)
			return &autoscaling.DescribePoliciesOutput{ScalingPolicies: out, NextToken: next}, f.refused[describePolicies]
		},
		scheduled: func(_ context.Context, in *autoscaling.DescribeScheduledActionsInput, _ ...func(*autoscaling.Options)) (*autoscaling.DescribeScheduledActionsOutput, error) {
			out, next := page(f.scheduled, in.NextToken)
			return &autoscaling.DescribeScheduledActionsOutput{ScheduledUpdateGroupActions: out, NextToken: next}, f.refused[describeScheduled]
		},
		warmPool: func(context.Context, *autoscaling.DescribeWarmPoolInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeWarmPoolOutput, error) {
			return &autoscaling.DescribeWarmPoolOutput{WarmPoolConfiguration: &types.WarmPoolConfiguration{MinSize: aws.Int32(3)}}, f.refused[describeWarmPool]
		},
		refreshes: func(context.Context, *autoscaling.DescribeInstanceRefreshesInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeInstanceRefreshesOutput, error) {
			return &autoscaling.DescribeInstanceRefreshesOutput{InstanceRefreshes: []types.InstanceRefresh{{InstanceRefreshId: aws.String("r-1"), Status: types.InstanceRefreshStatusBaking, PercentageComplete: aws.Int32(90)}}}, f.refused[describeRefreshes]
		},
		activities: func(context.Context, *autoscaling.DescribeScalingActivitiesInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeScalingActivitiesOutput, error) {
			return &autoscaling.DescribeScalingActivitiesOutput{Activities: []types.Activity{{StatusCode: types.ScalingActivityStatusCodeFailed, Description: aws.String("Launching"), StatusMessage: aws.String("no capacity"), StartTime: &noon}}}, f.refused[describeActivities]
		},
		alarms: func(_ context.Context, in *cloudwatch.DescribeAlarmsInput, _ ...func(*cloudwatch.Options)) (*cloudwatch.DescribeAlarmsOutput, error) {
			out, next := page(f.alarms, in.NextToken)
			return &cloudwatch.DescribeAlarmsOutput{MetricAlarms: out, NextToken: next}, f.refused[describeAlarms]
		},
		metrics: func(_ context.Context, queries []window.Query) ([]window.Answer, error) {
			answer := window.Answer{Complete: f.refused[getMetricData] == nil}
			for n := range f.points {
				answer.Points = append(answer.Points, window.Point{Start: queries[0].From.Add(time.Duration(n) * 60 / time.Duration(f.points) * time.Minute), Value: aws.Float64(50), Samples: 4})
			}
			return []window.Answer{answer}, f.refused[getMetricData]
		},
		now: func() time.Time { return noon },
	}
}

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

func shop() *fake {
	return &fake{
		group: types.AutoScalingGroup{
			AutoScalingGroupName: aws.String("web"), DesiredCapacity: aws.Int32(4), MinSize: aws.Int32(2), MaxSize: aws.Int32(20),
			DefaultInstanceWarmup: aws.Int32(90), NewInstancesProtectedFromScaleIn: aws.Bool(true), DesiredCapacityType: aws.String("units"), Status: aws.String("Delete in progress"),
			Operator:           &types.Operator{Principal: aws.String("batch.amazonaws.com")},
			Tags:               []types.TagDescription{{Key: aws.String("team"), Value: aws.String("shop")}},
			SuspendedProcesses: []types.SuspendedProcess{{ProcessName: aws.String("Launch")}},
			EnabledMetrics:     []types.EnabledMetric{{Metric: aws.String("GroupDesiredCapacity")}},
			Instances:          []types.Instance{{InstanceType: aws.String("m7g.large"), WeightedCapacity: aws.String("2")}},
			MixedInstancesPolicy: &types.MixedInstancesPolicy{LaunchTemplate: &types.LaunchTemplate{
				Overrides: []types.LaunchTemplateOverrides{{InstanceType: aws.String("m7g.xlarge"), WeightedCapacity: aws.String("4")}, {InstanceType: aws.String("t4g.nano")}},
			}},
		},
		policies: []types.ScalingPolicy{
			{PolicyName: aws.String("tt"), PolicyType: aws.String("TargetTrackingScaling"), EstimatedInstanceWarmup: aws.Int32(60), Enabled: aws.Bool(true), Alarms: []types.Alarm{{AlarmName: aws.String("high")}, {AlarmName: aws.String("low")}},
				TargetTrackingConfiguration: &types.TargetTrackingConfiguration{TargetValue: aws.Float64(60), PredefinedMetricSpecification: &types.PredefinedMetricSpecification{
					PredefinedMetricType: types.MetricTypeALBRequestCountPerTarget, ResourceLabel: aws.String("app/web/1/targetgroup/web/1")}}},
			{PolicyName: aws.String("custom"), PolicyType: aws.String("TargetTrackingScaling"), Enabled: aws.Bool(false),
				TargetTrackingConfiguration: &types.TargetTrackingConfiguration{TargetValue: aws.Float64(7.5), DisableScaleIn: aws.Bool(true), CustomizedMetricSpecification: &types.CustomizedMetricSpecification{
					Namespace: aws.String("Shop"), MetricName: aws.String("Queue"), Statistic: types.MetricStatisticAverage}}},
			{PolicyName: aws.String("step"), PolicyType: aws.String("StepScaling"), AdjustmentType: aws.String("PercentChangeInCapacity"), StepAdjustments: []types.StepAdjustment{
				{ScalingAdjustment: aws.Int32(10), MetricIntervalLowerBound: aws.Float64(0), MetricIntervalUpperBound: aws.Float64(15)}, {ScalingAdjustment: aws.Int32(30), MetricIntervalLowerBound: aws.Float64(15)}}},
			{PolicyName: aws.String("simple"), AdjustmentType: aws.String("ChangeInCapacity"), ScalingAdjustment: aws.Int32(-1)},
			{PolicyName: aws.String("ahead"), PolicyType: aws.String("PredictiveScaling"), PredictiveScalingConfiguration: &types.PredictiveScalingConfiguration{}},
		},
		alarms: []cwtypes.MetricAlarm{
			{AlarmName: aws.String("high"), StateValue: cwtypes.StateValueOk, ActionsEnabled: aws.Bool(true), MetricName: aws.String("CPUUtilization"),
				ComparisonOperator: cwtypes.ComparisonOperatorGreaterThanThreshold, Threshold: aws.Float64(60), EvaluationPeriods: aws.Int32(3), Period: aws.Int32(60)},
			{AlarmName: aws.String("low"), StateValue: cwtypes.StateValueInsufficientData, ActionsEnabled: aws.Bool(false), MetricName: aws.String("CPUUtilization"),
				ComparisonOperator: cwtypes.ComparisonOperatorLessThanThreshold, Threshold: aws.Float64(41.99999999999999), EvaluationPeriods: aws.Int32(15), DatapointsToAlarm: aws.Int32(12), Period: aws.Int32(60)},
		},
		scheduled: []types.ScheduledUpdateGroupAction{
			{ScheduledActionName: aws.String("night"), Recurrence: aws.String("0 22 * * *"), MinSize: aws.Int32(0)},
			{ScheduledActionName: aws.String("day"), StartTime: &noon, DesiredCapacity: aws.Int32(9), MaxSize: aws.Int32(12), TimeZone: aws.String("UTC")},
		},
		points: 60,
	}
}

// Everything that AWS says of a group is read, over all pages.
func TestRead(t *testing.T) {
	got, err := shop().reader().Read(t.Context(), "web")
	if err != nil {
		t.Fatal(err)
	}
	want := Group{
		Name: "web", Found: true, Status: "Delete in progress", Desired: 4, Min: 2, Max: 20, Protected: true, CapacityType: "units", Operator: "batch.amazonaws.com",
		Weights: map[string]int{"m7g.large": 2, "m7g.xlarge": 4}, Warmup: ptr(90 * time.Second), Tags: map[string]string{"team": "shop"},
		Suspended: []string{"Launch"}, Metrics: []string{"GroupDesiredCapacity"},
		Policies: []Policy{
			{Name: "ahead", Kind: PredictiveScaling, Enabled: true, Mode: "ForecastOnly"},
			{Name: "custom", Kind: TargetTracking, Target: 7.5, Metric: "average of Shop/Queue", DisableScaleIn: true},
			{Name: "simple", Kind: SimpleScaling, Enabled: true, AdjustmentType: "ChangeInCapacity", Adjustments: []Adjustment{{By: -1}}},
			{Name: "step", Kind: StepScaling, Enabled: true, AdjustmentType: "PercentChangeInCapacity", Adjustments: []Adjustment{{ptr(0.0), ptr(15.0), 10}, {ptr(15.0), nil, 30}}},
			{Name: "tt", Kind: TargetTracking, Enabled: true, Target: 60, Metric: "ALBRequestCountPerTarget", Label: "app/web/1/targetgroup/web/1", Predefined: true, Warmup: ptr(60), Alarms: []string{"high", "low"}},
		},
		Alarms: map[string]Alarm{
			"high": {Name: "high", State: "OK", High: true, Condition: "CPUUtilization > 60 for 3x60s"},
			"low":  {Name: "low", State: "INSUFFICIENT_DATA", Mute: true, Condition: "CPUUtilization < 42 for 15x60s (12 of them)"},
		},
		Scheduled: []ScheduledAction{{Name: "day", Zone: "UTC", Start: noon, Max: ptr(12), Desired: ptr(9)}, {Name: "night", Recurrence: "0 22 * * *", Min: ptr(0)}},
		WarmPool:  &WarmPool{State: "Stopped", Min: 3}, Refresh: &Refresh{"r-1", "Baking", 90},
		Activity: &Activity{"Failed", "Launching", "no capacity", noon}, Monitoring: Detailed,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestReadMonitoring(t *testing.T) {
	for points, want := range map[int]Monitoring{60: Detailed, 12: Basic, 0: MonitoringUnknown} {
		f := shop()
		f.points = points
		if got, err := f.reader().Read(t.Context(), "web"); err != nil || got.Monitoring != want || got.Unread != nil {
			t.Errorf("%d values: want %q, got %q, %+v, %v", points, want, got.Monitoring, got.Unread, err)
		}
	}
}

// A call that is refused takes nothing with it but what it would have told, and
// its action is named; one that failed otherwise says of what.
func TestReadWithoutRights(t *testing.T) {
	refusals := map[string]error{}
	for _, operation := range []string{describeGroups, describePolicies, describeAlarms, describeScheduled, describeWarmPool, describeRefreshes, describeActivities, getMetricData} {
		service := "Auto Scaling"
		if strings.HasPrefix(actionOf(operation), "cloudwatch:") {
			service = "CloudWatch"
		}
		denied := &smithy.OperationError{ServiceID: service, OperationName: operation, Err: &smithy.GenericAPIError{Code: "AccessDenied", Message: "not authorized"}}
		refusals[operation] = denied
		for _, test := range []struct {
			err  error
			want Unread
		}{
			{denied, Unread{operation, actionOf(operation), true, "AccessDenied: not authorized"}},
			{&smithy.GenericAPIError{Code: "Throttling", Message: "Rate exceeded"}, Unread{operation, actionOf(operation), false, "Throttling: Rate exceeded"}},
		} {
			f := shop()
			f.refused = map[string]error{operation: test.err}
			got, err := f.reader().Read(t.Context(), "web")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]Unread{test.want}, got.Unread); diff != "" {
				t.Errorf("%s:\n%s", operation, diff)
			}
			if got.Found != (operation != describeGroups) || (got.Policies == nil) != (operation == describePolicies || operation == describeGroups) {
				t.Errorf("%s: got %+v", operation, got)
			}
		}
	}
	f := shop()
	f.refused = refusals
	delete(refusals, describeGroups)
	delete(refusals, describeAlarms) // without policies no alarm is known to ask for
	if got, err := f.reader().Read(t.Context(), "web"); err != nil || len(got.Unread) != len(refusals) {
		t.Errorf("want all of %d calls, got %+v, %v", len(refusals), got.Unread, err)
	}
}

// A pattern is its youngest group.
func TestMatch(t *testing.T) {
	f := shop()
	older := f.group
	older.AutoScalingGroupName, older.CreatedTime = aws.String("web-1"), aws.Time(noon.Add(-time.Hour))
	older.Tags = []types.TagDescription{{Key: aws.String(streams.BaselineMinTag), Value: aws.String("2")}}
	f.group.AutoScalingGroupName, f.group.CreatedTime = aws.String("web-2"), &noon
	d := &Describer{groups: func(_ context.Context, in *autoscaling.DescribeAutoScalingGroupsInput, _ ...func(*autoscaling.Options)) (*autoscaling.DescribeAutoScalingGroupsOutput, error) {
		out, next := page([]types.AutoScalingGroup{f.group, older}, in.NextToken)
		return &autoscaling.DescribeAutoScalingGroupsOutput{AutoScalingGroups: out, NextToken: next}, nil
	}}
	for pattern, want := range map[string]Matches{"web-*": {"web-2", []string{"web-1"}}, "web-2*": {Newest: "web-2"}, "web-1*": {"web-1", []string{"web-1"}}, "db*": {}} {
		if got, err := d.Match(t.Context(), pattern); err != nil || !cmp.Equal(got, want) {
			t.Errorf("%s: want %+v, got %+v, %v", pattern, want, got, err)
		}
	}
	if _, err := d.Match(t.Context(), "web-["); err == nil {
		t.Error("want an error of the pattern")
	}
}

func TestReadWhatIsNotThere(t *testing.T) {
	f := shop()
	f.group.AutoScalingGroupName = aws.String("webshop")
	if got, err := f.reader().Read(t.Context(), "web"); err != nil || got.Found || got.Unread != nil {
		t.Errorf("want nothing, got %+v, %v", got, err)
	}
	f = shop()
	f.group.MaxSize = nil
	if got, err := f.reader().Read(t.Context(), "web"); err != nil || got.Found || len(got.Unread) != 1 || !strings.Contains(got.Unread[0].Cause, "lacks a size") {
		t.Errorf("want that it could not be read, got %+v, %v", got, err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := shop().reader().Read(ctx, "web"); !errors.Is(err, context.Canceled) {
		t.Errorf("want the end of ctx, got %v", err)
	}
}
