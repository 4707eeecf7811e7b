package streams_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/streams"
)

func TestPredictionRequests(t *testing.T) {
	for body, want := range map[string]streams.PredictionRequest{
		`{"steps":1}`:                             {Steps: 1},
		` { "steps" : 2016 } `:                    {Steps: 2016},
		`{"group":"ml-predictive-asg","steps":6}`: {Group: "ml-predictive-asg", Steps: 6},
		`{"steps":6,"levels":[]}`:                 {Steps: 6},
		`{"steps":6,"levels":[0.95],"scope":"eu-west-1","series":"cpu"}`: {Scope: "eu-west-1", Series: "cpu", Steps: 6, Levels: []float64{0.95}},
	} {
		got, failed := streams.DecodePredictionRequest([]byte(body))
		if failed != nil {
			t.Errorf("%s: %v", body, failed)
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", body, diff)
		}
	}
}

func TestPredictionRequestsAreRefused(t *testing.T) {
	for _, test := range []struct {
		body  string
		code  int
		field string
	}{
		{``, 400, "steps"},
		{`{}`, 400, "steps"},
		{`{"group":"web"}`, 400, "steps"},
		{`{"steps":0}`, 400, "steps"},
		{`{"steps":-1}`, 400, "steps"},
		{`{"steps":1000000000}`, 400, "steps"},
		{`{"steps":1e99}`, 400, "steps"},
		{`{"steps":true}`, 400, "steps"},
		{`{"steps":[6]}`, 400, "steps"},
		{`null`, 400, "body"},
		{`"{\"steps\":6}"`, 400, "body"},
		{"\x00\xff", 400, "body"},
		{`{"steps":2017}`, 400, "steps"},
		{`{"steps":1.5}`, 400, "steps"},
		{`{"steps":"6"}`, 400, "steps"},
		{`{"steps":null}`, 400, "steps"},
		{`{"steps":6,"steps":7}`, 400, "steps"},
		{`{"steps":6,"step":7}`, 400, "step"},
		{`{"Steps":6}`, 400, "Steps"},
		{`{"steps":6,"group":7}`, 400, "group"},
		{`{"steps":6,"levels":0.5}`, 400, "levels"},
		{`{"steps":6,"levels":[0.5,null]}`, 400, "levels"},
		{`{"steps":6,"levels":[NaN]}`, 400, "levels"},
		{`{"steps":6,"levels":[0.5,0.5]}`, 400, "levels[1]"},
		{`{"steps":6,"levels":[0.1,0.9,0.5]}`, 400, "levels[2]"},
		{`{"steps":6,"levels":[0,0.5]}`, 400, "levels[0]"},
		{`{"steps":6,"levels":[0.5,1]}`, 400, "levels[1]"},
		{`{"steps":6,"levels":[` + strings.Repeat("0.5,", 10000) + `0.5]}`, 400, "levels[1]"},
		{`{"steps":6,"` + strings.Repeat("x", 1000) + `":7}`, 400, strings.Repeat("x", 77) + "…"},
		{`{"steps":6,"` + strings.Repeat("é", 1000) + `":7}`, 400, strings.Repeat("é", 38) + "…"},
		{`{"steps":6}{}`, 400, "body"},
		{`[6]`, 400, "body"},
		{`6`, 400, "body"},
		{`steps=6`, 400, "body"},
		{`{"steps":6}` + strings.Repeat(" ", 1<<16), 413, "body"},
	} {
		got, failed := streams.DecodePredictionRequest([]byte(test.body))
		if failed == nil || failed.Code != test.code || failed.Field != test.field || failed.Message == "" {
			t.Errorf("%.60s: want %d %s, got %v", test.body, test.code, test.field, failed)
		}
		if diff := cmp.Diff(streams.PredictionRequest{}, got); diff != "" {
			t.Errorf("%.60s: want no request, got %+v", test.body, got)
		}
		if failed != nil && len(failed.Error()) > 300 {
			t.Errorf("%.60s: an error of %d bytes", test.body, len(failed.Error()))
		}
	}
}

func TestReply(t *testing.T) {
	f := exampleForecast()
	f.Weights = map[string]float64{"naive": 0.25, "rls": 0.75}
	got, failed := streams.PredictionRequest{Steps: 1, Levels: []float64{0.05, 0.95}}.Reply(f)
	if failed != nil {
		t.Fatal(failed)
	}
	want := streams.PredictionReply{
		SeriesID: f.SeriesID, Model: "naive", Origin: noon, Period: seconds(300), Unit: streams.Percent,
		Timestamps: []time.Time{noon.Add(5 * time.Minute)}, Predictions: []float64{731.25}, Levels: []float64{0.05, 0.95},
		Quantiles: [][]float64{{640.5, 802}}, Peak: [][]float64{{640.5, 802}}, Samples: 4032, Warm: true,
		Coverage: []float64{f.Score.Coverage[0], f.Score.Coverage[2]}, Weights: map[string]float64{"naive": 0.25, "rls": 0.75}, Score: f.Score,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestReplyTakesAllLevels holds that a request without levels gets the whole
// tables, and the level nearest to the median as the prediction.
func TestReplyTakesAllLevels(t *testing.T) {
	f := exampleForecast()
	f.Levels = []float64{0.1, 0.4, 0.9}
	got, failed := streams.PredictionRequest{Steps: 2}.Reply(f)
	if failed != nil {
		t.Fatal(failed)
	}
	if diff := cmp.Diff(f.Quantiles, got.Quantiles); diff != "" {
		t.Errorf("quantiles (-forecast +reply):\n%s", diff)
	}
	if diff := cmp.Diff(f.Peak, got.Peak); diff != "" {
		t.Errorf("peak (-forecast +reply):\n%s", diff)
	}
	if diff := cmp.Diff([]float64{731.25, 735.125}, got.Predictions); diff != "" {
		t.Errorf("predictions (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(f.Levels, got.Levels); diff != "" {
		t.Errorf("levels (-want +got):\n%s", diff)
	}
}

func TestExcerpt(t *testing.T) {
	for s, want := range map[string]string{
		"": "", "web": "web", strings.Repeat("x", 80): strings.Repeat("x", 80), strings.Repeat("x", 81): strings.Repeat("x", 77) + "…",
		strings.Repeat("€", 27): strings.Repeat("€", 25) + "…", "\xffa": "?a",
	} {
		if got := streams.Excerpt(s); got != want {
			t.Errorf("%q: want %q, got %q", s, want, got)
		}
	}
}

// TestManyLevelsAreNotListed holds that a refusal stays short.
func TestManyLevelsAreNotListed(t *testing.T) {
	f := exampleForecast()
	f.Levels = nil
	for i := range 8000 {
		f.Levels = append(f.Levels, float64(i+1)/8001)
	}
	_, failed := streams.PredictionRequest{Steps: 1, Levels: []float64{1e-9}}.Reply(f)
	if failed == nil || failed.Field != "levels[0]" || len(failed.Error()) > 500 {
		t.Errorf("got %v", failed)
	}
}

func TestReplyIsRefused(t *testing.T) {
	cold := exampleForecast()
	cold.Quantiles, cold.Peak = nil, nil
	for _, test := range []struct {
		request  streams.PredictionRequest
		forecast streams.Forecast
		want     string
	}{
		{streams.PredictionRequest{Steps: 3}, exampleForecast(), "400 steps: want at most 2, the horizon, got 3"},
		{streams.PredictionRequest{Steps: 1, Levels: []float64{0.5, 0.9}}, exampleForecast(), "400 levels[1]: want some of [0.05 0.5 0.95], got 0.9"},
		{streams.PredictionRequest{Steps: 1}, cold, "503 no value of this series was seen yet"},
	} {
		_, failed := test.request.Reply(test.forecast)
		if failed == nil || failed.Error() != test.want {
			t.Errorf("%+v: want %s, got %v", test.request, test.want, failed)
		}
	}
}

// FuzzPredictionRequest: a body is a request within bounds, to which a forecast
// has a reply or a refusal, or it is refused in few words that are UTF-8.
func FuzzPredictionRequest(f *testing.F) {
	for _, body := range []string{``, `{"steps":6}`, `{"steps":2,"levels":[0.05,0.95]}`, `{"steps":"6"}`, `{"steps":1e9}`, "{\"st\xff\":1}", `{"steps":1.5`, `{"":0}`} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		request, failed := streams.DecodePredictionRequest(body)
		if failed == nil {
			if request.Steps < 1 || request.Steps > streams.MostSteps {
				t.Fatalf("%q: %d steps", body, request.Steps)
			}
			var reply streams.PredictionReply
			if reply, failed = request.Reply(exampleForecast()); failed == nil {
				if len(reply.Predictions) != request.Steps || len(reply.Coverage) != len(reply.Levels) {
					t.Fatalf("%q: got %+v", body, reply)
				}
				return
			}
		}
		if failed.Code != 400 && failed.Code != 413 || failed.Field == "" || failed.Message == "" {
			t.Fatalf("%q: got %v", body, failed)
		}
		if len(failed.Error()) > 400 || !utf8.ValidString(failed.Error()) {
			t.Fatalf("%q: the refusal is %q", body, failed.Error())
		}
	})
}
