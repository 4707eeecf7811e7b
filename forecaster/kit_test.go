package forecaster

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/embedded/servertest"
	"github.com/ml-autoscaling/autoscaler/streams/partition"
)

var _ Viewer = (*partition.Runner)(nil)

// held is a Viewer over fixed states.
type held struct {
	states map[streams.GroupID]streams.State
	err    error
	gate   chan struct{} // a look waits until it is closed
}

func (h *held) View(ctx context.Context, fn func(map[streams.GroupID]streams.State)) error {
	if h.gate != nil {
		select {
		case <-h.gate:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if h.err != nil {
		return h.err
	}
	fn(h.states)
	return nil
}

func group(scope, name string) streams.GroupID { return streams.GroupID{Scope: scope, Group: name} }

func begin() time.Time { return time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC) }

// binEnd is the end of bin n after begin.
func binEnd(n int) time.Time { return begin().Add(time.Duration(n+1) * 5 * time.Minute) }

func policyOf(id streams.GroupID) streams.Policy {
	p := streams.Policy{
		AutoScalingGroup: id.Group, Mode: streams.Observe, Round: streams.Duration(time.Minute),
		Load:     streams.LoadPolicy{Series: "cpu", Unit: streams.Percent, Period: streams.Duration(5 * time.Minute), PerInstance: 80},
		Forecast: streams.ForecastPolicy{Model: "naive", Horizon: 12, Levels: []float64{0.5, 0.95}, Settle: streams.Duration(10 * time.Minute)},
		Scaling: streams.ScalingPolicy{Max: 9, Quantile: 0.95, StaleAfter: 1, ScaleInUtilization: 0.9, LaunchGrace: 1, Expiry: 1,
			StepOut: streams.StepLimit{Instances: 1}, StepIn: streams.StepLimit{Instances: 1}},
	}
	if err := p.Validate(); err != nil {
		panic(err)
	}
	return p
}

func settledBin(id streams.GroupID, n int) streams.Metric {
	value := 100 + float64(n%7)
	return streams.Metric{SeriesID: streams.SeriesID{GroupID: id, Series: "cpu"}, End: binEnd(n), Period: streams.Duration(5 * time.Minute),
		Value: &value, Unit: streams.Percent, Revision: 1, Settled: true, Seen: binEnd(n)}
}

// with gives the state of a group after some settled bins.
func with(id streams.GroupID, bins int) streams.State {
	s := fold.Stage{}.New(id)
	s.Step(streams.NewPolicyControl(id, begin(), policyOf(id)))
	for n := range bins {
		s.Step(settledBin(id, n))
	}
	return s
}

// trial is a service that runs, and how it is asked.
type trial struct {
	service *Service
	nc      *nats.Conn
	http    *httptest.Server
}

func newService(t *testing.T, states Viewer) *Service {
	t.Helper()
	s, err := New(Config{Realm: "trial", States: states, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// serve runs the service until the test ends.
func serve(t *testing.T, states Viewer) trial {
	t.Helper()
	server := servertest.New(t)
	nc := servertest.Connect(t, server)
	s := newService(t, states)
	mux := http.NewServeMux()
	s.Handle(mux)
	web := httptest.NewServer(mux)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, nc) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		web.Close()
	})
	client := servertest.Connect(t, server)
	for { // until its endpoints answer
		msg, err := client.Request("$SRV.INFO.forecaster", nil, 50*time.Millisecond)
		var info micro.Info
		if err == nil && json.Unmarshal(msg.Data, &info) == nil && len(info.Endpoints) == len(fold.Models()) {
			return trial{s, client, web}
		}
		if len(done) > 0 {
			t.Fatal(<-done)
		}
	}
}

// roads are the ways to ask.
var roads = map[string]func(trial, *testing.T, string, string) (code int, body []byte){"nats": trial.askNATS, "http": trial.askHTTP}

func (s trial) askNATS(t *testing.T, model, body string) (int, []byte) {
	t.Helper()
	msg, err := s.nc.Request(streams.PredictSubject("trial", model), []byte(body), 5*time.Second)
	if err != nil {
		t.Errorf("%s %.80s: %v", model, body, err)
		return 0, nil
	}
	code := codeOf(msg)
	if code != 200 && msg.Header.Get(micro.ErrorHeader) == "" {
		t.Errorf("headers %v, body %s", msg.Header, msg.Data)
	}
	return code, msg.Data
}

// codeOf gives the code of a reply, 200 where it is no refusal.
func codeOf(msg *nats.Msg) int {
	code := 200
	if text := msg.Header.Get(micro.ErrorCodeHeader); text != "" {
		if _, err := fmt.Sscan(text, &code); err != nil {
			return -1
		}
	}
	return code
}

func (s trial) askHTTP(t *testing.T, model, body string) (int, []byte) {
	t.Helper()
	resp, err := http.Post(s.http.URL+"/predict/"+url.PathEscape(model), "application/x-www-form-urlencoded", strings.NewReader(body))
	if err != nil {
		t.Errorf("%s %.80s: %v", model, body, err)
		return 0, nil
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Error(err)
	}
	later := resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusServiceUnavailable
	if resp.Header.Get("Content-Type") != "application/json" || (resp.Header.Get("Retry-After") != "") != later {
		t.Errorf("%d with headers %v", resp.StatusCode, resp.Header)
	}
	return resp.StatusCode, bytes.TrimSuffix(got, []byte("\n"))
}

// ask asks on both roads, which must answer alike; first on the one that waits
// longer for a model.
func (s trial) ask(t *testing.T, model, body string) (reply streams.PredictionReply, refusal streams.PredictionError) {
	t.Helper()
	code, got := s.askHTTP(t, model, body)
	overNATS, same := s.askNATS(t, model, body)
	if code != overNATS || !bytes.Equal(got, same) {
		t.Fatalf("%s %.80s\nover HTTP: %d %.300s\nover NATS: %d %.300s", model, body, code, got, overNATS, same)
	}
	if code == 200 {
		read(t, got, &reply)
		return reply, refusal
	}
	if read(t, got, &refusal); refusal.Code != code || refusal.Message == "" {
		t.Fatalf("%d %s", code, got)
	}
	return reply, refusal
}

func read(t *testing.T, body []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(body, into); err != nil {
		t.Fatalf("%.300s: %v", body, err)
	}
}
