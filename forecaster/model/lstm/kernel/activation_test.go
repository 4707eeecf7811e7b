package kernel

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// most is the relative error that package kernel promises.
const most = 2e-15

// exact gives exp(x) to 200 bits from its series: |x| is halved until it is
// small, and the sum squared as often.
func exact(x float64) *big.Float {
	const bits, halvings, terms = 300, 16, 40
	r := new(big.Float).SetPrec(bits).SetFloat64(x)
	r.SetMantExp(r, -halvings)
	sum, term := big.NewFloat(1).SetPrec(bits), big.NewFloat(1).SetPrec(bits)
	for i := 1; i <= terms; i++ {
		term.Mul(term, r)
		term.Quo(term, new(big.Float).SetPrec(bits).SetInt64(int64(i)))
		sum.Add(sum, term)
	}
	for range halvings {
		sum.Mul(sum, sum)
	}
	return sum
}

// relative is |got − want| / |want|.
func relative(got float64, want *big.Float) float64 {
	d := new(big.Float).SetPrec(300).SetFloat64(got)
	d.Sub(d, want)
	d.Quo(d, want)
	f, _ := d.Float64()
	return math.Abs(f)
}

// probes are arguments over the whole range in which the activations differ
// from their limits.
func probes(end float64) []float64 {
	r := rand.New(rand.NewPCG(3, 4))
	var x []float64
	for range 400 {
		x = append(x, (2*r.Float64()-1)*end, r.NormFloat64(), r.NormFloat64()*math.Exp(-30*r.Float64()))
	}
	for n := range 60 { // the borders of the reduction
		at := (float64(n) + 0.5) * math.Ln2
		x = append(x, at, -at, at/2, -at/2)
	}
	return x
}

func TestSigmoidExact(t *testing.T) {
	x := probes(705)
	got := make([]float64, len(x))
	sigmoid(got, x)
	one, worst := big.NewFloat(1).SetPrec(300), 0.0
	for i, v := range x {
		e := exact(v)
		want := new(big.Float).SetPrec(300).Quo(e, new(big.Float).SetPrec(300).Add(one, e))
		worst = max(worst, relative(got[i], want))
	}
	if worst > most {
		t.Errorf("got relative error %g, want at most %g", worst, most)
	}
	t.Logf("largest relative error %.3g", worst)
}

func TestTanhExact(t *testing.T) {
	x := probes(25)
	got := make([]float64, len(x))
	tanh(got, x)
	one, worst := big.NewFloat(1).SetPrec(300), 0.0
	for i, v := range x {
		e := exact(2 * v)
		want := new(big.Float).SetPrec(300).Sub(e, one)
		want.Quo(want, new(big.Float).SetPrec(300).Add(e, one))
		worst = max(worst, relative(got[i], want))
	}
	if worst > most {
		t.Errorf("got relative error %g, want at most %g", worst, most)
	}
	t.Logf("largest relative error %.3g", worst)
}

func TestActivationLimits(t *testing.T) {
	inf, nan, negativeZero := math.Inf(1), math.NaN(), math.Copysign(0, -1)
	x := []float64{inf, -inf, nan, 0, negativeZero, 5e-324, -5e-324, 1e15, -1e15, 40, -709, math.MaxFloat64, -math.MaxFloat64}
	got := make([]float64, len(x))
	tanh(got, x)
	wantBits(t, "tanh", got, []float64{1, -1, nan, 0, negativeZero, 5e-324, -5e-324, 1, -1, 1, -1, 1, -1})
	sigmoid(got, x)
	wantBits(t, "sigmoid", got, []float64{1, 0, nan, 0.5, 0.5, 0.5, 0.5, 1, 0, 1, 0, 1, 0})
}

func TestActivationBits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 70).Draw(t, "n")
		share := rapid.SampledFrom([]float64{0, 0.3}).Draw(t, "share of odd numbers")
		scale := rapid.SampledFrom([]float64{1e-320, 1e-300, 1e-8, 1, 10, 100, 1e15}).Draw(t, "scale")
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		x := numbers(r, n, share)
		for i := range x {
			x[i] *= scale
		}
		want, got := make([]float64, n), make([]float64, n+5)
		got[n] = 7
		sigmoidTwin(want, x)
		sigmoid(got[:n], x)
		wantBits(t, "sigmoid", got[:n], want)
		tanhTwin(want, x)
		tanh(got[:n], x)
		wantBits(t, "tanh", got[:n], want)
		if got[n] != 7 {
			t.Fatal("wrote past the end")
		}
		tanh(x, x)
		wantBits(t, "tanh in place", x, want)
	})
}

// FuzzActivation looks for an argument at which the assembly and the twin part.
func FuzzActivation(f *testing.F) {
	for _, v := range odd {
		f.Add(math.Float64bits(v))
	}
	f.Fuzz(func(t *testing.T, bits uint64) {
		x := []float64{math.Float64frombits(bits)}
		got, want := make([]float64, 1), make([]float64, 1)
		sigmoid(got, x)
		sigmoidTwin(want, x)
		wantBits(t, "sigmoid", got, want)
		tanh(got, x)
		tanhTwin(want, x)
		wantBits(t, "tanh", got, want)
	})
}
