package fold

import (
	"fmt"
	"slices"

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

// Predict gives what the named model expects after the newest value of the
// series that the policy names, for a request by that series' name or by none.
// The policy's own model and its members say what they would forecast now; any
// other one is left to be computed, which takes a second or more. The forecast
// is of no round; it shares nothing with the state, and the state does not
// change. The error is 404 for a model or series that is not there, 503 where
// there is no policy or no value yet.
func (s *State) Predict(name, series string) (Answer, *streams.PredictionError) {
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
	if o := sr.named(name); o != nil {
		sr.fill(&f, o)
		return Answer{Forecast: f}, nil
	}
	return Answer{Forecast: f, Outsider: sr.outsider(name)}, nil
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
