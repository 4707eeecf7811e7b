package fold

import (
	"encoding/json"
	"fmt"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// Stage is the forecaster's fold. The zero value is ready.
type Stage struct {
	// Estimates computes what refits need; where it is nil each estimation is
	// computed in its turn.
	Estimates Estimates

	// more are models beside those of NewModel, for tests.
	more map[string]func(model.Config) model.Model
}

var _ streams.Stage = Stage{}

// Name gives "forecaster".
func (Stage) Name() string { return "forecaster" }

// Version gives the version of the fold: it rises with every change that can
// change a byte of a forecast or of a state.
func (Stage) Version() int { return 2 }

// Reads lists metric, group and control.
func (Stage) Reads() []streams.Kind {
	return []streams.Kind{streams.KindMetric, streams.KindGroup, streams.KindControl}
}

// New begins the state of a group, of which nothing is known.
func (s Stage) New(id streams.GroupID) streams.State { return newState(id, s.kit()) }

func (s Stage) kit() kit {
	k := kit{estimates: s.Estimates, more: s.more}
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
			stored[p.Key.Series] = newStoredSeries()
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
