package forecaster

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/embedded/servertest"
)

func TestPrediction(t *testing.T) {
	web := group("eu-west-1", "web")
	trial := serve(t, &held{states: map[streams.GroupID]streams.State{web: with(web, 600)}})
	reply, refusal := trial.ask(t, "naive", `{"steps":6}`)
	if refusal.Code != 0 {
		t.Fatal(refusal.Error())
	}
	if reply.GroupID != web || reply.Model != "naive" || len(reply.Predictions) != 6 || len(reply.Timestamps) != 6 || !reply.Warm {
		t.Errorf("got %+v", reply)
	}
	named, _ := trial.ask(t, "naive", `{"steps":6,"scope":"eu-west-1","group":"web","series":"cpu","levels":[0.5,0.95]}`)
	if diff := cmp.Diff(reply, named); diff != "" {
		t.Errorf("by name: %s", diff)
	}
}

func TestRefusals(t *testing.T) {
	web, shop, other := group("eu", "web"), group("eu", "shop"), group("us", "web")
	none := fold.Stage{}.New(group("us", "none"))
	states := map[streams.GroupID]streams.State{web: with(web, 600), shop: with(shop, 600), other: with(other, 0), group("us", "none"): none}
	trial := serve(t, &held{states: states})
	const named = `"scope":"eu","group":"web"`
	for name, tc := range map[string]struct {
		model, body string
		code        int
		field       string
		says        string
	}{
		"no body":              {"naive", ``, 400, "steps", "missing"},
		"steps missing":        {"naive", `{` + named + `}`, 400, "steps", "missing"},
		"steps 0":              {"naive", `{"steps":0}`, 400, "steps", "1 to 2016"},
		"steps negative":       {"naive", `{"steps":-6}`, 400, "steps", "1 to 2016"},
		"steps a string":       {"naive", `{"steps":"6"}`, 400, "steps", "number"},
		"steps a fraction":     {"naive", `{"steps":1.5}`, 400, "steps", "number"},
		"steps null":           {"naive", `{"steps":null}`, 400, "steps", "null"},
		"steps twice":          {"naive", `{"steps":6,"steps":7}`, 400, "steps", "twice"},
		"steps 1e9":            {"naive", `{"steps":1000000000}`, 400, "steps", "1 to 2016"},
		"steps 1e99":           {"naive", `{"steps":1e99}`, 400, "steps", "number"},
		"rls past the horizon": {"rls", `{` + named + `,"steps":13}`, 400, "steps", "12, the policy's horizon"},
		"not JSON":             {"naive", `steps=6`, 400, "body", "object"},
		"half of it":           {"naive", `{"steps":6`, 400, "steps", "the end of the body"},
		"a list":               {"naive", `[6]`, 400, "body", "object"},
		"binary":               {"naive", "\x00\xff\xfe", 400, "body", "UTF-8"},
		"two of them":          {"naive", `{"steps":6}{}`, 400, "body", "more than one"},
		"an unknown field":     {"naive", `{"step":6}`, 400, "step", "no field"},
		"too long":             {"naive", `{"steps":6,"group":"` + strings.Repeat("x", 70000) + `"}`, 413, "body", "65536"},
		"which group":          {"naive", `{"steps":6}`, 400, "group", "eu/shop, eu/web, us/none, us/web"},
		"which scope":          {"naive", `{"steps":6,"group":"web"}`, 400, "scope", "eu/web, us/web"},
		"no such group":        {"naive", `{"steps":6,"group":"api"}`, 404, "group", "eu/shop"},
		"no such scope":        {"naive", `{"steps":6,"scope":"mars"}`, 404, "group", "eu/shop"},
		"no such series":       {"naive", `{"steps":6,` + named + `,"series":"x"}`, 404, "series", "cpu"},
		"a long group":         {"naive", `{"steps":6,"group":"` + strings.Repeat("x", 60000) + `"}`, 404, "group", "x…"},
		"a long series":        {"naive", `{"steps":6,` + named + `,"series":"` + strings.Repeat("x", 60000) + `"}`, 404, "series", "x…"},
		"a long field":         {"naive", `{"steps":6,"` + strings.Repeat("x", 60000) + `":1}`, 400, strings.Repeat("x", 77) + "…", "no field"},
		"a field of control":   {"naive", `{"steps":6,"\u0000\u0007\r\nx":1}`, 400, "\x00\a\r\nx", "no field"},
		"a long model":         {strings.Repeat("m", 200), `{"steps":6,` + named + `}`, 404, "model", "m…"},
		"an escaped model":     {"or.acle *", `{"steps":6,` + named + `}`, 404, "model", `"or.acle *"`},
		"a model in parts":     {"a/b", `{"steps":6,` + named + `}`, 404, "model", `"a/b"`},
		"levels repeat":        {"naive", `{"steps":6,` + named + `,"levels":[0.5,0.5]}`, 400, "levels[1]", "above"},
		"levels a text":        {"naive", `{"steps":6,` + named + `,"levels":"all"}`, 400, "levels", "numbers"},
		"no such level":        {"naive", `{"steps":6,` + named + `,"levels":[0.4,0.5]}`, 400, "levels[0]", "0.95"},
		"no such model":        {"oracle", `{"steps":6,` + named + `}`, 404, "model", "naive"},
		"no such model either": {"oracle", `steps=6`, 404, "model", "naive"},
		"no policy":            {"naive", `{"steps":6,"group":"none"}`, 503, "", "no policy"},
		"nothing was seen yet": {"naive", `{"steps":6,"scope":"us","group":"web"}`, 503, "", "no value"},
	} {
		t.Run(name, func(t *testing.T) {
			_, got := trial.ask(t, tc.model, tc.body)
			if got.Code != tc.code || got.Field != tc.field || !strings.Contains(got.Message, tc.says) {
				t.Errorf("want %d %s with %q, got %s", tc.code, tc.field, tc.says, got.Error())
			}
			if len(got.Error()) > 400 {
				t.Errorf("a refusal of %d bytes", len(got.Error()))
			}
		})
	}
}

// TestManySteps asks models for more steps than the policy's horizon: those that
// answer any number say the same of the first steps as of all.
func TestManySteps(t *testing.T) {
	web, young := group("eu", "web"), group("eu", "young")
	trial := serve(t, &held{states: map[streams.GroupID]streams.State{web: with(web, 600), young: with(young, 60)}})
	for _, name := range fold.Models() {
		if !fold.AnySteps(name) {
			_, got := trial.ask(t, name, `{"group":"web","steps":13}`)
			if got.Code != 400 || got.Field != "steps" || !strings.Contains(got.Message, name) || !strings.Contains(got.Message, "arima, dhr, naive, stl_arima take up to 2016") {
				t.Errorf("%s: got %s", name, got.Error())
			}
		}
	}
	all, refusal := trial.ask(t, "naive", `{"group":"web","steps":2016}`)
	if refusal.Code != 0 || len(all.Predictions) != 2016 || len(all.Quantiles) != 2016 || !all.Timestamps[2015].Equal(binEnd(599+2016)) {
		t.Fatalf("got %s, %d steps", refusal.Error(), len(all.Predictions))
	}
	if some, _ := trial.ask(t, "naive", `{"group":"web","steps":1900}`); !cmp.Equal(some.Quantiles, all.Quantiles[:1900]) {
		t.Error("1900 steps are not the first of 2016")
	}
	if n := trial.service.outsiders.count("naive"); n != 1 {
		t.Errorf("built %d times", n)
	}
	if arima, refusal := trial.ask(t, "arima", `{"group":"young","steps":20}`); refusal.Code != 0 || len(arima.Predictions) != 20 {
		t.Errorf("got %s, %d steps", refusal.Error(), len(arima.Predictions))
	}
}

func TestNotReady(t *testing.T) {
	trial := serve(t, &held{err: errors.New("states are being recovered")})
	if _, got := trial.ask(t, "naive", `{"steps":6}`); got.Code != 503 || !strings.Contains(got.Message, "being recovered") {
		t.Errorf("got %s", got.Error())
	}
	trial = serve(t, &held{})
	if _, got := trial.ask(t, "naive", `{"steps":6}`); got.Code != 503 {
		t.Errorf("no group: got %s", got.Error())
	}
}

// TestTooManyAtOnce holds the states back: every request gets an answer, on
// either road, and those beyond what may wait get 429 at once.
func TestTooManyAtOnce(t *testing.T) {
	const sent = 3 * mostWaiting
	web := group("eu", "web")
	for road, ask := range roads {
		t.Run(road, func(t *testing.T) {
			viewer := &held{states: map[streams.GroupID]streams.State{web: with(web, 600)}, gate: make(chan struct{})}
			trial := serve(t, viewer)
			codes := make(chan int, sent)
			for range sent {
				go func() {
					code, _ := ask(trial, t, "naive", `{"steps":1}`)
					codes <- code
				}()
			}
			got := make(map[int]int)
			for i := range sent {
				if got[<-codes]++; i == 0 {
					close(viewer.gate)
				}
			}
			if got[429] == 0 || got[200] < mostWaiting || got[429]+got[200] != sent {
				t.Errorf("of %d requests: %v", sent, got)
			}
			if c := trial.service.tally.models["naive"]; int(c.answered.Load()) != got[200] || int(c.shed.Load()) != got[429] {
				t.Errorf("counted %d answered and %d shed of %v", c.answered.Load(), c.shed.Load(), got)
			}
		})
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
		nc, s := servertest.Connect(t, server), newService(t, viewer)
		go func() { done <- s.Serve(ctx, nc) }()
	}
	cancel()
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	closed, s := servertest.Connect(t, server), newService(t, viewer)
	go func() { done <- s.Serve(t.Context(), closed) }()
	client := servertest.Connect(t, server)
	for _, err := client.Request("$SRV.PING.forecaster", nil, 50*time.Millisecond); err != nil; {
		_, err = client.Request("$SRV.PING.forecaster", nil, 50*time.Millisecond)
	}
	closed.Close()
	if err := <-done; err == nil {
		t.Error("want an error when the connection is closed")
	}
	if err := s.Serve(t.Context(), client); err == nil {
		t.Error("want an error of a second Serve")
	}
	if _, err := New(Config{Realm: "*", States: viewer, Log: zerolog.Nop()}); err == nil {
		t.Error("want an error for a bad realm")
	}
}

// TestRefusedOutsideOfServe asks before the service serves and after.
func TestRefusedOutsideOfServe(t *testing.T) {
	s := newService(t, &held{})
	for _, want := range []string{"503 the forecaster is starting", "503 the forecaster is stopping"} {
		if got := s.enqueue(query{}); got == nil || got.Error() != want {
			t.Errorf("want %s, got %v", want, got)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.Serve(ctx, servertest.Connect(t, servertest.New(t))); err != nil && want == "503 the forecaster is starting" {
			t.Fatal(err)
		}
	}
}

// counting is a state that counts what it is asked.
type counting struct {
	streams.State
	asked *int
}

func (c counting) Predict(model, series string, steps int) (fold.Answer, *streams.PredictionError) {
	*c.asked++
	return c.State.(predictor).Predict(model, series, steps)
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

// paper is a road that keeps what it is answered.
type paper struct {
	left    atomic.Bool
	answers chan prediction
}

func newPaper() *paper { return &paper{answers: make(chan prediction, 999)} }

func (*paper) name() string                   { return "paper" }
func (p *paper) gone() bool                   { return p.left.Load() }
func (p *paper) answer(_ query, a prediction) { p.answers <- a }

// TestOneLookIsBounded answers many queries of many groups: those of one look
// share the forecast of their group, and no look makes more than a few. Nothing
// is forecast for those who are gone.
func TestOneLookIsBounded(t *testing.T) {
	asked, looks := 0, []int{}
	states := make(map[streams.GroupID]streams.State)
	here, gone := newPaper(), newPaper()
	gone.left.Store(true)
	var queries []query
	for g := range 10 {
		id := group("eu", fmt.Sprint("g", g))
		states[id] = counting{with(id, 50), &asked}
		for n := range 20 {
			queries = append(queries, query{model: "naive", road: here, body: streams.PredictionRequest{Group: id.Group, Steps: 1 + n%12}},
				query{model: "rls", road: gone, body: streams.PredictionRequest{Group: id.Group, Steps: 1}})
		}
	}
	s := newService(t, watched{&held{states: states}, func() { looks = append(looks, asked) }})
	s.answer(t.Context(), queries)
	if diff := cmp.Diff([]int{4, 8, 10}, looks); diff != "" {
		t.Errorf("forecasts after each look: %s", diff)
	}
	if len(here.answers) != 200 || len(gone.answers) != 200 {
		t.Fatalf("%d and %d answers", len(here.answers), len(gone.answers))
	}
	for range 200 {
		if p := <-here.answers; p.refusal != nil || len(p.forecast.Quantiles) != 12 {
			t.Errorf("got %v, %d steps", p.refusal, len(p.forecast.Quantiles))
		}
	}
}
