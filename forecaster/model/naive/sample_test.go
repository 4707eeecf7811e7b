package naive

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

func TestQuantile(t *testing.T) {
	for name, tc := range map[string]struct {
		sorted []float64
		p      float64
		want   float64
	}{
		"no error":                   {nil, 0.99, 0},
		"one error, middle":          {[]float64{3}, 0.5, 3},
		"one error, upper":           {[]float64{3}, 0.99, 3},
		"rank 5 of 9":                {[]float64{1, 2, 3, 4, 5, 6, 7, 8, 9}, 0.5, 5},
		"rank 9 of 9, the largest":   {[]float64{1, 2, 3, 4, 5, 6, 7, 8, 9}, 0.9, 9},
		"rank 1 of 9, the smallest":  {[]float64{1, 2, 3, 4, 5, 6, 7, 8, 9}, 0.1, 1},
		"rank 2.5 of 9":              {[]float64{1, 2, 3, 4, 5, 6, 7, 8, 9}, 0.25, 2.5},
		"beyond: 9 + 4 ln 2 / ln 5":  {[]float64{1, 2, 3, 4, 5, 6, 7, 8, 9}, 0.95, 9 + 4*math.Ln2/math.Log(5)},
		"beneath: 1 - 4 ln 2 / ln 5": {[]float64{1, 2, 3, 4, 5, 6, 7, 8, 9}, 0.05, 1 - 4*math.Ln2/math.Log(5)},
	} {
		t.Run(name, func(t *testing.T) {
			got := (&sample{tc.sorted}).quantile(tc.p)
			if diff := cmp.Diff(tc.want, got, cmpopts.EquateApprox(1e-12, 1e-12)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestQuantileOfExponential reads the tail of a law whose quantiles are known:
// with errors at its own plotting positions, what lies beyond the largest is
// near that law's.
func TestQuantileOfExponential(t *testing.T) {
	var s sample
	for k := 1; k <= 50; k++ {
		s.add(-math.Log(1 - float64(k)/51))
	}
	if got, want := s.quantile(0.999), -math.Log(0.001); math.Abs(got-want) > 1e-2*want {
		t.Errorf("want about %v, got %v", want, got)
	}
}

func TestDoubt(t *testing.T) {
	for _, tc := range []struct{ p, load, independent, want float64 }{
		{0.5, 100, 0, 0},
		{0.99, 100, 0, 50 * math.Log(50)},
		{0.01, 100, 0, -50 * math.Log(50)},
		{0.99, 100, 99, 0.5 * math.Log(50)},
		{0.99, 0, 0, 0},
	} {
		if got := doubt(tc.p, tc.load, tc.independent); math.Abs(got-tc.want) > 1e-9 {
			t.Errorf("doubt(%v, %v, %v): want %v, got %v", tc.p, tc.load, tc.independent, tc.want, got)
		}
	}
}

func TestQuantilesRise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s sample
		for _, x := range rapid.SliceOfN(rapid.Float64Range(-1e9, 1e9), 0, 30).Draw(t, "errors") {
			s.replace(math.NaN(), x)
		}
		if !slices.IsSorted(s.sorted) {
			t.Fatalf("not sorted: %v", s.sorted)
		}
		p, q := rapid.Float64Range(0.001, 0.999).Draw(t, "p"), rapid.Float64Range(0.001, 0.999).Draw(t, "q")
		if lo, hi := s.quantile(min(p, q)), s.quantile(max(p, q)); lo > hi+1e-6 {
			t.Fatalf("quantile %v is %v, above %v at %v", min(p, q), lo, hi, max(p, q))
		}
	})
}

func TestReplace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s sample
		var dumb []float64
		value := rapid.Float64Range(0, 4)
		for range rapid.IntRange(1, 50).Draw(t, "turns") {
			old, fresh := math.NaN(), math.NaN()
			if len(dumb) > 0 && rapid.Bool().Draw(t, "take out") {
				i := rapid.IntRange(0, len(dumb)-1).Draw(t, "which")
				old, dumb = dumb[i], slices.Delete(slices.Clone(dumb), i, i+1)
			}
			if rapid.IntRange(0, 3).Draw(t, "put in") > 0 {
				fresh = math.Round(value.Draw(t, "fresh"))
				dumb = append(dumb, fresh)
			}
			s.replace(old, fresh)
			slices.Sort(dumb)
			if !slices.Equal(s.sorted, dumb) {
				t.Fatalf("want %v, got %v", dumb, s.sorted)
			}
		}
	})
}
