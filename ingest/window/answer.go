package window

import (
	"slices"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// answered folds an answer in. One to a question that the policy in force does
// not ask is passed over.
func (s *State) answered(a Answered) []streams.Event {
	now, ok := s.clock(a.Now)
	if !ok || s.Policy() == nil {
		return nil
	}
	asked := a.Query
	asked.From, asked.Until, asked.Probe = time.Time{}, time.Time{}, false
	want := s.query()
	if a.Query.Probe {
		want.Period = time.Minute
		if asked == want {
			s.probed(a, now)
		}
		return nil
	}
	if asked != want {
		return nil
	}
	p := s.newPass(a, now)
	if !s.series.Begun && !a.Answer.Complete || s.blind(p.points) {
		return nil
	}
	p.run()
	s.settle(p, a.More)
	return p.events
}

// blind says whether there are points that nobody can read yet.
func (s *State) blind(points []Point) bool {
	return len(points) > 0 && s.counts() && s.series.PerInstance == 0
}

// pass is one answer on its way through the series' bins.
type pass struct {
	*State
	now      time.Time
	complete bool
	points   []Point // within the window, by rising start, each once
	// first and last are the ends of the oldest and the newest bin that the
	// answer speaks of, and that is due.
	first, last time.Time
	// valued is the end of the newest of them that has a value, while the
	// series has not begun: no bin before it is waited for.
	valued time.Time
	// arrived is the end of the newest bin that came the first time.
	arrived time.Time
	events  []streams.Event
}

func (s *State) newPass(a Answered, now time.Time) *pass {
	period := s.period()
	p := &pass{State: s, now: now, complete: a.Answer.Complete}
	from := later(ceil(a.Query.From, period), s.oldest(now))
	if !s.series.Watermark.IsZero() {
		from = later(from, s.series.from(period))
	}
	if s.series.Origin.IsZero() {
		s.series.Origin = from
	}
	p.first = from.Add(period)
	p.last = earlier(a.Query.Until, now.Add(-s.delay())).Truncate(period)
	p.points = within(a.Answer.Points, a.Query, period)
	for _, point := range slices.Backward(p.points) {
		end := point.Start.Add(period)
		if _, ok := s.read(point, census{PerInstance: s.series.PerInstance}); ok && !end.After(p.last) && !s.series.Begun {
			p.valued = end
			break
		}
	}
	return p
}

// within gives the points that a query asked for, by rising start, each once.
func within(points []Point, q Query, period time.Duration) []Point {
	var own []Point
	for _, p := range points {
		p.Start = p.Start.Round(0).UTC()
		if !p.Start.Before(q.From) && p.Start.Before(q.Until) && p.Start.Equal(p.Start.Truncate(period)) {
			own = append(own, p)
		}
	}
	byStart := func(a, b Point) int { return a.Start.Compare(b.Start) }
	slices.SortStableFunc(own, byStart)
	return slices.CompactFunc(own, func(a, b Point) bool { return byStart(a, b) == 0 })
}

// run looks at every bin from the oldest to the newest, and stops where bins
// wait for a probe.
func (p *pass) run() {
	period := p.period()
	before := p.series.newest()
	i := 0
	for end := p.first; !end.After(p.last); end = end.Add(period) {
		for i < len(p.points) && p.points[i].Start.Add(period).Before(end) {
			i++
		}
		var point *Point
		if i < len(p.points) && p.points[i].Start.Add(period).Equal(end) {
			point = p.own(end, &p.points[i])
		}
		if p.waits(end, point) {
			p.series.Waited = later(p.series.Waited, p.last)
			break
		}
		if !p.series.forgotten(end, period) {
			p.look(end, point)
		}
	}
	p.measure(before)
}

// own gives what of a point is of the series: nothing of a group that took
// over since the bin ended. Requests are not of the group, but how many
// instances served them is; a bin that is told already is left as it is.
func (p *pass) own(end time.Time, point *Point) *Point {
	measure, alive := measureOf(p.policy.Load), p.policy.Load.AbsentAsZero
	if end.After(p.series.Switched) || measure != CPU && !alive {
		return point
	}
	if _, came := p.series.find(end); came || measure == CPU {
		return nil
	}
	bare := *point
	bare.Instances = nil
	return &bare
}

// look publishes what there is to publish of one bin.
func (p *pass) look(end time.Time, point *Point) {
	i, came := p.series.find(end)
	counted := p.censusOf(end)
	if came {
		counted = p.series.Bins[i].census
	}
	if point != nil {
		if r, ok := p.read(*point, counted); ok {
			if !came {
				p.arrived = later(p.arrived, end)
			}
			p.publish(end, r)
			return
		}
	}
	gap := came && p.series.Bins[i].Value == nil
	final := p.complete && (p.settled(end, p.now) || end.Before(p.valued))
	if !final || came && !gap {
		return
	}
	if r, ok := p.alive(point); ok {
		p.publish(end, r)
		return
	}
	if first := p.series.First; !came && !first.IsZero() && end.After(first) {
		p.publish(end, reading{})
	}
}

// publish keeps a reading, and tells it where it is not what was last told of
// the bin.
func (p *pass) publish(end time.Time, r reading) {
	i, came := p.series.find(end)
	if came && p.series.Bins[i].same(r) {
		return
	}
	b := bin{End: end, reading: r, Revision: 1}
	if came {
		b.census, b.Revision = p.series.Bins[i].census, p.series.Bins[i].Revision+1
		p.series.Bins[i] = b
	} else {
		b.census = p.censusOf(end)
		p.series.Bins = slices.Insert(p.series.Bins, i, b)
	}
	if p.series.First.IsZero() {
		p.series.First = end
	}
	p.events = append(p.events, p.tell(b))
}

// tell gives the event of a bin.
func (p *pass) tell(b bin) streams.Event {
	load := p.policy.Load
	m := streams.Metric{
		SeriesID: streams.SeriesID{GroupID: p.id, Series: load.Series},
		End:      b.End, Period: load.Period, Unit: load.Unit,
		Value: copied(b.Value), Instances: copied(b.Instances), Censored: b.Censored, Gap: b.Value == nil,
		Revision: b.Revision, Seen: p.now,
	}
	m.Settled = m.Gap || !p.series.Begun || p.settled(b.End, p.now)
	if p.head.Came == nil {
		p.head.Came = map[string]streams.Arrival{}
	}
	came := p.head.Came[load.Series]
	p.head.Came[load.Series] = streams.Arrival{Count: came.Count + 1, NewestEnd: later(came.NewestEnd, b.End)}
	return m
}

func copied(x *float64) *float64 {
	if x == nil {
		return nil
	}
	y := *x
	return &y
}

// measure takes the delay of a bin that is newer than all before. A bin that
// came after rounds were left out may have been there for long.
func (p *pass) measure(before time.Time) {
	late := p.now.Sub(p.arrived)
	polling := p.now.Sub(p.head.Polled) <= 2*p.policy.Round.Std()
	if p.series.Begun && p.arrived.After(later(before, p.series.Waited)) && late <= p.policy.Forecast.Settle.Std() && polling {
		p.series.measured(late)
	}
}

// settle moves the watermark as far as a complete answer tells of settled bins,
// and ends the backfill with the last part of it.
func (s *State) settle(p *pass, more bool) {
	period := s.period()
	var through time.Time
	if p.complete {
		settled := p.now.Add(-s.policy.Forecast.Settle.Std()).Truncate(period)
		through = earlier(p.last, settled)
		if step := s.series.Step; !step.IsZero() {
			through = earlier(through, step.Add(-period))
		}
	}
	p.press()
	s.series.settle(through, period)
	s.series.Begun = s.series.Begun || !more
}

// press publishes as gaps the bins that are settled because too many younger
// ones came, however incomplete the answers are; as many as the part has bins
// to spare, for what follows from a part is bounded.
func (p *pass) press() {
	r, period := p.series, p.period()
	spare := int(p.last.Sub(p.first)/period) + 1 - len(p.events)
	end := later(later(r.Watermark, r.First), p.oldest(p.now)).Add(period)
	for through := r.pressed(period); spare > 0 && !end.After(through); end = end.Add(period) {
		if _, came := r.find(end); !came {
			p.publish(end, reading{})
			spare--
		}
	}
}
