package window

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// State is ingest's fold of one group. It is not safe for concurrent use.
type State struct {
	id   streams.GroupID
	head head
	// policy and series are absent before the first policy.
	policy *streams.Policy
	series *series
	// dropped names series whose part is to be emptied.
	dropped []string

	folded                   bool // an input came since Changed was last called
	storedHead, storedSeries string
}

func newState(id streams.GroupID) *State { return &State{id: id} }

// Step folds a Configured, an Answered or a Polled in, and returns the events
// that follow from it. What is of another group, or before 1980 while there
// was no better clock, is passed over.
func (s *State) Step(ev streams.Event) []streams.Event {
	if ev.ID() != s.id {
		return nil
	}
	s.folded = true
	switch e := ev.(type) {
	case Configured:
		return s.configured(e)
	case Answered:
		return s.answered(e)
	case Polled:
		return s.polled(e)
	}
	return nil
}

// Changed returns the parts that differ since it was last called.
func (s *State) Changed() []streams.Part {
	if !s.folded {
		return nil
	}
	s.folded = false
	var parts []streams.Part
	if data := encode(s.head); string(data) != s.storedHead {
		s.storedHead = string(data)
		parts = append(parts, streams.Part{Key: streams.PartKey{Slot: streams.NoSlot}, Data: data})
	}
	for _, name := range s.dropped {
		parts = append(parts, seriesPart(name, encode(policyPart{})))
	}
	s.dropped = nil
	if s.series == nil {
		return parts
	}
	if data := encode(policyPart{s.policy, s.series}); string(data) != s.storedSeries {
		s.storedSeries = string(data)
		parts = append(parts, seriesPart(s.head.Series, data))
	}
	return parts
}

func seriesPart(name string, data []byte) streams.Part {
	return streams.Part{Key: streams.PartKey{Series: name, Slot: streams.NoSlot}, Data: data}
}

func encode(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil { // a number that is not finite, which no reading has
		panic(fmt.Sprintf("window: encode state: %v", err))
	}
	return data
}

// Resume makes the rounds go on after one that is known to be published. It is
// for a state that was made anew; rounds never go back.
func (s *State) Resume(round uint64) { s.head.Round = max(s.head.Round, round) }

// Policy is the policy in force, not to be changed; nil before the first, and
// where the group is retired.
func (s *State) Policy() *streams.Policy {
	if s.head.Retired {
		return nil
	}
	return s.policy
}

// Retired says that the group is gone, and has no rounds.
func (s *State) Retired() bool { return s.head.Retired }

// Round is the newest round that was emitted, 0 before the first.
func (s *State) Round() uint64 { return s.head.Round }

// Begun says that the history of the series in force was read.
func (s *State) Begun() bool { return s.series != nil && s.series.Begun }

// Probing says that a question about the group's monitoring is open. Where it
// became so by an answer, asking what is Due once more in the same round saves
// the bins that wait for it a round.
func (s *State) Probing() bool { return s.series != nil && s.asksProbe() }

// MetricDelay is how long after its end a bin could be read, the median of
// the last seven; false before the first.
func (s *State) MetricDelay() (time.Duration, bool) {
	if s.series == nil || len(s.series.Delays) == 0 {
		return 0, false
	}
	delays := slices.Sorted(slices.Values(s.series.Delays))
	return delays[len(delays)/2].Std(), true
}

// MetricsPerHour estimates how many metrics are asked for in an hour at the
// present schedule, which is what AWS bills: every bin when it is due, a round
// later where it was late last time, and when it settles.
func (s *State) MetricsPerHour() float64 {
	policy := s.Policy()
	if policy == nil {
		return 0
	}
	perBin := 2.0
	if n := len(s.series.Delays); n > 0 && s.series.Delays[n-1].Std() > s.delay() {
		perBin++
	}
	hour := time.Hour.Seconds()
	asks := min(perBin*hour/s.period().Seconds(), hour/policy.Round.Std().Seconds())
	return asks * float64(s.query().Metrics())
}

// The years of a clock that is believed. Within them every instant that
// follows from one is fit for an event.
const firstYear, lastYear = 1980, 2900

// clock takes an instant in and gives the group's now, which never goes back;
// false where no clock was believed yet.
func (s *State) clock(at time.Time) (now time.Time, ok bool) {
	s.head.Now = s.ahead(at)
	return s.head.Now, !s.head.Now.IsZero()
}

// ahead gives what the group's now would be at an instant.
func (s *State) ahead(at time.Time) time.Time {
	at = at.Round(0).UTC()
	if y := at.Year(); y < firstYear || y > lastYear || at.Before(s.head.Now) {
		return s.head.Now
	}
	return at
}
