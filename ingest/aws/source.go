package aws

import (
	"cmp"
	"context"
	"math"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"golang.org/x/time/rate"
)

const (
	// requestsPerSecond leaves room below what an account may ask of
	// CloudWatch (50/s); the bucket of Auto Scaling is shared with others.
	requestsPerSecond = 20
	// datapointsPerSecond is below both of CloudWatch's quotas, 180,000/s for
	// the last three hours and 396,000/s for what is older.
	datapointsPerSecond = 100_000
	// attempts is how often a request is made at most.
	attempts = 5
)

// Options are what a Source may be told. The zero value will do.
type Options struct {
	// Requests, where set, is told of every request: its operation, and how
	// many metrics AWS bills for it. Retries are not told of.
	Requests func(operation string, metrics int)
	// RequestsPerSecond bounds the requests; 20 where 0, none where infinite.
	RequestsPerSecond float64
	// DatapointsPerSecond bounds what GetMetricData is asked for, as CloudWatch
	// counts it: bins of the range, whether they hold a value or not. 100,000
	// where 0, none where infinite.
	DatapointsPerSecond float64
}

// Source reads one scope. It may be used from several goroutines, which then
// share its limits.
type Source struct {
	// Methods and not clients, so that nothing else can be called.
	getMetricData  func(context.Context, *cloudwatch.GetMetricDataInput, ...func(*cloudwatch.Options)) (*cloudwatch.GetMetricDataOutput, error)
	describeGroups func(context.Context, *autoscaling.DescribeAutoScalingGroupsInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeAutoScalingGroupsOutput, error)

	told                 func(operation string, metrics int)
	requests, datapoints *rate.Limiter
}

// New makes the source of the account and the region that c is for. A request
// is made five times at most unless c says otherwise, with the pauses of
// c.Retryer, or the SDK's where that is nil.
func New(c sdk.Config, o Options) *Source {
	if c.RetryMaxAttempts == 0 {
		c.RetryMaxAttempts = attempts
	}
	s := &Source{
		getMetricData:  cloudwatch.NewFromConfig(c).GetMetricData,
		describeGroups: autoscaling.NewFromConfig(c).DescribeAutoScalingGroups,
		told:           o.Requests,
		requests:       limiter(cmp.Or(o.RequestsPerSecond, requestsPerSecond), requestsPerSecond),
		datapoints:     limiter(cmp.Or(o.DatapointsPerSecond, datapointsPerSecond), maxDatapoints),
	}
	if s.told == nil {
		s.told = func(string, int) {}
	}
	return s
}

// limiter allows so much a second, and burst at once.
func limiter(perSecond float64, burst int) *rate.Limiter {
	return rate.NewLimiter(rate.Limit(min(perSecond, math.MaxFloat64)), burst) // which is rate.Inf
}
