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

// outlook emulates the forecast of AWS's predictive scaling. A forecast of the
// mean load of every hour is made with the first sample after 0, 6, 12 and
// 18 h UTC, from 24 hours of history on, and frozen until the next: by the
// method that missed the hours of the last 14 days least, newer hours counting
// more.
type outlook struct {
	target float64       // percent
	buffer time.Duration // that a launch is advanced
	hours  hourly
	block  time.Time // of the refresh period that the newest sample lies in
	known  int       // hours before it are known to the forecast; 0: none is made
	method method
}

// floor is what the mean of this hour, and of the hour a buffer ahead, need at
// the target; 0 where nothing is forecast.
func (p *outlook) floor(now time.Time) int {
	if p.known == 0 {
		return 0
	}
	most := 0
	for _, at := range [...]time.Time{now, now.Add(p.buffer)} {
		if load, ok := p.forecast(p.method, p.hours.of(at)); ok {
			most = max(most, instances(load/(p.target/100)))
		}
	}
	return most
}

func (p *outlook) observe(s fleet.Sample) {
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
func (p *outlook) forecast(m method, hour int) (float64, bool) {
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
func (p *outlook) meanOrWeek(hour int, days ...int) (float64, bool) {
	if v, ok := p.meanOf(hour, days...); ok {
		return v, true
	}
	return p.meanOf(hour, 1, 2, 3, 4, 5, 6, 7)
}

// meanOf is the mean of an hour over those of the days before it that are
// known.
func (p *outlook) meanOf(hour int, days ...int) (float64, bool) {
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
func (p *outlook) missed(m method) float64 {
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
