package fold

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/naive"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/regarima"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// Answer is what a state says to a request for a prediction.
type Answer struct {
	// Forecast is the answer where Outsider is nil; else it is all of it that
	// the model has no part in.
	Forecast streams.Forecast
	// Outsider computes the answer of a model that does not run on the series.
	Outsider *Outsider
}

// mostCells bounds the steps times levels of what is forecast for a request: a
// week of 5-minute bins at 32 levels.
const mostCells = streams.MostSteps * 32

// AnySteps says whether a model answers up to streams.MostSteps steps, whatever
// the policy's horizon is. The others have parameters of their own for each
// step ahead, which a longer horizon would be another model of.
func AnySteps(name string) bool {
	switch name {
	case naive.Name, regarima.ARIMA, regarima.DHR, regarima.STL:
		return true
	}
	return false
}

// Predict gives what the named model expects of so many steps after the newest
// value of the series that the policy names, for a request by that series' name
// or by none. The policy's own model and its members say what they would
// forecast now, up to the policy's horizon, which may be more steps than were
// asked for or fewer; any other one, and more steps of a model that answers any
// number, are left to be computed, which takes a second or more. The forecast
// is of no round; it shares nothing with the state, and the state does not
// change. The error is 404 for a model or series that is not there, 503 where
// there is no policy or no value yet, and names the steps where the model does
// not answer so many.
func (s *State) Predict(name, series string, steps int) (Answer, *streams.PredictionError) {
	if names := s.kit.names(); !slices.Contains(names, name) {
		return Answer{}, &streams.PredictionError{Code: 404, Message: fmt.Sprintf("no model %q, there are %v", streams.Excerpt(name), names), Field: "model"}
	}
	if s.policy == nil {
		return Answer{}, &streams.PredictionError{Code: 503, Message: fmt.Sprintf("group %s has no policy yet", s.id)}
	}
	load := s.policy.Load.Series
	if series != "" && series != load {
		return Answer{}, &streams.PredictionError{Code: 404, Field: "series",
			Message: fmt.Sprintf("no forecast of series %q in group %s, only of %q", streams.Excerpt(series), s.id, load)}
	}
	horizon, refusal := s.horizon(name, steps)
	if refusal != nil {
		return Answer{}, refusal
	}
	unseen := &streams.PredictionError{Code: 503, Message: fmt.Sprintf("no value of series %q was seen yet", load)}
	sr := s.series[load]
	if sr == nil || len(sr.outlooks) == 0 {
		return Answer{}, unseen
	}
	origin, ok := sr.origin()
	if !ok {
		return Answer{}, unseen
	}
	f := s.empty(0, sr.grid.End(origin))
	f.Model = name
	f.Samples = sr.past.Samples()
	if horizon == s.policy.Forecast.Horizon && sr.tell(&f, name) {
		return Answer{Forecast: f}, nil
	}
	return Answer{Forecast: f, Outsider: sr.outsider(name, horizon)}, nil
}

// horizon gives the steps that are forecast for a request: those of the policy,
// or where they do not suffice these doubled until they do, so that requests of
// about as many steps share what is built.
func (s *State) horizon(name string, steps int) (int, *streams.PredictionError) {
	horizon := s.policy.Forecast.Horizon
	if steps <= horizon {
		return horizon, nil
	}
	if !AnySteps(name) {
		return 0, &streams.PredictionError{Code: 400, Field: "steps", Message: fmt.Sprintf(
			"want at most %d, the policy's horizon, of model %s, got %d; %s take up to %d", horizon, name, steps, endless(), streams.MostSteps)}
	}
	levels := len(s.policy.Forecast.Levels)
	most := min(streams.MostSteps, mostCells/levels)
	if steps > most {
		return 0, &streams.PredictionError{Code: 400, Field: "steps", Message: fmt.Sprintf(
			"want at most %d at the policy's %d levels, got %d", most, levels, steps)}
	}
	for horizon < steps {
		horizon *= 2
	}
	return min(horizon, most), nil
}

// endless lists the models that answer any number of steps.
func endless() string {
	return strings.Join(slices.DeleteFunc(Models(), func(name string) bool { return !AnySteps(name) }), ", ")
}

// parted is a model that is made of others.
type parted interface{ Part(name string) model.Model }

// Running lists the models that run on the series that the policy names, sorted:
// the one whose forecast is published, its members, and the parts of either.
func (s *State) Running() []string {
	if s.policy == nil || s.series[s.policy.Load.Series] == nil {
		return nil
	}
	var names []string
	for _, o := range s.series[s.policy.Load.Series].outlooks {
		if o.model == nil {
			continue
		}
		names = append(names, o.terms.model)
		if whole, able := o.model.(parted); able {
			names = append(names, slices.DeleteFunc(Parts(), func(name string) bool { return whole.Part(name) == nil })...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Refits counts the refits of the outlooks in force that took effect, and those
// whose estimate a model did not take.
func (s *State) Refits() (adopted, refused uint64) {
	for _, sr := range s.series {
		for _, o := range sr.outlooks {
			adopted += o.refits.adopted
			refused += o.refits.refused
		}
	}
	return adopted, refused
}
