package stationarity

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// TestKPSSAgainstSums compares with the sums of the paper as they stand there.
func TestKPSSAgainstSums(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y := rapid.SliceOfN(rapid.Float64Range(-100, 100), 2, 40).Draw(t, "values")
		y[0] = 101
		lags := rapid.IntRange(0, len(y)-1).Draw(t, "lags")
		n, mean := float64(len(y)), 0.0
		for _, v := range y {
			mean += v / n
		}
		above, below := 0.0, 0.0
		for i := range y {
			partial := 0.0
			for _, v := range y[:i+1] {
				partial += v - mean
			}
			above += partial * partial / (n * n)
			for j := range y {
				if far := math.Abs(float64(i - j)); far <= float64(lags) {
					below += (1 - far/float64(lags+1)) * (y[i] - mean) * (y[j] - mean) / n
				}
			}
		}
		// The variance in the long run may cancel to next to nothing.
		if got := KPSS(y, lags); !(math.Abs(got*below-above) <= 1e-9*max(above, got)) {
			t.Fatalf("want %v / %v, got %v", above, below, got)
		}
	})
}

// TestInvariant: neither the unit nor the level of a series matters, nor values
// that are not there to the test.
func TestInvariant(t *testing.T) {
	for name, a := range golden(t) {
		if name == "near_constant" {
			continue
		}
		moved := []float64{math.NaN()}
		for _, v := range a.values {
			moved = append(moved, 16*v-64)
		}
		wantD, wantSeasonal := Choose(a.values, a.m)
		if d, seasonal := Choose(moved, a.m); d != wantD || seasonal != wantSeasonal {
			t.Errorf("%s: want %d and %d, moved %d and %d", name, wantD, wantSeasonal, d, seasonal)
		}
		gappy := []float64{}
		for _, v := range a.values {
			gappy = append(gappy, v, math.Inf(1), math.NaN())
		}
		near(t, name, KPSS(gappy, 3), KPSS(a.values, 3))
		if got, want := Differences(gappy, 2), Differences(a.values, 2); got != want {
			t.Errorf("%s: want %d, with gaps %d", name, want, got)
		}
	}
}

// TestAnySeries holds that whatever comes has an answer in range.
func TestAnySeries(t *testing.T) {
	value := rapid.OneOf(rapid.Float64(), rapid.Float64Range(-1, 1),
		rapid.SampledFrom([]float64{0, 5, 5, 1e12, math.NaN(), math.Inf(1), math.Inf(-1)}))
	rapid.Check(t, func(t *rapid.T) {
		y := rapid.SliceOfN(value, 0, 40).Draw(t, "values")
		m := rapid.IntRange(-1, 12).Draw(t, "m")
		d, seasonal := Choose(y, m)
		if d < 0 || d > 2 || seasonal < 0 || seasonal > 1 || m < 2 && seasonal > 0 {
			t.Fatalf("chosen %d and %d", d, seasonal)
		}
		if s := SeasonalStrength(y, m); !(s >= 0 && s <= 1) {
			t.Fatalf("strength %v", s)
		}
		rest := y
		if seasonal > 0 {
			rest = Difference(rest, m)
		}
		for range d {
			rest = Difference(rest, 1)
		}
		if d+seasonal > 0 && len(present(rest)) == 0 {
			t.Fatalf("%d and %d differences leave no value", d, seasonal)
		}
		KPSS(y, rapid.IntRange(-2, 60).Draw(t, "lags"))
	})
}

// TestGaps: differences that would leave nothing are not taken.
func TestGaps(t *testing.T) {
	every2nd := make([]float64, 60)
	for i := range every2nd {
		every2nd[i] = float64(i)
		if i%2 == 1 {
			every2nd[i] = math.NaN()
		}
	}
	if Differences(every2nd, 2) != 1 {
		t.Error("the values that are there climb")
	}
	if d, _ := Choose(every2nd, 1); d != 0 {
		t.Errorf("want no difference, got %d", d)
	}
	climbing := make([]float64, 48)
	for i := range climbing {
		climbing[i] = 1000*[]float64{1, 5, 2, 8}[i%4] + float64(i*i)
	}
	climbing[17] = math.NaN()
	if d, seasonal := Choose(climbing, 4); d != 1 || seasonal != 1 {
		t.Errorf("one value missing: got %d and %d", d, seasonal)
	}
}

func TestConstant(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		y    []float64
		want bool
	}{
		{nil, true},
		{[]float64{nan, nan}, true},
		{[]float64{nan, 3}, true},
		{[]float64{3, nan, 3, 3}, true},
		{[]float64{1, 1 + 1.4e-8}, true},
		{[]float64{1, 1 + 1.6e-8}, false},
		{[]float64{0, 1.4e-8}, true},
		{[]float64{0, 1e-7}, false},
		{[]float64{1e12, 1e12 + 1}, true},
		{[]float64{5, 5, 5, 6}, false},
	} {
		if got := Constant(c.y); got != c.want {
			t.Errorf("%v: want %v", c.y, c.want)
		}
	}
	if got := KPSS([]float64{5.1, nan, 5.1, 5.1}, 1); !math.IsNaN(got) {
		t.Errorf("statistic of a constant: want NaN, got %v", got)
	}
}

func TestDifference(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		y    []float64
		lag  int
		want []float64
	}{
		{[]float64{1, 4, 9, 16}, 1, []float64{3, 5, 7}},
		{[]float64{1, 4, nan, 16, 25}, 2, []float64{nan, 12, nan}},
		{[]float64{1, math.Inf(1), 3}, 1, []float64{nan, nan}},
		{[]float64{1, 2}, 2, []float64{}},
		{[]float64{1, 2}, 3, []float64{}},
	} {
		if diff := cmp.Diff(c.want, Difference(c.y, c.lag), cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("%v at %d: %s", c.y, c.lag, diff)
		}
	}
}

func BenchmarkChoose(b *testing.B) {
	y := make([]float64, 4032)
	for i := range y {
		_, noise := math.Modf(float64(i) * 0.6180339887498949)
		y[i] = 100 + 20*math.Sin(2*math.Pi*float64(i)/288) + 5*noise
	}
	b.ReportAllocs()
	for b.Loop() {
		Choose(y, 288)
	}
}
