package asg_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/actuator/asg"
	"github.com/ml-autoscaling/autoscaler/actuator/plan"
)

const web = `<AutoScalingGroups><member><AutoScalingGroupName>web</AutoScalingGroupName>
<DesiredCapacity>7</DesiredCapacity><MinSize>2</MinSize><MaxSize>20</MaxSize><Tags>
<member><Key>ml-autoscaling/managed</Key><Value>true</Value></member><member><Key>team</Key><Value>shop</Value></member>
<member><Key>ml-autoscaling/mode</Key><Value>observe</Value></member></Tags></member></AutoScalingGroups>`

func TestDescribe(t *testing.T) {
	c := &cloud{result: web}
	got, err := asg.NewObserver(c.config(t)).Describe(t.Context(), "web")
	if want := (plan.Description{Sizes: plan.Sizes{Desired: 7, Min: 2, Max: 20}, Tags: plan.Tags{Managed: "true", Mode: "observe"}}); err != nil || got != want {
		t.Fatalf("want %+v, got %+v, %v", want, got, err)
	}
	want := url.Values{"Action": {"DescribeAutoScalingGroups"}, "Version": {"2011-01-01"}, "AutoScalingGroupNames.member.1": {"web"}, "IncludeInstances": {"false"}}
	if diff := cmp.Diff([]url.Values{want}, c.forms); diff != "" {
		t.Error(diff)
	}
}

func TestDescribeNothing(t *testing.T) {
	for _, test := range []struct {
		result string
		want   plan.Fault
	}{
		{"<AutoScalingGroups/>", plan.Gone},
		{strings.Replace(web, ">web<", ">webshop<", 1), plan.Gone},
		{strings.Replace(web, "<MaxSize>20</MaxSize>", "", 1), plan.Unclear},
	} {
		c := &cloud{result: test.result}
		_, err := asg.NewObserver(c.config(t)).Describe(t.Context(), "web")
		checkFault(t, err, "DescribeAutoScalingGroups", test.want)
	}
}

func TestSetDesired(t *testing.T) {
	c := &cloud{}
	id, err := asg.New(c.config(t)).SetDesired(t.Context(), "web", 12)
	if err != nil || id != "request-1" {
		t.Fatalf("want request-1, got %q, %v", id, err)
	}
	want := url.Values{"Action": {"SetDesiredCapacity"}, "Version": {"2011-01-01"}, "AutoScalingGroupName": {"web"}, "DesiredCapacity": {"12"}, "HonorCooldown": {"false"}}
	if diff := cmp.Diff([]url.Values{want}, c.forms); diff != "" {
		t.Error(diff)
	}
}

func TestSetNoCapacity(t *testing.T) {
	c := &cloud{}
	w := asg.New(c.config(t))
	for _, desired := range []int{-1, math.MaxInt32 + 1} {
		_, err := w.SetDesired(t.Context(), "web", desired)
		checkFault(t, err, "SetDesiredCapacity", plan.Invalid)
	}
	if len(c.forms) > 0 {
		t.Errorf("want no request, got %v", c.forms)
	}
}

func TestLastActivity(t *testing.T) {
	c := &cloud{result: `<Activities>
<member><ActivityId>2</ActivityId><Cause>At 10:01 a user request explicitly set group desired capacity changing the desired capacity from 4 to 7.</Cause></member>
<member><ActivityId>1</ActivityId><Cause>older</Cause></member></Activities><NextToken>more</NextToken>`}
	cause, err := asg.New(c.config(t)).LastActivity(t.Context(), "web")
	if err != nil || !strings.HasSuffix(cause, "from 4 to 7.") {
		t.Fatalf("want the newest cause, got %q, %v", cause, err)
	}
	want := url.Values{"Action": {"DescribeScalingActivities"}, "Version": {"2011-01-01"}, "AutoScalingGroupName": {"web"}, "MaxRecords": {"1"}}
	if diff := cmp.Diff([]url.Values{want}, c.forms); diff != "" {
		t.Error(diff)
	}
	c.result = "<Activities/>"
	if cause, err := asg.New(c.config(t)).LastActivity(t.Context(), "web"); cause != "" || err != nil {
		t.Errorf("want nothing, got %q, %v", cause, err)
	}
}

// TestInstanceRefresh holds that a refresh is under way in every state but those
// in which nothing is replaced any more, also in one that AWS may come to have.
func TestInstanceRefresh(t *testing.T) {
	answer := func(statuses ...string) string {
		text := "<InstanceRefreshes>"
		for n, s := range statuses {
			text += fmt.Sprintf("<member><InstanceRefreshId>r-%d</InstanceRefreshId><Status>%s</Status></member>", n, s)
		}
		return text + "</InstanceRefreshes><NextToken>more</NextToken>"
	}
	for status, underWay := range map[string]bool{
		"Pending": true, "InProgress": true, "Cancelling": true, "RollbackInProgress": true, "SomethingNew": true,
		"Successful": false, "Failed": false, "Cancelled": false, "RollbackSuccessful": false, "RollbackFailed": false, "Baking": false,
	} {
		c := &cloud{result: answer(status, "InProgress")}
		want := plan.Refresh{ID: "r-0", Status: status}
		if !underWay {
			want = plan.Refresh{}
		}
		if got, err := asg.NewObserver(c.config(t)).InstanceRefresh(t.Context(), "web"); err != nil || got != want {
			t.Errorf("%s: want %+v, got %+v, %v", status, want, got, err)
		}
		form := url.Values{"Action": {"DescribeInstanceRefreshes"}, "Version": {"2011-01-01"}, "AutoScalingGroupName": {"web"}, "MaxRecords": {"1"}}
		if diff := cmp.Diff([]url.Values{form}, c.forms); diff != "" {
			t.Error(diff)
		}
	}
	c := &cloud{result: answer()}
	if got, err := asg.NewObserver(c.config(t)).InstanceRefresh(t.Context(), "web"); err != nil || got != (plan.Refresh{}) {
		t.Errorf("want none, got %+v, %v", got, err)
	}
	c = &cloud{result: answer("")}
	_, err := asg.NewObserver(c.config(t)).InstanceRefresh(t.Context(), "web")
	checkFault(t, err, "DescribeInstanceRefreshes", plan.Unclear)
}

// TestFaults holds the class of every fault that AWS may answer with, and how
// often it is asked again.
func TestFaults(t *testing.T) {
	for _, test := range []struct {
		status        int
		code, message string
		want          plan.Fault
		requests      int
	}{
		{400, "ScalingActivityInProgress", "Scaling activity 3f in progress", plan.Busy, 1},
		{500, "ResourceContention", "pending update", plan.Busy, 3},
		{400, "ResourceContention", "pending update", plan.Busy, 1},
		{400, "ValidationError", "New SetDesiredCapacity value 16 is above max value 10 for the AutoScalingGroup.", plan.Invalid, 1},
		{400, "ValidationError", "New SetDesiredCapacity value 1 is below min value 2 for the AutoScalingGroup.", plan.Invalid, 1},
		{400, "ValidationError", "1 validation error detected", plan.Invalid, 1},
		{400, "ValidationException", "too much", plan.Invalid, 1},
		{400, "ValidationError", "AutoScalingGroup name not found - AutoScalingGroup 'web' not found", plan.Gone, 1},
		{400, "Throttling", "Rate exceeded", plan.Throttled, 3},
		{400, "ThrottlingException", "Rate exceeded", plan.Throttled, 3},
		{400, "ThrottledException", "", plan.Throttled, 3},
		{400, "RequestThrottled", "", plan.Throttled, 3},
		{400, "RequestThrottledException", "", plan.Throttled, 3},
		{400, "TooManyRequestsException", "", plan.Throttled, 3},
		{503, "RequestLimitExceeded", "Request limit exceeded.", plan.Throttled, 3},
		{400, "SomethingNew", "Rate exceeded", plan.Throttled, 1},
		{429, "SomethingNew", "", plan.Throttled, 1},
		{403, "AccessDenied", "User is not authorized to perform: autoscaling:SetDesiredCapacity", plan.Denied, 1},
		{403, "AccessDeniedException", "", plan.Denied, 1},
		{403, "UnauthorizedOperation", "", plan.Denied, 1},
		{403, "ExpiredToken", "The security token included in the request is expired", plan.Expired, 1},
		{403, "ExpiredTokenException", "", plan.Expired, 1},
		{403, "InvalidClientTokenId", "The security token included in the request is invalid", plan.Expired, 1},
		{400, "RequestExpired", "", plan.Expired, 1},
		{403, "SignatureDoesNotMatch", "Signature expired", plan.Expired, 1},
		{403, "UnrecognizedClientException", "", plan.Expired, 1},
		{403, "InvalidSignatureException", "", plan.Expired, 1},
		{400, "IncompleteSignature", "", plan.Expired, 1},
		{403, "MissingAuthenticationToken", "", plan.Expired, 1},
		{401, "AuthFailure", "", plan.Expired, 1},
		{400, "LimitExceeded", "there are too many", plan.Unclear, 1},
		{400, "ServiceLinkedRoleFailure", "", plan.Unclear, 1},
		{400, "SomethingNew", "", plan.Unclear, 1},
		{500, "InternalFailure", "", plan.Unclear, 3},
		{503, "ServiceUnavailable", "", plan.Unclear, 3},
	} {
		t.Run(test.code, func(t *testing.T) {
			c := &cloud{status: test.status, body: refuse(test.code, test.message)}
			w := asg.New(c.config(t))
			id, err := w.SetDesired(t.Context(), "web", 3)
			checkFault(t, err, "SetDesiredCapacity", test.want)
			if !strings.Contains(err.Error(), test.code) || strings.Count(err.Error(), "SetDesiredCapacity:") != 1 || id == "" {
				t.Errorf("want the code, the operation once and a request id, got %q, %q", err, id)
			}
			if len(c.forms) != test.requests {
				t.Errorf("want %d requests, got %d", test.requests, len(c.forms))
			}
			_, err = w.Describe(t.Context(), "web")
			checkFault(t, err, "DescribeAutoScalingGroups", test.want)
			_, err = w.LastActivity(t.Context(), "web")
			checkFault(t, err, "DescribeScalingActivities", test.want)
			_, err = w.InstanceRefresh(t.Context(), "web")
			checkFault(t, err, "DescribeInstanceRefreshes", test.want)
		})
	}
}

func TestNoAnswer(t *testing.T) {
	c := &cloud{status: 502, body: "<html><body>Bad Gateway</body></html>"}
	_, err := asg.New(c.config(t)).SetDesired(t.Context(), "web", 3)
	checkFault(t, err, "SetDesiredCapacity", plan.Unclear)

	_, err = asg.New(config("http://127.0.0.1:1")).SetDesired(t.Context(), "web", 3)
	checkFault(t, err, "SetDesiredCapacity", plan.Unclear)
}

// TestCutShort holds that a call ends with its context, and that nobody knows
// then what came of it.
func TestCutShort(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		cancel()
		<-ended
	}))
	defer server.Close()
	defer close(ended)
	_, err := asg.New(config(server.URL)).SetDesired(ctx, "web", 3)
	checkFault(t, err, "SetDesiredCapacity", plan.Unclear)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("want context canceled, got %v", err)
	}
}

// TestCallsHaveDeadline holds that a call which its context would allow to last
// for ever has ten seconds.
func TestCallsHaveDeadline(t *testing.T) {
	c := config("http://127.0.0.1:1")
	requests := 0
	c.HTTPClient = doer(func(r *http.Request) (*http.Response, error) {
		deadline, ok := r.Context().Deadline()
		requests++
		if left := time.Until(deadline); !ok || left > 10*time.Second {
			t.Errorf("want at most ten seconds, got %v", left)
		}
		return nil, errors.New("no network")
	})
	w := asg.New(c)
	for _, call := range []func() error{
		func() error { _, err := w.SetDesired(context.Background(), "web", 3); return err },
		func() error { _, err := w.Describe(context.Background(), "web"); return err },
		func() error { _, err := w.LastActivity(context.Background(), "web"); return err },
		func() error { _, err := w.InstanceRefresh(context.Background(), "web"); return err },
	} {
		if call() == nil {
			t.Error("want an error")
		}
	}
	if requests < 4 {
		t.Errorf("want a request of each call, got %d", requests)
	}
}

type doer func(*http.Request) (*http.Response, error)

func (d doer) Do(r *http.Request) (*http.Response, error) { return d(r) }

func checkFault(t *testing.T, err error, operation string, want plan.Fault) {
	t.Helper()
	var call *plan.CallError
	if !errors.As(err, &call) {
		t.Fatalf("want a call error, got %v", err)
	}
	if call.Operation != operation || call.Fault != want {
		t.Errorf("want %s: %s, got %s: %s (%v)", operation, want, call.Operation, call.Fault, err)
	}
}

// TestReaderOnlyReads holds by its type that a reader reaches no call that
// changes anything: its methods are these, and its fields are functions
// that take the input of a Describe.
func TestReaderOnlyReads(t *testing.T) {
	reader := reflect.TypeFor[*asg.Reader]()
	var methods []string
	for i := range reader.NumMethod() {
		methods = append(methods, reader.Method(i).Name)
	}
	if diff := cmp.Diff([]string{"Describe", "InstanceRefresh", "LastActivity"}, methods); diff != "" {
		t.Errorf("methods:\n%s", diff)
	}
	for i := range reader.Elem().NumField() {
		f := reader.Elem().Field(i)
		if f.Type.Kind() != reflect.Func || f.Type.NumIn() < 2 {
			t.Errorf("field %s: want a method of a client, got %v", f.Name, f.Type)
			continue
		}
		if in := f.Type.In(1); !strings.HasPrefix(in.Elem().Name(), "Describe") {
			t.Errorf("field %s: want the input of a Describe, got %v", f.Name, in)
		}
	}
	if got := reflect.TypeOf(asg.NewObserver(config("http://127.0.0.1:1"))); got != reader {
		t.Errorf("want NewObserver to give %v, got %v", reader, got)
	}
}
