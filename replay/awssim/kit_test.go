package awssim

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	astypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/replay/trace"
)

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func minute(n int) time.Time { return start.Add(time.Duration(n) * time.Minute) }

// clock is a clock that a test sets.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) set(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = now
}

// kit is a server on a socket, and unmodified clients of it.
type kit struct {
	*testing.T
	clock  *clock
	server *Server
	config aws.Config
	cw     *cloudwatch.Client
	as     *autoscaling.Client
}

func newKit(t *testing.T, c Config, groups ...Group) *kit {
	t.Helper()
	k := &kit{T: t, clock: &clock{now: start}}
	c.Now = k.clock.Now
	k.server = New(c)
	for _, g := range groups {
		if err := k.server.Add(g); err != nil {
			t.Fatal(err)
		}
	}
	listening := httptest.NewServer(k.server)
	t.Cleanup(listening.Close)
	k.config = aws.Config{
		Region:       "eu-west-1",
		BaseEndpoint: aws.String(listening.URL),
		Credentials:  credentials.NewStaticCredentialsProvider("test", "test", ""),
		HTTPClient:   plainBody{&http.Client{Transport: &http.Transport{}}},
		Retryer:      func() aws.Retryer { return aws.NopRetryer{} },
	}
	k.connect()
	return k
}

// plainBody hides from net/http that a request's body can write itself, which
// one that smithy-go closed does wrongly: a server as near as this one answers
// before net/http has looked at the end of the body.
type plainBody struct{ *http.Client }

func (c plainBody) Do(r *http.Request) (*http.Response, error) {
	if r.Body != nil && r.Body != http.NoBody {
		r.Body = struct{ io.ReadCloser }{r.Body}
	}
	return c.Client.Do(r)
}

func (k *kit) connect() {
	k.cw = cloudwatch.NewFromConfig(k.config)
	k.as = autoscaling.NewFromConfig(k.config)
}

// retrying makes clients that try three times and do not wait in between.
func (k *kit) retrying() {
	k.config.Retryer = func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) {
			o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
		})
	}
	k.connect()
}

// at moves the clock and the worlds.
func (k *kit) at(now time.Time) {
	k.clock.set(now)
	k.server.Advance(now)
}

func (k *kit) groups(in *autoscaling.DescribeAutoScalingGroupsInput) []astypes.AutoScalingGroup {
	k.Helper()
	var out []astypes.AutoScalingGroup
	pages := autoscaling.NewDescribeAutoScalingGroupsPaginator(k.as, in)
	for pages.HasMorePages() {
		page, err := pages.NextPage(k.Context())
		if err != nil {
			k.Fatal(err)
		}
		out = append(out, page.AutoScalingGroups...)
	}
	return out
}

func (k *kit) group(name string) astypes.AutoScalingGroup {
	k.Helper()
	found := k.groups(&autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{name}})
	if len(found) != 1 {
		k.Fatalf("want group %s, got %d groups", name, len(found))
	}
	return found[0]
}

func (k *kit) set(name string, desired int32) error {
	_, err := k.as.SetDesiredCapacity(k.Context(), &autoscaling.SetDesiredCapacityInput{AutoScalingGroupName: &name, DesiredCapacity: &desired})
	return err
}

func (k *kit) mustSet(name string, desired int32) {
	k.Helper()
	if err := k.set(name, desired); err != nil {
		k.Fatal(err)
	}
}

func (k *kit) activities(name string) []astypes.Activity {
	k.Helper()
	var out []astypes.Activity
	pages := autoscaling.NewDescribeScalingActivitiesPaginator(k.as, &autoscaling.DescribeScalingActivitiesInput{AutoScalingGroupName: &name})
	for pages.HasMorePages() {
		page, err := pages.NextPage(k.Context())
		if err != nil {
			k.Fatal(err)
		}
		out = append(out, page.Activities...)
	}
	return out
}

// values reads a window, all pages merged by Id, and counts the pages.
func (k *kit) values(in *cloudwatch.GetMetricDataInput) (map[string]result, int) {
	k.Helper()
	merged := map[string]result{}
	pages := 0
	for p := cloudwatch.NewGetMetricDataPaginator(k.cw, in); p.HasMorePages(); pages++ {
		page, err := p.NextPage(k.Context())
		if err != nil {
			k.Fatal(err)
		}
		for _, r := range page.MetricDataResults {
			m := merged[*r.Id]
			for i, at := range r.Timestamps {
				m.points = append(m.points, point{int(at.Sub(start) / time.Minute), r.Values[i]})
			}
			m.status, m.label = r.StatusCode, *r.Label
			merged[*r.Id] = m
		}
	}
	return merged, pages
}

type result struct {
	points []point
	status cwtypes.StatusCode
	label  string
}

// point is a value of the period that begins at a minute.
type point struct {
	minute int
	value  float64
}

// ask is a window of queries, oldest values first.
func ask(from, until time.Time, queries ...cwtypes.MetricDataQuery) *cloudwatch.GetMetricDataInput {
	return &cloudwatch.GetMetricDataInput{StartTime: &from, EndTime: &until, MetricDataQueries: queries, ScanBy: cwtypes.ScanByTimestampAscending}
}

// about asks for a statistic of a metric of an Auto Scaling group.
func about(id, namespace, metric, stat string, period time.Duration, group string) cwtypes.MetricDataQuery {
	return cwtypes.MetricDataQuery{Id: &id, MetricStat: &cwtypes.MetricStat{
		Metric: &cwtypes.Metric{
			Namespace: &namespace, MetricName: &metric,
			Dimensions: []cwtypes.Dimension{{Name: aws.String("AutoScalingGroupName"), Value: &group}},
		},
		Period: aws.Int32(int32(period.Seconds())), Stat: &stat,
	}}
}

func cpuQuery(id, stat string, period time.Duration) cwtypes.MetricDataQuery {
	return about(id, "AWS/EC2", "CPUUtilization", stat, period, "web")
}

// codeOf gives the code of an API error, and "" of no error.
func codeOf(t *testing.T, err error) (code, message string) {
	t.Helper()
	if err == nil {
		return "", ""
	}
	var api smithy.APIError
	if !errors.As(err, &api) {
		t.Fatalf("want an API error, got %v", err)
	}
	return api.ErrorCode(), api.ErrorMessage()
}

// worldOf makes a world whose demand is the values as they are, NaN missing.
func worldOf(t testing.TB, change func(*fleet.Config), period time.Duration, values ...float64) *fleet.World {
	t.Helper()
	recorded := trace.Trace{Start: start, Period: period, Values: values}
	load, err := fleet.NewLoad(recorded, recorded.Quantile(0.999))
	if err != nil {
		t.Fatal(err)
	}
	c := fleet.Lived("web", load, 3*time.Minute)
	if change != nil {
		change(&c)
	}
	w, err := fleet.NewWorld(c)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// steady makes a world of a demand of 4 for an hour, a sample a minute: 8
// instances at its start.
func steady(t testing.TB, change func(*fleet.Config)) *fleet.World {
	values := make([]float64, 60)
	for i := range values {
		values[i] = 4
	}
	return worldOf(t, change, time.Minute, values...)
}

func identityOf(ctx context.Context, k *kit) (*sts.GetCallerIdentityOutput, error) {
	return sts.NewFromConfig(k.config).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
}
