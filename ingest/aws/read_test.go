package aws_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/ingest/aws"
	"github.com/ml-autoscaling/autoscaler/ingest/window"
)

var t0 = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

func minute(n int) time.Time { return t0.Add(time.Duration(n) * time.Minute) }

// cpu asks for the CPU of a group in three minutes.
func cpu(group string) window.Query {
	return window.Query{Measure: window.CPU, AutoScalingGroup: group, Period: time.Minute, From: t0, Until: minute(3)}
}

const label = "app/front/0123/targetgroup/web/4567"

func requests(group string, alive bool) window.Query {
	q := cpu(group)
	q.Measure, q.ResourceLabel, q.Alive = window.Requests, label, alive
	return q
}

func expression(group, text string) window.Query {
	q := cpu(group)
	q.Measure, q.Expression = window.Expression, text
	return q
}

// bins is the result of one id: pairs of minute and value.
func bins(id, status string, pairs ...float64) result {
	r := result{Id: id, StatusCode: status}
	for i := 0; i < len(pairs); i += 2 {
		r.Timestamps = append(r.Timestamps, t0.Add(time.Duration(pairs[i]*float64(time.Minute))))
		r.Values = append(r.Values, pairs[i+1])
	}
	return r
}

func page(results ...result) output { return output{MetricDataResults: results} }

func point(n int, value, samples float64) window.Point {
	return window.Point{Start: minute(n), Value: &value, Samples: samples}
}

func TestWhatIsAsked(t *testing.T) {
	c := &cloud{metrics: constant(2)}
	s := c.source(t, aws.Options{})
	queries := []window.Query{cpu("web"), requests("web", false), requests("web", true), expression("web", "SUM(SEARCH('x'))")}
	answers, err := s.Read(within(t), queries)
	if err != nil {
		t.Fatal(err)
	}
	const balanced = "Sum AWS/ApplicationELB RequestCount LoadBalancer=app/front/0123 TargetGroup=targetgroup/web/4567"
	want := [][]string{{
		"Sum AWS/EC2 CPUUtilization AutoScalingGroupName=web",
		"SampleCount AWS/EC2 CPUUtilization AutoScalingGroupName=web",
		balanced, balanced,
		"Average AWS/AutoScaling GroupInServiceInstances AutoScalingGroupName=web",
		"SUM(SEARCH('x'))",
	}}
	if diff := cmp.Diff(want, c.asked()); diff != "" {
		t.Errorf("asked for:\n%s", diff)
	}
	in := c.inputs[0]
	if in.ScanBy != "TimestampAscending" || in.MaxDatapoints != 100_800 || !in.StartTime.Equal(t0) || !in.EndTime.Equal(minute(3)) {
		t.Errorf("want the window ascending, got %+v", in)
	}
	for i, q := range in.MetricDataQueries {
		period := q.Period
		if q.MetricStat != nil {
			period += q.MetricStat.Period
		}
		if q.Id != fmt.Sprintf("m%d", i) || period != 60 {
			t.Errorf("query %d: want id m%d and 60 s once, got %s and %d s", i, i, q.Id, period)
		}
	}
	if diff := cmp.Diff([]string{"GetMetricData 5"}, c.told); diff != "" {
		t.Errorf("billed metrics:\n%s", diff)
	}
	two := 2.0
	for i, want := range []window.Point{
		{Start: t0, Value: &two, Samples: 2},
		{Start: t0, Value: &two},
		{Start: t0, Value: &two, Instances: &two},
		{Start: t0, Value: &two},
	} {
		if !answers[i].Complete || len(answers[i].Points) != 3 {
			t.Fatalf("answer %d: want three bins, complete, got %+v", i, answers[i])
		}
		if diff := cmp.Diff(want, answers[i].Points[0]); diff != "" {
			t.Errorf("answer %d:\n%s", i, diff)
		}
	}
}

// TestAnswers holds what becomes of the pages of one call for the CPU of web.
func TestAnswers(t *testing.T) {
	for _, test := range []struct {
		name     string
		query    window.Query
		pages    []any
		points   []window.Point
		complete bool
		faults   []string // in the error
		action   string
	}{
		{
			name: "pages are merged by id", query: cpu("web"), complete: true,
			pages: []any{
				page(bins("m0", "PartialData", 0, 50)),
				page(bins("m0", "Complete", 1, 60, 2, 70), bins("m1", "PartialData", 0, 5)),
				page(bins("m1", "Complete", 1, 5, 2, 10)),
			},
			points: []window.Point{point(0, 50, 5), point(1, 60, 5), point(2, 70, 10)},
		},
		{
			name: "a bin that comes twice holds what came last, and order does not matter", query: cpu("web"), complete: true,
			pages: []any{
				page(bins("m0", "PartialData", 2, 70, 0, 50), bins("m1", "Complete", 2, 5, 0, 5)),
				page(bins("m0", "Complete", 0, 55)),
			},
			points: []window.Point{point(0, 55, 5), point(2, 70, 5)},
		},
		{
			name: "half of a pair is no point", query: cpu("web"), complete: true,
			pages:  []any{page(bins("m0", "Complete", 0, 50, 1, 60), bins("m1", "Complete", 1, 5, 2, 5))},
			points: []window.Point{point(1, 60, 5)},
		},
		{
			name: "no samples is no point", query: cpu("web"), complete: true,
			pages: []any{page(bins("m0", "Complete", 0, 0), bins("m1", "Complete", 0, 0))},
		},
		{name: "nothing", query: cpu("web"), complete: true, pages: []any{page(bins("m0", "Complete"), bins("m1", "Complete"))}},
		{
			name: "partial at the end", query: cpu("web"),
			pages:  []any{page(bins("m0", "PartialData", 0, 50), bins("m1", "Complete", 0, 5))},
			points: []window.Point{point(0, 50, 5)}, faults: []string{"GetMetricData: cpu of web: PartialData"},
		},
		{
			name: "partial on a page before the last is still partial", query: cpu("web"),
			pages:  []any{page(bins("m0", "PartialData", 0, 50), bins("m1", "Complete", 0, 5)), page(bins("m1", "Complete", 1, 5))},
			points: []window.Point{point(0, 50, 5)}, faults: []string{"cpu of web: PartialData"},
		},
		{
			name: "internal error", query: cpu("web"),
			pages: []any{page(bins("m0", "InternalError"), bins("m1", "InternalError"))}, faults: []string{"cpu of web: InternalError"},
		},
		{
			name: "internal error that a later page makes good", query: cpu("web"), complete: true,
			pages:  []any{page(bins("m0", "InternalError"), bins("m1", "Complete", 0, 5)), page(bins("m0", "Complete", 0, 50))},
			points: []window.Point{point(0, 50, 5)},
		},
		{
			name: "forbidden", query: cpu("web"),
			pages:  []any{page(bins("m0", "Forbidden"), bins("m1", "Forbidden"))},
			faults: []string{"cpu of web: Forbidden"}, action: "cloudwatch:GetMetricData",
		},
		{name: "an id is missing", query: cpu("web"), pages: []any{page(bins("m0", "Complete", 0, 50))}, faults: []string{"cpu of web: no result"}},
		{
			name: "an id of nobody", query: cpu("web"), complete: true,
			pages: []any{page(bins("m0", "Complete"), bins("m1", "Complete"), bins("m2", "InternalError", 0, 1), bins("x", "InternalError"))},
		},
		{
			name: "what no load can have", query: expression("web", "e"), complete: true,
			pages:  []any{page(bins("m0", "Complete", 0, math.NaN(), 1, math.Inf(1), 2, -1))},
			faults: []string{"expression of web: values left out that are not numbers", "expression of web: values left out that are negative"},
		},
		{
			name: "refused, and alive, is not absent", query: requests("web", true), complete: true,
			pages:  []any{page(bins("m0", "Complete", 0, math.NaN(), 1, -1), bins("m1", "Complete", 0, 4, 1, 4, 2, 4))},
			points: []window.Point{{Start: minute(2), Instances: new(4.0)}},
			faults: []string{"requests of web: values left out that are not numbers", "requests of web: values left out that are negative"},
		},
		{
			name: "what was not asked for", query: expression("web", "e"), complete: true,
			pages:  []any{page(bins("m0", "Complete", -1, 1, 0, 2, 1.5, 3, 3, 4))},
			points: []window.Point{point(0, 2, 0)},
			faults: []string{"values left out that were not asked for", "values left out that are not on the grid"},
		},
		{
			name: "more times than values", query: expression("web", "e"),
			pages:  []any{page(result{Id: "m0", StatusCode: "Complete", Timestamps: []time.Time{t0}})},
			faults: []string{"timestamps and values differ in number"},
		},
		{
			name: "several series", query: expression("web", "SEARCH('x')"),
			pages:  []any{page(bins("m0", "Complete", 0, 1), bins("m0", "Complete", 0, 2))},
			faults: []string{"expression of web: several time series for one id"},
		},
		{
			name: "a message about the call", query: expression("web", "SEARCH('x')"),
			pages: []any{output{
				MetricDataResults: []result{bins("m0", "Complete", 0, 1)},
				Messages:          []message{{"MaxMetricsExceeded", "Maximum number of allowed metrics exceeded"}},
			}},
			points: []window.Point{point(0, 1, 0)}, faults: []string{"Maximum number of allowed metrics exceeded"},
		},
		{
			name: "a page fails", query: cpu("web"),
			pages: []any{
				page(bins("m0", "Complete", 0, 50, 1, 60), bins("m1", "PartialData", 0, 5)),
				&refusal{500, "InternalServiceError", "sorry"},
			},
			points: []window.Point{point(0, 50, 5)}, faults: []string{"GetMetricData: InternalServiceError: sorry"},
		},
		{
			name: "throttled", query: cpu("web"),
			pages: []any{&refusal{400, "Throttling", "Rate exceeded"}}, faults: []string{"GetMetricData: Throttling: Rate exceeded"},
		},
		{
			name: "denied", query: cpu("web"),
			pages:  []any{&refusal{403, "AccessDenied", "User: x is not authorized to perform: cloudwatch:GetMetricData"}},
			faults: []string{"GetMetricData: AccessDenied: User: x"}, action: "cloudwatch:GetMetricData",
		},
		{
			name: "expired", query: cpu("web"),
			pages: []any{&refusal{403, "ExpiredToken", "The security token included in the request is expired"}}, faults: []string{"ExpiredToken"},
		},
		{
			name: "invalid", query: expression("web", "(("),
			pages: []any{&refusal{400, "ValidationError", "Error in expression"}}, faults: []string{"GetMetricData: expression of web: ValidationError: Error in expression"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := &cloud{metrics: pages(test.pages...)}
			answers, err := c.source(t, aws.Options{}).Read(within(t), []window.Query{test.query})
			if diff := cmp.Diff([]window.Answer{{Points: test.points, Complete: test.complete}}, answers); diff != "" {
				t.Errorf("answer:\n%s", diff)
			}
			checkError(t, err, test.faults, test.action)
		})
	}
}

// checkError checks the words of an error, that it is made of call errors, and
// the permission that it names.
func checkError(t *testing.T, err error, faults []string, action string) {
	t.Helper()
	if len(faults) == 0 {
		if err != nil {
			t.Errorf("want no error, got %v", err)
		}
		return
	}
	if err == nil {
		t.Fatalf("want an error with %q", faults)
	}
	for _, want := range faults {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q, got %q", want, err)
		}
	}
	if strings.Contains(err.Error(), "request-") {
		t.Errorf("want no request id, which would differ every time, got %q", err)
	}
	var call *window.CallError
	if !errors.As(err, &call) || call.Action != action {
		t.Errorf("want a call error with the action %q, got %#v", action, call)
	}
}
