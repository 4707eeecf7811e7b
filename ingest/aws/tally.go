package aws

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/ml-autoscaling/autoscaler/ingest/window"
)

// What may be wrong with a metric of an answer, in the words of errors.
const (
	noResult    = "no result"
	manySeries  = "several time series for one id: the expression has to yield one"
	uneven      = "timestamps and values differ in number"
	notNumber   = "values left out that are not numbers"
	negative    = "values left out that are negative"
	notOnGrid   = "values left out that are not on the grid of the period"
	notInWindow = "values left out that were not asked for"
)

// tally merges the pages of a call.
type tally struct {
	query  window.Query // for period and range
	pages  int
	series []*series // by the number of the id
	// message is what CloudWatch said about the call as a whole.
	message string
}

// series is what came of one metric on all pages.
type series struct {
	values map[int64]float64 // by the Unix time at which the bin begins
	// refused has the bins that came with a value that no load can have: they
	// are not absent.
	refused map[int64]bool
	status  types.StatusCode // of the last page that held it; empty where none did
	many    bool             // a page held it twice
	faults  []string
}

func newTally(q window.Query, metrics int) *tally {
	t := &tally{query: q}
	for range metrics {
		t.series = append(t.series, &series{values: map[int64]float64{}, refused: map[int64]bool{}})
	}
	return t
}

// add merges a page in. Where two pages have a bin the later one holds.
func (t *tally) add(page *cloudwatch.GetMetricDataOutput) {
	t.pages++
	for _, m := range page.Messages {
		t.message = strings.TrimSpace(sdk.ToString(m.Code) + " " + sdk.ToString(m.Value))
	}
	seen := map[int]bool{}
	for _, r := range page.MetricDataResults {
		number, ok := strings.CutPrefix(sdk.ToString(r.Id), "m")
		n, err := strconv.Atoi(number)
		if !ok || err != nil || n < 0 || n >= len(t.series) {
			continue
		}
		s := t.series[n]
		s.many = s.many || seen[n]
		seen[n] = true
		s.add(r, t.query)
	}
}

func (s *series) add(r types.MetricDataResult, q window.Query) {
	s.status = r.StatusCode
	if len(r.Timestamps) != len(r.Values) {
		s.fault(uneven)
		return
	}
	for i, v := range r.Values {
		if why := unfit(r.Timestamps[i], v, q); why != "" {
			s.fault(why)
			if why == notNumber || why == negative {
				s.refused[r.Timestamps[i].Unix()] = true
			}
			continue
		}
		s.values[r.Timestamps[i].Unix()] = v
	}
}

// unfit says why a value is none that a load can have, or "".
func unfit(at time.Time, v float64, q window.Query) string {
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return notNumber
	case v < 0:
		return negative
	case at.Before(q.From) || !at.Before(q.Until):
		return notInWindow
	case at.Nanosecond() != 0 || at.Unix()%int64(q.Period/time.Second) != 0:
		return notOnGrid
	}
	return ""
}

func (s *series) fault(words string) {
	if !slices.Contains(s.faults, words) {
		s.faults = append(s.faults, words)
	}
}

// complete says that everything came that CloudWatch has.
func (s *series) complete() bool {
	return s.status == types.StatusCodeComplete && !s.many && !slices.Contains(s.faults, uneven)
}

// wrong gives what is wrong with the series. Where its call failed it is no
// news that it is not complete.
func (s *series) wrong(failed bool) []string {
	wrong := slices.Clone(s.faults)
	switch {
	case s.many:
		wrong = append(wrong, manySeries)
	case failed || s.status == types.StatusCodeComplete:
	case s.status == "":
		wrong = append(wrong, noResult)
	default:
		wrong = append(wrong, string(s.status))
	}
	return wrong
}
