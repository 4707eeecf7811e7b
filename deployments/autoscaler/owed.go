package main

import (
	"context"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

const (
	// mostOwed bounds how many messages of a subject are looked at for what is
	// owed.
	mostOwed = 40
	// mostTold is how old the newest group event may be for what is missing to
	// be missed: later than that the timeline no longer holds what came.
	mostTold = topology.DefaultShortLife / 2
)

// owed is what a stage should have put onto the timeline some time ago, by the
// rounds of the group, and did not.
type owed struct {
	// decision says that the newest group events have no decision.
	decision bool
	// outcome is of the newest decision that is past its expiry, among those
	// of the last two expiries; nil where there is none.
	outcome *streams.Decision
	// forecast is of the round in which metrics came; 0 where there is none.
	forecast uint64
}

// owing finds out what is owed to a group.
func (l lookup) owing(ctx context.Context, g *latest) (o owed, err error) {
	if g.group == nil || g.retired() || l.now.Sub(g.grouped) > mostTold {
		return o, nil
	}
	decided := uint64(0)
	if g.decision != nil {
		decided = g.decision.Round
	}
	o.decision = g.group.Round > decided+mostRounds
	if o.outcome, err = l.unanswered(ctx, g); err != nil {
		return o, err
	}
	o.forecast, err = l.unforecast(ctx, g)
	return o, err
}

// unanswered gives the newest decision that is no hold, is past its expiry at
// the newest group event, and has no outcome.
func (l lookup) unanswered(ctx context.Context, g *latest) (*streams.Decision, error) {
	p, now := g.policy(), g.group.Now
	if p == nil || g.decision == nil {
		return nil, nil
	}
	since := now.Add(-2*p.Scaling.Expiry.Std() - p.Round.Std())
	at := &stored{event: *g.decision, seq: g.decisionSeq}
	for n := 0; n < mostOwed && at != nil; n++ {
		d := at.event.(streams.Decision)
		if d.At.Before(since) && n > 0 || g.outcome != nil && g.outcome.Round >= d.Round {
			return nil, nil
		}
		if d.Verdict != streams.Hold && now.After(d.Expires) {
			return &d, nil
		}
		var err error
		if at, err = l.previous(ctx, *at); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// unforecast gives the newest of the rounds that should have a forecast by now,
// where it has none.
func (l lookup) unforecast(ctx context.Context, g *latest) (uint64, error) {
	p, newest := g.policy(), g.group.Round
	if p == nil || newest <= mostRounds+1 {
		return 0, nil
	}
	due, came := newest-mostRounds-1, uint64(0)
	if f := g.forecast(); f != nil {
		came = f.Round
	}
	if came >= due {
		return 0, nil
	}
	subject := streams.EventSubject(l.realm, *g.group)
	at, err := l.newest(ctx, subject, g.groupSeq, func(s stored) bool { return streams.RoundOf(s.event) <= due })
	for n := 0; err == nil && n < mostOwed && at != nil; n++ {
		ev := at.event.(streams.Group)
		switch {
		case ev.Round <= came:
			return 0, nil
		case ev.Came(p.Load.Series) > 0:
			return ev.Round, nil
		}
		at, err = l.previous(ctx, *at)
	}
	return 0, err
}

// previous gives the event before one, of the same subject; nil where there is
// none.
func (l lookup) previous(ctx context.Context, s stored) (*stored, error) {
	return l.newest(ctx, streams.EventSubject(l.realm, s.event), s.seq-1, func(stored) bool { return true })
}

// note tells of what is owed.
func (o owed) note(l *latest, note func(format string, args ...any)) {
	switch {
	case o.decision && l.decision == nil:
		note("there is no decision, and the newest group event is of round %d: the decider does not decide", l.group.Round)
	case o.decision:
		note("the newest decision is of round %d, and the newest group event of round %d: the decider does not decide", l.decision.Round, l.group.Round)
	}
	if d := o.outcome; d != nil {
		note("%s from %d to %d of round %d expired at %s and has no outcome: the actuator does not act",
			d.Verdict, d.Current, d.Desired, d.Round, d.Expires.UTC().Format(time.TimeOnly))
	}
	if o.forecast > 0 {
		note("metrics came in round %d, the newest is %d, and no forecast came: the forecaster does not forecast", o.forecast, l.group.Round)
	}
}
