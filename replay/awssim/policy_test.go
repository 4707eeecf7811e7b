package awssim

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	astypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/google/go-cmp/cmp"
)

// policed is a group with a policy of each kind: the first acts.
func policed(t testing.TB, name string) Group {
	step := astypes.ScalingPolicy{
		PolicyName: aws.String("step-out"), PolicyType: aws.String("StepScaling"), AdjustmentType: aws.String("PercentChangeInCapacity"),
		EstimatedInstanceWarmup: aws.Int32(120), MinAdjustmentMagnitude: aws.Int32(2), MetricAggregationType: aws.String("Average"),
		StepAdjustments: []astypes.StepAdjustment{
			{MetricIntervalLowerBound: aws.Float64(0), MetricIntervalUpperBound: aws.Float64(7.5), ScalingAdjustment: aws.Int32(10)},
			{MetricIntervalLowerBound: aws.Float64(7.5), ScalingAdjustment: aws.Int32(30)},
		},
	}
	return Group{
		Name: name, World: steady(t, nil), Detailed: true, TargetTracking: TargetTracking{Target: 60},
		Policies: []astypes.ScalingPolicy{
			step,
			{PolicyName: aws.String("simple"), PolicyType: aws.String("SimpleScaling"), AdjustmentType: aws.String("ChangeInCapacity"), ScalingAdjustment: aws.Int32(-1), Cooldown: aws.Int32(300), Enabled: aws.Bool(false)},
			{PolicyName: aws.String("queue"), PolicyType: aws.String("TargetTrackingScaling"), TargetTrackingConfiguration: &astypes.TargetTrackingConfiguration{
				TargetValue: aws.Float64(12.5), DisableScaleIn: aws.Bool(true),
				CustomizedMetricSpecification: &astypes.CustomizedMetricSpecification{
					Namespace: aws.String("App"), MetricName: aws.String("Backlog"), Statistic: astypes.MetricStatisticSum,
					Dimensions: []astypes.MetricDimension{{Name: aws.String("Queue"), Value: aws.String("jobs")}},
				},
			}},
			{PolicyName: aws.String("ahead"), PolicyType: aws.String("PredictiveScaling"), PredictiveScalingConfiguration: &astypes.PredictiveScalingConfiguration{
				Mode: astypes.PredictiveScalingModeForecastOnly,
				MetricSpecifications: []astypes.PredictiveScalingMetricSpecification{{TargetValue: aws.Float64(50),
					PredefinedMetricPairSpecification: &astypes.PredictiveScalingPredefinedMetricPair{PredefinedMetricType: astypes.PredefinedMetricPairTypeASGCPUUtilization}}},
			}},
		},
		Alarms: []cwtypes.MetricAlarm{{
			AlarmName: aws.String(name + "-high-cpu"), Namespace: aws.String("AWS/EC2"), MetricName: aws.String("CPUUtilization"), Statistic: cwtypes.StatisticAverage,
			Dimensions: []cwtypes.Dimension{{Name: aws.String("AutoScalingGroupName"), Value: &name}}, Period: aws.Int32(60), EvaluationPeriods: aws.Int32(2),
			DatapointsToAlarm: aws.Int32(2), Threshold: aws.Float64(80), ComparisonOperator: cwtypes.ComparisonOperatorGreaterThanOrEqualToThreshold,
			TreatMissingData: aws.String("missing"), AlarmActions: []string{"step-out", "arn:aws:sns:eu-west-1:111122223333:people"},
		}},
	}
}

func (k *kit) policies(in *autoscaling.DescribePoliciesInput) []astypes.ScalingPolicy {
	k.Helper()
	var out []astypes.ScalingPolicy
	for pages := autoscaling.NewDescribePoliciesPaginator(k.as, in); pages.HasMorePages(); {
		page, err := pages.NextPage(k.Context())
		if err != nil {
			k.Fatal(err)
		}
		out = append(out, page.ScalingPolicies...)
	}
	return out
}

func (k *kit) alarms(in *cloudwatch.DescribeAlarmsInput) []cwtypes.MetricAlarm {
	k.Helper()
	var out []cwtypes.MetricAlarm
	for pages := cloudwatch.NewDescribeAlarmsPaginator(k.cw, in); pages.HasMorePages(); {
		page, err := pages.NextPage(k.Context())
		if err != nil {
			k.Fatal(err)
		}
		out = append(out, page.MetricAlarms...)
	}
	return out
}

func namesOfPolicies(all []astypes.ScalingPolicy) string {
	var names []string
	for _, p := range all {
		names = append(names, *p.AutoScalingGroupName+"/"+*p.PolicyName)
	}
	return strings.Join(names, " ")
}

func TestDescribePolicies(t *testing.T) {
	k := newKit(t, Config{PageSize: 3}, policed(t, "web"), policed(t, "api"))
	k.at(minute(1))
	for _, test := range []struct {
		in    autoscaling.DescribePoliciesInput
		want  string
		calls int
	}{
		{autoscaling.DescribePoliciesInput{AutoScalingGroupName: aws.String("web")}, "web/target-tracking web/step-out web/simple web/queue web/ahead", 2},
		{autoscaling.DescribePoliciesInput{AutoScalingGroupName: aws.String("web"), MaxRecords: aws.Int32(1)}, "web/target-tracking web/step-out web/simple web/queue web/ahead", 5},
		{autoscaling.DescribePoliciesInput{PolicyNames: []string{"simple", "gone", "queue"}}, "api/simple api/queue web/simple web/queue", 2},
		{autoscaling.DescribePoliciesInput{AutoScalingGroupName: aws.String("api"), PolicyTypes: []string{"TargetTrackingScaling", "PredictiveScaling"}}, "api/target-tracking api/queue api/ahead", 1},
		{autoscaling.DescribePoliciesInput{PolicyNames: []string{"gone"}}, "", 1},
	} {
		before := k.server.Counts().Calls["DescribePolicies"]
		got := namesOfPolicies(k.policies(&test.in))
		if calls := k.server.Counts().Calls["DescribePolicies"] - before; got != test.want || calls != test.calls {
			t.Errorf("%+v: %q in %d calls, want %q in %d", test.in, got, calls, test.want, test.calls)
		}
	}
	for _, test := range []struct {
		in   autoscaling.DescribePoliciesInput
		want string
	}{
		{autoscaling.DescribePoliciesInput{AutoScalingGroupName: aws.String("gone")}, "AutoScalingGroup name not found - AutoScalingGroup gone not found"},
		{autoscaling.DescribePoliciesInput{PolicyTypes: []string{"Guess"}}, "Policy type Guess is not valid. Valid policy types are: SimpleScaling, StepScaling, TargetTrackingScaling, PredictiveScaling"},
		{autoscaling.DescribePoliciesInput{PolicyNames: make([]string, 51)}, "The number of policy names that may be passed in is limited to 50"},
	} {
		_, err := k.as.DescribePolicies(t.Context(), &test.in)
		if code, message := codeOf(t, err); code != "ValidationError" || message != test.want {
			t.Errorf("%s %q, want %q", code, message, test.want)
		}
	}
	_, err := k.as.DescribePolicies(t.Context(), &autoscaling.DescribePoliciesInput{NextToken: aws.String("MA==")})
	if code, _ := codeOf(t, err); code != "InvalidNextToken" {
		t.Errorf("a token of page 0: %v", err)
	}
}

// TestPoliciesAndTheirAlarms: each side names the other, and what was given is
// shown as it was given.
func TestPoliciesAndTheirAlarms(t *testing.T) {
	g := policed(t, "web")
	k := newKit(t, Config{PageSize: 2}, g)
	k.at(minute(1))
	policies := k.policies(&autoscaling.DescribePoliciesInput{AutoScalingGroupName: aws.String("web")})
	alarms := map[string]cwtypes.MetricAlarm{}
	for _, a := range k.alarms(&cloudwatch.DescribeAlarmsInput{}) {
		alarms[*a.AlarmName] = a
	}
	if len(alarms) != 4 {
		t.Errorf("%d alarms, want 4", len(alarms))
	}
	counts := map[string]int{}
	for n, p := range policies {
		counts[*p.PolicyName] = len(p.Alarms)
		if prefix := "arn:aws:autoscaling:eu-west-1:111122223333:scalingPolicy:"; !strings.HasPrefix(*p.PolicyARN, prefix) || !strings.HasSuffix(*p.PolicyARN, ":autoScalingGroupName/web:policyName/"+*p.PolicyName) {
			t.Errorf("policy %s has the ARN %s", *p.PolicyName, *p.PolicyARN)
		}
		for _, a := range p.Alarms {
			if alarm := alarms[*a.AlarmName]; *alarm.AlarmArn != *a.AlarmARN || alarm.AlarmActions[0] != *p.PolicyARN {
				t.Errorf("policy %s names alarm %s, which acts on %v", *p.PolicyName, *a.AlarmARN, alarm.AlarmActions)
			}
		}
		if n > 0 {
			want := g.Policies[n-1]
			want.AutoScalingGroupName, want.PolicyARN, want.Alarms = p.AutoScalingGroupName, p.PolicyARN, p.Alarms
			if want.Enabled == nil {
				want.Enabled = aws.Bool(true)
			}
			same(t, *p.PolicyName, want, p)
		}
	}
	if diff := cmp.Diff(map[string]int{"target-tracking": 2, "step-out": 1, "simple": 0, "queue": 1, "ahead": 0}, counts); diff != "" {
		t.Errorf("alarms of policies (-want +got):\n%s", diff)
	}
	for side, want := range map[string]string{"AlarmHigh": "3 x 60 s GreaterThanThreshold 60", "AlarmLow": "15 x 60 s LessThanThreshold 42"} {
		a := alarms[alarmName("web", "target-tracking", side)]
		if got := inWords(a); got != want || *a.MetricName != "CPUUtilization" || *a.Namespace != "AWS/EC2" || a.Statistic != "Average" || *a.Dimensions[0].Value != "web" {
			t.Errorf("%s: %s, want %s, of %+v", side, got, want, a)
		}
	}
	queue := alarms[alarmName("web", "queue", "AlarmHigh")]
	if *queue.MetricName != "Backlog" || queue.Statistic != "Sum" || *queue.Dimensions[0].Name != "Queue" || *queue.Threshold != 12.5 || queue.StateValue != "INSUFFICIENT_DATA" {
		t.Errorf("alarm of the queue: %+v", queue)
	}
	given := alarms["web-high-cpu"]
	want := g.Alarms[0]
	want.AlarmActions = []string{*policies[1].PolicyARN, "arn:aws:sns:eu-west-1:111122223333:people"}
	want.AlarmArn, want.ActionsEnabled = aws.String("arn:aws:cloudwatch:eu-west-1:111122223333:alarm:web-high-cpu"), aws.Bool(true)
	want.StateValue, want.StateReason = "INSUFFICIENT_DATA", aws.String("Unchecked: Initial alarm creation")
	want.StateUpdatedTimestamp, want.AlarmConfigurationUpdatedTimestamp = &start, &start
	same(t, "given alarm", want, given)
}

// TestTrackedMetrics holds which metric AWS's own alarms watch.
func TestTrackedMetrics(t *testing.T) {
	tracks := func(name string, c astypes.TargetTrackingConfiguration) astypes.ScalingPolicy {
		c.TargetValue = aws.Float64(10)
		return astypes.ScalingPolicy{PolicyName: &name, PolicyType: aws.String("TargetTrackingScaling"), TargetTrackingConfiguration: &c}
	}
	predefined := func(kind astypes.MetricType, label *string) astypes.TargetTrackingConfiguration {
		return astypes.TargetTrackingConfiguration{PredefinedMetricSpecification: &astypes.PredefinedMetricSpecification{PredefinedMetricType: kind, ResourceLabel: label}}
	}
	metric := &astypes.Metric{Namespace: aws.String("App"), MetricName: aws.String("Backlog"), Dimensions: []astypes.MetricDimension{{Name: aws.String("Queue"), Value: aws.String("jobs")}}}
	k := newKit(t, Config{}, Group{Name: "web", World: steady(t, nil), Policies: []astypes.ScalingPolicy{
		tracks("a", predefined(astypes.MetricTypeASGAverageCPUUtilization, nil)),
		tracks("b", predefined(astypes.MetricTypeASGAverageNetworkIn, nil)),
		tracks("c", predefined(astypes.MetricTypeASGAverageNetworkOut, nil)),
		tracks("d", predefined(astypes.MetricTypeALBRequestCountPerTarget, aws.String("app/lb/1/targetgroup/tg/2"))),
		tracks("e", astypes.TargetTrackingConfiguration{CustomizedMetricSpecification: &astypes.CustomizedMetricSpecification{Metrics: []astypes.TargetTrackingMetricDataQuery{
			{Id: aws.String("m"), MetricStat: &astypes.TargetTrackingMetricStat{Metric: metric, Stat: aws.String("Sum")}, ReturnData: aws.Bool(false)},
			{Id: aws.String("e"), Expression: aws.String("m / 2"), ReturnData: aws.Bool(true)},
		}}}),
	}})
	k.at(minute(1))
	got := map[string]string{}
	for _, p := range k.policies(&autoscaling.DescribePoliciesInput{}) {
		for _, a := range k.alarms(&cloudwatch.DescribeAlarmsInput{AlarmNames: []string{*p.Alarms[0].AlarmName}}) {
			text := aws.ToString(a.Namespace) + " " + aws.ToString(a.MetricName) + " " + string(a.Statistic)
			for _, d := range a.Dimensions {
				text += " " + *d.Name + "=" + *d.Value
			}
			for _, q := range a.Metrics {
				text += " " + *q.Id + ":" + aws.ToString(q.Expression)
				if q.MetricStat != nil {
					text += *q.MetricStat.Metric.Namespace + " " + *q.MetricStat.Metric.MetricName + " " + *q.MetricStat.Metric.Dimensions[0].Value + " " + *q.MetricStat.Stat
				}
			}
			got[*p.PolicyName] = text
		}
	}
	want := map[string]string{
		"a": "AWS/EC2 CPUUtilization Average AutoScalingGroupName=web",
		"b": "AWS/EC2 NetworkIn Average AutoScalingGroupName=web",
		"c": "AWS/EC2 NetworkOut Average AutoScalingGroupName=web",
		"d": "AWS/ApplicationELB RequestCountPerTarget Sum LoadBalancer=app/lb/1 TargetGroup=targetgroup/tg/2",
		"e": "   m:App Backlog jobs Sum e:m / 2",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("metrics (-want +got):\n%s", diff)
	}
}

func TestAddRefusesPolicies(t *testing.T) {
	for name, change := range map[string]func(*Group){
		"want a name of its own, got \"\"":                                 func(g *Group) { g.Policies[0].PolicyName = nil },
		"want a name of its own, got \"target-tracking\"":                  func(g *Group) { g.Policies[1].PolicyName = aws.String("target-tracking") },
		"policy simple: want the type SimpleScaling":                       func(g *Group) { g.Policies[1].PolicyType = nil },
		"policy queue: want a target tracking configuration with a target": func(g *Group) { g.Policies[2].TargetTrackingConfiguration = nil },
		"alarm 1: want a name of its own":                                  func(g *Group) { g.Alarms[0].AlarmName = nil },
		"action \"stop-out\" is neither an ARN nor a policy of the group":  func(g *Group) { g.Alarms[0].AlarmActions = []string{"stop-out"} },
		"MinSize is not to be set":                                         func(g *Group) { g.Description.MinSize = aws.Int32(1) },
	} {
		g := policed(t, "web")
		change(&g)
		if err := New(Config{}).Add(g); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v, want %s", err, name)
		}
	}
}
