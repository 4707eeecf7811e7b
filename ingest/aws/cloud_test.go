package aws_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/fxamacker/cbor/v2"

	"github.com/ml-autoscaling/autoscaler/ingest/aws"
)

// The members of GetMetricData, as they go over the wire.
type (
	input struct {
		StartTime, EndTime time.Time
		MetricDataQueries  []query
		MaxDatapoints      int
		NextToken          string `cbor:",omitempty"`
		ScanBy             string
	}
	query struct {
		Id, Expression string //nolint:revive // AWS's name
		Period         int
		MetricStat     *stat
	}
	stat struct {
		Metric struct {
			Namespace, MetricName string
			Dimensions            []struct{ Name, Value string }
		}
		Period int
		Stat   string
	}
	output struct {
		MetricDataResults []result
		NextToken         string    `cbor:",omitempty"`
		Messages          []message `cbor:",omitempty"`
	}
	result struct {
		Id, StatusCode string //nolint:revive // AWS's name
		Timestamps     []time.Time
		Values         []float64
	}
	message struct{ Code, Value string }
)

// what names what a query asks for.
func (q query) what() string {
	if q.MetricStat == nil {
		return q.Expression
	}
	m := q.MetricStat.Metric
	words := []string{q.MetricStat.Stat, m.Namespace, m.MetricName}
	for _, d := range m.Dimensions {
		words = append(words, d.Name+"="+d.Value)
	}
	return strings.Join(words, " ")
}

// refusal is an answer that is an error.
type refusal struct {
	status        int
	code, message string
}

func (r *refusal) Error() string { return r.code + ": " + r.message }

// cloud is what a test has in place of AWS: it speaks both wire forms, by hand.
type cloud struct {
	t       *testing.T
	metrics func(input) (output, *refusal)
	groups  func(url.Values) (string, *refusal)

	mu     sync.Mutex
	inputs []input
	forms  []url.Values
	told   []string
}

func (c *cloud) source(t *testing.T, o aws.Options) *aws.Source {
	t.Helper()
	c.t = t
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	o.Requests = func(operation string, metrics int) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.told = append(c.told, fmt.Sprint(operation, " ", metrics))
	}
	return aws.New(config(server.URL), o)
}

// config has credentials that nobody checks and does not pause before it
// repeats a request.
func config(endpoint string) sdk.Config {
	return sdk.Config{
		Region:       "eu-west-1",
		BaseEndpoint: &endpoint,
		Credentials:  credentials.NewStaticCredentialsProvider("id", "secret", ""),
		Retryer: func() sdk.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) {
				o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
			})
		},
	}
}

func (c *cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		c.t.Error(err)
	}
	w.Header().Set("X-Amzn-Requestid", fmt.Sprintf("request-%d", len(c.inputs)+len(c.forms)))
	if r.URL.Path == "/service/GraniteServiceVersion20100801/operation/GetMetricData" && r.Header.Get("Smithy-Protocol") == "rpc-v2-cbor" {
		c.serveMetrics(w, body)
		return
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		c.t.Error(err)
	}
	c.forms = append(c.forms, form)
	if form.Get("Action") != "DescribeAutoScalingGroups" {
		c.t.Errorf("want DescribeAutoScalingGroups, got %s %s", r.URL, body)
	}
	answer, no := c.groups(form)
	if no != nil {
		w.WriteHeader(no.status)
		fmt.Fprintf(w, "<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error></ErrorResponse>", no.code, no.message)
		return
	}
	fmt.Fprintf(w, "<DescribeAutoScalingGroupsResponse><DescribeAutoScalingGroupsResult>%s</DescribeAutoScalingGroupsResult></DescribeAutoScalingGroupsResponse>", answer)
}

func (c *cloud) serveMetrics(w http.ResponseWriter, body []byte) {
	var in input
	if err := cbor.Unmarshal(body, &in); err != nil {
		c.t.Error(err)
	}
	c.inputs = append(c.inputs, in)
	enc, err := cbor.EncOptions{Time: cbor.TimeUnixDynamic, TimeTag: cbor.EncTagRequired}.EncMode()
	if err != nil {
		c.t.Error(err)
	}
	w.Header().Set("Smithy-Protocol", "rpc-v2-cbor")
	w.Header().Set("Content-Type", "application/cbor")
	var answer any
	answer, no := c.metrics(in)
	if no != nil {
		w.Header().Set("X-Amzn-Query-Error", no.code+";Sender")
		w.WriteHeader(no.status)
		answer = map[string]string{"__type": "com.amazonaws.cloudwatch#" + no.code, "message": no.message}
	}
	data, err := enc.Marshal(answer)
	if err != nil {
		c.t.Error(err)
	}
	if _, err := w.Write(data); err != nil {
		c.t.Error(err)
	}
}

// asked gives what the calls so far asked for, one call after the other.
func (c *cloud) asked() [][]string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all [][]string
	for _, in := range c.inputs {
		var call []string
		for _, q := range in.MetricDataQueries {
			call = append(call, q.what())
		}
		all = append(all, call)
	}
	return all
}

// constant answers each query with the same value in every bin.
func constant(value float64) func(input) (output, *refusal) {
	return func(in input) (output, *refusal) {
		var out output
		for _, q := range in.MetricDataQueries {
			period := q.Period
			if q.MetricStat != nil {
				period = q.MetricStat.Period
			}
			r := result{Id: q.Id, StatusCode: "Complete"}
			for at := in.StartTime; at.Before(in.EndTime); at = at.Add(time.Duration(period) * time.Second) {
				r.Timestamps = append(r.Timestamps, at)
				r.Values = append(r.Values, value)
			}
			out.MetricDataResults = append(out.MetricDataResults, r)
		}
		return out, nil
	}
}

// pages answers with one page after the other, whatever is asked; an error
// stands for itself and comes again as often as it is asked for.
func pages(all ...any) func(input) (output, *refusal) {
	return func(in input) (output, *refusal) {
		n := 0
		if in.NextToken != "" {
			fmt.Sscan(in.NextToken, &n)
		}
		switch page := all[n].(type) {
		case output:
			if n+1 < len(all) {
				page.NextToken = fmt.Sprint(n + 1)
			}
			return page, nil
		case *refusal:
			return output{}, page
		}
		panic("want an output or a refusal")
	}
}

// within gives a context that ends with the test, or after a minute.
func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// sorted sorts a copy.
func sorted(all []string) []string { return slices.Sorted(slices.Values(all)) }
