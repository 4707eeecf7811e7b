package rls

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// TestFilterAgainstBatch compares the filter with the solution of the normal
// equations of the sum in its comment.
func TestFilterAgainstBatch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, n := rapid.IntRange(1, 5).Draw(t, "inputs"), rapid.IntRange(1, 60).Draw(t, "observations")
		number := rapid.Float64Range(-3, 3)
		f := newFilter(d)
		system := make([][]float64, d) // the matrix, and the right side as last column
		for r := range system {
			system[r] = make([]float64, d+1)
			system[r][r] = math.Pow(forgetting, float64(n)) / prior
		}
		for i := range n {
			x := rapid.SliceOfN(number, d, d).Draw(t, "x")
			x[i%d] += 4 // away from zero, so that the trace stays below its bound
			y := number.Draw(t, "y")
			f.update(x, y)
			weight := math.Pow(forgetting, float64(n-1-i))
			for r := range d {
				for c := range d {
					system[r][c] += weight * x[r] * x[c]
				}
				system[r][d] += weight * x[r] * y
			}
		}
		for i, want := range solved(system) {
			if got := f.weights[i]; math.Abs(got-want) > 1e-6*(1+math.Abs(want)) {
				t.Fatalf("weight %d of %d after %d: want %v, got %v", i, d, n, want, got)
			}
		}
	})
}

// solved gives the solution of a positive definite system by elimination
// without pivots.
func solved(system [][]float64) []float64 {
	d := len(system)
	for k := range d {
		for r := range d {
			if r == k {
				continue
			}
			share := system[r][k] / system[k][k]
			for c := k; c <= d; c++ {
				system[r][c] -= share * system[k][c]
			}
		}
	}
	out := make([]float64, d)
	for r := range out {
		out[r] = system[r][d] / system[r][r]
	}
	return out
}

// TestFilterForgets sees one target that is off by one in the first of two
// filters: what is left of it must fade as forgetting says.
func TestFilterForgets(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	a, b := newFilter(3), newFilter(3)
	gap := func() float64 {
		sum := 0.0
		for i := range a.weights {
			sum += math.Abs(a.weights[i] - b.weights[i])
		}
		return sum
	}
	observe := func(off float64) {
		x := []float64{1, r.NormFloat64(), r.NormFloat64()}
		y := 2 + x[1] + r.NormFloat64()
		a.update(x, y+off)
		b.update(x, y)
	}
	for range 20000 {
		observe(0)
	}
	observe(1)
	first := gap()
	const later = 10000
	for range later {
		observe(0)
	}
	// The information is steady, so only the weight of the target falls:
	// forgetting^10000 = 0.0067; a quarter more for the information's own noise.
	if got, most := gap(), 1.25*first*math.Pow(forgetting, later); first == 0 || got > most {
		t.Errorf("%v became %v, want at most %v", first, got, most)
	}
}

// TestFilterBoundsItsTrace gives inputs that do not vary, for very long.
func TestFilterBoundsItsTrace(t *testing.T) {
	f := newFilter(3)
	for range 100000 {
		f.update([]float64{1, 0, 0}, 5)
	}
	trace := f.cov[0] + f.cov[2] + f.cov[5]
	if trace > 3*prior*(1+1e-9) || math.Abs(f.weights[0]-5) > 1e-4 || f.weights[1] != 0 {
		t.Errorf("trace %v, weights %v", trace, f.weights)
	}
}

func TestFilterSurvivesTheInfinite(t *testing.T) {
	f := newFilter(2)
	f.update([]float64{1, 2}, 3)
	for _, x := range [][]float64{{math.Inf(1), 1}, {math.NaN(), 1}, {1e200, 1e200}, {1e300, -1e300}} {
		f.update(x, 1)
		f.update([]float64{1, 2}, math.NaN())
	}
	for range 50 {
		f.update([]float64{1, 2}, 3)
		f.update([]float64{2, 1}, 3)
	}
	if got := f.predict([]float64{1, 1}); math.Abs(got-2) > 0.01 {
		t.Errorf("want 2, got %v", got)
	}
}

func TestFilterDoesNotAllocate(t *testing.T) {
	f := newFilter(meanInputs)
	x := make([]float64, meanInputs)
	if n := testing.AllocsPerRun(100, func() { f.update(x, 1) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
