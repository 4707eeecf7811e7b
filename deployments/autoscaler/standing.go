package main

import (
	"fmt"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

const (
	// mostRounds is how many rounds old the newest group event may be, and how
	// many rounds behind it a stage.
	mostRounds = 3
	// unknownRound is taken for a round where no policy tells.
	unknownRound = time.Minute
)

// standing is how a group stands: what its newest events say together.
type standing struct {
	streams.GroupID
	// Mode is the policy's, or "retired", or "no policy".
	Mode        string `json:"mode"`
	Fingerprint string `json:"fingerprint,omitempty"`
	// Event is the newest group event.
	Event *streams.Group `json:"group_event,omitempty"`
	// EventAge is how long ago it was stored, by the server's clock, and Rounds
	// the same in rounds.
	EventAge streams.Duration  `json:"group_event_age_s"`
	Rounds   float64           `json:"group_event_age_rounds"`
	Decision *streams.Decision `json:"decision,omitempty"`
	// Rail is the rule that binds: see binding.
	Rail    string           `json:"binding_rail,omitempty"`
	Load    *loadSeen        `json:"load,omitempty"`
	Next    *loadAhead       `json:"forecast,omitempty"`
	Outcome *streams.Outcome `json:"outcome,omitempty"`
	// Faults are why somebody should look.
	Faults []string `json:"faults,omitempty"`
}

// loadSeen is the newest bin that has a value.
type loadSeen struct {
	Value  float64      `json:"value"`
	Unit   streams.Unit `json:"unit"`
	Series string       `json:"series"`
	End    time.Time    `json:"period_end"`
	// Age is how old the bin's end was at the newest group event.
	Age streams.Duration `json:"age_s"`
	// Expected is the median that was forecast of this bin by the newest
	// forecast before it, of Origin; absent where none reached it.
	Expected *float64   `json:"expected,omitempty"`
	Origin   *time.Time `json:"expected_origin,omitempty"`
}

// loadAhead is what the newest forecast says of the bin in which the newest group
// event lies.
type loadAhead struct {
	End    time.Time `json:"period_end"`
	Median *float64  `json:"median,omitempty"`
	// Level is the quantile level of the policy, and Peak that quantile of the
	// maximum until End.
	Level float64 `json:"level"`
	Peak  float64 `json:"peak"`
	// Weights is what the parts of the model count; absent where it has none.
	Weights map[string]float64 `json:"weights,omitempty"`
}

// stand puts together how a group stands when the server's clock shows now.
func stand(l *latest, now time.Time) standing {
	s := standing{GroupID: l.id, Mode: "no policy", Event: l.group, Decision: l.decision, Outcome: l.outcome}
	round := unknownRound
	if p := l.policy(); p != nil {
		s.Mode, s.Fingerprint, round = string(p.Mode), l.control.Fingerprint, p.Round.Std()
	}
	if l.retired() {
		s.Mode = "retired"
	}
	if l.group != nil {
		age := max(0, now.Sub(l.grouped))
		s.EventAge, s.Rounds = streams.Duration(age), age.Seconds()/round.Seconds()
	}
	if l.decision != nil {
		s.Rail = binding(*l.decision)
	}
	s.Load = loadOf(l)
	s.Next = nextOf(l)
	if !l.retired() {
		s.Faults = faults(l, s)
	}
	return s
}

// loadOf gives the newest value beside what was forecast of it.
func loadOf(l *latest) *loadSeen {
	if l.value == nil {
		return nil
	}
	v := l.value
	out := &loadSeen{Value: *v.Value, Unit: v.Unit, Series: v.Series, End: v.End}
	if l.group != nil {
		out.Age = streams.Duration(l.group.Now.Sub(v.End))
	}
	if f := l.before; f != nil {
		if h := stepOf(*f, v.End); h <= len(f.Quantiles) {
			out.Expected, out.Origin = median(*f, h), &f.Origin
		}
	}
	return out
}

// nextOf reads the newest forecast at the newest group event.
func nextOf(l *latest) *loadAhead {
	f, p := l.forecast(), l.policy()
	if f == nil || len(f.Peak) == 0 || l.group == nil {
		return nil
	}
	level := f.Level(p.Scaling.Quantile)
	if level < 0 {
		return nil
	}
	h := min(max(1, stepOf(*f, l.group.Now)), len(f.Peak))
	return &loadAhead{
		End: f.Origin.Add(time.Duration(h) * f.Period.Std()), Median: median(*f, h),
		Level: p.Scaling.Quantile, Peak: f.Peak[h-1][level], Weights: f.Weights,
	}
}

// stepOf gives the step of a forecast in whose bin an instant lies.
func stepOf(f streams.Forecast, at time.Time) int {
	ahead, period := at.Sub(f.Origin), f.Period.Std()
	return int((ahead + period - 1) / period)
}

// median gives the median of a step; nil where the forecast has none.
func median(f streams.Forecast, h int) *float64 {
	level := f.Level(0.5)
	if level < 0 || h < 1 || h > len(f.Quantiles) {
		return nil
	}
	return &f.Quantiles[h-1][level]
}

// railsEnd is the last rule of a trail that was not cut short.
const railsEnd = "in_flight_lock"

// binding gives the rule that a decision hangs on: the last one that changed
// the number, or the one that ended the trail early with the number as it was;
// empty where every rule let it pass.
func binding(d streams.Decision) string {
	last := d.Trail[len(d.Trail)-1]
	if last.Name != railsEnd {
		return last.Name
	}
	rail := ""
	for _, r := range d.Trail {
		if r.After != r.Before {
			rail = r.Name
		}
	}
	return rail
}

// faults are why somebody should look at a group that is not retired.
func faults(l *latest, s standing) []string {
	var found []string
	note := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	switch {
	case l.group == nil:
		note("there is no group event: ingest is still reading its history, or does not poll it")
	case s.Rounds > mostRounds:
		note("the newest group event is %s old, %.0f rounds: ingest does not poll it", brief(s.EventAge.Std()), s.Rounds)
	case l.group.Capacity == nil:
		note("the newest group event has no capacity%s", said(l.group.Errors))
	}
	l.owed.note(l, note)
	if p := l.policy(); p != nil && l.group != nil {
		stale := p.Scaling.StaleAfter.Std()
		switch {
		case s.Load == nil:
			note("no value of series %s is on the timeline", p.Load.Series)
		case s.Load.Age.Std() > stale:
			note("the newest value of series %s was %s old at the newest group event, stale after %s", p.Load.Series, brief(s.Load.Age.Std()), brief(stale))
		}
	}
	o, d := l.outcome, l.decision
	switch {
	case o == nil:
	case o.Status == streams.Failed:
		note("the last outcome, of round %d, failed: %s", o.Round, o.Error)
	case o.Status == streams.Refused && d != nil && d.Round == o.Round: // a hold since then asks for nothing
		note("the newest decision, %s from %d to %d, was refused: %s", d.Verdict, d.Current, d.Desired, o.Error)
	}
	return found
}

// said repeats what AWS said, in brackets.
func said(errors []streams.CallError) string {
	if len(errors) == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s: %s)", errors[0].Operation, errors[0].Message)
}

// brief writes a duration for people, no finer than they can use.
func brief(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return d.Round(100 * time.Millisecond).String()
	case d < 48*time.Hour:
		return d.Round(time.Second).String()
	}
	return fmt.Sprintf("%.0f days", d.Hours()/24)
}
