package forecaster

import (
	"context"
	"fmt"

	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// mostForecasts bounds the forecasts that one look at the states makes, so that
// the fold goes on between.
const mostForecasts = 4

// predictor is what a state of the forecaster can do beside folding.
type predictor interface {
	Predict(model, series string, steps int) (fold.Answer, *streams.PredictionError)
}

// wanted is what a query asks of the states; queries that want the same share
// it.
type wanted struct {
	group         streams.GroupID
	model, series string
}

// prediction is what the states say to it, which nobody changes any more. Where
// there is an outsider, the forecast lacks what that has to say.
type prediction struct {
	forecast streams.Forecast
	outsider *fold.Outsider
	refusal  *streams.PredictionError
}

// serves says whether a prediction that was made for a query is one for a query
// of the same model and series, of so many steps.
func (p prediction) serves(steps int) bool {
	switch {
	case p.refusal != nil:
		return p.refusal.Field != "steps"
	case p.outsider != nil:
		return steps <= p.outsider.Horizon()
	}
	return steps <= len(p.forecast.Quantiles)
}

// reply gives what a prediction says to a query.
func (q query) reply(p prediction) (streams.PredictionReply, *streams.PredictionError) {
	if p.refusal != nil {
		return streams.PredictionReply{}, p.refusal
	}
	return q.body.Reply(p.forecast)
}

// answer answers all queries, in as many looks at the states as it takes.
func (s *Service) answer(ctx context.Context, queries []query) {
	for len(queries) > 0 {
		found, err := s.look(ctx, queries)
		if err != nil {
			for _, q := range queries {
				q.road.answer(q, prediction{refusal: &streams.PredictionError{Code: 503, Message: "not ready: " + err.Error()}})
			}
			return
		}
		for i, p := range found {
			s.settle(ctx, queries[i], p)
		}
		queries = queries[len(found):]
	}
}

// look gives the predictions of the first queries, of one at least. What does
// not need the states is left to the roads, since they stand still meanwhile.
func (s *Service) look(ctx context.Context, queries []query) ([]prediction, error) {
	ctx, cancel := context.WithTimeout(ctx, viewTimeout)
	defer cancel()
	var found []prediction
	err := s.states.View(ctx, func(states map[streams.GroupID]streams.State) {
		groups := groupsOf(states)
		made := make(map[wanted]prediction)
		count := 0
		for _, q := range queries {
			id, refusal := choose(groups, q.body)
			if q.road.gone() {
				refusal = stopping() // nobody reads it
			}
			if refusal != nil {
				found = append(found, prediction{refusal: refusal})
				continue
			}
			want := wanted{id, q.model, q.body.Series}
			p, ok := made[want]
			if !ok || !p.serves(q.body.Steps) {
				if count == mostForecasts {
					return
				}
				count++
				p = predict(states[id], want, q.body.Steps)
				made[want] = p
			}
			found = append(found, p)
		}
	})
	return found, err
}

func predict(state streams.State, want wanted, steps int) (p prediction) {
	able, ok := state.(predictor)
	if !ok {
		p.refusal = &streams.PredictionError{Code: 500, Message: fmt.Sprintf("group %s is held by another stage", want.group)}
		return p
	}
	var a fold.Answer
	a, p.refusal = able.Predict(want.model, want.series, steps)
	p.forecast, p.outsider = a.Forecast, a.Outsider
	return p
}

// settle answers, or lets the model be built that has to say the answer.
func (s *Service) settle(ctx context.Context, q query, p prediction) {
	if p.refusal == nil && p.outsider != nil {
		s.outsiders.ask(ctx, q, p)
		return
	}
	q.road.answer(q, p)
}
