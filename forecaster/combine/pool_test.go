package combine

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestWeightsAreADistribution under any losses and any parts asleep.
func TestWeightsAreADistribution(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		levels := []float64{0.5, 0.998}
		parts := rapid.IntRange(1, 6).Draw(t, "parts")
		p := newPool(parts, levels)
		awake := one(0)
		for range rapid.IntRange(1, 40).Draw(t, "bins") {
			if k := rapid.IntRange(0, parts-1).Draw(t, "part"); !awake.has(k) {
				p.wake(k, awake)
				awake |= one(k)
			} else if awake.len() > 1 {
				awake &^= one(k)
			}
			said := make([]float32, (parts+1)*len(levels))
			for i := range said {
				said[i] = rapid.Float32Range(-1e6, 1e6).Draw(t, "said")
			}
			for j := range levels {
				p.learn(j, awake, said, rapid.Float64Range(-1, 1).Draw(t, "slope"))
			}
			p.weigh(awake, share)
			for j := range levels {
				sum := 0.0
				for k, w := range p.at(j) {
					if sum += w; awake.has(k) != (w >= 0.999*share/float64(parts)) {
						t.Fatalf("part %d weighs %v", k, w)
					}
				}
				if math.Abs(sum-1) > 1e-9 {
					t.Fatalf("level %d: the weights sum to %v", j, sum)
				}
			}
		}
	})
}

// TestOuterLevelsRemember as many values beyond the quantile, where the inner ones
// remember as many bins.
func TestOuterLevelsRemember(t *testing.T) {
	p := newPool(2, []float64{0.002, 0.05, 0.5, 0.95, 0.998})
	said := make([]float32, 3*5)
	for j := range 5 {
		said[2*5+j] = 1 // the second part; the combination and the first say 0
	}
	for j := range 5 {
		p.learn(j, one(0)|one(1), said, 1)
	}
	charged := p.row(2)[1].regret
	half := func(level, bins int) float64 {
		for range bins {
			p.learn(level, one(0)|one(1), said, 0)
		}
		return float64(p.row(level)[1].regret / charged)
	}
	for level, bins := range map[int]int{0: 3466, 1: 138, 2: 138, 3: 138, 4: 3466} {
		if got := half(level, bins); math.Abs(got-0.5) > 0.01 {
			t.Errorf("level %d: after %d bins want half of the regret, got %v", level, bins, got)
		}
	}
}
