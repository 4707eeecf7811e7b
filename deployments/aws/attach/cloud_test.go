package attach_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ml-autoscaling/autoscaler/deployments/aws/attach"
	"github.com/ml-autoscaling/autoscaler/replay/awssim"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/replay/trace"
	"github.com/ml-autoscaling/autoscaler/streams"
)

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// cloud is a simulated AWS, two hours after its groups began to serve.
type cloud struct {
	*testing.T
	sim    *awssim.Server
	config aws.Config
	now    time.Time
}

// newCloud has the groups serve a steady load.
func newCloud(t *testing.T, groups ...awssim.Group) *cloud {
	t.Helper()
	c := &cloud{T: t, now: start.Add(2 * time.Hour)}
	c.sim = awssim.New(awssim.Config{Now: func() time.Time { return c.now }})
	for _, g := range groups {
		g.World = steady(t, g.Name)
		if err := c.sim.Add(g); err != nil {
			t.Fatal(err)
		}
	}
	c.sim.Advance(c.now)
	server := httptest.NewServer(c.sim)
	t.Cleanup(server.Close)
	c.config = configFor(server.URL)
	return c
}

func steady(t *testing.T, name string) *fleet.World {
	t.Helper()
	values := make([]float64, 180)
	for i := range values {
		values[i] = 4
	}
	load, err := fleet.NewLoad(trace.Trace{Start: start, Period: time.Minute, Values: values}, 4)
	if err != nil {
		t.Fatal(err)
	}
	world, err := fleet.NewWorld(fleet.Lived(name, load, 3*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	return world
}

// configFor has credentials that nobody checks, and does not pause before it
// repeats a request.
func configFor(url string) aws.Config {
	return aws.Config{
		Region: "eu-west-1", BaseEndpoint: aws.String(url),
		Credentials: credentials.NewStaticCredentialsProvider("id", "secret", ""),
		HTTPClient:  plainBody{&http.Client{Transport: &http.Transport{}}},
		Retryer: func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) {
				o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
			})
		},
	}
}

// plainBody hides from net/http that a request's body can write itself: see
// deployments/autoscaler/plainbody.go.
type plainBody struct{ *http.Client }

func (c plainBody) Do(r *http.Request) (*http.Response, error) {
	if r.Body != nil && r.Body != http.NoBody {
		r.Body = struct{ io.ReadCloser }{r.Body}
	}
	return c.Client.Do(r)
}

// lived is a group with something of everything.
func lived() awssim.Group {
	return awssim.Group{
		Name: "web", Detailed: true, Tags: map[string]string{"team": "shop", "aws:cloudformation:stack-name": "shop"}, Min: 2, Max: 20,
		TargetTracking: awssim.TargetTracking{Target: 60},
		Description: types.AutoScalingGroup{
			DefaultInstanceWarmup: aws.Int32(120),
			EnabledMetrics:        []types.EnabledMetric{{Metric: aws.String("GroupInServiceInstances"), Granularity: aws.String("1Minute")}},
		},
		Policies: []types.ScalingPolicy{
			{PolicyName: aws.String("in"), PolicyType: aws.String("StepScaling"), AdjustmentType: aws.String("ChangeInCapacity"), StepAdjustments: []types.StepAdjustment{{MetricIntervalUpperBound: aws.Float64(0), ScalingAdjustment: aws.Int32(-1)}}},
			{PolicyName: aws.String("ahead"), PolicyType: aws.String("PredictiveScaling"), PredictiveScalingConfiguration: &types.PredictiveScalingConfiguration{
				Mode: types.PredictiveScalingModeForecastAndScale, MetricSpecifications: []types.PredictiveScalingMetricSpecification{{TargetValue: aws.Float64(50)}}}},
		},
		Alarms: []cwtypes.MetricAlarm{{
			AlarmName: aws.String("web-low"), Namespace: aws.String("AWS/EC2"), MetricName: aws.String("CPUUtilization"), Statistic: cwtypes.StatisticAverage,
			Dimensions: []cwtypes.Dimension{{Name: aws.String("AutoScalingGroupName"), Value: aws.String("web")}}, Period: aws.Int32(60), EvaluationPeriods: aws.Int32(10),
			Threshold: aws.Float64(20), ComparisonOperator: cwtypes.ComparisonOperatorLessThanThreshold, AlarmActions: []string{"in"}, StateValue: cwtypes.StateValueOk,
		}},
		Refreshes: []types.InstanceRefresh{{InstanceRefreshId: aws.String("r-1"), Status: types.InstanceRefreshStatusInProgress, PercentageComplete: aws.Int32(40)}},
		Scheduled: []types.ScheduledUpdateGroupAction{{ScheduledActionName: aws.String("morning"), Recurrence: aws.String("0 7 * * 1-5"), MinSize: aws.Int32(6)}},
	}
}

func (c *cloud) reader() *attach.Reader {
	return attach.NewReader(c.config, func() time.Time { return c.now })
}

// world is everything that AWS says of a group.
type world struct {
	Group    types.AutoScalingGroup
	Policies []types.ScalingPolicy
	Alarms   []cwtypes.MetricAlarm
	Planned  []types.ScheduledUpdateGroupAction
	Refresh  []types.InstanceRefresh
	Warm     []types.Instance
}

func (c *cloud) look(name string) world {
	c.Helper()
	as, cw := autoscaling.NewFromConfig(c.config), cloudwatch.NewFromConfig(c.config)
	groups, err := as.DescribeAutoScalingGroups(c.Context(), &autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{name}})
	c.must(err)
	policies, err := as.DescribePolicies(c.Context(), &autoscaling.DescribePoliciesInput{AutoScalingGroupName: &name})
	c.must(err)
	alarms, err := cw.DescribeAlarms(c.Context(), &cloudwatch.DescribeAlarmsInput{})
	c.must(err)
	planned, err := as.DescribeScheduledActions(c.Context(), &autoscaling.DescribeScheduledActionsInput{AutoScalingGroupName: &name})
	c.must(err)
	refresh, err := as.DescribeInstanceRefreshes(c.Context(), &autoscaling.DescribeInstanceRefreshesInput{AutoScalingGroupName: &name})
	c.must(err)
	warm, err := as.DescribeWarmPool(c.Context(), &autoscaling.DescribeWarmPoolInput{AutoScalingGroupName: &name})
	c.must(err)
	return world{groups.AutoScalingGroups[0], policies.ScalingPolicies, alarms.MetricAlarms, planned.ScheduledUpdateGroupActions, refresh.InstanceRefreshes, warm.Instances}
}

func (c *cloud) must(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

// tags gives a group's tags, and that none is propagated.
func (w world) tags(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, tag := range w.Group.Tags {
		out[*tag.Key] = *tag.Value
		if strings.HasPrefix(*tag.Key, "ml-autoscaling/") && aws.ToBool(tag.PropagateAtLaunch) {
			t.Errorf("tag %s goes on to instances", *tag.Key)
		}
	}
	return out
}

// sameBut compares everything but tags and min, which it gives as they are.
func (c *cloud) sameBut(before, after world) (tags map[string]string, least int) {
	c.Helper()
	aside := cmp.Options{
		cmpopts.IgnoreFields(types.AutoScalingGroup{}, "Tags", "MinSize"), cmpopts.EquateEmpty(),
		cmp.FilterPath(func(p cmp.Path) bool { return strings.HasSuffix(p.String(), "noSmithyDocumentSerde") }, cmp.Ignore()),
	}
	if diff := cmp.Diff(before, after, aside); diff != "" {
		c.Errorf("more than our tags and the min changed:\n%s", diff)
	}
	return after.tags(c.T), int(*after.Group.MinSize)
}

func (c *cloud) attach(name string, mode streams.Mode) error {
	g, err := attach.NewDescriber(c.config).Describe(c.Context(), name)
	c.must(err)
	return attach.NewTagger(c.config).Write(c.Context(), name, attach.Changes(g, mode))
}

func (c *cloud) detach(name string) error {
	g, err := attach.NewDescriber(c.config).Describe(c.Context(), name)
	if err != nil {
		return err
	}
	for _, s := range attach.Steps(g, false) {
		if err := attach.NewDetacher(c.config).Take(c.Context(), name, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}

// setMin sets the min as the group's owner would.
func (c *cloud) setMin(name string, least int32) {
	c.Helper()
	_, err := autoscaling.NewFromConfig(c.config).UpdateAutoScalingGroup(c.Context(), &autoscaling.UpdateAutoScalingGroupInput{AutoScalingGroupName: &name, MinSize: &least})
	c.must(err)
}
