package lstm

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestPinball compares the slopes with differences of the loss, which is linear
// between its corners, and the loss of one quantile with what it must be.
func TestPinball(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	out, grad := make([]float64, outputsOf(steps)), make([]float64, outputsOf(steps))
	for i := range out {
		out[i] = r.NormFloat64()
	}
	to := newTargets(1, steps)[0]
	to.forget()
	if got := pinball(out, &to, 1, grad); got != 0 || to.terms() != 0 {
		t.Fatalf("nothing is known: want no loss, got %v of %d terms", got, to.terms())
	}
	to.values[0] = 2
	want := 0.0
	for j, p := range headLevels { // as in Koenker and Bassett 1978, eq. 3.1
		want += math.Max(p*(2-out[j]), (p-1)*(2-out[j]))
	}
	if got := pinball(out, &to, 1, grad); math.Abs(got-want) > 1e-12 || to.terms() != levelCount {
		t.Fatalf("want %v, got %v of %d terms", want, got, to.terms())
	}
	for h := range steps {
		to.values[h], to.peaks[h] = r.NormFloat64(), r.NormFloat64()
	}
	to.peaks[3] = math.NaN()
	base := pinball(out, &to, 0.5, grad)
	for i := range out {
		const d = 1e-9
		kept := out[i]
		out[i] += d
		scratch := make([]float64, outputsOf(steps))
		if slope := 0.5 * (pinball(out, &to, 0.5, scratch) - base) / d; math.Abs(slope-grad[i]) > 1e-4 {
			t.Errorf("output %d: want slope %v, got %v", i, slope, grad[i])
		}
		out[i] = kept
	}
}

// TestTargets wants of a series what came after, and the peaks up to it where
// three of four bins are known.
func TestTargets(t *testing.T) {
	values := []float64{4, 4, 4, 4, 4, 4, 4, 6, math.NaN(), 5, math.NaN(), 3, 4, 4, 4, 4}
	only := newTrack(seriesOf(t, "s", 3600e9, values), 0, steps)
	only.measure()
	w := only.walkFrom(0, 0)
	seen := newSight(steps)
	for range 7 {
		w.step(&seen)
	}
	o := w.gauge.blend.origin(only.first + 6)
	for h := range steps {
		o.centers[h], o.scales[h] = 4, 1
	}
	to := newTargets(1, steps)[0]
	w.targets(14, &to)
	u := func(x float64) float64 { return math.Asinh(x - 4) }
	nan := math.NaN()
	same := func(name string, got, want []float64) {
		t.Helper()
		for i := range want {
			if math.Abs(got[i]-want[i]) > 1e-12 || math.IsNaN(got[i]) != math.IsNaN(want[i]) {
				t.Errorf("%s: want %v, got %v", name, want, got)
				return
			}
		}
	}
	same("values", to.values[:], []float64{u(6), nan, u(5), nan, u(3), 0, 0, nan, nan, nan, nan, nan})
	same("peaks", to.peaks[:], []float64{u(6), nan, nan, nan, nan, nan, nan, nan, nan, nan, nan, nan})
}
