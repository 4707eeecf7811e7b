package incumbent_test

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	astypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ml-autoscaling/autoscaler/deployments/aws/incumbent"
	"github.com/ml-autoscaling/autoscaler/replay/awssim"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/replay/rivals"
	"github.com/ml-autoscaling/autoscaler/replay/trace"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// plainBody hides from net/http that a request's body can write itself, which
// one that smithy-go closed does wrongly where a server is as near as this one.
type plainBody struct{ *http.Client }

func (c plainBody) Do(r *http.Request) (*http.Response, error) {
	if r.Body != nil && r.Body != http.NoBody {
		r.Body = struct{ io.ReadCloser }{r.Body}
	}
	return c.Client.Do(r)
}

// simulated serves a group, one thing a page, to unmodified clients.
func simulated(t *testing.T, g awssim.Group) (aws.Config, *awssim.Server) {
	t.Helper()
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	load, err := fleet.NewLoad(trace.Trace{Start: start, Period: time.Minute, Values: slices.Repeat([]float64{1}, 60)}, 40)
	if err != nil {
		t.Fatal(err)
	}
	if g.World, err = fleet.NewWorld(fleet.Lived("web", load, time.Minute)); err != nil {
		t.Fatal(err)
	}
	g.Name, g.Min, g.Max = "web", 2, 50
	server := awssim.New(awssim.Config{PageSize: 1, Now: func() time.Time { return start }})
	if err := server.Add(g); err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(server)
	t.Cleanup(front.Close)
	return aws.Config{
		Region: "eu-west-1", BaseEndpoint: &front.URL, Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
		HTTPClient: plainBody{&http.Client{}}, Retryer: func() aws.Retryer { return aws.NopRetryer{} },
	}, server
}

func read(t *testing.T, g awssim.Group, faults ...awssim.Fault) rivals.Incumbent {
	t.Helper()
	client, server := simulated(t, g)
	for _, f := range faults {
		server.Inject(f)
	}
	found, err := incumbent.NewReader(client).Read(t.Context(), "web")
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func tracking(name string, target float64, change func(*astypes.TargetTrackingConfiguration)) astypes.ScalingPolicy {
	c := &astypes.TargetTrackingConfiguration{
		TargetValue:                   &target,
		PredefinedMetricSpecification: &astypes.PredefinedMetricSpecification{PredefinedMetricType: astypes.MetricTypeASGAverageCPUUtilization},
	}
	if change != nil {
		change(c)
	}
	return astypes.ScalingPolicy{PolicyName: &name, PolicyType: aws.String("TargetTrackingScaling"), TargetTrackingConfiguration: c}
}

func scaling(name, kind string, change func(*astypes.ScalingPolicy)) astypes.ScalingPolicy {
	p := astypes.ScalingPolicy{PolicyName: &name, PolicyType: &kind, AdjustmentType: aws.String("ChangeInCapacity")}
	if change != nil {
		change(&p)
	}
	return p
}

// onCPU is an alarm on the CPU of the group that calls a policy.
func onCPU(name, policy string, change func(*cwtypes.MetricAlarm)) cwtypes.MetricAlarm {
	a := cwtypes.MetricAlarm{
		AlarmName: &name, AlarmActions: []string{policy}, Namespace: aws.String("AWS/EC2"), MetricName: aws.String("CPUUtilization"),
		Dimensions: []cwtypes.Dimension{{Name: aws.String("AutoScalingGroupName"), Value: aws.String("web")}},
		Statistic:  cwtypes.StatisticAverage, Period: aws.Int32(60), EvaluationPeriods: aws.Int32(3), Threshold: aws.Float64(85),
		ComparisonOperator: cwtypes.ComparisonOperatorGreaterThanThreshold,
	}
	if change != nil {
		change(&a)
	}
	return a
}

func alarmOf(name string, c rivals.Comparison, threshold float64, periods int) rivals.MetricAlarm {
	return rivals.MetricAlarm{Name: name, Comparison: c, Threshold: threshold, Period: streams.Duration(time.Minute), EvaluationPeriods: periods, Datapoints: periods}
}

var byText = cmp.Options{
	cmp.Comparer(func(a, b rivals.Zone) bool { return a.Location.String() == b.Location.String() }),
	cmpopts.EquateEmpty(),
}

// What can be played is read as it is, with the thresholds, periods and
// datapoints of the alarms that are there.
func TestRead(t *testing.T) {
	found := read(t, awssim.Group{
		Detailed: true, Cooldown: 4 * time.Minute,
		Policies: []astypes.ScalingPolicy{
			tracking("cpu60", 60, nil),
			tracking("own", 55, func(c *astypes.TargetTrackingConfiguration) {
				c.DisableScaleIn = aws.Bool(true)
				c.PredefinedMetricSpecification = nil
				c.CustomizedMetricSpecification = &astypes.CustomizedMetricSpecification{
					Namespace: aws.String("AWS/EC2"), MetricName: aws.String("CPUUtilization"), Statistic: astypes.MetricStatisticAverage,
					Dimensions: []astypes.MetricDimension{{Name: aws.String("AutoScalingGroupName"), Value: aws.String("web")}},
				}
			}),
			scaling("burst", "StepScaling", func(p *astypes.ScalingPolicy) {
				p.AdjustmentType, p.MinAdjustmentMagnitude = aws.String("PercentChangeInCapacity"), aws.Int32(2)
				p.EstimatedInstanceWarmup, p.MetricAggregationType = aws.Int32(90), aws.String("Average")
				p.StepAdjustments = []astypes.StepAdjustment{
					{MetricIntervalLowerBound: aws.Float64(0), MetricIntervalUpperBound: aws.Float64(10), ScalingAdjustment: aws.Int32(10)},
					{MetricIntervalLowerBound: aws.Float64(10), ScalingAdjustment: aws.Int32(30)},
				}
			}),
			scaling("night", "SimpleScaling", func(p *astypes.ScalingPolicy) {
				p.AdjustmentType, p.ScalingAdjustment = aws.String("ExactCapacity"), aws.Int32(3)
			}),
			scaling("hours", "PredictiveScaling", func(p *astypes.ScalingPolicy) {
				p.PredictiveScalingConfiguration = &astypes.PredictiveScalingConfiguration{
					Mode: astypes.PredictiveScalingModeForecastAndScale,
					MetricSpecifications: []astypes.PredictiveScalingMetricSpecification{{
						TargetValue:                       aws.Float64(50),
						PredefinedMetricPairSpecification: &astypes.PredictiveScalingPredefinedMetricPair{PredefinedMetricType: astypes.PredefinedMetricPairTypeASGCPUUtilization},
					}},
				}
			}),
		},
		Alarms: []cwtypes.MetricAlarm{
			onCPU("hot", "burst", func(a *cwtypes.MetricAlarm) {
				a.DatapointsToAlarm, a.TreatMissingData = aws.Int32(2), aws.String("breaching")
				a.ComparisonOperator = cwtypes.ComparisonOperatorGreaterThanOrEqualToThreshold
			}),
			onCPU("cold", "night", func(a *cwtypes.MetricAlarm) {
				a.Threshold, a.ComparisonOperator = aws.Float64(12.5), cwtypes.ComparisonOperatorLessThanOrEqualToThreshold
			}),
		},
		Scheduled: []astypes.ScheduledUpdateGroupAction{
			{ScheduledActionName: aws.String("day"), Recurrence: aws.String("0 8 * * 1-5"), TimeZone: aws.String("Europe/Berlin"), MinSize: aws.Int32(10), StartTime: aws.Time(time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC))},
			{ScheduledActionName: aws.String("eve"), Recurrence: aws.String("0 18 * * *"), MinSize: aws.Int32(2), MaxSize: aws.Int32(40), DesiredCapacity: aws.Int32(4)},
		},
	})
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	ref := func(n int) *int { return &n }
	cpuHigh, cpuLow := alarmOf("", rivals.Above, 60, 3), alarmOf("", rivals.Below, 42, 15)
	ownHigh := alarmOf("", rivals.Above, 55, 3)
	hot := alarmOf("hot", rivals.AtLeast, 85, 3)
	hot.Datapoints, hot.MissingBreaches = 2, true
	four := streams.Duration(4 * time.Minute)
	want := rivals.Incumbent{
		Group: "web", Min: 2, Max: 50,
		Tracking: []rivals.TargetTracking{
			{Name: "cpu60", Target: 60, High: &cpuHigh, Low: &cpuLow, WarmUp: four},
			{Name: "own", Target: 55, High: &ownHigh, WarmUp: four},
		},
		Steps: []rivals.StepScaling{{
			Name: "burst", Alarms: []rivals.MetricAlarm{hot}, WarmUp: streams.Duration(90 * time.Second),
			Adjustment: rivals.Adjustment{Type: rivals.PercentChangeInCapacity, AtLeast: 2},
			Steps:      []rivals.StepAdjustment{{Lower: aws.Float64(0), Upper: aws.Float64(10), By: 10}, {Lower: aws.Float64(10), By: 30}},
		}},
		Simple: []rivals.SimpleScaling{{
			Name: "night", Alarms: []rivals.MetricAlarm{alarmOf("cold", rivals.AtMost, 12.5, 3)}, By: 3, Cooldown: four,
			Adjustment: rivals.Adjustment{Type: rivals.ExactCapacity},
		}},
		Predictive: []rivals.PredictiveScaling{{Name: "hours", Target: 50, Buffer: streams.Duration(5 * time.Minute)}},
		Scheduled: []rivals.ScheduledAction{
			{Name: "day", Recurrence: "0 8 * * 1-5", Zone: rivals.Zone{Location: berlin}, Min: ref(10)},
			{Name: "eve", Recurrence: "0 18 * * *", Zone: rivals.Zone{Location: time.UTC}, Min: ref(2), Max: ref(40), Desired: ref(4)},
		},
	}
	for _, p := range found.Tracking {
		for _, a := range []*rivals.MetricAlarm{p.High, p.Low} {
			if a == nil {
				continue
			}
			if !strings.HasPrefix(a.Name, "TargetTracking-web-Alarm") {
				t.Errorf("an alarm of AWS is called %q", a.Name)
			}
			a.Name = "" // it ends with a number of AWS
		}
	}
	if diff := cmp.Diff(want, found, byText); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !found.Plays() || !found.Emulation() {
		t.Errorf("plays %v, an emulation %v", found.Plays(), found.Emulation())
	}
}

// A right that is missing is named as IAM names it.
func TestReadNamesTheMissingRight(t *testing.T) {
	for operation, want := range map[string]string{
		"DescribeAutoScalingGroups": "the permission autoscaling:DescribeAutoScalingGroups is missing",
		"DescribePolicies":          "the permission autoscaling:DescribePolicies is missing",
		"DescribeScheduledActions":  "the permission autoscaling:DescribeScheduledActions is missing",
		"DescribeAlarms":            "the permission cloudwatch:DescribeAlarms is missing",
	} {
		client, server := simulated(t, awssim.Group{TargetTracking: awssim.TargetTracking{Target: 60}})
		server.Inject(awssim.Fault{Kind: awssim.Denied, Operations: []string{operation}})
		_, err := incumbent.NewReader(client).Read(t.Context(), "web")
		if err == nil || !strings.Contains(err.Error(), "read what web scales by: "+want) {
			t.Errorf("%s: %v", operation, err)
		}
	}
	client, server := simulated(t, awssim.Group{})
	server.Inject(awssim.Fault{Kind: awssim.Throttled, Operations: []string{"DescribePolicies"}})
	if _, err := incumbent.NewReader(client).Read(t.Context(), "web"); err == nil || err.Error() != "read what web scales by: DescribePolicies: Throttling: Rate exceeded" {
		t.Errorf("throttled: %v", err)
	}
	if _, err := incumbent.NewReader(client).Read(t.Context(), "api"); !errors.Is(err, incumbent.ErrNoGroup) {
		t.Errorf("no group: %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := incumbent.NewReader(client).Read(ctx, "web"); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
}

// It reads, and only what it says.
func TestReaderCalls(t *testing.T) {
	client, server := simulated(t, awssim.Group{TargetTracking: awssim.TargetTracking{Target: 60}})
	if _, err := incumbent.NewReader(client).Read(t.Context(), "web"); err != nil {
		t.Fatal(err)
	}
	called := map[string]bool{}
	for _, c := range server.Calls() {
		called[c.Operation] = true
	}
	want := []string{"DescribeAlarms", "DescribeAutoScalingGroups", "DescribePolicies", "DescribeScheduledActions"}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(called))); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}
