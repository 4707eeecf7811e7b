package fold

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// untrained gives weights that are not the embedded ones.
func untrained(t *testing.T) *lstm.Weights {
	t.Helper()
	w, err := lstm.NewWeights(8, 1)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// naming gives the policy of a model that names weights.
func naming(name, sum string) streams.Policy {
	p := forecastBy(name)
	p.Forecast.Weights = sum
	return p
}

// TestWeightsAreThoseOfThePolicy asks for weights by the checksum that a policy
// names, and forecasts nothing without them. What reads none does not mind.
func TestWeightsAreThoseOfThePolicy(t *testing.T) {
	w := untrained(t)
	var asked []string
	with := Stage{Weights: func(sum string) *lstm.Weights {
		asked = append(asked, sum)
		return w
	}}
	for name, tc := range map[string]struct {
		stage Stage
		model string
		says  bool
	}{
		"there":     {with, "lstm", true},
		"combined":  {with, "combined", true},
		"missing":   {Stage{Weights: func(string) *lstm.Weights { return nil }}, "lstm", false},
		"nobody":    {Stage{}, "combined", false},
		"no matter": {Stage{}, "naive", true},
	} {
		s := tc.stage.New(id())
		drive(t, s, inForce(naming(tc.model, w.Sum())))
		f := drive(t, s, live(0, 40, wave)...)[39]
		if says := len(f.Quantiles) > 0; says != tc.says {
			t.Errorf("%s: want a forecast %v, got %v", name, tc.says, says)
		}
	}
	if len(asked) == 0 || slices.ContainsFunc(asked, func(sum string) bool { return sum != w.Sum() }) {
		t.Errorf("asked for %v", asked)
	}
}

// TestNeededWeights says what has to be got before an event and before a state.
func TestNeededWeights(t *testing.T) {
	w, shipped := untrained(t), lstm.Embedded()
	wrong := naming("lstm", w.Sum())
	wrong.Forecast.Horizon = 0
	for name, tc := range map[string]struct {
		ev   streams.Event
		want string
	}{
		"named":             {inForce(naming("combined", w.Sum())), w.Sum()},
		"of no model":       {inForce(naming("naive", w.Sum())), w.Sum()}, // who asks for lstm gets it with them
		"embedded":          {inForce(naming("lstm", shipped.Sum())), ""},
		"none":              {inForce(naming("lstm", "")), ""},
		"of a wrong policy": {inForce(wrong), ""},
		"a metric":          {metric(0, 1, 1), ""},
		"no policy":         {streams.Control{GroupID: id(), Name: streams.ControlPolicy, At: begin()}, ""},
	} {
		if sum, named := WeightsOfEvent(tc.ev); sum != tc.want || named != (tc.want != "") {
			t.Errorf("%s: event: want %q, got %q", name, tc.want, sum)
		}
		s := Stage{Weights: func(string) *lstm.Weights { return w }}.New(id())
		s.Step(tc.ev)
		if sum, named := WeightsOfState(s.Changed()); sum != tc.want || named != (tc.want != "") {
			t.Errorf("%s: state: want %q, got %q", name, tc.want, sum)
		}
	}
}

// TestOtherWeightsAreAnotherOutlook says whose outlook begins anew with other
// weights or another length of training.
func TestOtherWeightsAreAnotherOutlook(t *testing.T) {
	w := untrained(t)
	for name, anew := range map[string]bool{"lstm": true, "combined": true, "rls": false} {
		for what, change := range map[string]func(*streams.Policy){
			"weights":  func(p *streams.Policy) { p.Forecast.Weights = w.Sum() },
			"training": func(p *streams.Policy) { p.Forecast.Training = 7 },
			"shipped":  func(p *streams.Policy) { p.Forecast.Weights = lstm.Embedded().Sum() },
		} {
			p := forecastBy(name)
			s := Stage{Weights: func(string) *lstm.Weights { return w }}.New(id()).(*State)
			drive(t, s, inForce(p))
			drive(t, s, live(0, 10, wave)...)
			before := s.series["cpu"].outlooks[0]
			change(&p)
			drive(t, s, inForce(p))
			if got := s.series["cpu"].outlooks[0] != before; got != (anew && what != "shipped") {
				t.Errorf("%s: other %s: begins anew %v", name, what, got)
			}
		}
	}
}

// TestPartsAnswerAtOnce wants of a part of combined that is a model what it says as a
// member, and
// of what is published the weights of all parts.
func TestPartsAnswerAtOnce(t *testing.T) {
	combined, members := Stage{}.New(id()).(*State), Stage{}.New(id()).(*State)
	drive(t, combined, inForce(forecastBy("combined")))
	alone := slices.DeleteFunc(Parts(), func(name string) bool { return !slices.Contains(Models(), name) })
	drive(t, members, inForce(forecastBy(alone[0], alone[1:]...)))
	for _, s := range []*State{combined, members} {
		drive(t, s, backfill(700, wave)...)
	}
	drive(t, members, live(700, 710, wave)...)
	f := drive(t, combined, live(700, 710, wave)...)[9]
	for _, name := range alone {
		got, refusal := combined.Predict(name, "", 1)
		if refusal != nil || got.Outsider != nil || len(got.Forecast.Quantiles) == 0 {
			t.Fatalf("%s: want an answer from the state, got %v", name, refusal)
		}
		want, _ := members.Predict(name, "", 1)
		want.Forecast.Score = nil
		if diff := cmp.Diff(want.Forecast, got.Forecast); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if diff := cmp.Diff(slices.Sorted(slices.Values(Parts())), slices.Sorted(maps.Keys(f.Weights))); diff != "" {
		t.Errorf("weights of %s", diff)
	}
}
