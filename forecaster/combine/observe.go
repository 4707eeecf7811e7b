package combine

import (
	"math"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// Observe judges what was said of the newest bin, lets the parts observe it, and
// issues what is to be judged later.
func (m *Model) Observe(past *model.History) {
	m.judge(past)
	for _, p := range m.parts {
		p.Model.Observe(past)
	}
	if m.Alarmed() {
		m.raised = past.Newest() + int64(m.config.Grid.PerDay())
	}
	m.weigh(past)
	m.issue(past)
}

// judge holds what was issued for the newest bin, and for the peaks that end at
// it, against what came.
func (m *Model) judge(past *model.History) {
	target, value := past.Newest(), past.Folded(past.Newest())
	highest, known, back := math.Inf(-1), 0, 0
	for i := range m.leads {
		l := &m.leads[i]
		for ; back < l.step; back++ {
			if x := past.Folded(target - int64(back)); !math.IsNaN(x) {
				highest = max(highest, x)
				known++
			}
		}
		was := l.ring.at(target)
		if was.parts == 0 {
			continue
		}
		if !math.IsNaN(value) {
			l.steps.judge(was, was.steps, value, m.window)
		}
		if 4*known >= 3*l.step {
			l.peaks.judge(was, was.peaks, highest, m.window)
		}
	}
}

// weigh wakes the parts that have come to have something to say, and sets all
// weights.
func (m *Model) weigh(past *model.History) {
	share := share
	if past.Newest() <= m.raised {
		share = raisedShare
	}
	for i := range m.leads {
		l := &m.leads[i]
		for k := range m.parts {
			l.rouse(k, m.reach(k, past))
		}
		l.weigh(share)
	}
}

// issue keeps what every part says of the leads from the newest bin.
func (m *Model) issue(past *model.History) {
	origin := past.Newest()
	for i := range m.leads {
		m.leads[i].ring.at(origin).begin(past.Folded(origin))
	}
	for k, p := range m.parts {
		said := m.scratch.first(len(m.places))
		if !m.leads[0].awake.has(k) || !p.Model.Forecast(past, nil, said) {
			continue
		}
		for i := range m.leads {
			if l := &m.leads[i]; l.awake.has(k) {
				l.ring.at(origin).say(k, said.Steps[l.step-1], said.Peaks[l.step-1])
			}
		}
	}
	for i := range m.leads {
		m.leads[i].ring.at(origin).combine(&m.leads[i])
	}
}
