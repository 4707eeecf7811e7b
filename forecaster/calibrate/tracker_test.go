package calibrate

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestGuarantee holds the coverage to the bound of the package comment, for
// values that are drawn as an adversary may, quantiles that jump, and any rate.
func TestGuarantee(t *testing.T) {
	levels := []float64{0.05, 0.5, 0.9, 0.99}
	rapid.Check(t, func(t *rapid.T) {
		tracker := NewTracker(levels, 1)
		rate := rapid.Float64Range(0.001, 2).Draw(t, "rate")
		b := rapid.Float64Range(0.1, 5).Draw(t, "b")
		values := rapid.SliceOfN(rapid.Float64Range(-b/2, b/2), 20, 400).Draw(t, "values")
		quantile := rapid.Float64Range(-b/2, b/2)
		covered := make([]float64, len(levels))
		for _, v := range values {
			q := slices.Repeat([]float64{quantile.Draw(t, "quantile")}, len(levels))
			for j := range levels {
				if v <= q[j]+tracker.Offset(0, j) {
					covered[j]++
				}
			}
			tracker.Judge(0, q, v, rate)
		}
		n := float64(len(values))
		for j, p := range levels {
			if got := math.Abs(covered[j]/n - p); got > (b+rate)/(rate*n)+1e-9 {
				t.Fatalf("level %v: coverage off by %v after %v, want at most %v", p, got, n, (b+rate)/(rate*n))
			}
		}
	})
}

// TestFindsQuantiles tracks from nothing: normal values with quantiles of zero.
// The expected offsets are the standard normal quantiles (NIST handbook 1.3.6.7.1).
func TestFindsQuantiles(t *testing.T) {
	levels := []float64{0.1, 0.5, 0.9, 0.975}
	tracker := NewTracker(levels, 2)
	r := rand.New(rand.NewPCG(1, 2))
	zeros := make([]float64, len(levels))
	for range 200000 {
		tracker.Judge(1, zeros, r.NormFloat64(), 0.002)
	}
	for j, want := range []float64{-1.282, 0, 1.282, 1.960} {
		if got := tracker.Offset(1, j); math.Abs(got-want) > 0.1 {
			t.Errorf("level %v: want about %v, got %v", levels[j], want, got)
		}
		if tracker.Offset(0, j) != 0 {
			t.Errorf("level %v: the row that was not judged moved", levels[j])
		}
	}
}

func TestJudgeMoves(t *testing.T) {
	tracker := NewTracker([]float64{0.9}, 1)
	tracker.Judge(0, []float64{10}, 11, 0.5) // above: 0.5 × 0.9 up
	tracker.Judge(0, []float64{10}, 10.45, 0.5)
	if got, want := tracker.Offset(0, 0), 0.45-0.05; math.Abs(got-want) > 1e-12 { // at it: 0.5 × 0.1 down
		t.Errorf("want %v, got %v", want, got)
	}
}

func TestApplySorts(t *testing.T) {
	tracker := NewTracker([]float64{0.25, 0.75}, 1)
	for range 2 {
		tracker.Judge(0, []float64{0, 100}, 50, 4) // 4 × 0.25 up, 4 × 0.25 down
	}
	q := []float64{5, 6}
	tracker.Apply(0, q) // 7 and 4
	if !slices.Equal(q, []float64{4, 7}) {
		t.Errorf("want 4 and 7, got %v", q)
	}
}

func TestContinuesAfterStorage(t *testing.T) {
	levels := []float64{0.1, 0.9}
	r := rand.New(rand.NewPCG(3, 4))
	a, b := NewTracker(levels, 3), NewTracker(levels, 3)
	for i := range 300 {
		q, v := []float64{r.Float64(), 1 + r.Float64()}, 3*r.Float64()
		a.Judge(i%3, q, v, 0.01)
		b.Judge(i%3, q, v, 0.01)
		if i%50 == 0 {
			data := b.AppendBinary(nil)
			if len(data) != b.Size() {
				t.Fatalf("want %d bytes, got %d", b.Size(), len(data))
			}
			b = NewTracker(levels, 3)
			if err := b.UnmarshalBinary(data); err != nil {
				t.Fatal(err)
			}
		}
		if !slices.Equal(a.offsets, b.offsets) {
			t.Fatalf("turn %d: %v and %v", i, a.offsets, b.offsets)
		}
	}
}

func TestUnmarshalRefuses(t *testing.T) {
	data := NewTracker([]float64{0.5}, 2).AppendBinary(nil)
	for name, bad := range map[string][]byte{"nothing": nil, "cut off": data[:15], "too much": append(data, 0)} {
		if err := NewTracker([]float64{0.5}, 2).UnmarshalBinary(bad); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
}

func TestJudgeDoesNotAllocate(t *testing.T) {
	tracker := NewTracker([]float64{0.1, 0.5, 0.9}, 4)
	q := []float64{1, 2, 3}
	if n := testing.AllocsPerRun(100, func() { tracker.Judge(2, q, 2.5, 0.01); tracker.Apply(2, q) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
