package combine

import "math"

// mostLoad is the largest size of a number that is kept: what is beyond would be
// infinite in single precision.
const mostLoad = 1e38

// issued is what was said from one origin of one step and its peak.
type issued struct {
	// parts are those that spoke; none where nothing was said.
	parts set
	// anchor is the load at the origin. Quantiles are counted from it, so that
	// single precision is enough of them.
	anchor float64
	// steps and peaks hold the quantiles of the combination, without offsets, then
	// those of each part.
	steps, peaks []float32
}

// ring has what was issued of a step from each of the last so many origins.
type ring []issued

func newRing(step, cells int) ring {
	r, all := make(ring, step), make([]float32, 2*step*cells)
	for i := range r {
		r[i].steps, all = all[:cells:cells], all[cells:]
		r[i].peaks, all = all[:cells:cells], all[cells:]
	}
	return r
}

func (r ring) at(origin int64) *issued { return &r[origin%int64(len(r))] }

// begin clears what was issued from an earlier origin.
func (i *issued) begin(anchor float64) {
	if math.IsNaN(anchor) {
		anchor = 0
	}
	i.parts, i.anchor = 0, anchor
	clear(i.steps)
	clear(i.peaks)
}

// say notes the quantiles of a part.
func (i *issued) say(part int, steps, peaks []float64) {
	i.parts |= one(part)
	first := (part + 1) * len(steps)
	for j := range steps {
		i.steps[first+j] = float32(bounded(steps[j]-i.anchor, mostLoad))
		i.peaks[first+j] = float32(bounded(peaks[j]-i.anchor, mostLoad))
	}
}

// combine writes the combination of what was said, by the weights of a lead.
func (i *issued) combine(l *lead) {
	mix(i.steps, i.parts, &l.steps.pool)
	mix(i.peaks, i.parts, &l.peaks.pool)
}

func mix(quantiles []float32, spoke set, p *pool) {
	if spoke == 0 {
		return
	}
	for j := range p.levels {
		sum, mass := 0.0, 0.0
		for k, w := range p.at(j) {
			if spoke.has(k) {
				sum += w * float64(quantiles[(k+1)*p.levels+j])
				mass += w
			}
		}
		quantiles[j] = float32(sum / mass)
	}
}
