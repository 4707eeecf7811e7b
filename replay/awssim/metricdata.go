package awssim

import (
	"fmt"
	"hash/fnv"
	"regexp"
	"time"
)

// The members of GetMetricData, in AWS's names, as CBOR spells them.
type (
	metricDataInput struct {
		StartTime, EndTime time.Time
		MetricDataQueries  []metricDataQuery
		MaxDatapoints      *int
		NextToken          string
		ScanBy             string
	}
	metricDataQuery struct {
		ID         string `cbor:"Id"`
		MetricStat *metricStat
		Expression string
		Label      string
		Period     *int
		ReturnData *bool
	}
	metricStat struct {
		Metric struct {
			Namespace, MetricName string
			Dimensions            []dimension
		}
		Period int
		Stat   string
		Unit   string
	}
	metricDataOutput struct {
		MetricDataResults []metricDataResult
		NextToken         *string `cbor:",omitempty"`
	}
	metricDataResult struct {
		ID         string `cbor:"Id"`
		Label      string
		Timestamps []time.Time
		Values     []float64
		StatusCode string
	}
)

const (
	complete    = "Complete"
	partialData = "PartialData"
	maxQueries  = 500
)

// metrics counts what AWS bills: the statistics of one metric count once, an
// expression once.
func (in metricDataInput) metrics() int {
	seen := map[string]bool{}
	for _, q := range in.MetricDataQueries {
		key := q.Expression
		if q.MetricStat != nil {
			m := q.MetricStat.Metric
			key = metricKey(m.Namespace, m.MetricName, m.Dimensions)
		}
		seen[key] = true
	}
	return len(seen)
}

// digest tells requests apart whose pages must not be mixed.
func (in metricDataInput) digest() uint32 {
	h := fnv.New32a()
	fmt.Fprint(h, in.StartTime.Unix(), in.EndTime.Unix(), in.ScanBy)
	for _, q := range in.MetricDataQueries {
		fmt.Fprint(h, q.ID, q.Expression, q.MetricStat)
	}
	return h.Sum32()
}

// queryID is what an Id has to look like.
var queryID = regexp.MustCompile(`^[a-z][a-zA-Z0-9_]*$`)

// check gives what AWS finds wrong with a request.
func (in metricDataInput) check() *refusal {
	switch {
	case len(in.MetricDataQueries) == 0:
		return invalid("The parameter MetricDataQueries is required.")
	case len(in.MetricDataQueries) > maxQueries:
		return invalid("The collection MetricDataQueries must not have a size greater than %d.", maxQueries)
	case in.StartTime.IsZero():
		return invalid("The parameter StartTime is required.")
	case in.EndTime.IsZero():
		return invalid("The parameter EndTime is required.")
	case in.StartTime.Equal(in.EndTime):
		return invalid("The parameter StartTime must not equal parameter EndTime.")
	case in.StartTime.After(in.EndTime):
		return invalid("The parameter StartTime must be less than the parameter EndTime.")
	case in.MaxDatapoints != nil && (*in.MaxDatapoints < 1 || *in.MaxDatapoints > maxDatapoints):
		return invalid("The value %d for parameter MaxDatapoints is invalid. Must be between 1 and %d.", *in.MaxDatapoints, maxDatapoints)
	case in.ScanBy != "" && in.ScanBy != "TimestampAscending" && in.ScanBy != "TimestampDescending":
		return invalid("The value %s for parameter ScanBy is not supported.", in.ScanBy)
	}
	return in.checkQueries()
}

// checkQueries gives what is wrong with the queries, one line for each.
func (in metricDataInput) checkQueries() *refusal {
	wrong := ""
	ids := map[string]bool{}
	for n, q := range in.MetricDataQueries {
		if text := q.wrong(fmt.Sprintf("MetricDataQueries.member.%d.", n+1)); text != "" {
			wrong += "\n" + text
		}
		if ids[q.ID] {
			return invalid("The values for parameter id in MetricDataQueries are not unique.")
		}
		ids[q.ID] = true
	}
	if wrong == "" {
		return nil
	}
	return invalid("%s", wrong[1:])
}

func (q metricDataQuery) wrong(at string) string {
	switch {
	case !queryID.MatchString(q.ID):
		return fmt.Sprintf("The value %s for parameter %sId is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.", q.ID, at)
	case q.MetricStat == nil && q.Expression == "":
		return fmt.Sprintf("The parameters %sMetricStat or %sExpression is required.", at, at)
	case q.MetricStat == nil:
		return wrongPeriod(at+"Period", q.Period)
	case q.Expression != "":
		return fmt.Sprintf("The parameters %sExpression and %sMetricStat are mutually exclusive and you have specified both.", at, at)
	case q.Period != nil:
		return fmt.Sprintf("The parameters %sPeriod and %sMetricStat are mutually exclusive and you have specified both.", at, at)
	}
	switch q.MetricStat.Stat {
	case "Sum", "SampleCount", "Average", "Minimum", "Maximum":
		return wrongPeriod(at+"MetricStat.Period", &q.MetricStat.Period)
	}
	return fmt.Sprintf("The value %s for parameter %sMetricStat.Stat is not a valid statistic.", q.MetricStat.Stat, at)
}

func wrongPeriod(at string, seconds *int) string {
	switch {
	case seconds == nil:
		return fmt.Sprintf("The parameter %s is required.", at)
	case *seconds <= 0 || *seconds > 86400 || *seconds%60 != 0:
		return fmt.Sprintf("The value %d for parameter %s is invalid. Period must be a multiple of 60.", *seconds, at)
	}
	return ""
}
