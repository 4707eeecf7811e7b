package forecaster

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/streams"
)

const (
	// Name is the name of the micro service.
	Name = "forecaster"
	// Version is the version of the prediction API.
	Version = "1.0.0"

	mostWaiting  = 256
	viewTimeout  = 3 * time.Second
	statsTimeout = time.Second
)

// Viewer lets a function look at the states of the stage between two steps, or
// says why it cannot. A partition.Runner is one.
type Viewer interface {
	View(ctx context.Context, fn func(map[streams.GroupID]streams.State)) error
}

// service is what answers; Serve owns it.
type service struct {
	nc     *nats.Conn
	states Viewer
	log    zerolog.Logger

	mu      sync.Mutex
	closed  bool
	waiting chan query

	outsiders *outsiders

	answered, refused atomic.Uint64
}

// query is a request that was understood and waits for the states.
type query struct {
	model string
	body  streams.PredictionRequest
	reply string // the subject of the answer
}

// Stats is the data in the service's statistics.
type Stats struct {
	// Groups counts the groups held; absent while the states cannot be looked
	// at, and NotReady then says why.
	Groups   *int   `json:"groups,omitempty"`
	NotReady string `json:"not_ready,omitempty"`
	// Refits counts the refits of models in force that took effect, and
	// RefitsRefused those whose estimate the model did not take.
	Refits        uint64 `json:"refits"`
	RefitsRefused uint64 `json:"refits_refused"`
	// Answered and Refused count the replies since the start.
	Answered uint64 `json:"answered"`
	Refused  uint64 `json:"refused"`
}

// Serve answers predictions of a realm until ctx ends, and then returns nil
// once every request that it took is answered. It returns an error where the
// service cannot be registered, or ends before ctx does because the connection
// was closed.
func Serve(ctx context.Context, nc *nats.Conn, realm string, states Viewer, log zerolog.Logger) error {
	if err := streams.CheckRealm(realm); err != nil {
		return fmt.Errorf("serve predictions: %w", err)
	}
	s := &service{nc: nc, states: states, log: log, waiting: make(chan query, mostWaiting), outsiders: newOutsiders()}
	ended := make(chan struct{})
	svc, err := micro.AddService(nc, s.config(func() { close(ended) }))
	if err != nil {
		return fmt.Errorf("serve predictions: %w", err)
	}
	subject := streams.PredictFilter(realm)
	err = svc.AddEndpoint("predict", micro.HandlerFunc(s.take), micro.WithEndpointSubject(subject), micro.WithEndpointMetadata(metadata()))
	if err != nil {
		return errors.Join(fmt.Errorf("serve predictions on %s: %w", subject, err), svc.Stop())
	}
	log.Info().Str("subject", subject).Strs("models", fold.Models()).Msg("answering predictions")
	building, abandon := context.WithCancel(ctx)
	defer abandon()
	err = s.run(building, ended)
	if stopErr := svc.Stop(); stopErr != nil && err == nil && !errors.Is(stopErr, nats.ErrConnectionClosed) {
		err = fmt.Errorf("stop answering predictions: %w", stopErr)
	}
	s.close()
	abandon()
	s.outsiders.end()
	return err
}

func (s *service) config(done func()) micro.Config {
	var once sync.Once
	return micro.Config{
		Name:         Name,
		Version:      Version,
		Description:  "predicts the load of groups, with quantiles of each step and of the peak",
		Metadata:     map[string]string{"models": strings.Join(fold.Models(), ",")},
		StatsHandler: func(*micro.Endpoint) any { return s.stats() },
		ErrorHandler: func(_ micro.Service, err *micro.NATSError) {
			s.log.Error().Str("subject", err.Subject).Err(err).Msg("prediction service error")
		},
		DoneHandler: func(micro.Service) { once.Do(done) },
	}
}

// take is called for one request after another. It refuses at once what it
// can, and leaves the rest to run.
func (s *service) take(req micro.Request) {
	q, refusal := read(req)
	if refusal == nil {
		refusal = s.enqueue(q)
	}
	if refusal == nil {
		return
	}
	s.refused.Add(1)
	if err := req.Error(fmt.Sprint(refusal.Code), header(refusal), encode(refusal)); err != nil {
		s.log.Error().Err(err).Msg("prediction reply not sent")
	}
}

// read gives what a request asks of which model.
func read(req micro.Request) (query, *streams.PredictionError) {
	body, refusal := streams.DecodePredictionRequest(req.Data())
	if refusal != nil {
		return query{}, refusal
	}
	token := req.Subject()[strings.LastIndexByte(req.Subject(), '.')+1:]
	name, err := streams.Unescape(token)
	if err != nil {
		return query{}, &streams.PredictionError{Code: 400, Field: "model",
			Message: fmt.Sprintf("the last token of the subject is not an escaped name: %q", streams.Excerpt(token))}
	}
	return query{model: name, body: body, reply: req.Reply()}, nil
}

func (s *service) enqueue(q query) *streams.PredictionError {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return stopping()
	}
	select {
	case s.waiting <- q:
		return nil
	default:
		return &streams.PredictionError{Code: 429, Message: fmt.Sprintf("%d requests wait already, try again later", mostWaiting)}
	}
}

func (s *service) run(ctx context.Context, ended <-chan struct{}) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ended:
			if ctx.Err() != nil {
				return nil
			}
			return errors.New("serve predictions: the connection was closed")
		case q := <-s.waiting:
			s.answer(ctx, s.batch(q))
		}
	}
}

// close refuses what comes from now on and answers what still waits.
func (s *service) close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), viewTimeout)
	defer cancel()
	select {
	case q := <-s.waiting:
		s.answer(ctx, s.batch(q))
	default:
	}
}

// batch gives a query and all that wait behind it.
func (s *service) batch(first query) []query {
	queries := []query{first}
	for {
		select {
		case q := <-s.waiting:
			queries = append(queries, q)
		default:
			return queries
		}
	}
}

func (s *service) stats() Stats {
	ctx, cancel := context.WithTimeout(context.Background(), statsTimeout)
	defer cancel()
	out := Stats{Answered: s.answered.Load(), Refused: s.refused.Load()}
	var groups int
	err := s.states.View(ctx, func(states map[streams.GroupID]streams.State) {
		groups = len(states)
		out.count(states)
	})
	if err != nil {
		out.NotReady = err.Error()
		return out
	}
	out.Groups = &groups
	return out
}

// count adds up the refits of all groups.
func (s *Stats) count(states map[streams.GroupID]streams.State) {
	for _, state := range states {
		if r, ok := state.(refitter); ok {
			adopted, refused := r.Refits()
			s.Refits += adopted
			s.RefitsRefused += refused
		}
	}
}

// refitter is a state that counts its refits.
type refitter interface {
	Refits() (adopted, refused uint64)
}
