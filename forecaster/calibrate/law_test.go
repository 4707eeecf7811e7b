package calibrate

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// TestLawOfNormals reads quantiles that are known (NIST handbook 1.3.6.7.1),
// within the width of a bin and what 4,000 draws allow.
func TestLawOfNormals(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	l := NewLaw(4000)
	for range 20000 {
		l.Add(r.NormFloat64())
	}
	levels := []float64{0.025, 0.1, 0.5, 0.9, 0.975, 0.99}
	got := make([]float64, len(levels))
	l.Quantiles(levels, got)
	for j, want := range []float64{-1.960, -1.282, 0, 1.282, 1.960, 2.326} {
		if math.Abs(got[j]-want) > 0.12 {
			t.Errorf("level %v: want about %v, got %v", levels[j], want, got[j])
		}
	}
}

// TestLawTail reads beyond the errors: those of an exponential law have its
// mean excess at every height, so that its quantile is -ln(1 - p) / 2 where the
// mean is a half.
func TestLawTail(t *testing.T) {
	l, mirrored := NewLaw(1e9), NewLaw(1e9)
	for k := range 10000 {
		z := -math.Log((float64(k)+0.5)/10000) / 2
		l.Add(z)
		mirrored.Add(-z)
	}
	up, down := make([]float64, 2), make([]float64, 2)
	l.Quantiles([]float64{0.999, 0.9999}, up)
	mirrored.Quantiles([]float64{0.0001, 0.001}, down)
	for j, want := range []float64{3.454, 4.605} {
		if math.Abs(up[j]-want) > 0.1 || math.Abs(down[1-j]+want) > 0.1 {
			t.Errorf("want about %v, got %v and %v", want, up[j], down[1-j])
		}
	}
}

func TestLawForgets(t *testing.T) {
	l := NewLaw(100)
	for range 1000 {
		l.Add(20)
	}
	for range 1000 { // what was before weighs exp(-10)
		l.Add(0)
	}
	got := make([]float64, 1)
	l.Quantiles([]float64{0.9}, got)
	if math.Abs(got[0]) > 0.05 {
		t.Errorf("want about 0, got %v", got[0])
	}
	for range 100000 {
		l.Add(1)
	}
	if l.unit > lawMost || l.unit < 1 {
		t.Errorf("unit %v", l.unit)
	}
}

func TestLawRises(t *testing.T) {
	levels := []float64{1e-9, 0.001, 0.005, 0.01, 0.1, 0.4, 0.5, 0.6, 0.9, 0.99, 0.995, 0.999, 1 - 1e-9}
	rapid.Check(t, func(t *rapid.T) {
		l := NewLaw(rapid.IntRange(20, 5000).Draw(t, "memory"))
		for _, z := range rapid.SliceOfN(rapid.Float64Range(-1e3, 1e3), 0, 300).Draw(t, "errors") {
			l.Add(z)
		}
		got := make([]float64, len(levels))
		l.Quantiles(levels, got)
		for j, x := range got {
			if math.IsNaN(x) || math.IsInf(x, 0) || j > 0 && x < got[j-1]-1e-9*math.Abs(x) {
				t.Fatalf("level %v: %v", levels[j], got)
			}
		}
	})
}

func TestLawTakesTheInfinite(t *testing.T) {
	l := NewLaw(100)
	for _, z := range []float64{math.Inf(1), math.Inf(-1), 1e300, -1e300} {
		l.Add(z)
	}
	if l.bins[0] < 2 || l.bins[lawBins-1] < 2 {
		t.Errorf("want two at either end, got %v", l.bins)
	}
}

func TestLawContinuesAfterStorage(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	a, b := NewLaw(50), NewLaw(50)
	for range 1000 {
		z := r.NormFloat64()
		a.Add(z)
		b.Add(z)
		data := b.AppendBinary([]byte{1})[1:]
		if len(data) != b.Size() {
			t.Fatalf("want %d bytes, got %d", b.Size(), len(data))
		}
		b = NewLaw(50)
		if err := b.UnmarshalBinary(data); err != nil {
			t.Fatal(err)
		}
		if a != b {
			t.Fatal("the law that was stored differs")
		}
	}
	for name, bad := range map[string][]byte{"nothing": nil, "cut off": make([]byte, a.Size()-1), "too much": make([]byte, a.Size()+1)} {
		if err := b.UnmarshalBinary(bad); err == nil || a != b {
			t.Errorf("%s: want an error and no change, got %v", name, err)
		}
	}
}
