package window

import (
	"encoding/json"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// longestBackfill is as far back as CloudWatch remembers anything.
const longestBackfill = 455 * 24 * time.Hour

// configured puts a policy in force, and tells where that is a change. One
// that is not valid is passed over.
func (s *State) configured(c Configured) []streams.Event {
	now, ok := s.clock(c.At)
	if !ok || c.Policy.Validate() != nil {
		return nil
	}
	s.head.Backfill = streams.Duration(min(max(0, c.Backfill), longestBackfill))
	policy := cloned(c.Policy)
	same := s.policy != nil && s.policy.Same(policy)
	if same && !s.head.Retired {
		return nil
	}
	s.head.Retired, s.head.Missed = false, 0
	before := s.policy
	s.policy = &policy
	if before == nil || keyOf(before.Load) != keyOf(policy.Load) {
		s.begin()
	} else if before.AutoScalingGroup != policy.AutoScalingGroup {
		s.switched(now)
	}
	return []streams.Event{streams.NewPolicyControl(s.id, now, cloned(policy))}
}

// begin begins the policy's series anew, in place of the one in force.
func (s *State) begin() {
	name := s.policy.Load.Series
	if s.series != nil && s.head.Series != name {
		s.dropped = append(s.dropped, s.head.Series)
	}
	s.head.Series = name
	s.series = new(series)
	if !s.counts() {
		s.series.PerInstance = 1
	}
	s.storedSeries = ""
}

// switched goes on with another Auto Scaling group under the same series. What
// the one before showed stays as it was told.
func (s *State) switched(now time.Time) {
	s.head.Crews, s.head.Booting, s.head.Described = nil, nil, time.Time{}
	s.series.Step, s.series.Doubted = time.Time{}, time.Time{}
	if !s.series.First.IsZero() {
		s.series.Switched = now
	}
}

// cloned gives a policy as it comes out of a stored state.
func cloned(p streams.Policy) streams.Policy {
	var own streams.Policy
	if err := json.Unmarshal(encode(p), &own); err != nil {
		panic("window: decode a policy that is valid: " + err.Error())
	}
	return own
}

// key is what makes a series the one that it is; with another key it is
// another series, even under the same name. The Auto Scaling group is not in
// it: with a new group for every deploy the history goes on.
type key struct {
	name, label, expression string
	measure                 Measure
	period                  streams.Duration
}

func keyOf(p streams.LoadPolicy) key {
	return key{p.Series, p.ResourceLabel, p.Expression, measureOf(p), p.Period}
}

func measureOf(p streams.LoadPolicy) Measure {
	switch {
	case p.ResourceLabel != "":
		return Requests
	case p.Expression != "":
		return Expression
	}
	return CPU
}
