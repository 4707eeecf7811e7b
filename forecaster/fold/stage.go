package fold

import (
	"encoding/json"
	"fmt"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// Stage is the forecaster's fold. The zero value is ready.
type Stage struct {
	// Estimates computes what refits need; where it is nil each estimation is
	// computed in its turn.
	Estimates Estimates
	// Weights gives the global weights of a checksum, or nil where it has none;
	// where it is nil itself, only the embedded ones are there. It is asked for
	// those that WeightsOf names in a policy: of a model that reads weights which
	// are not there nothing is forecast, so whoever runs the stage gets them
	// first.
	Weights func(sum string) *lstm.Weights

	// more are models beside those of NewModel, for tests.
	more map[string]func(model.Config) model.Model
}

var _ streams.Stage = Stage{}

// Name gives "forecaster".
func (Stage) Name() string { return "forecaster" }

// Version gives the version of the fold: it rises with every change that can
// change a byte of a forecast or of a state.
func (Stage) Version() int { return 3 }

// Reads lists metric, group and control.
func (Stage) Reads() []streams.Kind {
	return []streams.Kind{streams.KindMetric, streams.KindGroup, streams.KindControl}
}

// New begins the state of a group, of which nothing is known.
func (s Stage) New(id streams.GroupID) streams.State { return newState(id, s.kit()) }

// WeightsOfEvent gives the checksum of weights that Step reads at an event; false
// where it reads none, or the embedded ones.
func WeightsOfEvent(ev streams.Event) (sum string, named bool) {
	c, ok := ev.(streams.Control)
	if !ok || c.Name != streams.ControlPolicy || c.Policy == nil || c.Policy.Validate() != nil {
		return "", false
	}
	return WeightsOf(c.Policy.Forecast)
}

// WeightsOfState gives the same of what Load reads at the parts of a state.
func WeightsOfState(parts []streams.Part) (sum string, named bool) {
	for _, p := range parts {
		var h head
		if p.Key.Series == "" && json.Unmarshal(p.Data, &h) == nil && h.Policy != nil {
			return WeightsOf(h.Policy.Forecast)
		}
	}
	return "", false
}

func (s Stage) kit() kit {
	k := kit{estimates: s.Estimates, weights: s.Weights, more: s.more}
	if k.estimates == nil {
		k.estimates = inLine{}
	}
	return k
}

// Load brings a state back from its parts, in any order. Parts that a later
// change of the state left behind are passed over.
func (s Stage) Load(id streams.GroupID, parts []streams.Part) (streams.State, error) {
	state := newState(id, s.kit())
	stored := make(map[string]*storedSeries)
	for _, p := range parts {
		if p.Key.Series == "" {
			if err := state.loadHead(p.Data); err != nil {
				return nil, fmt.Errorf("load %s: policy: %w", id, err)
			}
			continue
		}
		if stored[p.Key.Series] == nil {
			stored[p.Key.Series] = &storedSeries{}
		}
		stored[p.Key.Series].sort(p)
	}
	for name, parts := range stored {
		if err := state.loadSeries(name, parts); err != nil {
			return nil, fmt.Errorf("load %s: series %s: %w", id, name, err)
		}
	}
	return state, nil
}

// head is the part of the group.
type head struct {
	Format int             `json:"format"`
	Policy *streams.Policy `json:"policy,omitempty"`
}

func (s *State) storeHead() streams.Part {
	body, err := json.Marshal(head{format, s.policy})
	if err != nil {
		panic(fmt.Sprintf("fold: store a policy that was valid: %v", err))
	}
	return streams.Part{Key: streams.PartKey{Slot: streams.NoSlot}, Data: body}
}

func (s *State) loadHead(data []byte) error {
	var h head
	if err := json.Unmarshal(data, &h); err != nil {
		return err
	}
	if h.Format != format {
		return fmt.Errorf("format: want %d, got %d", format, h.Format)
	}
	s.policy = h.Policy
	if h.Policy == nil {
		return nil
	}
	return h.Policy.Validate()
}
