package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

type whyVerb struct {
	realmFlags
	Group string `arg:"" help:"The group, as scope/group, or group where no other scope has it."`
	At    string `placeholder:"TIME" help:"The decision in force at an instant (RFC 3339) or an age (2h) instead of the last."`
	JSON  bool   `name:"json" help:"Print JSON: the events themselves."`
	// Policy is a shadow; empty for the live policy.
	Policy string `placeholder:"NAME" help:"A decision of this shadow instead of the live policy's."`
}

// Help describes the verb at length.
func (whyVerb) Help() string {
	return `Shows a decision with its trail, the forecast behind it, the group as it was
described in its round, what became of it, and the policy that it was made
under. A shadow decides in a simulated group of its own, which its trail shows:
nothing becomes of it. An instant is one of the timeline, which in a replay is
another time than today's. Holds and forecasts are kept for seven days, all else
for 21.`
}

// Run shows why a group was decided upon as it was.
func (v whyVerb) Run(ctx context.Context, p process) error {
	at, err := instant("--at", v.At, time.Now())
	if err != nil {
		return err
	}
	l, done, err := v.open(ctx, p, "why")
	if err != nil {
		return err
	}
	defer done()
	ctx, cancel := context.WithTimeoutCause(ctx, readTimeout, fmt.Errorf("the server did not answer all within %v", readTimeout))
	defer cancel()
	r, err := v.reason(ctx, l, at)
	if errors.Is(err, context.DeadlineExceeded) {
		err = errors.Join(err, context.Cause(ctx))
	}
	if err != nil {
		return err
	}
	if v.JSON {
		enc := json.NewEncoder(p.stdout)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(r)
	}
	r.print(p.stdout)
	return nil
}

// reason is a decision and what it was made of.
type reason struct {
	Decision streams.Decision `json:"decision"`
	// What is no longer on the timeline, or never was, is absent.
	Forecast *streams.Forecast `json:"forecast,omitempty"`
	Event    *streams.Group    `json:"group_event,omitempty"`
	Outcome  *streams.Outcome  `json:"outcome,omitempty"`
	Policy   *streams.Policy   `json:"policy,omitempty"`
}

// reason finds the decision and its circumstances.
func (v whyVerb) reason(ctx context.Context, l lookup, at time.Time) (reason, error) {
	id, err := l.only(ctx, v.Group)
	if err != nil {
		return reason{}, err
	}
	name := v.Policy
	if name == streams.LiveName {
		name = ""
	}
	d, err := l.decision(ctx, streams.Decision{GroupID: id, Policy: name}, at)
	if err != nil {
		return reason{}, err
	}
	r := reason{Decision: d.event.(streams.Decision)}
	return r, l.circumstances(ctx, &r, d.seq)
}

// decision finds the decision in force at an instant, or the last, of the group
// and the policy that one names.
func (l lookup) decision(ctx context.Context, of streams.Decision, at time.Time) (*stored, error) {
	id, subject := of.GroupID, streams.EventSubject(l.realm, of)
	last, err := l.last(ctx, subject)
	switch {
	case err != nil:
		return nil, err
	case last == nil && of.Shadow():
		return nil, fmt.Errorf("why %s: the timeline holds no decision of a shadow %s", id, of.Policy)
	case last == nil:
		return nil, fmt.Errorf("why %s: the timeline holds no decision of it", id)
	case at.IsZero() || !last.event.(streams.Decision).At.After(at):
		return last, nil
	}
	found, err := l.newest(ctx, subject, last.seq, func(s stored) bool {
		return !s.event.(streams.Decision).At.After(at)
	})
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, l.before(ctx, id, subject, at)
	}
	return found, l.expired(ctx, id, *found, at)
}

// before says that the timeline holds no decision as old as an instant.
func (l lookup) before(ctx context.Context, id streams.GroupID, subject string, at time.Time) error {
	oldest, err := l.from(ctx, subject, 1)
	if err != nil || oldest == nil {
		return err
	}
	return fmt.Errorf("why %s at %s: the oldest decision that is kept is of %s: holds live 7 days, and all else 21",
		id, clockOf(at), clockOf(oldest.event.(streams.Decision).At))
}

// expired says that the decision in force at an instant is no longer kept,
// where a round came after the one of the decision that was found: that round
// had a decision too, and what is missing was a hold.
func (l lookup) expired(ctx context.Context, id streams.GroupID, found stored, at time.Time) error {
	d := found.event.(streams.Decision)
	after, err := l.from(ctx, streams.EventSubject(l.realm, d), found.seq+1)
	if err != nil || after == nil {
		return err
	}
	next := after.event.(streams.Decision)
	if next.Round == d.Round+1 {
		return nil
	}
	subject := streams.EventSubject(l.realm, streams.Group{GroupID: id})
	round, err := l.newest(ctx, subject, after.seq, func(s stored) bool { return !s.event.(streams.Group).Now.After(at) })
	if err != nil {
		return err
	}
	if round == nil || round.event.(streams.Group).Round <= d.Round {
		return nil
	}
	return fmt.Errorf("why %s at %s: the decision of round %d was a hold, and has expired: holds live 7 days. The last one before it that is kept is round %d of %s, %s from %d to %d (--at %s)",
		id, clockOf(at), round.event.(streams.Group).Round, d.Round, clockOf(d.At), d.Verdict, d.Current, d.Desired, clockOf(d.At))
}

// circumstances finds what belongs to the decision that is stored at a
// sequence.
func (l lookup) circumstances(ctx context.Context, r *reason, seq uint64) error {
	d := r.Decision
	group, err := l.newest(ctx, streams.EventSubject(l.realm, streams.Group{GroupID: d.GroupID}), seq, func(s stored) bool {
		return streams.RoundOf(s.event) <= d.Round
	})
	if err != nil {
		return err
	}
	if group != nil && streams.RoundOf(group.event) == d.Round {
		ev := group.event.(streams.Group)
		r.Event = &ev
	}
	if r.Policy, err = l.policyOf(ctx, d, seq); err != nil {
		return err
	}
	if r.Forecast, err = l.forecastOf(ctx, *r, seq); err != nil {
		return err
	}
	r.Outcome, err = l.outcomeOf(ctx, d, seq)
	return err
}

// policyOf finds the policy of a decision by its fingerprint: the newest before
// the decision, or one of the few before that.
func (l lookup) policyOf(ctx context.Context, d streams.Decision, seq uint64) (*streams.Policy, error) {
	const most = 8
	subject := streams.EventSubject(l.realm, streams.Control{GroupID: d.GroupID, Name: streams.ControlPolicy})
	for n := 0; n < most && d.Fingerprint != ""; n++ {
		s, err := l.newest(ctx, subject, seq, func(stored) bool { return true })
		if err != nil || s == nil {
			return nil, err
		}
		if p := s.event.(streams.Control).Policy; p != nil {
			if under, ok := p.Under(d.Policy); ok && under.Fingerprint() == d.Fingerprint {
				return &under, nil
			}
		}
		seq = s.seq - 1
	}
	return nil, nil
}

// forecastOf finds the forecast that a decision used.
func (l lookup) forecastOf(ctx context.Context, r reason, seq uint64) (*streams.Forecast, error) {
	d := r.Decision
	if r.Policy == nil || d.ForecastRound == 0 {
		return nil, nil
	}
	series := streams.SeriesID{GroupID: d.GroupID, Series: r.Policy.Load.Series}
	s, err := l.newest(ctx, streams.EventSubject(l.realm, streams.Forecast{SeriesID: series}), seq, func(s stored) bool {
		return streams.RoundOf(s.event) <= d.ForecastRound
	})
	if err != nil || s == nil || streams.RoundOf(s.event) != d.ForecastRound {
		return nil, err
	}
	f := s.event.(streams.Forecast)
	return &f, nil
}

// outcomeOf finds the outcome of a decision: one of the first that are stored
// after it.
func (l lookup) outcomeOf(ctx context.Context, d streams.Decision, seq uint64) (*streams.Outcome, error) {
	const most = 16
	subject := streams.EventSubject(l.realm, streams.Outcome{GroupID: d.GroupID})
	for n := 0; n < most && d.Verdict != streams.Hold && !d.Shadow(); n++ {
		s, err := l.from(ctx, subject, seq+1)
		if err != nil || s == nil {
			return nil, err
		}
		if o := s.event.(streams.Outcome); o.Round == d.Round {
			return &o, nil
		}
		seq = s.seq
	}
	return nil, nil
}
