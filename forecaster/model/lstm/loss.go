package lstm

import "math"

// pinball adds up the quantile loss (Koenker and Bassett 1978) of the outputs
// for an origin, and writes its gradient times weight: 0 where a target is not
// known.
func pinball(out []float64, t *target, weight float64, grad []float64) float64 {
	sum, steps := 0.0, len(t.values)
	for h := range steps {
		for kind, target := range [2]float64{t.values[h], t.peaks[h]} {
			at := (kind*steps + h) * levelCount
			row, slope := out[at:at+levelCount], grad[at:at+levelCount]
			if math.IsNaN(target) {
				clear(slope)
				continue
			}
			for j, p := range headLevels {
				miss := target - row[j]
				if miss >= 0 {
					sum += p * miss
					slope[j] = -p * weight
					continue
				}
				sum += (p - 1) * miss
				slope[j] = (1 - p) * weight
			}
		}
	}
	return sum
}

// forget leaves no target known.
func (t *target) forget() {
	for h := range t.values {
		t.values[h], t.peaks[h] = math.NaN(), math.NaN()
	}
}

// terms counts what pinball adds up for a target.
func (t *target) terms() int {
	n := 0
	for h := range t.values {
		if !math.IsNaN(t.values[h]) {
			n += levelCount
		}
		if !math.IsNaN(t.peaks[h]) {
			n += levelCount
		}
	}
	return n
}
