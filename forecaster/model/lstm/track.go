package lstm

import (
	"math"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// Series is a load to train on.
type Series struct {
	// Name tells the series in errors.
	Name string
	Grid model.Grid
	// First is the number of the bin of the first value. Values are NaN where a
	// bin is missing; others are finite and not negative.
	First  int64
	Values []float64
}

// stride is how many bins lie between the gauges that a track keeps.
const stride = 64

// track is a series as it is learned from.
type track struct {
	calendar
	steps  int // of the networks that learn from it
	first  int64
	values []float64
	// gauges are those before each bin whose index is a multiple of stride, once
	// measured.
	gauges []gauge
	// trained is the number of bins at the beginning that are learned from; the
	// others are held out.
	trained int
	there   int // bins with a value
}

// newTrack lays a series out, without the gauges, for networks of so many steps.
func newTrack(s Series, heldOut, steps int) *track {
	t := &track{
		calendar: newCalendar(s.Grid.PerDay(), steps), steps: steps,
		first: s.First, values: s.Values, trained: len(s.Values) - heldOut,
	}
	for _, x := range s.Values {
		if !math.IsNaN(x) {
			t.there++
		}
	}
	return t
}

// measure notes the gauges.
func (t *track) measure() {
	g := newGauge(t.steps)
	for i := range t.values {
		if i%stride == 0 {
			t.gauges = append(t.gauges, g.clone())
		}
		g.follow(t.calendar, t, t.first+int64(i))
	}
}

// at gives the value of a bin.
func (t *track) at(bin int64) float64 {
	if i := bin - t.first; i >= 0 && i < int64(len(t.values)) {
		return t.values[i]
	}
	return math.NaN()
}

// walk is a way along a track, bin by bin.
type walk struct {
	track *track
	next  int // the index of the next bin
	gauge gauge
	// since is the index before which nothing is seen: the load is as young.
	since int
}

// walkFrom begins a walk at an index. Where it is also that since when something
// is seen, the gauge has seen nothing either.
func (t *track) walkFrom(at, since int) walk {
	w := walk{track: t, next: at, since: since}
	if at == since {
		w.gauge = newGauge(t.steps)
		return w
	}
	w.next = at / stride * stride
	w.gauge = t.gauges[w.next/stride].clone()
	for w.next < at {
		w.gauge.follow(t.calendar, t, t.first+int64(w.next))
		w.next++
	}
	return w
}

// at gives the value of a bin, as far as it is seen.
func (w *walk) at(bin int64) float64 {
	if bin < w.track.first+int64(w.since) {
		return math.NaN()
	}
	return w.track.at(bin)
}

// step moves on by a bin, and looks.
func (w *walk) step(s *sight) {
	t, bin := w.track, w.track.first+int64(w.next)
	w.gauge.follow(t.calendar, w, bin)
	v := view{calendar: t.calendar, of: w, origin: bin, gauge: &w.gauge}
	v.look(s)
	w.next++
}

// target is what came after an origin, and the peaks up to each step, as the
// network says them; NaN where that is not known.
type target struct{ values, peaks []float64 }

func newTargets(n, steps int) []target {
	out, all := make([]target, n), make([]float64, 2*n*steps)
	for i := range out {
		row := all[2*i*steps:]
		out[i] = target{row[:steps:steps], row[steps : 2*steps : 2*steps]}
	}
	return out
}

// targets writes what comes after the bin of the newest step, but for what lies
// at the index end or later.
func (w *walk) targets(end int, to *target) {
	g := &w.gauge
	o := g.blend.origin(w.track.first + int64(w.next) - 1)
	highest, there := math.Inf(-1), 0
	for h := range to.values {
		to.values[h], to.peaks[h] = math.NaN(), math.NaN()
		at := w.next + h
		if g.samples == 0 || at >= end {
			continue
		}
		if x := min(w.track.values[at], mostLeap*g.top); !math.IsNaN(x) {
			to.values[h] = within(bend(x, o.centers[h], o.scales[h]), mostBend)
			highest = max(highest, x)
			there++
		}
		if peakKnown(there, h+1) {
			to.peaks[h] = within(bend(highest, o.peak(h), o.scales[h]), mostBend)
		}
	}
}

// peakKnown says whether enough of the bins up to a step have values for their
// highest to count: three of four.
func peakKnown(there, step int) bool { return there > 0 && 4*there >= 3*step }
