package combine

import (
	"math"
	"slices"

	"github.com/ml-autoscaling/autoscaler/forecaster/calibrate"
)

const (
	// trackRate is the step of quantile tracking, in units of a side.
	trackRate = 0.02
	// mostError is what an error counts in a mean at most, in means, so that a
	// wild value is not to move the offsets for days.
	mostError = 8
	// leastError is the least mean error that a slope is divided by. It is the
	// smallest normal number: by less the quotient may be infinite, and such a
	// slope times a difference of 0 is no number, for ever.
	leastError = 0x1p-1022
	median     = 0.5
)

// side is what is learned of the quantiles of a step, or of those of a peak.
type side struct {
	levels []float64
	// low, middle and high are the levels next to 0.1, 0.5 and 0.9.
	low, middle, high int
	pool              pool
	// offsets are what the combination is moved by, in units.
	offsets *calibrate.Tracker
	// center and all are the mean errors of the combination, in load: of the
	// level next to the median, and over all levels.
	center, all mean
	scaled      []float64 // scratch
}

func newSide(levels []float64, parts int) side {
	return side{
		levels: levels,
		low:    nearest(levels, 0.1), middle: nearest(levels, median), high: nearest(levels, 0.9),
		pool:    newPool(parts, levels),
		offsets: calibrate.NewTracker(levels, 1),
		scaled:  make([]float64, len(levels)),
	}
}

func nearest(levels []float64, level float64) int {
	best := 0
	for j, p := range levels {
		if math.Abs(p-level) < math.Abs(levels[best]-level) {
			best = j
		}
	}
	return best
}

// judge holds what was issued against the value that came. The quantiles are
// those of the combination, then those of each part. The window is how many
// errors a mean is over.
func (s *side) judge(was *issued, quantiles []float32, value, window float64) {
	combined, all := quantiles[:len(s.levels)], 0.0
	value = bounded(value-was.anchor, mostLoad)
	for _, q := range combined {
		all += math.Abs(value - float64(q))
	}
	s.all.add(all/float64(len(combined)), window)
	s.center.add(math.Abs(value-float64(combined[s.middle])), window)
	if s.all.value >= leastError {
		for j, p := range s.levels {
			s.pool.learn(j, was.parts, quantiles, slope(p, float64(combined[j]), value)/s.all.value)
		}
	}
	s.track(combined, value)
}

// slope gives the derivative of the pinball loss in the quantile.
func slope(p, quantile, value float64) float64 {
	switch {
	case value > quantile:
		return -p
	case value < quantile:
		return 1 - p
	}
	return 0
}

// track moves the offsets by the value that came.
func (s *side) track(combined []float32, value float64) {
	unit := s.unit(float64(combined[s.high])-float64(combined[s.low]), s.center.value)
	if unit <= 0 {
		return
	}
	for j, q := range combined {
		s.scaled[j] = float64(q) / unit
	}
	s.offsets.Judge(0, s.scaled, value/unit, trackRate)
}

// unit is what offsets are counted in: half how far the quantiles lie apart, so
// that quiet hours are moved less than wild ones, and half the mean error, so that
// they are moved where that is too little.
func (s *side) unit(width, center float64) float64 { return (width + center) / 2 }

// settle moves the quantiles of a row by the offsets of the sides that it lies
// between, and sorts them, which takes no loss to repair a crossing
// (Chernozhukov, Fernández-Val and Galichon 2010).
func (s *side) settle(row []float64, next *side, share float64) {
	unit := s.unit(row[s.high]-row[s.low], between(s.center.value, next.center.value, share))
	for j, p := range s.levels {
		if p != median {
			row[j] += unit * between(s.offsets.Offset(0, j), next.offsets.Offset(0, j), share)
		}
		row[j] = max(0, row[j])
	}
	slices.Sort(row)
}

// between interpolates.
func between(low, high, share float64) float64 { return (1-share)*low + share*high }

// mean is an exponential mean of sizes of errors.
type mean struct{ value, count float64 }

func (m *mean) add(size, window float64) {
	if m.value > 0 {
		size = min(size, mostError*m.value)
	}
	m.count = min(m.count+1, window)
	m.value += (size - m.value) / m.count
}

func bounded(x, most float64) float64 { return min(max(x, -most), most) }
