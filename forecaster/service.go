package forecaster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/streams"
)

const (
	mostWaiting = 256
	viewTimeout = 3 * time.Second
)

// Viewer lets a function look at the states of the stage between two steps, or
// says why it cannot. A partition.Runner is one.
type Viewer interface {
	View(ctx context.Context, fn func(map[streams.GroupID]streams.State)) error
}

// Config is what a Service must be told.
type Config struct {
	Realm  string
	States Viewer
	Log    zerolog.Logger
	// Registry gets the service's figures; nil gets none.
	Registry prometheus.Registerer
}

// Service answers predictions over NATS and over HTTP. It is safe for
// concurrent use.
type Service struct {
	realm     string
	states    Viewer
	log       zerolog.Logger
	models    []string
	tally     *tally
	outsiders *outsiders
	glimpses  glimpses

	mu      sync.Mutex
	phase   phase
	waiting chan query

	seats chan struct{} // a token for each request over HTTP that is being answered
	large chan struct{} // a token for each large reply over HTTP that is being written
}

// phase is where a Service stands.
type phase int

const (
	starting phase = iota
	serving
	ended
)

// query is a request that was understood and waits for the states.
type query struct {
	model string
	body  streams.PredictionRequest
	began time.Time
	until time.Time // when it no longer waits for a model that is being built
	road  road
}

// road is the way on which a query came, and its answer goes back.
type road interface {
	// name is that of the road in the service's figures.
	name() string
	// gone says whether nobody waits for the answer any more.
	gone() bool
	// answer sends the prediction that was made, exactly once for each query. It
	// does not wait for whoever asked.
	answer(q query, p prediction)
}

// New makes a Service, which refuses every request until Serve runs.
func New(c Config) (*Service, error) {
	if err := streams.CheckRealm(c.Realm); err != nil {
		return nil, fmt.Errorf("serve predictions: %w", err)
	}
	s := &Service{
		realm: c.Realm, states: c.States, log: c.Log, models: fold.Models(), outsiders: newOutsiders(),
		waiting: make(chan query, mostWaiting), seats: make(chan struct{}, mostWaiting), large: make(chan struct{}, mostLarge),
	}
	var err error
	if s.tally, err = newTally(s.models, c.Registry); err != nil {
		return nil, fmt.Errorf("serve predictions: %w", err)
	}
	return s, nil
}

// Serve answers predictions, over NATS by itself and over HTTP what Handle's
// handlers take, until ctx ends, and then returns nil once every request that
// it took is answered. It returns an error where the micro service cannot be
// registered, or ends before ctx does because the connection was closed. It is
// to be called once.
func (s *Service) Serve(ctx context.Context, nc *nats.Conn) error {
	if !s.enter(serving) {
		return errors.New("serve predictions: served before")
	}
	building, abandon := context.WithCancel(ctx)
	defer abandon()
	err := s.serve(building, &overNATS{service: s, nc: nc, closed: make(chan struct{})})
	s.close()
	abandon()
	s.outsiders.end()
	return err
}

func (s *Service) serve(ctx context.Context, n *overNATS) error {
	if err := n.register(); err != nil {
		return err
	}
	s.log.Info().Str("subject", streams.PredictFilter(s.realm)).Strs("models", s.models).Msg("answering predictions")
	err := s.run(ctx, n.closed)
	if stopErr := n.stop(); err == nil {
		err = stopErr
	}
	return err
}

// enter goes on to a later phase; false where it is not later.
func (s *Service) enter(next phase) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if next <= s.phase {
		return false
	}
	s.phase = next
	return true
}

// known says whether there is a model of a name.
func (s *Service) known(model string) bool { return slices.Contains(s.models, model) }

// enqueue leaves a query to run, or says why not.
func (s *Service) enqueue(q query) *streams.PredictionError {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch s.phase {
	case starting:
		return &streams.PredictionError{Code: 503, Message: "the forecaster is starting"}
	case ended:
		return stopping()
	}
	select {
	case s.waiting <- q:
		return nil
	default:
		return tooMany()
	}
}

func tooMany() *streams.PredictionError {
	return &streams.PredictionError{Code: 429, Message: fmt.Sprintf("%d requests wait already, try again later", mostWaiting)}
}

func (s *Service) run(ctx context.Context, closed <-chan struct{}) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-closed:
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
func (s *Service) close() {
	s.enter(ended)
	ctx, cancel := context.WithTimeout(context.Background(), viewTimeout)
	defer cancel()
	select {
	case q := <-s.waiting:
		s.answer(ctx, s.batch(q))
	default:
	}
}

// batch gives a query and all that wait behind it.
func (s *Service) batch(first query) []query {
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
