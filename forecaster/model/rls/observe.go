package rls

import (
	"math"
	"slices"

	"github.com/ml-autoscaling/autoscaler/forecaster/calibrate"
	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// Observe judges what was said of the newest bin, learns from it, and says what
// is to be judged later. It does not allocate once the model is ready.
func (m *Model) Observe(past *model.History) {
	if m.cold != nil {
		m.cold.Observe(past)
	}
	target := past.Newest()
	if value := m.value(past, target); !math.IsNaN(value) {
		m.gauge(past, value)
	}
	m.judge(past, target)
	m.learn(past, target)
	m.say(past, target)
	if !m.ready && m.enough(past) {
		m.ready = true
		m.settle()
	}
}

// value gives what settled of a bin, as the model reads it.
func (m *Model) value(past *model.History, bin int64) float64 {
	if m.root {
		return math.Sqrt(past.Folded(bin))
	}
	return past.Folded(bin)
}

// gauge takes a value into the level and the top. Nothing reads them before a
// day of values is there.
func (m *Model) gauge(past *model.History, value float64) {
	switch samples := int64(past.Samples()); {
	case samples < m.day:
		return
	case samples == m.day:
		m.begin(past)
		return
	}
	m.top = m.raised(m.top, value)
	m.level += (min(value, m.top) - m.level) / min(m.window(), float64(past.Samples()))
}

// begin takes in the first day of values, of which none counts as more than
// mostLeap times the largest below it.
func (m *Model) begin(past *model.History) {
	var values []float64
	for bin := past.First(); bin <= past.Newest(); bin++ {
		if x := m.value(past, bin); !math.IsNaN(x) {
			values = append(values, x)
		}
	}
	most := 0.0
	for _, x := range slices.Sorted(slices.Values(values)) {
		if most > 0 {
			x = min(x, mostLeap*most)
		}
		most = max(most, x)
	}
	for i, x := range values {
		x = min(x, most)
		m.top = m.raised(max(m.top, x), x)
		m.level += (x - m.level) / min(m.window(), float64(i+1))
	}
}

// raised gives what a value makes of the top.
func (m *Model) raised(top, value float64) float64 {
	if top > 0 {
		value = min(value, mostLeap*top)
	}
	return max(value, top*math.Exp2(-1/(lawDays*m.window())))
}

// window is a day in bins, and enough of them for a mean.
func (m *Model) window() float64 { return float64(max(m.day, leastTrained)) }

func (m *Model) enough(past *model.History) bool {
	if int64(past.Samples()) < warmDays*m.day {
		return false
	}
	for i := range m.leads {
		if m.leads[i].steps.Errors() < lawReady || m.leads[i].peaks.Errors() < lawReady {
			return false
		}
	}
	return true
}

// judge takes the errors at a target of what was said before.
func (m *Model) judge(past *model.History, target int64) {
	value := m.value(past, target)
	highest, known, back := math.Inf(-1), 0, int64(0)
	for i := range m.leads {
		l := &m.leads[i]
		for ; back < l.step; back++ {
			if x := m.value(past, target-back); !math.IsNaN(x) {
				highest = max(highest, x)
				known++
			}
		}
		was := l.ring.at(target)
		off := math.NaN()
		if was.scale > 0 && peakKnown(known, l.step) {
			off = min(size(highest-was.peak), m.top)
		}
		if i == m.sized && target >= l.step {
			m.sizes.add(target-l.step, off)
		}
		if was.scale == 0 {
			continue
		}
		if !math.IsNaN(value) {
			m.enter(i, target, (value-was.point)/was.scale, &l.steps, m.offsets.steps)
		}
		if !math.IsNaN(off) {
			m.enter(i, target, (highest-was.peak)/was.scale, &l.peaks, m.offsets.peaks)
			l.scale.learn(was, off, m.unit())
		}
	}
}

// enter judges the quantiles of a law by a standardised error, then adds it.
func (m *Model) enter(lead int, target int64, z float64, l *law, t *calibrate.Tracker) {
	if m.leads[lead].scale.errors < m.trained {
		return
	}
	if l.Errors() >= lawReady {
		t.Judge(lead, l.at(m.levels), z, trackRate)
	}
	if target%m.stride == 0 {
		l.Add(z)
	}
}

// learn updates the filter of each lead whose origin and target have values,
// from when seasons of a day lie behind the origin.
func (m *Model) learn(past *model.History, target int64) {
	value := m.value(past, target)
	if math.IsNaN(value) {
		return
	}
	unit := m.unit()
	for i := range m.leads {
		l := &m.leads[i]
		origin := target - l.step
		last := m.value(past, origin)
		if math.IsNaN(last) || int64(past.Samples()) <= m.day+l.step {
			continue
		}
		v := view{calendar: m.calendar, past: past, folded: true, root: m.root, origin: origin, last: last, top: m.top}
		x := m.scratch.inputs
		v.inputs(l.step, unit, x)
		l.mean.update(x, min(value, m.top)/unit)
	}
}

// say notes what is expected after an origin, to be judged later.
func (m *Model) say(past *model.History, origin int64) {
	last := m.value(past, origin)
	if math.IsNaN(last) {
		for i := range m.leads {
			m.leads[i].ring.at(origin).scale = 0
		}
		return
	}
	v := view{calendar: m.calendar, past: past, folded: true, root: m.root, origin: origin, last: last, top: m.top}
	h := newHabits(&v, &m.sizes)
	unit := m.unit()
	peak, step := math.Inf(-1), int64(1)
	for i := range m.leads {
		l := &m.leads[i]
		var point float64
		for ; step <= l.step; step++ {
			point = m.point(&v, step)
			peak = max(peak, point)
		}
		*l.ring.at(origin) = l.say(m, &h, point, peak, unit)
	}
}

// point gives the load that is expected a step ahead of the origin of a view.
func (m *Model) point(v *view, step int64) float64 {
	l := m.leadOf(step)
	if l.mean.updates < m.trained {
		return v.last
	}
	x := m.scratch.inputs
	v.inputs(step, m.unit(), x)
	point := l.mean.predict(x) * m.unit()
	if math.IsNaN(point) {
		return v.last
	}
	return min(max(point, 0), mostPoint*v.top)
}
