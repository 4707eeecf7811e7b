package rls

import (
	"fmt"
	"math"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// mostTail is how many bins of the tail move the scale.
const mostTail = 32

// Forecast writes the quantiles after the tail. It reports false only where no
// bin of the window or the tail has a value. Where the newest bins have none,
// it speaks from the newest that has one, that many steps further ahead.
func (m *Model) Forecast(past *model.History, tail []float64, dst *model.Bands) bool {
	if len(dst.Steps) > m.horizon {
		panic(fmt.Sprintf("rls: %d rows, the horizon is %d", len(dst.Steps), m.horizon))
	}
	if m.cold != nil && (!m.ready || len(dst.Steps) > m.steps()) {
		if said := m.cold.Forecast(past, tail, dst); !said || !m.ready {
			return said
		}
	}
	v, missing, ok := m.newest(past, tail)
	if !ok {
		return false
	}
	m.age(&v)
	m.spread(&v, missing)
	for h := range min(len(dst.Steps), m.steps()) {
		m.unroot(dst.Steps[h], m.scratch.bands.Steps[h])
		m.unroot(dst.Peaks[h], m.scratch.bands.Peaks[h])
	}
	dst.Settle()
	return true
}

// unroot writes quantiles as those of loads: they go through a function that
// rises.
func (m *Model) unroot(dst, quantiles []float64) {
	copy(dst, quantiles)
	if !m.root {
		return
	}
	for j, x := range dst {
		x = max(x, 0)
		dst[j] = x * x
	}
}

// spread writes the quantiles of all steps that there are leads for, in order.
// They are all needed even where fewer are asked for: each moves the others.
func (m *Model) spread(v *view, missing int64) {
	bands, habits := m.scratch.bands, newHabits(v, &m.sizes)
	peak, last := math.Inf(-1), int64(m.steps())
	for row := range bands.Steps {
		step := int64(row) + 1 + missing
		point := m.point(v, step)
		peak = max(peak, point)
		i := m.lead[min(step, last)]
		l := &m.leads[i]
		habits.inputs(&m.scratch.means[i], peak, m.unit(), m.scratch.spread)
		scale := m.expect(l, &habits, &m.scratch.means[i])
		copy(bands.Steps[row], l.steps.at(m.levels))
		copy(bands.Peaks[row], l.peaks.at(m.levels))
		m.offsets.steps.Apply(i, bands.Steps[row])
		m.offsets.peaks.Apply(i, bands.Peaks[row])
		for j := range m.levels {
			bands.Steps[row][j] = point + scale*bands.Steps[row][j]
			bands.Peaks[row][j] = peak + scale*bands.Peaks[row][j]
		}
	}
	m.scratch.pooling.Order(bands.Steps, bands.Peaks)
}

// newest gives the view from the newest bin that has a value, and how many
// after it have none.
func (m *Model) newest(past *model.History, tail []float64) (v view, missing int64, ok bool) {
	v = view{calendar: m.calendar, past: past, tail: tail, root: m.root, top: m.top, origin: past.Newest() + int64(len(tail))}
	for ; v.origin >= past.First(); v.origin-- {
		if v.last = v.raw(v.origin); !math.IsNaN(v.last) {
			return v, missing, true
		}
		missing++
	}
	return v, missing, false
}

// age takes a copy of the means of all leads, and the view's top, through the
// bins of the tail up to its origin.
func (m *Model) age(v *view) {
	for i := range m.leads {
		m.scratch.means[i] = m.leads[i].scale.means
	}
	settled := v.past.Newest()
	first := max(settled+1, v.origin-mostTail+1)
	for bin := first; bin <= v.origin; bin++ {
		if x := v.raw(bin); !math.IsNaN(x) {
			v.top = m.raised(v.top, x)
		}
		m.sayYoung(v, bin, first)
		m.judgeYoung(v, bin, first)
	}
}

// sayYoung notes the peaks that are expected from a bin of the tail for the
// leads that end within it.
func (m *Model) sayYoung(v *view, origin, first int64) {
	from := *v
	from.origin, from.last = origin, v.raw(origin)
	peak, step := math.NaN(), int64(1)
	if !math.IsNaN(from.last) {
		peak = math.Inf(-1)
	}
	for i := range m.leads {
		l := &m.leads[i]
		if origin+l.step > v.origin {
			return
		}
		for ; step <= l.step; step++ {
			peak = max(peak, m.point(&from, step))
		}
		m.scratch.peaks[int(origin-first)*len(m.leads)+i] = peak
	}
}

// judgeYoung moves the means by the errors of the peaks that end at a bin of
// the tail.
func (m *Model) judgeYoung(v *view, target, first int64) {
	highest, known, back := math.Inf(-1), 0, int64(0)
	for i := range m.leads {
		l := &m.leads[i]
		for ; back < l.step; back++ {
			if x := v.raw(target - back); !math.IsNaN(x) {
				highest = max(highest, x)
				known++
			}
		}
		origin := target - l.step
		peak := math.NaN()
		switch {
		case origin >= first:
			peak = m.scratch.peaks[int(origin-first)*len(m.leads)+i]
		case origin <= v.past.Newest() && l.ring.at(origin).scale > 0:
			peak = l.ring.at(origin).peak
		}
		if !math.IsNaN(peak) && peakKnown(known, l.step) {
			m.scratch.means[i].add(min(size(highest-peak), v.top), l.scale.errors+int(target-first)+1)
		}
	}
}

// peakKnown says whether enough of the bins up to a step have values for their
// highest to count: three of four.
func peakKnown(known int, step int64) bool { return 4*int64(known) >= 3*step }
