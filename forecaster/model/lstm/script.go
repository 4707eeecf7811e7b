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
	s := &script{make([]sight, n), newTargets(n, t.steps)}
	w := walk{track: t, gauge: newGauge(t.steps)}
	for i := range n {
		s.sights[i] = newSight(t.steps)
		w.step(&s.sights[i])
		w.targets(n, &s.targets[i])
	}
	return s
}

// copyTargets copies what came after an index, but for what lies at end or later.
func (s *script) copyTargets(at, end int, to *target) {
	copy(to.values, s.targets[at].values)
	copy(to.peaks, s.targets[at].peaks)
	for h := max(0, end-at-1); h < len(to.values); h++ {
		to.values[h], to.peaks[h] = math.NaN(), math.NaN()
	}
}
