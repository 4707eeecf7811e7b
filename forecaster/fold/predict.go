package fold

import (
	"fmt"
	"slices"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// Predict gives what the named model expects after the newest value of the
// series that the policy names, for a request by that series' name or by none.
// The policy's own model says what it would forecast now; another one is built
// from the window. The forecast is of no round; it shares nothing with the
// state, and the state does not change. The error is 404 for a model or series
// that is not there, 503 where there is no policy or no value yet.
func (s *State) Predict(name, series string) (streams.Forecast, *streams.PredictionError) {
	none := streams.Forecast{}
	if !slices.Contains(Models(), name) {
		return none, &streams.PredictionError{Code: 404, Message: fmt.Sprintf("no model %q, there are %v", streams.Excerpt(name), Models()), Field: "model"}
	}
	if s.policy == nil {
		return none, &streams.PredictionError{Code: 503, Message: fmt.Sprintf("group %s has no policy yet", s.id)}
	}
	if load := s.policy.Load.Series; series != "" && series != load {
		return none, &streams.PredictionError{Code: 404, Field: "series",
			Message: fmt.Sprintf("no forecast of series %q in group %s, only of %q", streams.Excerpt(series), s.id, load)}
	}
	unseen := &streams.PredictionError{Code: 503, Message: fmt.Sprintf("no value of series %q was seen yet", s.policy.Load.Series)}
	sr := s.series[s.policy.Load.Series]
	if sr == nil || sr.outlook == nil {
		return none, unseen
	}
	origin, ok := sr.origin()
	if !ok {
		return none, unseen
	}
	f := s.empty(0, sr.grid.End(origin))
	f.Model = name
	f.Samples = sr.past.Samples()
	if name == s.policy.Forecast.Model {
		sr.forecast(&f)
	} else {
		m := NewModel(name, sr.outlook.terms.config(sr.grid))
		model.Build(m, sr.past)
		sr.fill(&f, m, sr.outlook.terms)
	}
	return f, nil
}
