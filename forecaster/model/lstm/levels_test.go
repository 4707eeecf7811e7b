package lstm

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestMixtures wants the network's own levels as they are, and of a law whose
// quantiles are those of the logistic distribution those in between too.
func TestMixtures(t *testing.T) {
	var head [levelCount]float64
	logit := func(p float64) float64 { return math.Log(p / (1 - p)) }
	for j, p := range headLevels {
		head[j] = logit(p)
	}
	for _, p := range []float64{0.025, 0.1, 0.2, 0.5, 0.6, 0.8, 0.95, 0.98, 0.99} {
		if got := mixtureAt(p).of(head[:]); math.Abs(got-logit(p)) > 1e-12 {
			t.Errorf("level %v: want %v, got %v", p, logit(p), got)
		}
	}
}

// TestTails wants of an exponential distribution (quantile -ln(1-p)) its own
// upper quantiles, and of its mirror image the lower ones.
func TestTails(t *testing.T) {
	var upper, lower [levelCount]float64
	for j, p := range headLevels {
		upper[j], lower[j] = -math.Log1p(-p), math.Log(p)
	}
	for _, p := range []float64{0.995, 0.999, 1 - 1e-9} {
		if got, want := mixtureAt(p).of(upper[:]), -math.Log1p(-p); math.Abs(got-want) > 1e-6 {
			t.Errorf("level %v: want %v, got %v", p, want, got)
		}
	}
	for _, p := range []float64{0.02, 0.001, 1e-9} {
		if got, want := mixtureAt(p).of(lower[:]), math.Log(p); math.Abs(got-want) > 1e-9 {
			t.Errorf("level %v: want %v, got %v", p, want, got)
		}
	}
}

// TestMixturesRise draws levels and quantiles in order, and wants them in order.
func TestMixturesRise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		out := rapid.SliceOfN(rapid.Float64Range(-20, 20), levelCount, levelCount).Draw(t, "head")
		sortHead(out)
		a := rapid.Float64Range(1e-9, 1-1e-9).Draw(t, "a")
		b := rapid.Float64Range(1e-9, 1-1e-9).Draw(t, "b")
		low, high := mixtureAt(min(a, b)).of(out), mixtureAt(max(a, b)).of(out)
		if low > high+1e-9 {
			t.Errorf("levels %v and %v: %v above %v", min(a, b), max(a, b), low, high)
		}
	})
}
