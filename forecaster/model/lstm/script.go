package lstm

import "math"

// script is what a network reads along a track, and what came after, bin by bin:
// for where it goes over the same bins again and again.
type script struct {
	sights  []sight
	targets []target
}

// write goes along a track from its beginning.
func (t *track) write() *script {
	n := len(t.values)
	s := &script{make([]sight, n), make([]target, n)}
	w := walk{track: t}
	for i := range n {
		w.step(&s.sights[i])
		w.targets(n, &s.targets[i])
	}
	return s
}

// copyTargets copies what came after an index, but for what lies at end or later.
func (s *script) copyTargets(at, end int, to *target) {
	*to = s.targets[at]
	for h := max(0, end-at-1); h < steps; h++ {
		to.values[h], to.peaks[h] = math.NaN(), math.NaN()
	}
}
