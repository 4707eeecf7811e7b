package fold

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/streams"
)

func TestPredict(t *testing.T) {
	s := Stage{}.New(id()).(*State)
	ask := func(name string, req streams.PredictionRequest) (streams.PredictionReply, int) {
		answer, refusal := s.Predict(name, req.Series, req.Steps)
		if answer.Outsider != nil {
			answered(t, &answer)
		}
		f := answer.Forecast
		var reply streams.PredictionReply
		if refusal == nil {
			reply, refusal = req.Reply(f)
		}
		if refusal != nil {
			return reply, refusal.Code
		}
		return reply, 0
	}
	refused := func(what string, want int, name string, req streams.PredictionRequest) {
		t.Helper()
		if _, got := ask(name, req); got != want {
			t.Errorf("%s: want %d, got %d", what, want, got)
		}
	}
	six := streams.PredictionRequest{Steps: 6}
	refused("no policy", 503, "naive", six)
	drive(t, s, inForce(policy()))
	refused("no metric", 503, "naive", six)
	drive(t, s, metric(0, gap, 1))
	refused("no value", 503, "naive", six)
	drive(t, s, backfill(500, wave)...)
	f := drive(t, s, live(500, 510, wave)...)[9]
	refused("no such model", 404, "oracle", six)
	refused("no such series", 404, "naive", streams.PredictionRequest{Series: "requests", Steps: 6})
	refused("too many steps", 400, "rls", streams.PredictionRequest{Steps: 13})
	refused("no such level", 400, "naive", streams.PredictionRequest{Steps: 6, Levels: []float64{0.3}})

	s.Changed()
	got, code := ask("naive", streams.PredictionRequest{Series: "cpu", Steps: 6})
	want, _ := six.Reply(f)
	if diff := cmp.Diff(want, got); diff != "" || code != 0 {
		t.Errorf("want what was published last, got code %d\n%s", code, diff)
	}
	if parts := s.Changed(); len(parts) > 0 {
		t.Errorf("a prediction changed %d parts", len(parts))
	}

	other := policy()
	other.Forecast.Model = "oracle"
	drive(t, s, inForce(other))
	got, code = ask("naive", six)
	want.Score, want.Coverage = nil, nil
	if diff := cmp.Diff(want, got); diff != "" || code != 0 {
		t.Errorf("built for the request: want the same forecast, got code %d\n%s", code, diff)
	}
}

// answered computes what an outsider is left to say.
func answered(t testing.TB, a *Answer) {
	t.Helper()
	built, err := a.Outsider.Build(func() bool { return false })
	if err != nil {
		t.Fatal(err)
	}
	a.Outsider.Complete(&a.Forecast, built)
}

// A model that nobody waits for is given up while it observes.
func TestOutsiderIsGivenUp(t *testing.T) {
	s := Stage{}.New(id()).(*State)
	drive(t, s, inForce(policy()))
	drive(t, s, live(0, 300, wave)...)
	a, refusal := s.Predict("rls", "", 6)
	if refusal != nil {
		t.Fatal(refusal)
	}
	built, err := a.Outsider.Build(func() bool { return true })
	if built != nil || !errors.Is(err, ErrGivenUp) {
		t.Errorf("want none, got %v, %v", built, err)
	}
}

// TestPredictManySteps asks for more steps than the policy's horizon of 12.
func TestPredictManySteps(t *testing.T) {
	s := Stage{}.New(id()).(*State)
	p := policy()
	p.Forecast.Members = []string{"arima"}
	drive(t, s, inForce(p))
	drive(t, s, live(0, 60, wave)...)
	if diff := cmp.Diff([]string{"arima", "naive"}, s.Running()); diff != "" {
		t.Error(diff)
	}
	for _, tc := range []struct {
		model          string
		steps, horizon int // 0 is refused
	}{
		{"naive", 12, 12}, {"naive", 13, 24}, {"naive", 24, 24}, {"naive", 25, 48}, {"naive", 2016, 2016}, {"naive", 2017, 0},
		{"arima", 13, 24}, {"dhr", 100, 192}, {"rls", 12, 12}, {"rls", 13, 0},
	} {
		a, refusal := s.Predict(tc.model, "", tc.steps)
		if tc.horizon == 0 {
			if refusal == nil || refusal.Code != 400 || refusal.Field != "steps" {
				t.Errorf("%s, %d steps: want a refusal, got %v", tc.model, tc.steps, refusal)
			}
			continue
		}
		if refusal != nil {
			t.Errorf("%s, %d steps: %v", tc.model, tc.steps, refusal)
			continue
		}
		if a.Outsider != nil {
			answered(t, &a)
		}
		if got := len(a.Forecast.Quantiles); got != tc.horizon {
			t.Errorf("%s, %d steps: want %d forecast, got %d", tc.model, tc.steps, tc.horizon, got)
		}
	}
	p.Forecast.Levels = nil
	for i := range 64 {
		p.Forecast.Levels = append(p.Forecast.Levels, float64(i+1)/65)
	}
	p.Scaling.Quantile = p.Forecast.Levels[60]
	drive(t, s, inForce(p))
	if _, refusal := s.Predict("naive", "", 2016); refusal == nil || refusal.Field != "steps" || refusal.Code != 400 {
		t.Errorf("2016 steps at 64 levels: got %v", refusal)
	}
}
