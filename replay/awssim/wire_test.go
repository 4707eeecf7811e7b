package awssim

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/fxamacker/cbor/v2"
	"github.com/google/go-cmp/cmp"
)

// recorder keeps every answer that a client was given.
type recorder struct {
	http.RoundTripper
	bodies, ids []string
	dates       []time.Time
}

func (r *recorder) RoundTrip(q *http.Request) (*http.Response, error) {
	a, err := r.RoundTripper.RoundTrip(q)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(a.Body)
	if err != nil {
		return nil, err
	}
	at, err := http.ParseTime(a.Header.Get("Date"))
	if err != nil {
		return nil, err
	}
	a.Body = io.NopCloser(bytes.NewReader(body))
	r.bodies = append(r.bodies, string(body))
	r.ids = append(r.ids, a.Header.Get("X-Amzn-Requestid"))
	r.dates = append(r.dates, at)
	return a, nil
}

// play makes calls of every kind, some of them refused, and gives the answers.
func play(t *testing.T) *recorder {
	k := newKit(t, Config{PageDatapoints: 11, Rate: 1, Burst: 5}, Group{Name: "web", World: steady(t, nil), Detailed: true, Managed: true, Tags: map[string]string{"a": "1", "b": "2", "c": "3"}})
	k.server.Inject(Fault{Kind: StockOut, From: minute(9), Until: minute(12)})
	r := &recorder{RoundTripper: http.DefaultTransport}
	k.config.HTTPClient = &http.Client{Transport: r}
	k.connect()
	for m := range 20 {
		k.at(minute(m))
		k.values(ask(start, minute(m+1), cpuQuery("a", "Sum", time.Minute), cpuQuery("b", "SampleCount", 5*time.Minute)))
		k.group("web")
		_ = k.set("web", int32(m))
		k.activities("web")
	}
	return r
}

// TestDeterminism plays the same calls twice.
func TestDeterminism(t *testing.T) {
	first, second := play(t), play(t)
	if diff := cmp.Diff(first.bodies, second.bodies); diff != "" {
		t.Errorf("bodies (-first +second):\n%s", diff)
	}
	if diff := cmp.Diff(first.ids, second.ids); diff != "" {
		t.Errorf("request ids (-first +second):\n%s", diff)
	}
	seen := map[string]bool{}
	for n, id := range first.ids {
		if id == "" || seen[id] {
			t.Errorf("request id %d is %q, for the second time %v", n, id, seen[id])
		}
		seen[id] = true
		if age := time.Since(first.dates[n]); age < -time.Minute || age > time.Minute {
			t.Errorf("Date of answer %d is %v: want the real time", n, first.dates[n])
		}
	}
}

// TestRequestIDs: the id of a call does not depend on calls beside it.
func TestRequestIDs(t *testing.T) {
	var ids []string
	for _, beside := range []int{0, 3} {
		k := newKit(t, Config{}, Group{Name: "web", World: steady(t, nil)}, Group{Name: "api", World: steady(t, nil)})
		k.at(minute(1))
		for range beside {
			k.group("web")
			k.mustSet("api", 7)
		}
		name, desired := "web", int32(9)
		out, err := k.as.SetDesiredCapacity(t.Context(), &autoscaling.SetDesiredCapacityInput{AutoScalingGroupName: &name, DesiredCapacity: &desired})
		if err != nil {
			t.Fatal(err)
		}
		id, _ := awsmiddleware.GetRequestIDMetadata(out.ResultMetadata)
		calls := k.server.Calls()
		if last := calls[len(calls)-1]; last.RequestID != id || last.Group != "web" || last.Desired != 9 || !last.At.Equal(minute(1)) || last.Code != "" {
			t.Errorf("call %+v with id %s", last, id)
		}
		ids = append(ids, id)
	}
	if ids[0] == "" || ids[0] != ids[1] {
		t.Errorf("ids %q", ids)
	}
}

func post(s *Server, path, kind string, body []byte, packed bool) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body))
	r.Header.Set("Content-Type", kind)
	if packed {
		r.Header.Set("Content-Encoding", "gzip")
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func TestMalformedRequests(t *testing.T) {
	s := New(Config{Now: func() time.Time { return start }})
	const get = cborPath + "GetMetricData"
	for _, test := range []struct {
		path, kind, body, want string
		packed                 bool
	}{
		{get, "application/cbor", "\xff", "SerializationException", false},
		{get, "application/cbor", "not packed", "SerializationException", true},
		{"/", "application/x-www-form-urlencoded", "%zz", "<Code>MalformedInput</Code>", false},
		{"/", "application/x-www-form-urlencoded", "Action=Fly&Version=2011-01-01", "Could not find operation Fly for version 2011-01-01", false},
		{"/", "application/x-www-form-urlencoded", "Action=AssumeRole&Version=2011-06-15", "Could not find operation AssumeRole for version 2011-06-15", false},
		{"/", "application/x-www-form-urlencoded", "Action=SetDesiredCapacity&Version=2011-01-01&AutoScalingGroupName=x", "Value null at &#39;desiredCapacity&#39; failed", false},
		{"/", "application/x-www-form-urlencoded", "Action=SetDesiredCapacity&Version=2011-01-01", "Value null at &#39;autoScalingGroupName&#39; failed", false},
		{"/", "application/x-www-form-urlencoded", strings.Repeat("x", maxBody+1), "want at most 8388608 bytes", false},
	} {
		w := post(s, test.path, test.kind, []byte(test.body), test.packed)
		if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), test.want) {
			t.Errorf("%s %.40q: %d %q, want %q", test.path, test.body, w.Code, w.Body, test.want)
		}
	}
}

// TestGzip reads a packed body.
func TestGzip(t *testing.T) {
	s := New(Config{Now: func() time.Time { return start }})
	body, err := cbor.Marshal(map[string]any{"StartTime": cbor.Tag{Number: 1, Content: start.Unix()}, "EndTime": cbor.Tag{Number: 1, Content: start.Unix() + 60}, "MetricDataQueries": []any{}})
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write(body)
	z.Close()
	w := post(s, cborPath+"GetMetricData", "application/cbor", packed.Bytes(), true)
	if got := w.Header().Get("X-Amzn-Query-Error"); got != "ValidationError;Sender" || !strings.Contains(w.Body.String(), "MetricDataQueries is required") {
		t.Errorf("%d %s %q", w.Code, got, w.Body)
	}
}

// FuzzRequests holds that no request brings the server down.
func FuzzRequests(f *testing.F) {
	f.Add("/", []byte("Action=DescribeAutoScalingGroups&Version=2011-01-01&NextToken=YQ==&Filters.member.1.Name=tag-key"))
	f.Add("/", []byte("Action=DescribeScalingActivities&Version=2011-01-01&NextToken=MSAiYSI="))
	body, err := cbor.Marshal(map[string]any{
		"StartTime": start.Unix(), "EndTime": start.Unix() + 600, "NextToken": "MSAyIDMgNA==",
		"MetricDataQueries": []any{map[string]any{"Id": "a", "MetricStat": map[string]any{"Period": 60, "Stat": "Sum", "Metric": map[string]any{
			"Namespace": "AWS/EC2", "MetricName": "CPUUtilization", "Dimensions": []any{map[string]any{"Name": "AutoScalingGroupName", "Value": "web"}},
		}}}},
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(cborPath+"GetMetricData", body)
	for operation, members := range map[string]map[string]any{
		"DescribeAlarms": {"AlarmNames": []string{"a"}, "MaxRecords": 3, "NextToken": "MQ=="},
		"PutMetricData": {"Namespace": "App", "MetricData": []any{map[string]any{
			"MetricName": "m", "Value": 1.5, "Timestamp": cbor.Tag{Number: 1, Content: start.Unix()}, "Dimensions": []any{map[string]any{"Name": "a", "Value": "b"}},
		}}},
	} {
		if body, err = cbor.Marshal(members); err != nil {
			f.Fatal(err)
		}
		f.Add(cborPath+operation, body)
	}
	for _, form := range []string{
		"Action=DescribePolicies&PolicyTypes.member.1=StepScaling", "Action=DescribeWarmPool&MaxRecords=1", "Action=DescribeInstanceRefreshes",
		"Action=DescribeScheduledActions&StartTime=2026-01-01T00:00:00Z", "Action=UpdateAutoScalingGroup&MinSize=3&MaxSize=9",
		"Action=DeleteTags&Tags.member.1.ResourceId=web&Tags.member.1.ResourceType=auto-scaling-group&Tags.member.1.Key=k",
	} {
		f.Add("/", []byte(form+"&Version=2011-01-01&AutoScalingGroupName=web"))
	}
	s := New(Config{Now: func() time.Time { return minute(30) }})
	if err := s.Add(policed(f, "web")); err != nil {
		f.Fatal(err)
	}
	s.Advance(minute(30))
	f.Fuzz(func(t *testing.T, path string, body []byte) {
		r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
		r.URL = &url.URL{Path: path}
		s.ServeHTTP(httptest.NewRecorder(), r)
	})
}
