package forecaster

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"

	"github.com/ml-autoscaling/autoscaler/streams"
)

const (
	// Name is the name of the micro service.
	Name = "forecaster"
	// Version is the version of the prediction API.
	Version = "1.1.0"

	// patienceNATS is how long a query over NATS waits for a model that is being
	// built. Less than the 5 s that `nats req` waits.
	patienceNATS = 4 * time.Second
	// strays is the queue group of what answers for models that there are not,
	// another one than that of the endpoints: their subjects match there too.
	strays = "strays"
)

// overNATS is the micro service: an endpoint a model, and beside them a
// subscription that answers for names of no model.
type overNATS struct {
	service *Service
	nc      *nats.Conn
	closed  chan struct{} // when the micro service ends
	micro   micro.Service
	stray   *nats.Subscription
}

// register makes the service be found and asked.
func (n *overNATS) register() error {
	s := n.service
	var once sync.Once
	var err error
	n.micro, err = micro.AddService(n.nc, micro.Config{
		Name:         Name,
		Version:      Version,
		Description:  "predicts the load of groups, with quantiles of each step and of the peak",
		Metadata:     map[string]string{"models": strings.Join(s.models, ",")},
		StatsHandler: func(e *micro.Endpoint) any { return s.stats(e.Name) },
		ErrorHandler: func(_ micro.Service, err *micro.NATSError) {
			s.log.Error().Str("subject", err.Subject).Err(err).Msg("prediction service error")
		},
		DoneHandler: func(micro.Service) { once.Do(func() { close(n.closed) }) },
	})
	if err != nil {
		return fmt.Errorf("serve predictions: %w", err)
	}
	if n.stray, err = n.nc.QueueSubscribe(streams.PredictFilter(s.realm), strays, n.takeStray); err != nil {
		return errors.Join(fmt.Errorf("serve predictions of %s: %w", s.realm, err), n.stop())
	}
	for _, model := range s.models {
		subject := streams.PredictSubject(s.realm, model)
		handler := micro.HandlerFunc(func(req micro.Request) { n.take(req, model) })
		err := n.micro.AddEndpoint(model, handler, micro.WithEndpointSubject(subject), micro.WithEndpointMetadata(metadata(model)))
		if err != nil {
			return errors.Join(fmt.Errorf("serve predictions on %s: %w", subject, err), n.stop())
		}
	}
	return nil
}

// stop takes no more requests.
func (n *overNATS) stop() error {
	err := n.micro.Stop()
	if n.stray != nil {
		err = errors.Join(err, n.stray.Drain())
	}
	if err != nil && !n.nc.IsClosed() {
		return fmt.Errorf("stop answering predictions: %w", err)
	}
	return nil
}

// take is called for one request for a model after another. It refuses at once
// what it can, and leaves the rest to run.
func (n *overNATS) take(req micro.Request, model string) {
	now := time.Now()
	q := query{model: model, began: now, until: now.Add(patienceNATS), road: replySubject{n, req.Reply()}}
	var refusal *streams.PredictionError
	if q.body, refusal = streams.DecodePredictionRequest(req.Data()); refusal == nil {
		refusal = n.service.enqueue(q)
	}
	if refusal == nil {
		return
	}
	n.service.tally.count(q, refusal.Code)
	if err := req.Error(fmt.Sprint(refusal.Code), header(refusal), encode(refusal)); err != nil {
		n.service.log.Error().Err(err).Msg("prediction reply not sent")
	}
}

// takeStray is called for every request, and answers those for no model.
func (n *overNATS) takeStray(msg *nats.Msg) {
	token := msg.Subject[strings.LastIndexByte(msg.Subject, '.')+1:]
	name, err := streams.Unescape(token)
	if err == nil && n.service.known(name) {
		return
	}
	refusal := noModel(name, n.service.models)
	if err != nil {
		refusal = &streams.PredictionError{Code: 400, Field: "model",
			Message: fmt.Sprintf("the last token of the subject is not an escaped name: %q", streams.Excerpt(token))}
	}
	q := query{model: name, began: time.Now(), road: replySubject{n, msg.Reply}}
	q.road.answer(q, prediction{refusal: refusal})
}

// replySubject is the road of one request over NATS.
type replySubject struct {
	n       *overNATS
	subject string
}

func (replySubject) name() string { return "nats" }

// gone is always false: who asked cannot be seen.
func (replySubject) gone() bool { return false }

func (r replySubject) answer(q query, p prediction) {
	body, refusal := r.encoded(q, p)
	if refusal == nil {
		r.n.service.tally.count(q, 200)
		r.send(&nats.Msg{Data: body})
		return
	}
	r.n.service.tally.count(q, refusal.Code)
	// What micro.Request.Error would send. That is not to be called here: the
	// framework reads the request's error once the handler has returned.
	r.send(&nats.Msg{Data: encode(refusal), Header: nats.Header{
		micro.ErrorHeader:     []string{header(refusal)},
		micro.ErrorCodeHeader: []string{fmt.Sprint(refusal.Code)},
	}})
}

// encoded gives a reply that the server carries, or a refusal.
func (r replySubject) encoded(q query, p prediction) ([]byte, *streams.PredictionError) {
	reply, refusal := q.reply(p)
	if refusal != nil {
		return nil, refusal
	}
	body, err := json.Marshal(reply)
	if err != nil {
		return nil, unwritable()
	}
	if most := r.n.nc.MaxPayload(); int64(len(body)) > most {
		return nil, &streams.PredictionError{Code: 413, Field: "steps",
			Message: fmt.Sprintf("the reply has %d bytes, and the server carries %d; ask for fewer steps or levels", len(body), most)}
	}
	return body, nil
}

func (r replySubject) send(msg *nats.Msg) {
	if r.subject == "" {
		return
	}
	msg.Subject = r.subject
	if err := r.n.nc.PublishMsg(msg); err != nil {
		r.n.service.log.Error().Err(err).Msg("prediction reply not sent")
	}
}
