package lstm

import (
	"math"
	"slices"
)

// Where each of the candidates stands: simple forecasts of a step, in whose
// mixture the network corrects what they leave.
const (
	ofMiddle       = iota // the median of the newest values
	ofLast                // the newest value
	ofLevelHour           // the mean of twelve bins
	ofLevel               // the mean of a day
	ofDay                 // yesterday at the same time
	ofDayMoved            // the same, moved by how the median changed since
	ofWeek                // a week ago at the same time
	ofWeekMoved           // the same, moved
	ofBothMoved           // the mean of both that are moved
	ofBoth                // the mean of both that are not
	ofDayHalfMoved        // the mean of yesterday, moved, and the median of now
	ofDays                // the mean of the last seven days at the same time
	ofDaysMoved           // the same, moved
	candidates
)

const (
	// errorDays is the memory of the errors of candidates, longErrorDays that of a
	// network that looks more than a day ahead: by then what a week ago was worth
	// counts, not what the last hours were like.
	errorDays, longErrorDays = 0.75, 14
	// judgedShare is the part of a day that a candidate must have been judged for
	// to count.
	judgedShare = 0.25
)

// origin is what was known at a bin of those that come after it.
type origin struct {
	note
	// centers are the mixtures of the candidates for each step, and scales how
	// far off they are thought to be; 0 where there was no value yet.
	centers, scales []float64
}

// note is what was known of all of them alike.
type note struct {
	// middle is the median of the newest values, before what it was a day and a
	// week before, and on the mean of seven days.
	middle                 float64
	before                 seasons
	last, level, levelHour float64
}

func (o *origin) reset() {
	o.note = note{}
	clear(o.centers)
	clear(o.scales)
}

// peak gives the center of the peak up to a step: the largest of its steps.
func (o *origin) peak(step int) float64 { return slices.Max(o.centers[:step+1]) }

// seasons are loads at the same time of the last day, of the day a week or more
// ago, and on the mean of the last seven days, as far as they are known when they
// are needed; NaN where they are not.
type seasons struct{ day, week, days float64 }

// candidates writes the candidates for a step from the loads before it. One that
// is not known is NaN.
func (o *note) candidates(at seasons, c *[candidates]float64) {
	c[ofMiddle], c[ofLast], c[ofLevelHour], c[ofLevel] = o.middle, o.last, o.levelHour, o.level
	c[ofDay], c[ofDayMoved] = at.day, o.middle+(at.day-o.before.day)
	c[ofWeek], c[ofWeekMoved] = at.week, o.middle+(at.week-o.before.week)
	c[ofDays], c[ofDaysMoved] = at.days, o.middle+(at.days-o.before.days)
	c[ofBothMoved] = (c[ofDayMoved] + c[ofWeekMoved]) / 2
	c[ofBoth] = (at.day + at.week) / 2
	c[ofDayHalfMoved] = (c[ofDayMoved] + o.middle) / 2
}

// faded is a mean that forgets: the newest weighs 1 of weight.
type faded struct{ mean, weight float64 }

func (f *faded) add(x, keep float64) {
	f.weight = 1 + keep*f.weight
	f.mean += (x - f.mean) / f.weight
}

// rest is how far the mixture of a step was off: the mean of a day, and
// geometric means of a day and of twelve bins.
type rest struct {
	mean         faded
	middle, hour float64
	weightHour   float64
}

func (r *rest) add(c calendar, size, level float64) {
	r.mean.add(size, c.keep)
	r.weightHour = 1 + c.keepHour*r.weightHour
	size += meanShare*r.mean.mean + levelShare*level
	r.middle = towards(r.middle, size, r.mean.weight)
	r.hour = towards(r.hour, size, r.weightHour)
}

// blend mixes the candidates of each step by how they fared.
type blend struct {
	errors [][candidates]faded
	rests  []rest
	// origins are the newest bins, at their number mod len: one more than are
	// still to be judged.
	origins []origin
}

func newBlend(steps int) blend {
	b := blend{make([][candidates]faded, steps), make([]rest, steps), make([]origin, steps+1)}
	all := make([]float64, 2*steps*len(b.origins))
	cut := func() []float64 {
		row := all[:steps:steps]
		all = all[steps:]
		return row
	}
	for i := range b.origins {
		b.origins[i].centers, b.origins[i].scales = cut(), cut()
	}
	return b
}

func (b *blend) reset() {
	clear(b.errors)
	clear(b.rests)
	for i := range b.origins {
		b.origins[i].reset()
	}
}

// copyFrom takes over all numbers of another of as many steps.
func (b *blend) copyFrom(other *blend) {
	copy(b.errors, other.errors)
	copy(b.rests, other.rests)
	for i := range b.origins {
		to, from := &b.origins[i], &other.origins[i]
		to.note = from.note
		copy(to.centers, from.centers)
		copy(to.scales, from.scales)
	}
}

func (b *blend) origin(bin int64) *origin {
	n := int64(len(b.origins))
	return &b.origins[(bin%n+n)%n]
}

// judge holds what was said of the bin of a view against its value.
func (b *blend) judge(v *view) {
	var said [candidates]float64
	var at seasons
	for h := range b.rests {
		if int64(h)%v.day == 0 { // what was known then is a day older
			at = v.seasons(0, int64(h)+1)
		}
		o := b.origin(v.origin - int64(h) - 1)
		if o.scales[h] == 0 {
			continue
		}
		o.candidates(at, &said)
		errors := &b.errors[h]
		for i, x := range said {
			if !math.IsNaN(x) {
				errors[i].add(math.Abs(v.gauge.last-x), v.keepErrors)
			}
		}
		b.rests[h].add(v.calendar, math.Abs(v.gauge.last-o.centers[h]), v.gauge.level)
	}
}

// error gives how far off a candidate of a step is thought to be, and whether it
// counts.
func (b *blend) error(g *gauge, c calendar, step, candidate int) (size float64, counts bool) {
	f := &b.errors[step][candidate]
	return f.mean + leastOfLevel*g.level, candidate == ofMiddle || f.weight > judgedShare*float64(c.day)
}

// center mixes candidates, of which the ones that are not known are left out.
// Each weighs the inverse eighth power of its error.
func (b *blend) center(g *gauge, c calendar, step int, said *[candidates]float64) float64 {
	var sizes [candidates]float64
	least := math.Inf(1)
	for i, x := range said {
		size, counts := b.error(g, c, step, i)
		if !counts || math.IsNaN(x) {
			sizes[i] = -1
			continue
		}
		sizes[i] = size
		least = min(least, size)
	}
	sum, weights := 0.0, 0.0
	for i, size := range sizes {
		if size < 0 {
			continue
		}
		w := 1.0
		if size > 0 {
			w = least / size
		}
		w *= w
		w *= w
		w *= w
		sum += float64(w * said[i])
		weights += w
	}
	return sum / weights
}

// scale gives how far off the mixture of a step is thought to be.
func (b *blend) scale(g *gauge, step int) float64 {
	r := &b.rests[step]
	if r.middle == 0 {
		return g.scale()
	}
	return max(r.middle, leastOfLevel*g.level, leastOfMean*r.mean.mean, leastLoad)
}
