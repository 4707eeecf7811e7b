package aws

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/ml-autoscaling/autoscaler/ingest/window"
)

const (
	// maxQueries and maxDatapoints are the most that AWS takes in one call.
	maxQueries    = 500
	maxDatapoints = 100_800
)

// ask is a query in CloudWatch's terms.
type ask struct {
	window.Query
	index int // of the query in what Read was given
	// data has one or two queries of CloudWatch, without ids: of CPU the Sum
	// and the SampleCount, of requests their Sum and, where asked for, whether
	// CloudWatch is alive.
	data []types.MetricDataQuery
}

func newAsk(index int, q window.Query) (ask, error) {
	a := ask{Query: q, index: index}
	if q.Period < time.Second || q.Period%time.Second != 0 || !q.From.Before(q.Until) {
		return a, fmt.Errorf("query of %s: want a period of whole seconds and a range, got %v from %v until %v", a.subject(), q.Period, q.From, q.Until)
	}
	group := map[string]string{"AutoScalingGroupName": q.AutoScalingGroup}
	switch q.Measure {
	case window.CPU:
		a.data = append(a.data, a.metric("AWS/EC2", "CPUUtilization", "Sum", group), a.metric("AWS/EC2", "CPUUtilization", "SampleCount", group))
	case window.Requests:
		balancer, target, ok := strings.Cut(q.ResourceLabel, "/targetgroup/")
		if !ok {
			return a, fmt.Errorf("query of %s: resource label: want app/NAME/ID/targetgroup/NAME/ID, got %.80q", a.subject(), q.ResourceLabel)
		}
		a.data = append(a.data, a.metric("AWS/ApplicationELB", "RequestCount", "Sum",
			map[string]string{"LoadBalancer": balancer, "TargetGroup": "targetgroup/" + target}))
		if q.Alive {
			a.data = append(a.data, a.metric("AWS/AutoScaling", "GroupInServiceInstances", "Average", group))
		}
	case window.Expression:
		a.data = append(a.data, types.MetricDataQuery{Expression: sdk.String(q.Expression), Period: a.seconds()})
	default:
		return a, fmt.Errorf("query of %s: there is no measure %.40q", a.subject(), string(q.Measure))
	}
	return a, nil
}

// subject names what is asked for, in errors.
func (a ask) subject() string { return fmt.Sprintf("%s of %s", a.Measure, a.AutoScalingGroup) }

func (a ask) seconds() *int32 { return sdk.Int32(int32(a.Period / time.Second)) }

func (a ask) metric(namespace, name, statistic string, dimensions map[string]string) types.MetricDataQuery {
	metric := &types.Metric{Namespace: sdk.String(namespace), MetricName: sdk.String(name)}
	for key, value := range dimensions {
		metric.Dimensions = append(metric.Dimensions, types.Dimension{Name: sdk.String(key), Value: sdk.String(value)})
	}
	slices.SortFunc(metric.Dimensions, func(a, b types.Dimension) int { return cmp.Compare(*a.Name, *b.Name) })
	return types.MetricDataQuery{MetricStat: &types.MetricStat{Metric: metric, Period: a.seconds(), Stat: sdk.String(statistic)}}
}

// datapoints is how many CloudWatch takes the ask to be.
func (a ask) datapoints() int {
	bins := (a.Until.Sub(a.From) + a.Period - 1) / a.Period
	return int(bins) * len(a.data)
}

// batch are the asks of one call: they have the same period and range.
type batch []ask

// batches sorts asks into calls. The newest windows come first, so that a long
// backfill keeps no live window waiting. A call is as large as AWS allows it to
// be without a second page, because each page is billed like the first.
func batches(asks []ask) []batch {
	slices.SortStableFunc(asks, func(a, b ask) int {
		return cmp.Or(b.From.Compare(a.From), cmp.Compare(a.Period, b.Period), a.Until.Compare(b.Until))
	})
	var all []batch
	queries, datapoints := 0, 0
	for _, a := range asks {
		queries += len(a.data)
		datapoints += a.datapoints()
		if n := len(all); n == 0 || !all[n-1][0].fits(a) || queries > maxQueries || datapoints > maxDatapoints {
			all = append(all, nil)
			queries, datapoints = len(a.data), a.datapoints()
		}
		all[len(all)-1] = append(all[len(all)-1], a)
	}
	return all
}

func (a ask) fits(b ask) bool {
	return a.Period == b.Period && a.From.Equal(b.From) && a.Until.Equal(b.Until)
}

// input is the call, with ids m0, m1 and on in the order of the batch.
func (b batch) input() *cloudwatch.GetMetricDataInput {
	in := &cloudwatch.GetMetricDataInput{
		StartTime: sdk.Time(b[0].From), EndTime: sdk.Time(b[0].Until),
		ScanBy: types.ScanByTimestampAscending, MaxDatapoints: sdk.Int32(maxDatapoints),
	}
	for _, a := range b {
		for _, d := range a.data {
			d.Id = sdk.String(fmt.Sprintf("m%d", len(in.MetricDataQueries)))
			in.MetricDataQueries = append(in.MetricDataQueries, d)
		}
	}
	return in
}

// metrics is how many metrics AWS bills for a page of the call.
func (b batch) metrics() int {
	n := 0
	for _, a := range b {
		n += a.Metrics()
	}
	return n
}

// datapoints is how many CloudWatch takes a page of the call to be.
func (b batch) datapoints() int {
	n := 0
	for _, a := range b {
		n += a.datapoints()
	}
	return min(n, maxDatapoints)
}
