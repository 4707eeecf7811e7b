package forecaster

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm"
	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// Weights gets the global weights that policies name from the bucket of a realm,
// and keeps them until the process ends, since a state may name them at any
// time; the size of the bucket bounds how many there are. It is safe for
// concurrent use.
type Weights struct {
	js    jetstream.JetStream
	realm string

	mu   sync.Mutex
	kept map[string]*lstm.Weights // by checksum
}

// NewWeights has no weights yet.
func NewWeights(js jetstream.JetStream, realm string) *Weights {
	return &Weights{js: js, realm: realm, kept: make(map[string]*lstm.Weights)}
}

// Get gives weights that Fetch got, or nil.
func (w *Weights) Get(sum string) *lstm.Weights {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.kept[sum]
}

// Fetch gets weights unless they are there. The error says what is wrong with
// them, or with the bucket.
func (w *Weights) Fetch(ctx context.Context, sum string) error {
	if w.Get(sum) != nil {
		return nil
	}
	read, err := w.read(ctx, sum)
	if errors.Is(err, topology.ErrNoWeights) {
		return fmt.Errorf("weights %s: not in bucket %s of the realm: put them there (autoscaler weights put)", sum, streams.WeightsBucket(w.realm))
	}
	if err != nil {
		return fmt.Errorf("weights %s: %w", sum, err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.kept[sum] = read
	return nil
}

func (w *Weights) read(ctx context.Context, sum string) (*lstm.Weights, error) {
	bucket, err := topology.OpenBucket(ctx, w.js, w.realm)
	if err != nil {
		return nil, err
	}
	body, err := bucket.Get(ctx, sum)
	if err != nil {
		return nil, err
	}
	return lstm.ReadWeights(body)
}

// Leave puts the embedded weights into the bucket, made where there is none, so
// that a later version, which embeds others, finds those that policies of this one
// name. Where that cannot be done it is logged.
func (w *Weights) Leave(ctx context.Context, o topology.Options, log zerolog.Logger) {
	bucket, err := topology.EnsureBucket(ctx, w.js, o)
	if err == nil {
		_, err = bucket.Put(ctx, lstm.Embedded().Binary())
	}
	if err != nil && ctx.Err() == nil {
		log.Warn().Err(err).Msg("the embedded weights are not in the bucket: a later version may miss them")
	}
}

// Stage is the fold with the weights that policies name: the runner lets it get
// them before it is stepped or loaded.
type Stage struct {
	fold.Stage
	weights *Weights
}

// NewStage makes the stage that a runner runs.
func NewStage(e *Estimates, w *Weights) Stage {
	return Stage{fold.Stage{Estimates: e, Weights: w.Get}, w}
}

// ProvideEvent gets the weights that the policy of an event names.
func (s Stage) ProvideEvent(ctx context.Context, ev streams.Event) error {
	if sum, named := fold.WeightsOfEvent(ev); named {
		return s.weights.Fetch(ctx, sum)
	}
	return nil
}

// ProvideState gets the weights that a stored state names.
func (s Stage) ProvideState(ctx context.Context, parts []streams.Part) error {
	if sum, named := fold.WeightsOfState(parts); named {
		return s.weights.Fetch(ctx, sum)
	}
	return nil
}
