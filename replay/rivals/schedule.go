package rivals

import (
	"math"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// schedule holds in each hour of the week (UTC) what the busiest minute of
// that hour in the warm-up part needs under the SLO, times a factor, and asks
// for it a boot time ahead: until the hour before is over, for the larger one
// of the two. An hour of the week of which the warm-up part has less than 60
// minutes is taken from the same hour of all days, and one that no day has from
// the whole warm-up part.
type schedule struct {
	factor float64
	boot   time.Duration
	last   time.Time // the last minute there is
	plan   [7][24]int
}

func newSchedule(factor float64) *schedule {
	checkFactor("schedule", factor)
	return &schedule{factor: factor}
}

// busyHour is what the warm-up part tells of an hour.
type busyHour struct {
	most    float64
	minutes int
}

func (h *busyHour) add(demand float64) {
	h.most = max(h.most, demand)
	h.minutes++
}

// Begin lays the plan of a week.
func (p *schedule) Begin(b Briefing) {
	p.boot, p.last = b.Boot, b.End.Add(-time.Minute)
	var week [7][24]busyHour
	var anyDay [24]busyHour
	for i, d := range b.WarmUp {
		if math.IsNaN(d) {
			continue
		}
		at := b.Start.Add(time.Duration(i) * time.Minute)
		week[at.Weekday()][at.Hour()].add(d)
		anyDay[at.Hour()].add(d)
	}
	whole := busiest(b.WarmUp)
	for weekday := range week {
		for hour, of := range week[weekday] {
			demand := of.most
			if of.minutes < 60 {
				demand = anyDay[hour].most
			}
			if anyDay[hour].minutes == 0 {
				demand = whole
			}
			p.plan[weekday][hour] = max(1, instances(p.factor*demand/(b.SLO/100)))
		}
	}
}

// Act follows the plan.
func (p *schedule) Act(m fleet.Minute) int {
	ahead := m.Now.Add(p.boot)
	if ahead.After(p.last) {
		ahead = p.last
	}
	return max(p.at(m.Now), p.at(ahead))
}

func (p *schedule) at(t time.Time) int { return p.plan[t.Weekday()][t.Hour()] }
