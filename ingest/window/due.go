package window

import "time"

// Due says what is to be asked now: the probe first where one is owed, then
// the window. It changes nothing, and gives nothing where nothing is due or
// the group is retired.
func (s *State) Due(now time.Time) []Query {
	now = s.ahead(now)
	if s.Policy() == nil || now.IsZero() {
		return nil
	}
	from, ok := s.from(now)
	if !ok {
		return nil
	}
	window := s.query()
	window.From, window.Until = from, now.Truncate(s.period()).Add(s.period())
	if !s.asksProbe() {
		return []Query{window}
	}
	return []Query{s.probe(now), window}
}

// from gives where the window begins; false where none is due.
func (s *State) from(now time.Time) (time.Time, bool) {
	r, period := s.series, s.period()
	oldest := s.oldest(now)
	switch {
	case !r.Begun && r.Watermark.IsZero():
		return later(now.Add(-s.head.Backfill.Std()).Truncate(period), oldest), true
	case !r.Begun:
		return later(r.Watermark, oldest), true
	case !s.owed(now):
		return time.Time{}, false
	}
	return later(r.from(period), oldest), true
}

// owed says whether a bin that is due has not come, or one that has settled
// was not asked for since.
func (s *State) owed(now time.Time) bool {
	period := s.period()
	end := later(s.series.Watermark, s.oldest(now)).Add(period)
	if s.settled(end, now) {
		return true
	}
	for ; !end.Add(s.delay()).After(now); end = end.Add(period) {
		if _, came := s.series.find(end); !came {
			return true
		}
	}
	return false
}

// settled says whether the bin that ends at end will not change any more.
func (s *State) settled(end, now time.Time) bool {
	return !end.Add(s.policy.Forecast.Settle.Std()).After(now)
}

// delay is how long after its end a bin is asked for first: a round earlier
// than the last one came, so that it goes down where CloudWatch gets quicker.
func (s *State) delay() time.Duration {
	prior := s.policy.Scaling.MetricDelayPrior.Std()
	if n := len(s.series.Delays); n > 0 {
		return max(prior, s.series.Delays[n-1].Std()-s.policy.Round.Std())
	}
	return prior
}

// oldest is where the oldest bin begins that CloudWatch still has at the
// period: it keeps points of 1 s for 3 hours, of 60 s for 15 days, of 300 s
// for 63 days and of an hour for 455 days.
func (s *State) oldest(now time.Time) time.Time {
	const day = 24 * time.Hour
	keeps := 15 * day
	switch period := s.period(); {
	case period%time.Hour == 0:
		keeps = 455 * day
	case period%(5*time.Minute) == 0:
		keeps = 63 * day
	case period%time.Minute != 0:
		keeps = 3 * time.Hour
	}
	return ceil(now.Add(-keeps), s.period())
}

func (s *State) period() time.Duration { return s.policy.Load.Period.Std() }

// query gives the series' query, without a window.
func (s *State) query() Query {
	load := s.policy.Load
	return Query{
		Series: load.Series, Measure: measureOf(load), AutoScalingGroup: s.policy.AutoScalingGroup,
		ResourceLabel: load.ResourceLabel, Expression: load.Expression, Alive: load.AbsentAsZero,
		Period: load.Period.Std(),
	}
}
