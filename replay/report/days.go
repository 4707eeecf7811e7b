package report

import (
	"math"
	"slices"
	"time"
)

// daysBytes bounds what the paths of the days of a trace may take; the named
// ones are drawn whatever they take.
const daysBytes = 1_200_000

// calendar is the days of a span with what they cost, and which are drawn.
type calendar struct {
	days []dayCost
}

// dayCost is one day in UTC, the minutes from i to j of the span.
type dayCost struct {
	i, j   int
	costs  []day // of the tracks
	title  string
	rank   int // of the title, from 1
	full   bool
	scored int // minutes
}

// gain is what the first rival cost beyond ours, in instance-hours.
func (d dayCost) gain() float64 {
	if len(d.costs) < 2 {
		return 0
	}
	return d.costs[1].j - d.costs[0].j
}

func newCalendar(s *span, weight float64) calendar {
	var c calendar
	for i := 0; i < len(s.need); {
		night := s.at(i).Truncate(24 * time.Hour).Add(24 * time.Hour)
		j := min(len(s.need), i+int(night.Sub(s.at(i))/time.Minute))
		d := dayCost{i: i, j: j, full: j-i == 24*60, scored: tally(s.scored[i:j])}
		for _, t := range s.tracks {
			d.costs = append(d.costs, t.cost(i, j, weight))
		}
		c.days = append(c.days, d)
		i = j
	}
	rival := ""
	if len(s.tracks) > 1 {
		rival = s.tracks[1].tag
	}
	c.name(rival)
	return c
}

// name picks the days that tell most: the worst for ours, the one with the best
// gain, and a typical one, whose cost is in the middle.
func (c *calendar) name(rival string) {
	ranks := 0
	pick := func(title string, better func(a, b dayCost) bool, fits func(dayCost) bool) {
		best := -1
		for i, d := range c.days {
			if d.title == "" && fits(d) && (best < 0 || better(d, c.days[best])) {
				best = i
			}
		}
		if best >= 0 {
			ranks++
			c.days[best].title, c.days[best].rank = title, ranks
		}
	}
	counts := func(d dayCost) bool { return d.scored > 0 }
	worst := "Worst day for ours"
	if !slices.ContainsFunc(c.days, func(d dayCost) bool { return d.costs[0].violations > 0 }) && rival != "" {
		worst = "Least gained on " + rival
	}
	pick(worst, func(a, b dayCost) bool {
		if a.costs[0].violations != b.costs[0].violations {
			return a.costs[0].violations > b.costs[0].violations
		}
		return a.gain() < b.gain()
	}, counts)
	if rival != "" {
		pick("Best day against "+rival, func(a, b dayCost) bool { return a.gain() > b.gain() }, counts)
	}
	typical := c.typical()
	pick("A typical day", func(a, b dayCost) bool {
		return math.Abs(a.costs[0].j-typical) < math.Abs(b.costs[0].j-typical)
	}, func(d dayCost) bool { return d.full && d.scored > 0 })
}

// typical is the median cost of ours in the days that are full ones.
func (c *calendar) typical() float64 {
	var all []float64
	for _, d := range c.days {
		if d.full && d.scored > 0 {
			all = append(all, d.costs[0].j)
		}
	}
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// telling gives the indexes of the days that have scored minutes: the named
// ones first, then those in which the difference was largest.
func (c *calendar) telling() []int {
	var order []int
	for i, d := range c.days {
		if d.scored > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := c.days[a], c.days[b]
		if (x.title != "") != (y.title != "") {
			if x.title != "" {
				return -1
			}
			return 1
		}
		switch dx, dy := math.Abs(x.gain()), math.Abs(y.gain()); {
		case dx > dy:
			return -1
		case dx < dy:
			return 1
		}
		return 0
	})
	return order
}

// dayView is a day that is drawn.
type dayView struct {
	ID, Title, Date string // IDs sort by time
	Costs           []string
	Chart           chart
	rank            int
}
