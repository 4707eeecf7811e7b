package rivals

import (
	"math"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

const (
	predictiveDays    = 14 // of history
	predictiveRefresh = 6 * time.Hour
	predictiveBuffer  = 5 * time.Minute // that a launch is advanced
	predictiveMemory  = 0.99            // weight of an error against that of an hour later
)

// predictive emulates predictive scaling of AWS, whose engine is not
// published, in the mode that scales, over target tracking. A forecast of the
// mean load of every hour is made with the first sample after 0, 6, 12 and
// 18 h UTC, from 24 hours of history on, and frozen until the next: by the
// method that missed the hours of the last 14 days least, newer hours counting
// more. The capacity is never below what the mean of this hour, or of the hour
// five minutes ahead, needs at the target.
type predictive struct {
	tracking *tracking
	hours    hourly
	block    time.Time // of the refresh period that the newest sample lies in
	known    int       // hours before it are known to the forecast; 0: none is made
	method   method
}

func newPredictive(target float64, t tuning) *predictive {
	return &predictive{tracking: newTracking(target, t)}
}

// Begin reads what arrived before the first minute.
func (p *predictive) Begin(b Briefing) {
	p.tracking.Begin(b)
	for _, s := range b.Backfill {
		p.observe(s)
	}
}

// Act tracks the target above the forecast.
func (p *predictive) Act(m fleet.Minute) int {
	for _, s := range m.Samples {
		p.observe(s)
	}
	desired := p.tracking.Act(m)
	if p.known == 0 {
		return desired
	}
	for _, at := range [...]time.Time{m.Now, m.Now.Add(predictiveBuffer)} {
		if load, ok := p.forecast(p.method, p.hours.of(at)); ok {
			desired = max(desired, instances(load/(p.tracking.target/100)))
		}
	}
	return desired
}

func (p *predictive) observe(s fleet.Sample) {
	hour := p.hours.observe(s)
	block := s.End.Add(-s.Period).Truncate(predictiveRefresh)
	if block.Equal(p.block) {
		return
	}
	p.block = block
	if hour < 24 {
		return
	}
	p.known = hour
	least := math.Inf(1)
	for m := range methods {
		if e := p.missed(m); e < least {
			p.method, least = m, e
		}
	}
}

// method is a way to forecast an hour from the same hour of other days.
type method int

const (
	yesterday         method = iota
	weekMean                 // of the last 7 days
	twoWeeks                 // mean of the same weekday in the last 2 weeks
	yesterdayLastWeek        // mean of the two
	methods                  // how many there are
)

// forecast gives the mean load of an hour by a method, from the hours that are
// known and at most 14 days old. For what a method lacks it takes the mean of
// the last 7 days; false where that is lacking too.
func (p *predictive) forecast(m method, hour int) (float64, bool) {
	switch m {
	case yesterday:
		return p.meanOrWeek(hour, 1)
	case twoWeeks:
		return p.meanOrWeek(hour, 7, 14)
	case yesterdayLastWeek:
		day, ok := p.meanOrWeek(hour, 1)
		week, also := p.meanOrWeek(hour, 7)
		return (day + week) / 2, ok && also
	}
	return p.meanOrWeek(hour)
}

// meanOrWeek is the mean over the given days before an hour or, where none of
// them is known, over the last 7.
func (p *predictive) meanOrWeek(hour int, days ...int) (float64, bool) {
	if v, ok := p.meanOf(hour, days...); ok {
		return v, true
	}
	return p.meanOf(hour, 1, 2, 3, 4, 5, 6, 7)
}

// meanOf is the mean of an hour over those of the days before it that are
// known.
func (p *predictive) meanOf(hour int, days ...int) (float64, bool) {
	sum, n := 0.0, 0
	for _, d := range days {
		h := hour - 24*d
		if h >= p.known || h < p.known-24*predictiveDays {
			continue
		}
		if v, ok := p.hours.mean(h); ok {
			sum += v
			n++
		}
	}
	if n == 0 {
		return 0, false
	}
	return sum / float64(n), true
}

// missed is the mean absolute error of a method over the known hours, infinite
// where it forecasts none.
func (p *predictive) missed(m method) float64 {
	sum, weights, weight := 0.0, 0.0, 1.0
	for h := p.known - 1; h >= max(0, p.known-24*predictiveDays); h-- {
		weight *= predictiveMemory
		was, ok := p.hours.mean(h)
		if !ok {
			continue
		}
		if said, ok := p.forecast(m, h); ok {
			sum += weight * math.Abs(said-was)
			weights += weight
		}
	}
	if weights == 0 {
		return math.Inf(1)
	}
	return sum / weights
}
