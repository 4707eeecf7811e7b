package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// odd are the numbers that arithmetic treats apart.
var odd = []float64{
	0, math.Copysign(0, -1), math.Inf(1), math.Inf(-1), math.NaN(),
	5e-324, -5e-324, 2.2e-308, -1e-310, math.MaxFloat64, -math.MaxFloat64, 1, -1,
	sigmoidEnd, -sigmoidEnd, tanhEnd, -tanhEnd,
}

// numbers fills a slice of the given length, mostly with common numbers.
func numbers(r *rand.Rand, n int, share float64) []float64 {
	s := make([]float64, n)
	for i := range s {
		s[i] = r.NormFloat64() * math.Exp(2*r.NormFloat64())
		if r.Float64() < share {
			s[i] = odd[r.IntN(len(odd))]
		}
	}
	return s
}

// wantBits holds that two slices are equal to the bit; any NaN equals any other.
func wantBits(t rapid.TB, what string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: got %d elements, want %d", what, len(got), len(want))
	}
	for i := range want {
		if math.IsNaN(want[i]) && math.IsNaN(got[i]) {
			continue
		}
		if math.Float64bits(got[i]) != math.Float64bits(want[i]) {
			t.Fatalf("%s: element %d: got %v (%x), want %v (%x)", what, i, got[i], math.Float64bits(got[i]), want[i], math.Float64bits(want[i]))
		}
	}
}

// chain is the definition of a product, one element at a time.
func chain(dst, a, b []float64, m, k, n int) {
	for i := range m {
		for j := range n {
			for p := range k {
				dst[i*n+j] = math.FMA(a[i*k+p], b[p*n+j], dst[i*n+j])
			}
		}
	}
}

func TestProductBits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := rapid.IntRange(0, 29).Draw(t, "m")
		k := rapid.OneOf(rapid.IntRange(0, 20), rapid.IntRange(126, 130), rapid.IntRange(255, 259)).Draw(t, "k")
		n := rapid.IntRange(0, 75).Draw(t, "n")
		share := rapid.SampledFrom([]float64{0, 0, 0.002, 0.1}).Draw(t, "share of odd numbers")
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		a, b := numbers(r, m*k, share), numbers(r, k*n, share)
		// The guard behind dst shows a write past its end.
		before := numbers(r, m*n+9, share)
		want, got := slices.Clone(before), slices.Clone(before)
		chain(want, a, b, m, k, n)
		MultiplyAdd(got, a, b, m, k, n)
		wantBits(t, "product", got, want)
		if m*k*n == 0 {
			return
		}
		for s := plain; s <= machine; s++ {
			p := product{dst: slices.Clone(before), a: a, b: b, m: m, k: k, n: n, row: k}
			p.addAt(s)
			wantBits(t, fmt.Sprintf("product at speed %d", s), p.dst, want)
		}
	})
}

func TestTranspose(t *testing.T) {
	got := make([]float64, 6)
	Transpose(got, []float64{1, 2, 3, 4, 5, 6}, 2, 3)
	wantBits(t, "transpose", got, []float64{1, 4, 2, 5, 3, 6})
}

func TestShapePanics(t *testing.T) {
	s := make([]float64, 5)
	for name, f := range map[string]func(){
		"product":         func() { MultiplyAdd(s, s, s, 2, 1, 3) },
		"negative":        func() { MultiplyAdd(s, s, s, -1, -1, -1) },
		"long":            func() { MultiplyAdd(s, s, s, 1, 6, 0) },
		"sigmoid":         func() { sigmoid(s[:4], s) },
		"tanh":            func() { tanh(s[:4], s) },
		"forward":         func() { Cell{Gates: s, State: s}.Forward() },
		"backward":        func() { Cell{}.Backward(s, nil, nil) },
		"transpose short": func() { Transpose(s, s, 2, 3) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("want a panic")
				}
			}()
			f()
		})
	}
}

func TestNoAllocation(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	a, b, dst := numbers(r, 7*9, 0), numbers(r, 9*47, 0), make([]float64, 7*47)
	gates, s := numbers(r, 20, 0), numbers(r, 5, 0)
	d := make([]float64, 20)
	if n := testing.AllocsPerRun(20, func() {
		MultiplyAdd(dst, a, b, 7, 9, 47)
		sigmoid(dst, dst)
		tanh(dst, dst)
		c := Cell{Gates: gates, Previous: s, State: s, Squashed: d[:5], Hidden: d[5:10]}
		c.Forward()
		c.Backward(s, s, d)
	}); n != 0 {
		t.Errorf("got %v allocations", n)
	}
}
