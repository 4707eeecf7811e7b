package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// mostTaken is how many rounds are remembered to know a decision again.
const mostTaken = 32

// decision admits a decision of the live policy, or answers it.
func (s *State) decision(d streams.Decision, at time.Time) []streams.Event {
	if d.Verdict == streams.Hold || d.Shadow() {
		return nil
	}
	m := &s.memory
	newest, known := s.take(d.Round)
	if known {
		return nil
	}
	i := Intent{Round: d.Round, From: d.Current, To: d.Desired, Expires: d.Expires, Saw: m.Seen}
	if m.Policy != nil {
		i.AutoScalingGroup = m.Policy.AutoScalingGroup
	}
	if !newest {
		why := fmt.Sprintf("round %d came before it", m.Taken[len(m.Taken)-1])
		return []streams.Event{s.answer(i, at, streams.Superseded, why)}
	}
	if status, why := s.elsewhere(d.Fingerprint); status != "" {
		return []streams.Event{s.answer(i, at, status, why)}
	}
	if status, why := s.barred(i, at); status != "" {
		return []streams.Event{s.answer(i, at, status, why)}
	}
	if m.Intent == nil {
		m.Intent = &i
		return nil
	}
	var out []streams.Event
	if w := m.Waiting; w != nil {
		out = append(out, s.answer(*w, at, streams.Superseded, fmt.Sprintf("round %d came while it waited", d.Round)))
	}
	m.Waiting = &i
	return out
}

// take remembers a round. It says whether it is the newest, and whether it was
// known, or is too old to tell.
func (s *State) take(round uint64) (newest, known bool) {
	m := &s.memory
	at, found := slices.BinarySearch(m.Taken, round)
	if found || at == 0 && len(m.Taken) == mostTaken {
		return false, true
	}
	m.Taken = slices.Insert(slices.Clone(m.Taken), at, round)
	newest = at == len(m.Taken)-1
	if len(m.Taken) > mostTaken {
		m.Taken = m.Taken[1:]
	}
	return newest, false
}

// elsewhere refuses what was decided for the Auto Scaling group that an older
// policy named.
func (s *State) elsewhere(fingerprint string) (streams.Status, string) {
	p := s.memory.Policy
	if p == nil || !p.Moved {
		return "", ""
	}
	if fingerprint == p.Fingerprint {
		p.Moved = false
		return "", ""
	}
	return streams.Refused, "decided before the policy named " + p.AutoScalingGroup
}

// barred says how a decision ends instead of becoming the intent.
func (s *State) barred(i Intent, at time.Time) (streams.Status, string) {
	if status, why := s.forbidden(i); status != "" {
		return status, why
	}
	ceiling := s.limits.Ceiling
	switch {
	case !at.Before(i.Expires):
		return streams.Expired, tooLate(i.Expires, at)
	case !i.raises() && s.memory.Witness.Mismatch != nil:
		return streams.Conflict, "" // the answer names the mismatch
	case i.raises() && ceiling > 0 && ceiling <= i.From:
		return streams.Refused, overCeiling(i.To, ceiling)
	}
	return "", ""
}

// forbidden says how an intent ends because of what the state knows, whatever
// the group is like.
func (s *State) forbidden(i Intent) (streams.Status, string) {
	m := &s.memory
	switch skew := m.Skew.Std(); {
	case m.Policy == nil:
		return streams.DryRun, "no policy"
	case m.Policy.Mode != streams.DesiredControl:
		return streams.DryRun, fmt.Sprintf("the policy's mode is %s", m.Policy.Mode)
	case s.limits.Mode != streams.DesiredControl:
		return streams.DryRun, fmt.Sprintf("the actuator's mode is %s", streams.Observe)
	case !s.limits.Allow(s.id):
		return streams.Refused, "the actuator's limits do not list the group"
	case i.AutoScalingGroup != m.Policy.AutoScalingGroup:
		return streams.Refused, "the policy names another Auto Scaling group by now: " + m.Policy.AutoScalingGroup
	case s.Distrust() != "":
		return streams.Refused, s.Distrust()
	case skew.Abs() > MaxSkew:
		return streams.Refused, fmt.Sprintf("the actuator's clock was %v %s round %d when that arrived",
			skew.Abs().Round(time.Millisecond), beside(skew), m.Round)
	}
	return "", ""
}

func beside(skew time.Duration) string {
	if skew < 0 {
		return "behind"
	}
	return "ahead of"
}

// finish ends the intent, and judges the one that waits.
func (s *State) finish(r Result) []streams.Event {
	m := &s.memory
	if m.Intent == nil || m.Intent.Round != r.Round {
		return nil
	}
	if r.Set != nil && m.Policy != nil && m.Policy.AutoScalingGroup == m.Intent.AutoScalingGroup {
		m.Witness.hand(hand{Round: r.Round, At: r.At, From: r.Was, Desired: *r.Set}, r.Status == streams.Applied)
	}
	m.Intent = nil
	o := streams.Outcome{Round: r.Round, At: r.At, Status: r.Status, Desired: r.Desired, RequestID: bounded(r.RequestID), Error: r.Error}
	return append([]streams.Event{s.tell(o)}, s.promote(r.At)...)
}

// promote makes the one that waits the intent, or answers it.
func (s *State) promote(at time.Time) []streams.Event {
	m := &s.memory
	if m.Intent != nil || m.Waiting == nil {
		return nil
	}
	w := m.Waiting
	m.Waiting = nil
	if status, why := s.barred(*w, at); status != "" {
		return []streams.Event{s.answer(*w, at, status, why)}
	}
	m.Intent = w
	return nil
}

// outcome is one of our own. It is news only where the fold started over: an
// earlier one answered what stands here.
func (s *State) outcome(o streams.Outcome, at time.Time) []streams.Event {
	m := &s.memory
	s.take(o.Round)
	if m.Waiting != nil && m.Waiting.Round == o.Round {
		m.Waiting = nil
	}
	if m.Intent == nil || m.Intent.Round != o.Round {
		return nil
	}
	if o.Status == streams.Applied {
		m.Witness.hand(hand{Round: o.Round, At: o.At, From: m.Intent.From, Desired: o.Desired}, true)
	}
	m.Intent = nil
	return s.promote(at)
}

// answer is the outcome of a decision for which nothing was called.
func (s *State) answer(i Intent, at time.Time, status streams.Status, why string) streams.Outcome {
	o := streams.Outcome{Round: i.Round, At: at, Status: status, Desired: i.From, Error: why}
	if s.memory.Seen != nil {
		o.Desired = s.memory.Seen.Desired
	}
	return s.tell(o)
}

// tell completes an outcome: the next one names what somebody else did to what
// was set.
func (s *State) tell(o streams.Outcome) streams.Outcome {
	w := &s.memory.Witness
	o.GroupID = s.id
	if w.Mismatch != nil {
		o.Error = sentence(o.Error, w.Mismatch.String())
		w.Mismatch = nil
	}
	o.Error = bounded(o.Error)
	return o
}

// bounded cuts what others said to what an event holds, in bytes.
func bounded(s string) string {
	const most = 1000
	s = strings.ToValidUTF8(s, "?")
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "")
	}
	return s
}
