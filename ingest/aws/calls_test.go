package aws_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/ingest/aws"
	"github.com/ml-autoscaling/autoscaler/ingest/window"
)

func TestRetries(t *testing.T) {
	throttled := &refusal{400, "Throttling", "Rate exceeded"}
	for _, test := range []struct {
		name     string
		failures int
		no       *refusal
		want     int // requests
		complete bool
	}{
		{"throttled four times", 4, throttled, 5, true},
		{"throttled for ever", 1000, throttled, 5, false},
		{"sick once", 1, &refusal{503, "ServiceUnavailable", ""}, 2, true},
		{"denied", 1000, &refusal{403, "AccessDenied", ""}, 1, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			n := 0
			c := &cloud{metrics: func(in input) (output, *refusal) {
				if n++; n <= test.failures {
					return output{}, test.no
				}
				return constant(1)(in)
			}}
			answers, err := c.source(t, aws.Options{}).Read(within(t), []window.Query{cpu("web")})
			if n != test.want || answers[0].Complete != test.complete || (err == nil) != test.complete {
				t.Errorf("want %d requests and complete = %v, got %d, %+v, %v", test.want, test.complete, n, answers, err)
			}
			if len(c.told) != 1 {
				t.Errorf("want one request told of, got %q", c.told)
			}
		})
	}
}

func TestBatches(t *testing.T) {
	var queries []window.Query
	for i := range 300 {
		queries = append(queries, cpu(fmt.Sprint("g", i)))
	}
	slow, long := cpu("slow"), cpu("long")
	slow.Period, slow.Until = 5*time.Minute, minute(5)
	long.From = t0.Add(-40 * 24 * time.Hour) // 115,206 datapoints
	queries = append(queries, slow, long)
	c := &cloud{metrics: constant(1)}
	answers, err := c.source(t, aws.Options{DatapointsPerSecond: math.Inf(1)}).Read(within(t), queries)
	if err != nil {
		t.Fatal(err)
	}
	var sizes []string
	for _, in := range c.inputs {
		sizes = append(sizes, fmt.Sprint(len(in.MetricDataQueries), " from ", in.StartTime.UTC().Format("01-02")))
	}
	if diff := cmp.Diff([]string{"500 from 03-02", "100 from 03-02", "2 from 03-02", "2 from 01-21"}, sizes); diff != "" {
		t.Errorf("calls:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"GetMetricData 250", "GetMetricData 50", "GetMetricData 1", "GetMetricData 1"}, c.told); diff != "" {
		t.Errorf("billed metrics:\n%s", diff)
	}
	for i, a := range answers {
		if want := int(queries[i].Until.Sub(queries[i].From) / queries[i].Period); !a.Complete || len(a.Points) != want {
			t.Fatalf("answer %d: want %d points, got %d, complete = %v", i, want, len(a.Points), a.Complete)
		}
	}
}

// TestBackfillsShareCalls holds that a call is not so large that CloudWatch has
// to page it: every page is billed.
func TestBackfillsShareCalls(t *testing.T) {
	var queries []window.Query
	for i := range 5 {
		q := cpu(fmt.Sprint("g", i))
		q.From = q.Until.Add(-14 * 24 * time.Hour) // 40,320 datapoints
		queries = append(queries, q)
	}
	c := &cloud{metrics: pages(page())}
	if _, err := c.source(t, aws.Options{DatapointsPerSecond: math.Inf(1)}).Read(within(t), queries); err == nil {
		t.Error("want an error of results that are missing")
	}
	var sizes []int
	for _, call := range c.asked() {
		sizes = append(sizes, len(call))
	}
	if diff := cmp.Diff([]int{4, 4, 2}, sizes); diff != "" {
		t.Errorf("queries per call:\n%s", diff)
	}
}

func TestOneCallFails(t *testing.T) {
	c := &cloud{metrics: func(in input) (output, *refusal) {
		if in.StartTime.Before(t0) {
			return output{}, &refusal{500, "InternalFailure", ""}
		}
		return constant(1)(in)
	}}
	older := cpu("b")
	older.From = minute(-1)
	answers, err := c.source(t, aws.Options{}).Read(within(t), []window.Query{older, cpu("a")})
	checkError(t, err, []string{"InternalFailure"}, "")
	if answers[0].Complete || !answers[1].Complete {
		t.Errorf("want the second answer only, got %+v", answers)
	}
}

// TestInvalidAlone holds that an expression that CloudWatch does not take costs
// nobody else an answer.
func TestInvalidAlone(t *testing.T) {
	c := &cloud{metrics: func(in input) (output, *refusal) {
		for _, q := range in.MetricDataQueries {
			if q.Expression == "((" {
				return output{}, &refusal{400, "ValidationError", "Error in expression"}
			}
		}
		return constant(1)(in)
	}}
	var queries []window.Query
	for i := range 40 {
		queries = append(queries, cpu(fmt.Sprint("g", i)))
	}
	queries[17] = expression("bad", "((")
	answers, err := c.source(t, aws.Options{RequestsPerSecond: math.Inf(1)}).Read(within(t), queries)
	checkError(t, err, []string{"expression of bad: ValidationError: Error in expression"}, "")
	for i, a := range answers {
		if a.Complete != (i != 17) {
			t.Errorf("answer %d: got complete = %v", i, a.Complete)
		}
	}
	if n := len(c.inputs); n > 13 {
		t.Errorf("want halving, got %d requests", n)
	}
}

func TestTroubleOfManyIsOneError(t *testing.T) {
	c := &cloud{metrics: func(in input) (output, *refusal) {
		var out output
		for _, q := range in.MetricDataQueries {
			out.MetricDataResults = append(out.MetricDataResults, bins(q.Id, "InternalError"))
		}
		return out, nil
	}}
	_, err := c.source(t, aws.Options{}).Read(within(t), []window.Query{cpu("a"), cpu("b"), cpu("c")})
	if want := "GetMetricData: cpu of a and 2 more: InternalError"; err == nil || err.Error() != want {
		t.Errorf("want %q, got %v", want, err)
	}
}

func TestSamePageForEver(t *testing.T) {
	c := &cloud{metrics: func(input) (output, *refusal) {
		return output{MetricDataResults: []result{bins("m0", "Complete", 0, 1)}, NextToken: "again"}, nil
	}}
	answers, err := c.source(t, aws.Options{}).Read(within(t), []window.Query{expression("web", "e")})
	checkError(t, err, []string{"the next page is the same page"}, "")
	if answers[0].Complete || len(answers[0].Points) != 1 {
		t.Errorf("want the point, not complete, got %+v", answers)
	}
}

func TestQueriesThatMakeNoSense(t *testing.T) {
	none, back, label, half := cpu("a"), cpu("b"), requests("c", false), cpu("d")
	none.Measure = "memory"
	back.Until = back.From
	label.ResourceLabel = "web"
	half.Period = time.Second / 2
	c := &cloud{metrics: constant(1)}
	answers, err := c.source(t, aws.Options{}).Read(within(t), []window.Query{none, back, label, half, cpu("web")})
	checkError(t, err, []string{`there is no measure "memory"`, "cpu of b: want a period", `requests of c: resource label: want app/`, "cpu of d: want a period"}, "")
	for i, a := range answers {
		if a.Complete != (i == 4) {
			t.Errorf("answer %d: got complete = %v", i, a.Complete)
		}
	}
	if answers, err := c.source(t, aws.Options{}).Read(within(t), nil); err != nil || len(answers) != 0 {
		t.Errorf("nothing asked: got %v, %v", answers, err)
	}
}

// TestDeadlineCutsBackfill holds that live windows come first, and that a call
// for which the quota has no room is not waited for in vain.
func TestDeadlineCutsBackfill(t *testing.T) {
	long := cpu("old")
	long.From = long.Until.Add(-30 * 24 * time.Hour) // 86,400 datapoints
	other := long
	other.AutoScalingGroup = "other"
	c := &cloud{metrics: constant(1)}
	s := c.source(t, aws.Options{DatapointsPerSecond: 10})
	answers, err := s.Read(within(t), []window.Query{long, other, cpu("web")})
	checkError(t, err, []string{"GetMetricData: the quota leaves no room before the deadline"}, "")
	if !answers[0].Complete || answers[1].Complete || !answers[2].Complete {
		t.Errorf("want all but the second backfill, got %v %v %v", answers[0].Complete, answers[1].Complete, answers[2].Complete)
	}
	if start := c.inputs[0].StartTime; !start.Equal(t0) {
		t.Errorf("want the live window first, got %v", start)
	}
}

func TestContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(within(t))
	c := &cloud{metrics: func(in input) (output, *refusal) {
		cancel()
		return constant(1)(in)
	}}
	s := c.source(t, aws.Options{})
	older := cpu("b")
	older.From = minute(-1)
	answers, err := s.Read(ctx, []window.Query{cpu("a"), older})
	checkError(t, err, []string{"GetMetricData: context canceled"}, "")
	if answers[1].Complete || len(c.inputs) != 1 {
		t.Errorf("want one request, got %d", len(c.inputs))
	}
}

func TestNobodyAnswers(t *testing.T) {
	s := aws.New(config("http://127.0.0.1:1"), aws.Options{})
	answers, err := s.Read(within(t), []window.Query{cpu("web")})
	checkError(t, err, []string{"GetMetricData: dial tcp 127.0.0.1:1: connect: connection refused"}, "")
	if len(answers) != 1 || answers[0].Complete {
		t.Errorf("want an answer that is not complete, got %+v", answers)
	}
}

// TestRoleIsDenied holds that the missing action is that of the call which was
// denied, not of the call that needed it.
func TestRoleIsDenied(t *testing.T) {
	c := config("http://127.0.0.1:1")
	c.Credentials = sdk.CredentialsProviderFunc(func(context.Context) (sdk.Credentials, error) {
		return sdk.Credentials{}, fmt.Errorf("assume role: %w", &smithy.OperationError{
			ServiceID: "STS", OperationName: "AssumeRole",
			Err: &smithy.GenericAPIError{Code: "AccessDenied", Message: "not authorized to perform: sts:AssumeRole"},
		})
	})
	_, err := aws.New(c, aws.Options{}).Read(within(t), []window.Query{cpu("web")})
	checkError(t, err, []string{"AccessDenied: not authorized"}, "sts:AssumeRole")
}

// TestNoCredentials holds that a chain that found nothing says what to do, and
// that a role that STS was not reached for is not taken for that.
func TestNoCredentials(t *testing.T) {
	for service, want := range map[string]string{
		"ec2imds": "GetMetricData: there are no credentials: log in (aws sso login), or set AWS_PROFILE",
		"STS":     "GetMetricData: dial tcp: no route to host",
	} {
		c := config("http://127.0.0.1:1")
		c.Credentials = sdk.CredentialsProviderFunc(func(context.Context) (sdk.Credentials, error) {
			return sdk.Credentials{}, &smithy.OperationError{
				ServiceID: service, OperationName: "Get",
				Err: &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("no route to host")},
			}
		})
		_, err := aws.New(c, aws.Options{}).Read(within(t), []window.Query{cpu("web")})
		checkError(t, err, []string{want}, "")
	}
}

// TestWordsOfBrokenConnection holds that they do not name a port of ours, which
// is another one each time.
func TestWordsOfBrokenConnection(t *testing.T) {
	c := config("http://127.0.0.1:1")
	c.HTTPClient = doer(func(*http.Request) (*http.Response, error) {
		return nil, &net.OpError{
			Op: "read", Net: "tcp", Source: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 50123},
			Addr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}, Err: errors.New("connection reset by peer"),
		}
	})
	_, err := aws.New(c, aws.Options{}).Read(within(t), []window.Query{cpu("web")})
	if want := "GetMetricData: read tcp 127.0.0.1:1: connection reset by peer"; err == nil || err.Error() != want {
		t.Errorf("want %q, got %v", want, err)
	}
}

type doer func(*http.Request) (*http.Response, error)

func (d doer) Do(r *http.Request) (*http.Response, error) { return d(r) }
