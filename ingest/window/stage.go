package window

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// Stage is ingest's fold. The zero value is ready to use.
type Stage struct{}

var _ streams.Stage = Stage{}

// Name gives the stage's token in subjects.
func (Stage) Name() string { return "ingest" }

// Version is raised with every change that changes an event for the same
// inputs, or the form of a state.
func (Stage) Version() int { return 1 }

// Reads gives none: ingest's inputs are no events of a timeline.
func (Stage) Reads() []streams.Kind { return nil }

// New begins the state of a group of which nothing is known.
func (Stage) New(id streams.GroupID) streams.State { return newState(id) }

// Load brings a state back from its parts, in any order. Parts of series that
// are no longer in force are passed over.
func (Stage) Load(id streams.GroupID, parts []streams.Part) (streams.State, error) {
	s := newState(id)
	series := map[string][]byte{}
	for _, p := range parts {
		if p.Key.Slot != streams.NoSlot {
			return nil, fmt.Errorf("load ingest state of %s: unknown part %q, slot %d", id, p.Key.Series, p.Key.Slot)
		}
		if p.Key.Series != "" {
			series[p.Key.Series] = p.Data
			continue
		}
		if err := json.Unmarshal(p.Data, &s.head); err != nil {
			return nil, fmt.Errorf("load ingest state of %s: %w", id, err)
		}
		s.storedHead = string(p.Data)
	}
	if s.head.Series == "" {
		return s, nil
	}
	if err := s.loadSeries(series[s.head.Series]); err != nil {
		return nil, fmt.Errorf("load ingest state of %s: series %s: %w", id, s.head.Series, err)
	}
	return s, nil
}

// head is the part of the group. It changes every round, so it is small.
type head struct {
	Round uint64 `json:"round"`
	// Now is the newest clock that any input showed.
	Now time.Time `json:"now,omitzero"`
	// Series names the series in force; empty before the first policy.
	Series string `json:"series,omitempty"`
	// Backfill is how far back a series that is new begins.
	Backfill streams.Duration `json:"backfill_s,omitempty"`
	Retired  bool             `json:"retired,omitempty"`
	// Missed counts the complete listings in a row that did not hold the group.
	Missed int `json:"missed,omitempty"`
	// Polled is the newest round's now.
	Polled time.Time `json:"polled,omitzero"`
	// Described is the newest round that showed the instances.
	Described time.Time `json:"described,omitzero"`
	// Booting has, by identity, the instances that are not in service yet, and
	// the last round that did not show them; zero where there was none.
	Booting map[string]time.Time `json:"booting,omitempty"`
	// Crews are how many instances the group had of late, oldest first.
	Crews []crew `json:"crews,omitempty"`
	// Came is what came since the newest round.
	Came map[string]streams.Arrival `json:"came,omitempty"`
}

// policyPart is the part of a series: the policy that names it, and its bins.
// What is left of a series that was dropped is an empty object.
type policyPart struct {
	Policy *streams.Policy `json:"policy,omitempty"`
	Series *series         `json:"state,omitempty"`
}

func (s *State) loadSeries(data []byte) error {
	if data == nil {
		return fmt.Errorf("its part is missing")
	}
	var p policyPart
	if err := json.Unmarshal(data, &p); err != nil {
		return err
	}
	if p.Policy == nil || p.Series == nil {
		return fmt.Errorf("its part is of a series that was dropped")
	}
	if err := p.Policy.Validate(); err != nil {
		return err
	}
	s.policy, s.series, s.storedSeries = p.Policy, p.Series, string(data)
	return nil
}
