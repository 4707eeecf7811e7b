package forecaster

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// mostChoices bounds the names that a refusal lists.
const mostChoices = 8

// predictor is what a state of the forecaster can do beside folding.
type predictor interface {
	Predict(model string, req streams.PredictionRequest) (streams.PredictionReply, *streams.PredictionError)
}

// answer replies to all queries from one look at the states.
func (s *service) answer(ctx context.Context, queries []query) {
	ctx, cancel := context.WithTimeout(ctx, viewTimeout)
	defer cancel()
	replies := make([]streams.PredictionReply, len(queries))
	refusals := make([]*streams.PredictionError, len(queries))
	err := s.states.View(ctx, func(states map[streams.GroupID]streams.State) {
		for i, q := range queries {
			replies[i], refusals[i] = predict(states, q)
		}
	})
	for i, q := range queries {
		switch {
		case err != nil:
			s.refuse(q, &streams.PredictionError{Code: 503, Message: "not ready: " + err.Error()})
		case refusals[i] != nil:
			s.refuse(q, refusals[i])
		default:
			s.answered.Add(1)
			s.send(&nats.Msg{Subject: q.reply, Data: encode(replies[i])})
		}
	}
}

// refuse sends what micro.Request.Error would. That is not to be called here:
// the framework reads the request's error once the handler has returned.
func (s *service) refuse(q query, e *streams.PredictionError) {
	s.refused.Add(1)
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

func predict(states map[streams.GroupID]streams.State, q query) (streams.PredictionReply, *streams.PredictionError) {
	id, refusal := choose(states, q.body)
	if refusal != nil {
		return streams.PredictionReply{}, refusal
	}
	state, ok := states[id].(predictor)
	if !ok {
		return streams.PredictionReply{}, &streams.PredictionError{Code: 500, Message: fmt.Sprintf("group %s is held by another stage", id)}
	}
	return state.Predict(q.model, q.body)
}

// choose gives the group that a request means: the only one that fits.
func choose(states map[streams.GroupID]streams.State, req streams.PredictionRequest) (streams.GroupID, *streams.PredictionError) {
	var fits, all []streams.GroupID
	for id := range states {
		all = append(all, id)
		if (req.Scope == "" || id.Scope == req.Scope) && (req.Group == "" || id.Group == req.Group) {
			fits = append(fits, id)
		}
	}
	field := "group"
	if req.Group != "" && req.Scope == "" && len(fits) > 1 {
		field = "scope"
	}
	switch {
	case len(all) == 0:
		return streams.GroupID{}, &streams.PredictionError{Code: 503, Message: "no group was seen yet"}
	case len(fits) == 0:
		return streams.GroupID{}, &streams.PredictionError{Code: 404, Field: field,
			Message: fmt.Sprintf("no group %q, there is %s", strings.Trim(req.Scope+"/"+req.Group, "/"), list(all))}
	case len(fits) > 1:
		return streams.GroupID{}, &streams.PredictionError{Code: 400, Field: field, Message: "name one of " + list(fits)}
	}
	return fits[0], nil
}

// list names the first few groups, as scope/group.
func list(ids []streams.GroupID) string {
	slices.SortFunc(ids, func(a, b streams.GroupID) int {
		return cmp.Or(strings.Compare(a.Scope, b.Scope), strings.Compare(a.Group, b.Group))
	})
	var names []string
	for _, id := range ids[:min(mostChoices, len(ids))] {
		names = append(names, id.String())
	}
	if more := len(ids) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(names, ", ")
}
