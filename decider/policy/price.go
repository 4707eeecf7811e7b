package policy

import (
	"math"
	"time"
)

const (
	// minutesPerHour turns what an instance costs a minute into hours.
	minutesPerHour = 60
	// reversalSpan is how soon a change against the one before is a reversal,
	// and mostReversals how many are remembered.
	reversalSpan  = 15 * time.Minute
	mostReversals = 100
)

// tariff prices a capacity over the lead: the instances, and what may be
// violated (a newsvendor with a price per violated minute instead of one per
// unit short; Arrow, Harris and Marschak, Optimal Inventory Policy, 1951).
type tariff struct {
	load law
	// perInstance is U, and violation the price of a violated minute in
	// instance-hours.
	perInstance, violation float64
	// instance is the price of an instance-minute in instance-hours.
	instance float64
}

// cost gives what n instances cost a minute, in instance-hours.
func (t tariff) cost(n int) float64 {
	return float64(n)*t.instance + t.violation*t.load.above(float64(n)*t.perInstance)
}

// fewest gives the instances that bear the lowest quantile, below which nothing
// is known of the load: there the probability stays as it is while instances get
// fewer, and to give up would cost least where a group is large for the price.
func (t tariff) fewest() int { return instances(t.load.quantiles[0], t.perInstance) }

// cheapest gives the capacity that costs least, of those that bear the lowest
// quantile and are at least 1; of equal ones the smallest. Between two quantiles
// the cost is a straight line and beyond the highest it is convex, so that few
// capacities can be it.
func (t tariff) cheapest() int {
	fewest := max(1, t.fewest())
	best, least := fewest, t.cost(fewest)
	try := func(n int) {
		if n < fewest {
			return
		}
		if c := t.cost(n); c < least || c == least && n < best {
			best, least = n, c
		}
	}
	for _, q := range t.load.quantiles {
		n := instances(q, t.perInstance)
		try(n)
		try(n - 1)
	}
	n := t.beyond()
	try(n)
	try(n + 1)
	return best
}

// beyond gives the capacity, rounded down, at which one more costs what it
// saves under the exponential above the highest quantile; 0 where there is none.
func (t tariff) beyond() int {
	rate, last := t.load.rate(), len(t.load.quantiles)-1
	gain := t.violation * (1 - t.load.levels[last]) * rate * t.perInstance / t.instance
	if rate == 0 || !(gain > 1) {
		return 0
	}
	x := t.load.quantiles[last] + math.Log(gain)/rate
	return int(math.Min(x/t.perInstance, mostInstances))
}

// edge gives a capacity above n, and at most best, that costs no more than
// limit while one less costs more, or is n. The cost of best is within the limit.
func (t tariff) edge(n, best int, limit float64) int {
	for n+1 < best {
		middle := n + (best-n)/2
		if t.cost(middle) <= limit {
			best = middle
			continue
		}
		n = middle
	}
	return best
}
