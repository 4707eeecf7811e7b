package evaluation

import (
	"fmt"
	"hash/fnv"
	"slices"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// Forecaster forecasts one series whose values it is handed in order.
type Forecaster interface {
	// See hands over the next value.
	See(value float64)
	// Refit estimates parameters from the last values seen, and puts them in
	// force.
	Refit(each model.Each) error
	// Forecast writes the quantiles of the steps after the last value seen. It
	// reports false where it cannot say anything yet.
	Forecast(dst *model.Bands) bool
}

// Make makes a forecaster of a series that has seen nothing, for a horizon.
type Make func(s Series, horizon int) Forecaster

// Levels gives the quantile levels that are scored.
func Levels() []float64 { return slices.Clone(levels) }

//nolint:gochecknoglobals // read only
var levels = []float64{0.025, 0.1, 0.5, 0.9, 0.95, 0.975, 0.99}

// Where some of the levels stand in a row of quantiles.
const (
	at025 = iota
	at10
	at50
	at90
	at95
	at975
	at99
)

// OfModel makes forecasters out of models. What a model draws at random depends
// on the id of its series alone.
func OfModel(mk func(model.Config) model.Model) Make {
	return func(s Series, horizon int) Forecaster {
		return &member{
			model: mk(model.Config{Grid: s.Grid, Horizon: horizon, Levels: Levels(), Seed: seed(s.ID)}),
			past:  model.NewHistory(s.Grid, 0), next: s.First, window: s.Window,
		}
	}
}

func seed(id string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(id)) // it never fails
	return h.Sum64()
}

// member is a model with its history. Every value is settled when it comes, so
// there is never a tail.
type member struct {
	model  model.Model
	past   *model.History
	next   int64 // the bin of the next value
	window int
}

func (m *member) See(value float64) {
	m.past.Append(m.next, value, 1)
	m.model.Observe(m.past)
	m.next++
}

// Refit lets a Refitter estimate from a history that has nothing but the last
// window values. Other models learn as they go.
func (m *member) Refit(each model.Each) error {
	r, ok := m.model.(model.Refitter)
	if !ok {
		return nil
	}
	newest := m.past.Newest()
	window := model.NewHistory(m.past.Grid(), 0)
	for bin := max(m.past.First(), newest-int64(m.window)+1); bin <= newest; bin++ {
		window.Append(bin, m.past.Folded(bin), 1)
	}
	if err := r.Adopt(m.past, r.Estimation(window, newest)(each)); err != nil {
		return fmt.Errorf("adopt estimate: %w", err)
	}
	return nil
}

func (m *member) Forecast(dst *model.Bands) bool { return m.model.Forecast(m.past, nil, dst) }
