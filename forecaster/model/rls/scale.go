package rls

const (
	speeds      = 5
	scaleInputs = 1 + speeds + 4 + 3
	// below is what an error below the point counts of one above it.
	below = 0.7
	// leastErrors is the fewest errors from which the means are inputs.
	leastErrors = 10
	// leastSlow and leastFast are the least scale as shares of the slowest and
	// of the second fastest mean, leastUnit in units.
	leastSlow, leastFast, leastUnit = 0.2, 0.1, 1e-6
)

// means are exponential means of the size of errors.
type means [speeds]float64

const slowest = speeds - 1

func (m *means) add(size float64, errors int) {
	for k, window := range [speeds]float64{3, 8, 24, 96, 400} {
		m[k] += (size - m[k]) / min(window, float64(errors))
	}
}

// size gives what an error counts as.
func size(err float64) float64 {
	if err < 0 {
		return -err * below
	}
	return err
}

// scale expects the size of the error of a peak.
type scale struct {
	means  means
	errors int
	filter filter
}

func newScale() scale { return scale{filter: newFilter(scaleInputs)} }

// expect gives the size for inputs, which are in load, at means that may be
// newer than its own.
func (s *scale) expect(x []float64, m *means, unit float64, trained int) float64 {
	least := s.least(m, unit)
	if s.filter.updates < trained {
		return max(least, m[slowest])
	}
	if size := s.filter.predict(x); size > least {
		return size
	}
	return least
}

// least gives the smallest size that is expected at means.
func (s *scale) least(m *means, unit float64) float64 {
	return max(leastSlow*m[slowest], leastFast*m[1], leastUnit*unit)
}

// learn takes in the size of the error of what was said. Sizes vary as their
// scale, so both sides are divided by it; the slow mean makes up for it, so
// that the prior keeps its meaning.
func (s *scale) learn(was *said, size, unit float64) {
	s.errors++
	s.means.add(size, s.errors)
	if was.inputs[0] == 0 {
		return
	}
	weight := s.means[slowest]/unit + leastUnit
	var x [scaleInputs]float64
	for i, r := range was.inputs {
		x[i] = float64(r) * was.scale
	}
	now := max(s.filter.predict(x[:]), s.least(&s.means, unit))
	for i := range x {
		x[i] *= weight / now
	}
	s.filter.update(x[:], size*weight/now)
}
