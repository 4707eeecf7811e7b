package rls

import (
	"github.com/ml-autoscaling/autoscaler/forecaster/calibrate"
)

// lead is all that is learned of one step.
type lead struct {
	step  int64
	mean  filter
	scale scale
	// steps and peaks are the laws of the standardised errors of the step, and
	// of the peak up to it.
	steps, peaks law
	ring         ring
}

func newLead(step, memory, levels int) lead {
	return lead{
		step:  int64(step),
		mean:  newFilter(meanInputs),
		scale: newScale(),
		steps: newLaw(memory, levels),
		peaks: newLaw(memory, levels),
		ring:  make(ring, step),
	}
}

// offsets are what the quantiles of the laws are moved by, a row a lead.
type offsets struct{ steps, peaks *calibrate.Tracker }

func newOffsets(levels []float64, leads int) offsets {
	return offsets{calibrate.NewTracker(levels, leads), calibrate.NewTracker(levels, leads)}
}

// say gives what is to be remembered of an origin.
func (l *lead) say(m *Model, h *habits, point, peak, unit float64) said {
	if l.mean.updates < m.trained {
		return said{}
	}
	x := m.scratch.spread
	h.inputs(&l.scale.means, peak, unit, x)
	s := said{point: point, peak: peak, scale: m.expect(l, h, &l.scale.means)}
	if l.scale.errors >= leastErrors {
		for i := range x {
			s.inputs[i] = float32(x[i] / s.scale)
		}
	}
	return s
}

// expect gives the size of error to expect of a lead at means, for inputs of
// the view of the habits.
func (m *Model) expect(l *lead, h *habits, at *means) float64 {
	return min(l.scale.expect(m.scratch.spread, at, m.unit(), m.trained), mostPoint*h.view.top)
}
