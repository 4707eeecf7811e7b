package fold

import (
	"fmt"
	"slices"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// Predict answers a request by the named model, from the newest value of the
// series that the policy names. The policy's own model answers as it would
// forecast now; another one is built from the window for the request. It
// changes nothing. The error is 404 for a model or series that is not there,
// 503 where there is no policy or no value yet, and 400 for the request's own
// faults.
func (s *State) Predict(name string, req streams.PredictionRequest) (streams.PredictionReply, *streams.PredictionError) {
	none := streams.PredictionReply{}
	if !slices.Contains(Models(), name) {
		return none, &streams.PredictionError{Code: 404, Message: fmt.Sprintf("no model %q, there are %v", name, Models()), Field: "model"}
	}
	if s.policy == nil {
		return none, &streams.PredictionError{Code: 503, Message: fmt.Sprintf("group %s has no policy yet", s.id)}
	}
	if load := s.policy.Load.Series; req.Series != "" && req.Series != load {
		return none, &streams.PredictionError{Code: 404, Field: "series",
			Message: fmt.Sprintf("no forecast of series %q in group %s, only of %q", req.Series, s.id, load)}
	}
	sr := s.series[s.policy.Load.Series]
	if sr == nil || sr.outlook == nil {
		return none, &streams.PredictionError{Code: 503, Message: fmt.Sprintf("no value of series %q was seen yet", s.policy.Load.Series)}
	}
	origin, ok := sr.origin()
	if !ok {
		return req.Reply(s.empty(0, sr.grid.End(0)))
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
	return req.Reply(f)
}
