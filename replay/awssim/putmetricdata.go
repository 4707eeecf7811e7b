package awssim

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// Datum is a value that PutMetricData brought.
type Datum struct {
	Namespace string
	// At is when it came.
	At time.Time
	cwtypes.MetricDatum
}

// putInput are the members of PutMetricData.
type putInput struct {
	Namespace  string
	MetricData []cwtypes.MetricDatum
}

const (
	// keptData is how many values a server remembers at least.
	keptData = 1 << 12
	// maxData, maxDimensions and maxValues are AWS's bounds on a request.
	maxData       = 1000
	maxDimensions = 30
	maxValues     = 150
	// A timestamp may lie this far back and ahead.
	oldest, newest = 14 * day, 2 * time.Hour
)

// putMetricData keeps what came; GetMetricData does not show it.
func (s *Server) putMetricData(c *Call, in putInput) *refusal {
	if r := in.check(c.At); r != nil {
		return r
	}
	for _, d := range in.MetricData {
		s.data = append(s.data, Datum{Namespace: in.Namespace, At: c.At, MetricDatum: d})
	}
	if over := len(s.data) - keptData; over >= keptData {
		s.data = slices.Clone(s.data[over:])
	}
	return nil
}

// PutData gives what PutMetricData brought, oldest first: the newest 4,096
// values at least.
func (s *Server) PutData() []Datum {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.data)
}

// check gives what AWS finds wrong with a request.
func (in putInput) check(now time.Time) *refusal {
	switch {
	case in.Namespace == "":
		return badParameter("MissingParameter", "MissingRequiredParameterException", "The parameter Namespace is required.")
	case strings.HasPrefix(in.Namespace, "AWS/") || strings.HasPrefix(in.Namespace, ":"):
		return badValue("The value %s for parameter Namespace is invalid.", in.Namespace)
	case len(in.MetricData) == 0:
		return badParameter("MissingParameter", "MissingRequiredParameterException", "The parameter MetricData is required.")
	case len(in.MetricData) > maxData:
		return badValue("The collection MetricData must not have a size greater than %d.", maxData)
	}
	for n, d := range in.MetricData {
		if r := wrongDatum(fmt.Sprintf("MetricData.member.%d.", n+1), d, now); r != nil {
			return r
		}
	}
	return nil
}

// wrongDatum gives what is wrong with a value; at is where in the request.
func wrongDatum(at string, d cwtypes.MetricDatum, now time.Time) *refusal {
	given := 0
	for _, there := range []bool{d.Value != nil, d.Values != nil, d.StatisticValues != nil} {
		if there {
			given++
		}
	}
	switch {
	case d.MetricName == nil || *d.MetricName == "":
		return badParameter("MissingParameter", "MissingRequiredParameterException", "The parameter %sMetricName is required.", at)
	case given == 0:
		return badParameter("MissingParameter", "MissingRequiredParameterException", "At least one of the parameters %sValue, %sValues or %sStatisticValues must be specified.", at, at, at)
	case given > 1:
		return badParameter("InvalidParameterCombination", "InvalidParameterCombinationException", "The parameters %sValue, %sValues and %sStatisticValues are mutually exclusive.", at, at, at)
	case len(d.Values) > maxValues || d.Counts != nil && len(d.Counts) != len(d.Values):
		return badValue("The collections %sValues and %sCounts must have the same size, of at most %d.", at, at, maxValues)
	case len(d.Dimensions) > maxDimensions:
		return badValue("The collection %sDimensions must not have a size greater than %d.", at, maxDimensions)
	case d.Timestamp != nil && (now.Sub(*d.Timestamp) > oldest || d.Timestamp.Sub(now) > newest):
		return badValue("The parameter %sTimestamp must specify a time within the past two weeks and no more than two hours in the future.", at)
	}
	values := d.Values
	if d.Value != nil {
		values = []float64{*d.Value}
	}
	for _, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return badValue("The value %v for parameter %sValue is invalid.", v, at)
		}
	}
	return nil
}
