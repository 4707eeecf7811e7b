package naive

import (
	"math"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// contest compares day and week by their absolute errors over the last seven
// UTC days, at the bins where both could be told. It adds up each UTC day on
// its own, in order, so that the sums are the same bits when taken again.
type contest struct {
	perDay int64
	rounds [weekDays]round
	today  int64
}

type round struct {
	utcDay    int64
	judged    int
	day, week float64 // sums of absolute errors
}

func (c *contest) observe(past *model.History, target int64) {
	c.today = target / c.perDay
	r := &c.rounds[c.today%weekDays]
	if r.utcDay != c.today {
		*r = round{utcDay: c.today}
	}
	value := past.Folded(target)
	day := math.Abs(value - past.Folded(target-c.perDay))
	week := math.Abs(value - past.Folded(target-weekDays*c.perDay))
	if math.IsNaN(day) || math.IsNaN(week) {
		return
	}
	r.judged++
	r.day += day
	r.week += week
}

func (c *contest) rebuild(past *model.History) {
	begin := (past.Newest()/c.perDay - weekDays + 1) * c.perDay
	for target := max(past.First(), begin); target <= past.Newest(); target++ {
		c.observe(past, target)
	}
}

// weekAhead says whether the week was nearer, judged over at least a day of
// bins.
func (c *contest) weekAhead() bool {
	var sum round
	for d := c.today - weekDays + 1; d <= c.today; d++ {
		if r := c.rounds[(d%weekDays+weekDays)%weekDays]; r.utcDay == d {
			sum.judged += r.judged
			sum.day += r.day
			sum.week += r.week
		}
	}
	return int64(sum.judged) >= c.perDay && sum.week < sum.day
}
