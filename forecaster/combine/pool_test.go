package combine

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestWeightsAreADistribution under any losses and any parts asleep.
func TestWeightsAreADistribution(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const levels = 2
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
			said := make([]float32, (parts+1)*levels)
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
