package window

import (
	"time"
)

const (
	// basicPeriod is how often an instance without detailed monitoring reports.
	basicPeriod = 5 * time.Minute
	// stepRatio is the change in samples from one bin to the next that may be
	// a change of the monitoring: that is one of five times.
	stepRatio = 4
	// probeSpan is how far back a probe asks.
	probeSpan = time.Hour
)

// Probing is the question of how often the instances of a group report, for
// one of which no timeline knows: the last full hour minute by minute.
func Probing(autoScalingGroup string, now time.Time) Query {
	until := now.UTC().Truncate(time.Minute)
	return Query{
		Series: "cpu", Measure: CPU, AutoScalingGroup: autoScalingGroup,
		Probe: true, Period: time.Minute, From: until.Add(-probeSpan), Until: until,
	}
}

// PerMinute says whether the instances report every minute, by the answer to
// Probing. Of a group that has too few values for that it is not known.
func PerMinute(q Query, a Answer) (so, known bool) {
	if !a.Complete {
		return false, false
	}
	return monitoring(Answered{Query: q, Answer: a}, false)
}

// asksProbe says whether it is to be found out how many samples an instance
// has.
func (s *State) asksProbe() bool {
	return s.counts() && (s.series.PerInstance == 0 || !s.series.Step.IsZero())
}

// probe asks for the last full hour minute by minute; after a step for what
// came since, for what lies before tells of the monitoring that was.
func (s *State) probe(now time.Time) Query {
	q := s.query()
	q.Probe, q.Period = true, time.Minute
	q.Until = now.Truncate(time.Minute)
	q.From = q.Until.Add(-probeSpan)
	if step := s.series.Step; !step.IsZero() {
		q.From = later(q.From, step.Add(-s.period()))
	}
	return q
}

// probed folds the answer to a probe in. Where it does not tell, it is asked
// again; but a bin that stepped waits no longer than until it settles.
func (s *State) probed(a Answered, now time.Time) {
	r := s.series
	if !s.asksProbe() {
		return
	}
	if !a.Answer.Complete {
		a.Answer.Points = nil
	}
	detailed, ok := monitoring(a, !r.Step.IsZero())
	if ok {
		r.PerInstance = s.period().Seconds() / basicPeriod.Seconds()
		if detailed {
			r.PerInstance = s.period().Minutes()
		}
	}
	if !r.Step.IsZero() && (ok || s.settled(r.Step, now)) {
		r.Judged, r.Step = r.Step, time.Time{}
	}
}

// monitoring says whether the instances report every minute. It looks at spans
// of five minutes that have points at all, for instances may have been there
// for part of the hour only; and leaves out the first and the last, in which
// they may have been there for part. Fewer than three tell only what is clear;
// of one that has few minutes that is so after a step, where it is whole.
func monitoring(a Answered, step bool) (detailed, ok bool) {
	minutes := minutesIn(a)
	spans := len(minutes)
	if spans >= 3 {
		minutes = minutes[1 : spans-1]
	}
	have, all := 0, 5*len(minutes)
	for _, n := range minutes {
		have += n
	}
	detailed = spans > 0 && have*6 >= all*5 // 50 minutes of an hour
	few := have*5 <= all*2 && (step || spans > 1)
	return detailed, spans > 0 && (detailed || few || spans > 4)
}

// minutesIn counts the minutes that have a point in each span of five minutes
// that has one, and lies within the question.
func minutesIn(a Answered) []int {
	var spans []time.Time
	var minutes []int
	for _, p := range within(a.Answer.Points, a.Query, time.Minute) {
		if p.Value == nil {
			continue
		}
		span := p.Start.Truncate(basicPeriod)
		if span.Before(a.Query.From) || span.Add(basicPeriod).After(a.Query.Until) {
			continue
		}
		if n := len(spans); n == 0 || !spans[n-1].Equal(span) {
			spans, minutes = append(spans, span), append(minutes, 0)
		}
		minutes[len(minutes)-1]++
	}
	return minutes
}

// waits says whether a bin waits for a probe: it is one whose samples stepped
// against the bin before, or are in doubt, or a younger one.
func (p *pass) waits(end time.Time, point *Point) bool {
	r := p.series
	if !r.Step.IsZero() && end.After(r.Step) {
		return true
	}
	_, came := r.find(end)
	if !p.counts() || !r.Begun || came || end.Equal(r.Judged) || point == nil {
		return end.Equal(r.Step)
	}
	step, doubt := p.stepped(end, *point), p.doubted(end, *point)
	if doubt && !end.Equal(r.Step) {
		doubt = r.Doubted.IsZero() || p.now.Sub(r.Doubted) >= doubtPause
	}
	switch {
	case step:
		r.Step = end
	case doubt && !end.Equal(r.Step):
		r.Step, r.Doubted = end, p.now
	case doubt:
	case end.Equal(r.Step): // it was read half
		r.Step = time.Time{}
	}
	return step || doubt
}

// stepped compares the samples of a point with those of the bin before.
func (p *pass) stepped(end time.Time, point Point) bool {
	r, ok := p.read(point, p.censusOf(end))
	before, served := p.series.served(end)
	if !ok || !served || r.Instances == nil {
		return false
	}
	ratio := *r.Instances / before
	return ratio >= stepRatio || ratio <= 1.0/stepRatio
}
