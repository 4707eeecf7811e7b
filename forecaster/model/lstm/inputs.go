package lstm

import (
	"math"
	"slices"
)

const (
	// recipe is the version of what the inputs and outputs of a network mean.
	// Weights that were trained by another are refused.
	recipe = 4
	// recents is how many of the newest bins the head reads.
	recents = 12
	// middles is how many of the newest bins the middle is the median of.
	middles = 5
	// weekDays is a week in days.
	weekDays = 7
	// carried is how many bins a value of the past stands in for missing ones
	// after it.
	carried = 3
	// mostInput bounds the inputs of a step, mostBend those of the head and what
	// it says.
	mostInput, mostBend = 12, 15

	// leastTrimmed is the number of days from which the extremes are left out of
	// their mean.
	leastTrimmed = 4

	inputCount = 55
)

// view is what the network sees of a series at an origin, whose gauge has
// followed it there.
type view struct {
	calendar
	of     source
	origin int64
	gauge  *gauge
}

// sight is what the network reads at an origin, none of which has a unit.
type sight struct {
	inputs [inputCount]float64
	skip   []float64
}

func newSight(steps int) sight { return sight{skip: make([]float64, skipsOf(steps))} }

// look takes everything in. All is 0 before the first value.
func (v *view) look(s *sight) {
	if v.gauge.samples == 0 {
		s.inputs = [inputCount]float64{}
		clear(s.skip)
		return
	}
	v.lookNow(s)
	v.lookAhead(s)
	x := v.lookAtPast(s.inputs[:0], s)
	x = v.lookAtBlend(x)
	_ = v.lookAround(x)
	for i, y := range s.inputs {
		s.inputs[i] = within(y, mostInput)
	}
}

// bend gives a load in scales from a center, drawn in far out; 0 where it is not
// known.
func bend(load, center, scale float64) float64 {
	if math.IsNaN(load) || math.IsNaN(center) {
		return 0
	}
	return asinh((load - center) / scale)
}

// asinh is math.Asinh, but for its care of very large numbers.
func asinh(x float64) float64 {
	if small := 0.5; x > -small && x < small {
		return math.Asinh(x)
	}
	return math.Copysign(math.Log(math.Abs(x)+math.Sqrt(float64(x*x)+1)), x)
}

// now is the origin's own note.
func (v *view) now() *origin { return v.gauge.blend.origin(v.origin) }

// lookNow writes what the head reads of the newest values.
func (v *view) lookNow(s *sight) {
	center, scale := v.now().middle, v.gauge.scale()
	for k := range int64(recents) {
		s.skip[k] = within(bend(v.recent(k), center, scale), mostBend)
	}
	s.skip[recents] = within(bend(v.gauge.level, center, scale), mostBend)
	s.skip[recents+1] = within(bend(v.gauge.levelHour, center, scale), mostBend)
}

// lookAhead writes what the head reads of the candidates of each step, against
// their mixture.
func (v *view) lookAhead(s *sight) {
	o := v.now()
	var said [candidates]float64
	rows, steps := s.skip[recents+2:], len(o.centers)
	for h := range steps {
		o.candidates(v.gauge.ahead[h], &said)
		for k, i := range [7]int{ofMiddle, ofDay, ofDayMoved, ofWeek, ofWeekMoved, ofDays, ofDaysMoved} {
			rows[k*steps+h] = within(bend(said[i], o.centers[h], o.scales[h]), mostBend)
		}
	}
}

// lookAtPast appends the newest values, how much the load moves, and what it was a
// day and a week ago.
func (v *view) lookAtPast(x []float64, s *sight) []float64 {
	g, o, week := v.gauge, v.now(), weekDays*v.day
	scale := g.scale()
	x = append(x,
		s.skip[0],
		bend(v.recent(0), v.recent(1), scale),
		s.skip[recents],
		s.skip[recents+1],
		ratio(g.middleHour, scale),
		ratio(g.mean, scale)-1,
		math.Log(scale/max(g.level, leastLoad)+levelShare)/3+1)
	for _, k := range [5]int64{0, 1, 3, 6, 12} {
		x = append(x, bend(v.season(k, v.day), o.middle, scale))
	}
	for _, k := range [3]int64{0, 6, 12} {
		x = append(x, bend(v.season(k, v.day), o.before.day, scale))
	}
	for _, k := range [3]int64{1, 6, 12} {
		x = append(x, bend(v.season(k, week), o.middle, scale))
	}
	for _, k := range [3]int64{1, 6, 12} {
		x = append(x, bend(v.season(k, week), o.before.week, scale))
	}
	return x
}

// lookAtBlend appends how the mixtures fared of late, where they stand, and how
// the candidates compare.
func (v *view) lookAtBlend(x []float64) []float64 {
	g, o := v.gauge, v.now()
	scale, last := g.scale(), len(o.centers)-1
	for _, h := range [3]int{0, last / 2, last} {
		was, missed := g.blend.origin(v.origin-int64(h)-1), 0.0
		if was.scales[h] > 0 {
			missed = bend(g.last, was.centers[h], was.scales[h])
		}
		x = append(x,
			missed,
			bend(o.centers[h], o.middle, scale),
			math.Log(o.scales[h]/scale),
			ratio(g.blend.rests[h].hour, o.scales[h]))
	}
	for _, h := range [2]int{0, last} {
		base, _ := g.blend.error(g, v.calendar, h, ofMiddle)
		for _, i := range [7]int{ofLevel, ofDay, ofDayMoved, ofWeek, ofWeekMoved, ofDays, ofDaysMoved} {
			size, counts := g.blend.error(g, v.calendar, h, i)
			if !counts {
				size = base
			}
			x = append(x, ratio(size, base))
		}
	}
	return x
}

// lookAround appends the time, and what is missing.
func (v *view) lookAround(x []float64) []float64 {
	week := weekDays * v.day
	sinDay, cosDay := math.Sincos(2 * math.Pi * float64(v.origin%v.day) / float64(v.day))
	sinWeek, cosWeek := math.Sincos(2 * math.Pi * float64(v.origin%week) / float64(week))
	return append(x,
		sinDay, cosDay, sinWeek, cosWeek,
		flag(v.gauge.missing > 0),
		flag(!math.IsNaN(v.season(0, v.day))),
		flag(!math.IsNaN(v.season(0, week))),
		v.period)
}

// recent gives the value so many bins ago; a missing one is the one before it.
func (v *view) recent(k int64) float64 {
	if k <= v.gauge.missing {
		return v.gauge.last
	}
	return v.read(v.origin - k)
}

// season gives the load a season before a bin some steps ahead of the origin.
func (v *view) season(step, season int64) float64 {
	if step > season {
		return math.NaN()
	}
	return v.read(v.origin + step - season)
}

// seasons gives the loads before a bin some steps ahead of the origin that are
// known a lead before the bin: whole days before, and whole weeks.
func (v *view) seasons(step, lead int64) seasons {
	days, weeks := wholes(lead, v.day), wholes(lead, weekDays*v.day)
	s := seasons{day: v.season(step, days), week: v.season(step, weeks)}
	s.days = v.mean(func(back int64) float64 { return v.season(step, days-v.day+back) })
	return s
}

// wholes gives the least multiple of a season that is no less than a lead.
func wholes(lead, season int64) int64 { return (lead + season - 1) / season * season }

// middles gives the medians that were the newest before.
func (v *view) middles() seasons {
	s := seasons{day: v.middleOf(v.origin - v.day), week: v.middleOf(v.origin - weekDays*v.day)}
	s.days = v.mean(func(back int64) float64 { return v.middleOf(v.origin - back) })
	return s
}

// mean gives the mean of what is known of one to seven days back; of four or
// more without the largest and the smallest, so that a wild value does not come
// again every day of a week.
func (v *view) mean(of func(back int64) float64) float64 {
	sum, known := 0.0, 0.0
	low, high := math.Inf(1), math.Inf(-1)
	for k := range int64(weekDays) {
		if x := of((k + 1) * v.day); !math.IsNaN(x) {
			sum += x
			known++
			low, high = min(low, x), max(high, x)
		}
	}
	if known >= leastTrimmed {
		return (sum - low - high) / (known - 2)
	}
	return sum / known
}

// read gives the value of a bin of the past as far as it counts, or that of
// shortly before; NaN where there is none.
func (v *view) read(bin int64) float64 {
	for back := range int64(carried + 1) {
		if x := v.of.at(bin - back); !math.IsNaN(x) {
			return v.gauge.believed(x)
		}
	}
	return math.NaN()
}

// middleNow gives the median of the newest values.
func (v *view) middleNow() float64 {
	var x [middles]float64
	for k := range x {
		x[k] = v.recent(int64(k))
	}
	return median(&x)
}

// middleOf gives the median of the values up to a bin of the past.
func (v *view) middleOf(bin int64) float64 {
	if bin >= v.origin {
		return math.NaN()
	}
	var x [middles]float64
	for k := range x {
		x[k] = v.read(bin - int64(k))
	}
	return median(&x)
}

// median sorts, and gives the median of the values that are known, the lower of
// two; NaN where none is.
func median(x *[middles]float64) float64 {
	slices.Sort(x[:]) // those that are not known come first
	unknown := 0
	for unknown < middles && math.IsNaN(x[unknown]) {
		unknown++
	}
	if unknown == middles {
		return math.NaN()
	}
	return x[unknown+(middles-unknown-1)/2]
}

// ratio gives the logarithm of a size over another, 0 where either is none.
func ratio(size, over float64) float64 {
	if size <= 0 || over <= 0 {
		return 0
	}
	return math.Log(size / over)
}

func within(x, most float64) float64 { return min(max(x, -most), most) }

func flag(on bool) float64 {
	if on {
		return 1
	}
	return 0
}
