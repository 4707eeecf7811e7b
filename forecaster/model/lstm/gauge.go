package lstm

import (
	"math"
	"slices"
	"unsafe"
)

const (
	// topDays is the time in which the top halves.
	topDays = 14
	// mostLeap is how many times the top a value may be and still count in full.
	mostLeap = 4
	// mostPast is how many times the top a value of the past counts as at most.
	mostPast = 2
	// leastLoad is a load too small to matter, in whatever unit.
	leastLoad = 1e-30
	// mostLoad is what no load is larger than.
	mostLoad = 1e60
	// span is the longer of the two lags whose differences make the scale.
	span = 6
	// hourBins is the memory of the fast means.
	hourBins = 12
	// leastMemory is the fewest bins of the memory of the slow means, of a day
	// otherwise.
	leastMemory = 24
	// meanShare and levelShare are what a difference of zero counts as: so much
	// of the mean difference, and of the level.
	meanShare, levelShare = 0.05, 1e-4
	// leastOfLevel and leastOfMean are the smallest scale, as a share of the level
	// and of the mean difference.
	leastOfLevel, leastOfMean = 1e-3, 0.01
	// firstSight is the number of values at which the gauge looks back for the
	// first time; then at each power of two times it, up to a day.
	firstSight = 8
	// lookBackDays bounds how far the values of a sparse load are looked for.
	lookBackDays = 7
)

// source has the values of a series by bin, NaN where there is none.
type source interface{ at(bin int64) float64 }

// gauge is how large a load is and how much it moves, as of a bin. A value
// counts as at most mostLeap times the largest before it, halved in topDays.
// While the load is younger than a day, what came first is looked at again now
// and then, so that a wild value that nothing came before does not last either.
//
// All of it is in the unit of the load, and nothing of it is rounded where the
// load is multiplied by a power of two.
type gauge struct {
	measures
	blend blend
	// ahead are the loads a day, a week and seven days before each of the bins
	// after the bin aheadOf.
	ahead []seasons
}

// measures are the numbers of a gauge that are not by step.
type measures struct {
	// last is the newest value as far as it counts. Nothing came yet where
	// samples is 0.
	last float64
	// missing counts the bins since, samples the values.
	missing, samples int64
	// top is the largest load of late.
	top float64
	// level and levelHour are the mean load of about a day, and of twelve bins.
	level, levelHour float64
	// mean is the mean difference over one and span bins, of about a day; middle
	// its geometric mean, and middleHour that of the differences over one bin
	// of twelve bins. A geometric mean hardly knows a spike.
	mean, middle, middleHour float64
	// weight and weightHour are what the values so far weigh in the means, where
	// the newest weighs 1.
	weight, weightHour float64
	aheadOf            int64
}

// newGauge gives a gauge, for networks of so many steps, that has seen nothing.
func newGauge(steps int) gauge { return gauge{blend: newBlend(steps), ahead: make([]seasons, steps)} }

// gaugeSize gives the size of a gauge in bytes.
func gaugeSize(steps int) int64 {
	const number = 8
	step := unsafe.Sizeof(seasons{}) + candidates*unsafe.Sizeof(faded{}) + unsafe.Sizeof(rest{})
	from := unsafe.Sizeof(origin{}) + uintptr(2*number*steps)
	return int64(unsafe.Sizeof(gauge{}) + uintptr(steps)*step + uintptr(steps+1)*from)
}

func (g *gauge) reset() {
	g.measures = measures{}
	g.blend.reset()
	clear(g.ahead)
}

// copyFrom takes over all numbers of another for as many steps.
func (g *gauge) copyFrom(other *gauge) {
	g.measures = other.measures
	g.blend.copyFrom(&other.blend)
	copy(g.ahead, other.ahead)
}

// clone gives a gauge of its own with the same numbers.
func (g *gauge) clone() gauge {
	out := newGauge(len(g.ahead))
	out.copyFrom(g)
	return out
}

// calendar is how long a day is in bins, and what follows from it.
type calendar struct {
	day int64
	// keep is what a value weighs of the one after it in a mean of a day,
	// keepHour in one of twelve bins, and keepTop is what is left of the top.
	keep, keepHour, keepTop float64
	// keepErrors is that of the errors of candidates.
	keepErrors float64
	// period is the length of a bin as the network reads it.
	period float64
}

// newCalendar gives the calendar of a network that looks so many steps ahead.
func newCalendar(perDay, steps int) calendar {
	errors := errorDays
	if steps > perDay {
		errors = longErrorDays
	}
	return calendar{
		day:        int64(perDay),
		keep:       math.Exp(-1 / float64(max(perDay, leastMemory))),
		keepHour:   math.Exp(-1.0 / hourBins),
		keepErrors: math.Exp(-1 / (errors * float64(max(perDay, leastMemory)))),
		keepTop:    math.Exp2(-1 / float64(topDays*perDay)),
		period:     math.Log2(288/float64(perDay)) / 4,
	}
}

// follow moves the gauge over a bin of a source that has all bins up to it.
func (g *gauge) follow(c calendar, of source, bin int64) {
	g.take(c, of, bin)
	if n := g.samples; g.missing == 0 && n >= firstSight && n <= c.day && n&(n-1) == 0 {
		g.lookBack(c, of, bin)
		return
	}
	g.foresee(c, of, bin)
}

// take takes a bin in, and judges by it.
func (g *gauge) take(c calendar, of source, bin int64) {
	value := of.at(bin)
	if math.IsNaN(value) {
		g.missing++
		g.top *= c.keepTop
		return
	}
	g.admit(c, value, g.believed(of.at(bin-span)))
	v := view{calendar: c, of: of, origin: bin, gauge: g}
	g.blend.judge(&v)
}

// foresee notes at a bin what is known of those after it.
func (g *gauge) foresee(c calendar, of source, bin int64) {
	o := g.blend.origin(bin)
	if g.samples == 0 {
		o.reset()
		return
	}
	v := view{calendar: c, of: of, origin: bin, gauge: g}
	o.middle, o.last, o.level, o.levelHour = v.middleNow(), g.last, g.level, g.levelHour
	o.before = v.middles()
	v.foreseeSeasons()
	var said [candidates]float64
	for h := range g.ahead {
		o.candidates(g.ahead[h], &said)
		o.centers[h] = g.blend.center(g, c, h, &said)
		o.scales[h] = g.blend.scale(g, h)
	}
}

// foreseeSeasons notes the loads before the next bins: those that the bin before
// the origin noted, one more, and those of which a nearer day has come.
func (v *view) foreseeSeasons() {
	g := v.gauge
	noted := g.aheadOf == v.origin-1
	if noted {
		copy(g.ahead, g.ahead[1:])
	}
	for h := range g.ahead {
		if lead := int64(h) + 1; !noted || h == len(g.ahead)-1 || lead%v.day == 0 {
			g.ahead[h] = v.seasons(lead, lead)
		}
	}
	g.aheadOf = v.origin
}

// admit takes a value in; before is the one span bins ago, NaN where there is
// none.
func (g *gauge) admit(c calendar, value, before float64) {
	g.top *= c.keepTop
	value = min(value, mostLoad)
	if g.top > 0 {
		value = min(value, mostLeap*g.top)
	}
	g.top = max(g.top, value)
	if g.samples > 0 {
		g.differ(value, before)
	}
	g.last, g.missing = value, 0
	g.samples++
	g.weight, g.weightHour = 1+c.keep*g.weight, 1+c.keepHour*g.weightHour
	g.level += (value - g.level) / g.weight
	g.levelHour += (value - g.levelHour) / g.weightHour
}

// differ takes in the differences that a value makes. There is one fewer of
// them than of values, so that they weigh what the values before this one do.
func (g *gauge) differ(value, before float64) {
	short := math.Abs(value - g.last)
	long := short
	if !math.IsNaN(before) {
		long = math.Abs(value - before)
	}
	both := (short + long) / 2
	g.mean += (both - g.mean) / g.weight
	least := meanShare*g.mean + levelShare*g.level
	g.middle = towards(g.middle, both+least, g.weight)
	g.middleHour = towards(g.middleHour, short+least, g.weightHour)
}

// towards moves a geometric mean to a number that weighs one part of so many; it
// begins with the first that is not 0. It multiplies by a ratio, so that a power
// of two as the unit leaves no trace.
func towards(mean, x, weight float64) float64 {
	if mean == 0 || x == 0 {
		return max(mean, x)
	}
	return mean * math.Exp(math.Log(x/mean)/weight)
}

// believed gives a value of the past as far as it counts.
func (g *gauge) believed(x float64) float64 { return min(x, mostPast*g.top) }

// scale is what differences are divided by.
func (g *gauge) scale() float64 {
	return max(g.middle, leastOfLevel*g.level, leastOfMean*g.mean, leastLoad)
}

// lookBack follows the values up to a bin anew, of which none counts as more than
// mostLeap times the largest below it.
func (g *gauge) lookBack(c calendar, of source, bin int64) {
	var values []float64
	first := bin
	for ; int64(len(values)) < g.samples && bin-first < lookBackDays*c.day; first-- {
		if x := of.at(first); !math.IsNaN(x) {
			values = append(values, min(x, mostLoad))
		}
	}
	slices.Sort(values)
	most := 0.0
	for _, x := range values {
		if most > 0 {
			x = min(x, mostLeap*most)
		}
		most = max(most, x)
	}
	samples, seen := g.samples, capped{of, most}
	g.reset()
	g.top = most
	for b := first + 1; b <= bin; b++ {
		g.take(c, &seen, b)
		g.foresee(c, &seen, b)
	}
	g.samples = samples
}

// capped is a source of which no value is larger than most.
type capped struct {
	of   source
	most float64
}

func (s *capped) at(bin int64) float64 { return min(s.of.at(bin), s.most) }
