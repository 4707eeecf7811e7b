package fold

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/streams"
)

func TestPredict(t *testing.T) {
	s := Stage{}.New(id()).(*State)
	ask := func(name string, req streams.PredictionRequest) (streams.PredictionReply, int) {
		answer, refusal := s.Predict(name, req.Series)
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
	refused("too many steps", 400, "naive", streams.PredictionRequest{Steps: 13})
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
	want.Score = nil
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
