package forecaster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
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

// serve runs the service until the test ends and gives a connection to ask on.
func serve(t *testing.T, states Viewer) *nats.Conn {
	t.Helper()
	server := servertest.New(t)
	nc := servertest.Connect(t, server)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- Serve(ctx, nc, "trial", states, zerolog.Nop()) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	client := servertest.Connect(t, server)
	for { // until its endpoint answers
		msg, err := client.Request("$SRV.INFO.forecaster", nil, 50*time.Millisecond)
		var info micro.Info
		if err == nil && json.Unmarshal(msg.Data, &info) == nil && len(info.Endpoints) == 1 {
			return client
		}
		if len(done) > 0 {
			t.Fatal(<-done)
		}
	}
}

func ask(t *testing.T, nc *nats.Conn, model, body string) (reply streams.PredictionReply, refusal streams.PredictionError) {
	t.Helper()
	msg, err := nc.Request(streams.PredictSubject("trial", model), []byte(body), 5*time.Second)
	if err != nil {
		t.Fatalf("%s %s: %v", model, body, err)
	}
	code := msg.Header.Get(micro.ErrorCodeHeader)
	if code == "" {
		if err := json.Unmarshal(msg.Data, &reply); err != nil {
			t.Fatalf("%s: %v", msg.Data, err)
		}
		return reply, refusal
	}
	if err := json.Unmarshal(msg.Data, &refusal); err != nil {
		t.Fatalf("%s: %v", msg.Data, err)
	}
	if fmt.Sprint(refusal.Code) != code || msg.Header.Get(micro.ErrorHeader) == "" || refusal.Message == "" {
		t.Fatalf("headers %v, body %s", msg.Header, msg.Data)
	}
	return reply, refusal
}

func TestPrediction(t *testing.T) {
	web := group("eu-west-1", "web")
	nc := serve(t, &held{states: map[streams.GroupID]streams.State{web: with(web, 600)}})
	reply, refusal := ask(t, nc, "naive", `{"steps":6}`)
	if refusal.Code != 0 {
		t.Fatal(refusal.Error())
	}
	if reply.GroupID != web || reply.Model != "naive" || len(reply.Predictions) != 6 || len(reply.Timestamps) != 6 || !reply.Warm {
		t.Errorf("got %+v", reply)
	}
	named, _ := ask(t, nc, "naive", `{"steps":6,"scope":"eu-west-1","group":"web","series":"cpu","levels":[0.5,0.95]}`)
	if diff := cmp.Diff(reply, named); diff != "" {
		t.Errorf("by name: %s", diff)
	}
}

func TestRefusals(t *testing.T) {
	web, shop, other := group("eu", "web"), group("eu", "shop"), group("us", "web")
	states := map[streams.GroupID]streams.State{web: with(web, 600), shop: with(shop, 600), other: with(other, 0)}
	nc := serve(t, &held{states: states})
	for name, tc := range map[string]struct {
		model, body string
		code        int
		field       string
		says        string
	}{
		"steps missing":        {"naive", ``, 400, "steps", "missing"},
		"steps 0":              {"naive", `{"steps":0}`, 400, "steps", "1 to 2016"},
		"steps a string":       {"naive", `{"steps":"6"}`, 400, "steps", "number"},
		"steps 1e9":            {"naive", `{"steps":1000000000}`, 400, "steps", "1 to 2016"},
		"beyond the horizon":   {"naive", `{"scope":"eu","group":"web","steps":13}`, 400, "steps", "12"},
		"not JSON":             {"naive", `steps=6`, 400, "body", "object"},
		"an unknown field":     {"naive", `{"step":6}`, 400, "", "step"},
		"too long":             {"naive", `{"steps":6,"group":"` + strings.Repeat("x", 70000) + `"}`, 413, "body", "65536"},
		"which group":          {"naive", `{"steps":6}`, 400, "group", "eu/shop, eu/web, us/web"},
		"which scope":          {"naive", `{"steps":6,"group":"web"}`, 400, "scope", "eu/web, us/web"},
		"no such group":        {"naive", `{"steps":6,"group":"api"}`, 404, "group", "eu/shop"},
		"no such series":       {"naive", `{"steps":6,"scope":"eu","group":"web","series":"x"}`, 404, "series", "cpu"},
		"a long group":         {"naive", `{"steps":6,"group":"` + strings.Repeat("x", 60000) + `"}`, 404, "group", "x…"},
		"a long series":        {"naive", `{"steps":6,"scope":"eu","group":"web","series":"` + strings.Repeat("x", 60000) + `"}`, 404, "series", "x…"},
		"a long field":         {"naive", `{"steps":6,"` + strings.Repeat("x", 60000) + `":1}`, 400, strings.Repeat("x", 77) + "…", "no field"},
		"a field of control":   {"naive", `{"steps":6,"\u0000\u0007\r\nx":1}`, 400, "\x00\a\r\nx", "no field"},
		"a long model":         {strings.Repeat("m", 200), `{"steps":6,"scope":"eu","group":"web"}`, 404, "model", "m…"},
		"an escaped model":     {"or.acle *", `{"steps":6,"scope":"eu","group":"web"}`, 404, "model", `"or.acle *"`},
		"levels repeat":        {"naive", `{"steps":6,"scope":"eu","group":"web","levels":[0.5,0.5]}`, 400, "levels[1]", "above"},
		"no such level":        {"naive", `{"steps":6,"scope":"eu","group":"web","levels":[0.4,0.5]}`, 400, "levels[0]", "0.95"},
		"no such model":        {"oracle", `{"steps":6,"scope":"eu","group":"web"}`, 404, "model", "naive"},
		"nothing was seen yet": {"naive", `{"steps":6,"scope":"us"}`, 503, "", "no value"},
	} {
		t.Run(name, func(t *testing.T) {
			_, got := ask(t, nc, tc.model, tc.body)
			if got.Code != tc.code || tc.field != "" && got.Field != tc.field || !strings.Contains(got.Message+got.Field, tc.says) {
				t.Errorf("want %d %s with %q, got %s", tc.code, tc.field, tc.says, got.Error())
			}
			if len(got.Error()) > 400 {
				t.Errorf("a refusal of %d bytes", len(got.Error()))
			}
		})
	}
}

// TestModelTokenIsEscaped asks on subjects as they come.
func TestModelTokenIsEscaped(t *testing.T) {
	web := group("eu", "web")
	nc := serve(t, &held{states: map[streams.GroupID]streams.State{web: with(web, 600)}})
	for token, want := range map[string]string{"naive": "", "%6Eaive": "400", "na%2": "400", "na%2Eive": "404"} {
		msg, err := nc.Request("autoscaling.trial.predict."+token, []byte(`{"steps":6}`), 5*time.Second)
		if err != nil || msg.Header.Get(micro.ErrorCodeHeader) != want {
			t.Errorf("%s: want code %q, got %v (%v)", token, want, msg, err)
		}
	}
}

// TestReplyTooLarge asks for what the server does not carry, and for what it
// just does.
func TestReplyTooLarge(t *testing.T) {
	web := group("eu", "web")
	nc := serve(t, &held{states: map[streams.GroupID]streams.State{web: wide{}}})
	if _, got := ask(t, nc, "naive", `{"steps":2016}`); got.Code != 413 || !strings.Contains(got.Message, "1048576") {
		t.Errorf("got %s", got.Error())
	}
	if reply, got := ask(t, nc, "naive", `{"steps":12}`); got.Code != 0 || len(reply.Quantiles) != 12 {
		t.Errorf("got %s", got.Error())
	}
}

// wide is a state whose forecast has more than a megabyte.
type wide struct{ streams.State }

func (wide) Predict(string, string) (fold.Answer, *streams.PredictionError) {
	f := streams.Forecast{Origin: time.Unix(0, 0).UTC(), Period: 300}
	row := make([]float64, 40)
	for i := range row {
		f.Levels = append(f.Levels, float64(i+1)/41)
		row[i] = 1000 + math.Pi*float64(i)
	}
	for range 2016 {
		f.Quantiles, f.Peak = append(f.Quantiles, row), append(f.Peak, row)
	}
	return fold.Answer{Forecast: f}, nil
}

// counting is a state that counts what it is asked.
type counting struct {
	streams.State
	asked *int
}

func (c counting) Predict(model, series string) (fold.Answer, *streams.PredictionError) {
	*c.asked++
	return c.State.(predictor).Predict(model, series)
}

// TestOneLookIsBounded answers many queries of many groups: those of one look
// share the forecast of their group, and no look makes more than a few.
func TestOneLookIsBounded(t *testing.T) {
	nc := servertest.Connect(t, servertest.New(t))
	asked, looks := 0, []int{}
	states := make(map[streams.GroupID]streams.State)
	var queries []query
	inbox := nats.NewInbox()
	sub, err := nc.SubscribeSync(inbox)
	if err != nil {
		t.Fatal(err)
	}
	for g := range 10 {
		id := group("eu", fmt.Sprint("g", g))
		states[id] = counting{with(id, 50), &asked}
		for range 20 {
			queries = append(queries, query{model: "naive", reply: inbox, body: streams.PredictionRequest{Group: id.Group, Steps: 2}})
		}
	}
	s := &service{nc: nc, log: zerolog.Nop(), states: watched{&held{states: states}, func() { looks = append(looks, asked) }}}
	s.answer(t.Context(), queries)
	if diff := cmp.Diff([]int{4, 8, 10}, looks); diff != "" {
		t.Errorf("forecasts after each look: %s", diff)
	}
	for i := range queries {
		msg, err := sub.NextMsg(5 * time.Second)
		if err != nil || msg.Header.Get(micro.ErrorCodeHeader) != "" {
			t.Fatalf("reply %d: %v %v", i, msg, err)
		}
	}
	if got := s.answered.Load(); got != 200 {
		t.Errorf("want 200 answered, got %d", got)
	}
}

// watched says when a look has ended.
type watched struct {
	Viewer
	after func()
}

func (w watched) View(ctx context.Context, fn func(map[streams.GroupID]streams.State)) error {
	defer w.after()
	return w.Viewer.View(ctx, fn)
}

func TestNotReady(t *testing.T) {
	nc := serve(t, &held{err: errors.New("states are being recovered")})
	if _, got := ask(t, nc, "naive", `{"steps":6}`); got.Code != 503 || !strings.Contains(got.Message, "being recovered") {
		t.Errorf("got %s", got.Error())
	}
	nc = serve(t, &held{})
	if _, got := ask(t, nc, "naive", `{"steps":6}`); got.Code != 503 {
		t.Errorf("no group: got %s", got.Error())
	}
}

// TestTooManyAtOnce holds the states back: every request gets an answer, and
// those beyond what may wait get 429.
func TestTooManyAtOnce(t *testing.T) {
	web := group("eu", "web")
	viewer := &held{states: map[streams.GroupID]streams.State{web: with(web, 600)}, gate: make(chan struct{})}
	nc := serve(t, viewer)
	const sent = 3 * mostWaiting
	inbox := nats.NewInbox()
	sub, err := nc.SubscribeSync(inbox)
	if err != nil {
		t.Fatal(err)
	}
	for range sent {
		if err := nc.PublishRequest(streams.PredictSubject("trial", "naive"), inbox, []byte(`{"steps":1}`)); err != nil {
			t.Fatal(err)
		}
	}
	codes := make(map[string]int)
	for i := range sent {
		msg, err := sub.NextMsg(5 * time.Second)
		if err != nil {
			t.Fatalf("after %d replies %v: %v", i, codes, err)
		}
		if codes[msg.Header.Get(micro.ErrorCodeHeader)]++; i == 0 {
			close(viewer.gate)
		}
	}
	if codes["429"] == 0 || codes[""] < mostWaiting || codes["429"]+codes[""] != sent {
		t.Errorf("of %d requests: %v", sent, codes)
	}
}

func TestInfoAndStats(t *testing.T) {
	web := group("eu", "web")
	nc := serve(t, &held{states: map[streams.GroupID]streams.State{web: with(web, 600)}})
	ask(t, nc, "naive", `{"steps":1}`)
	ask(t, nc, "naive", `{"steps":0}`)
	ask(t, nc, "oracle", `{"steps":1}`)

	var info micro.Info
	call(t, nc, "$SRV.INFO.forecaster", &info)
	if len(info.Endpoints) != 1 || info.Endpoints[0].Subject != "autoscaling.trial.predict.*" || info.Endpoints[0].QueueGroup != "q" {
		t.Fatalf("got %+v", info)
	}
	for _, key := range []string{"schema.request", "schema.response", "schema.error"} {
		if !json.Valid([]byte(info.Endpoints[0].Metadata[key])) {
			t.Errorf("%s is not JSON", key)
		}
	}
	if info.Metadata["models"] != "arima,dhr,naive,rls,stl_arima" || info.Endpoints[0].Metadata["models"] != "arima,dhr,naive,rls,stl_arima" {
		t.Errorf("models: %v %v", info.Metadata, info.Endpoints[0].Metadata)
	}

	var stats micro.Stats
	call(t, nc, "$SRV.STATS.forecaster", &stats)
	var got Stats
	if err := json.Unmarshal(stats.Endpoints[0].Data, &got); err != nil {
		t.Fatal(err)
	}
	one := 1
	if diff := cmp.Diff(Stats{Groups: &one, Answered: 1, Refused: 2}, got); diff != "" {
		t.Error(diff)
	}
}

func call(t *testing.T, nc *nats.Conn, subject string, into any) {
	t.Helper()
	msg, err := nc.Request(subject, nil, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(msg.Data, into); err != nil {
		t.Fatal(err)
	}
}

// TestStopsWithItsContext says that what was taken is answered, and that two
// services run in one process.
func TestStopsWithItsContext(t *testing.T) {
	server := servertest.New(t)
	web := group("eu", "web")
	viewer := &held{states: map[streams.GroupID]streams.State{web: with(web, 600)}}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 2)
	for range 2 {
		nc := servertest.Connect(t, server)
		go func() { done <- Serve(ctx, nc, "trial", viewer, zerolog.Nop()) }()
	}
	cancel()
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	closed := servertest.Connect(t, server)
	go func() { done <- Serve(t.Context(), closed, "trial", viewer, zerolog.Nop()) }()
	client := servertest.Connect(t, server)
	for _, err := client.Request("$SRV.PING.forecaster", nil, 50*time.Millisecond); err != nil; {
		_, err = client.Request("$SRV.PING.forecaster", nil, 50*time.Millisecond)
	}
	closed.Close()
	if err := <-done; err == nil {
		t.Error("want an error when the connection is closed")
	}
	if err := Serve(t.Context(), client, "*", viewer, zerolog.Nop()); err == nil {
		t.Error("want an error for a bad realm")
	}
}
