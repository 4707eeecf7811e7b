package forecaster

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"

	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/streams"
)

const (
	// mostForecasts bounds the forecasts that one look at the states makes, so
	// that the fold goes on between.
	mostForecasts = 4
	// mostMessage bounds the words of a refusal, in bytes.
	mostMessage = 1024
)

// predictor is what a state of the forecaster can do beside folding.
type predictor interface {
	Predict(model, series string) (fold.Answer, *streams.PredictionError)
}

// wanted is what a query asks of the states; queries that want the same share
// it.
type wanted struct {
	group         streams.GroupID
	model, series string
}

// prediction is what the states say to it. Where there is an outsider, the
// forecast lacks what that has to say.
type prediction struct {
	forecast streams.Forecast
	outsider *fold.Outsider
	refusal  *streams.PredictionError
}

// answer replies to all queries, in as many looks at the states as it takes.
func (s *service) answer(ctx context.Context, queries []query) {
	for len(queries) > 0 {
		found, err := s.look(ctx, queries)
		if err != nil {
			for _, q := range queries {
				s.refuse(q, &streams.PredictionError{Code: 503, Message: "not ready: " + err.Error()})
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
// not need the states is left to reply, since they stand still meanwhile.
func (s *service) look(ctx context.Context, queries []query) ([]prediction, error) {
	ctx, cancel := context.WithTimeout(ctx, viewTimeout)
	defer cancel()
	var found []prediction
	err := s.states.View(ctx, func(states map[streams.GroupID]streams.State) {
		groups := groupsOf(states)
		made := make(map[wanted]prediction)
		for _, q := range queries {
			id, refusal := choose(groups, q.body)
			if refusal != nil {
				found = append(found, prediction{refusal: refusal})
				continue
			}
			want := wanted{id, q.model, q.body.Series}
			p, ok := made[want]
			if !ok {
				if len(made) == mostForecasts {
					return
				}
				p = predict(states[id], want)
				made[want] = p
			}
			found = append(found, p)
		}
	})
	return found, err
}

func predict(state streams.State, want wanted) (p prediction) {
	able, ok := state.(predictor)
	if !ok {
		p.refusal = &streams.PredictionError{Code: 500, Message: fmt.Sprintf("group %s is held by another stage", want.group)}
		return p
	}
	var a fold.Answer
	a, p.refusal = able.Predict(want.model, want.series)
	p.forecast, p.outsider = a.Forecast, a.Outsider
	return p
}

// settle replies, or lets the model be built that has to say the reply.
func (s *service) settle(ctx context.Context, q query, p prediction) {
	if p.refusal == nil && p.outsider != nil {
		s.outsiders.ask(ctx, fold.Answer{Forecast: p.forecast, Outsider: p.outsider}, func(p prediction) { s.reply(q, p) })
		return
	}
	s.reply(q, p)
}

func (s *service) reply(q query, p prediction) {
	if p.refusal != nil {
		s.refuse(q, p.refusal)
		return
	}
	reply, refusal := q.body.Reply(p.forecast)
	if refusal != nil {
		s.refuse(q, refusal)
		return
	}
	body, err := json.Marshal(reply)
	most := s.nc.MaxPayload()
	switch {
	case err != nil: // a number that is not finite, which the fold never emits
		s.refuse(q, &streams.PredictionError{Code: 500, Message: "the reply cannot be written"})
	case int64(len(body)) > most:
		s.refuse(q, &streams.PredictionError{Code: 413, Field: "steps",
			Message: fmt.Sprintf("the reply has %d bytes, and the server carries %d; ask for fewer steps or levels", len(body), most)})
	default:
		s.answered.Add(1)
		s.send(&nats.Msg{Subject: q.reply, Data: body})
	}
}

// refuse sends what micro.Request.Error would. That is not to be called here:
// the framework reads the request's error once the handler has returned.
func (s *service) refuse(q query, e *streams.PredictionError) {
	s.refused.Add(1)
	e = bounded(e)
	s.send(&nats.Msg{Subject: q.reply, Data: encode(e), Header: nats.Header{
		micro.ErrorHeader:     []string{header(e)},
		micro.ErrorCodeHeader: []string{fmt.Sprint(e.Code)},
	}})
}

func (s *service) send(msg *nats.Msg) {
	if msg.Subject == "" {
		return
	}
	if err := s.nc.PublishMsg(msg); err != nil {
		s.log.Error().Err(err).Msg("prediction reply not sent")
	}
}
