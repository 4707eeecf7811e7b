package kernel

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func newCell(gates, previous []float64) Cell {
	h := len(previous)
	return Cell{
		Gates: slices.Clone(gates), Previous: previous,
		State: make([]float64, h), Squashed: make([]float64, h), Hidden: make([]float64, h),
	}
}

func TestCellBits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := rapid.IntRange(0, 21).Draw(t, "hidden")
		share := rapid.SampledFrom([]float64{0, 0.1}).Draw(t, "share of odd numbers")
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		before, previous := numbers(r, 4*h, share), numbers(r, h, share)
		got, twin := newCell(before, previous), newCell(before, previous)
		got.Forward()

		sigmoidTwin(twin.Gates[:2*h], twin.Gates[:2*h])
		tanhTwin(twin.Gates[2*h:3*h], twin.Gates[2*h:3*h])
		sigmoidTwin(twin.Gates[3*h:], twin.Gates[3*h:])
		twin.advanceTwin(0)
		tanhTwin(twin.Squashed, twin.State)
		twin.outputTwin(0)
		wantBits(t, "gates", got.Gates, twin.Gates)
		wantBits(t, "state", got.State, twin.State)
		wantBits(t, "hidden", got.Hidden, twin.Hidden)

		dHidden, dState := numbers(r, h, share), numbers(r, h, share)
		wantState, wantGates := slices.Clone(dState), make([]float64, 4*h)
		twin.backwardTwin(0, dHidden, wantState, wantGates)
		got.Backward(dHidden, dState, got.Gates)
		wantBits(t, "gradient of the state", dState, wantState)
		wantBits(t, "gradient of the gates", got.Gates, wantGates)
	})
}

// TestCellFormulas holds the forward step against package math.
func TestCellFormulas(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	const h = 7
	before, previous := numbers(r, 4*h, 0), numbers(r, h, 0)
	c := newCell(before, previous)
	c.Forward()
	sigmoid := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	for u := range h {
		i, f, g, o := sigmoid(before[u]), sigmoid(before[h+u]), math.Tanh(before[2*h+u]), sigmoid(before[3*h+u])
		state := f*previous[u] + i*g
		if d := math.Abs(c.State[u] - state); d > 1e-14*max(1, math.Abs(previous[u])) {
			t.Errorf("state %d: got %v, want %v", u, c.State[u], state)
		}
		if want := o * math.Tanh(state); math.Abs(c.Hidden[u]-want) > 1e-14 {
			t.Errorf("hidden %d: got %v, want %v", u, c.Hidden[u], want)
		}
	}
}

// TestCellGradient holds the backward step against central differences of
// loss = Σ wh·hidden + Σ wc·state.
func TestCellGradient(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	const h, step = 6, 1e-5
	at := make([]float64, 5*h) // gates, then the previous state
	for i := range at {
		at[i] = r.NormFloat64()
	}
	wh, wc := numbers(r, h, 0), numbers(r, h, 0)
	loss := func() (sum float64) {
		c := newCell(at[:4*h], at[4*h:])
		c.Forward()
		for u := range h {
			sum += wh[u]*c.Hidden[u] + wc[u]*c.State[u]
		}
		return sum
	}
	c := newCell(at[:4*h], at[4*h:])
	c.Forward()
	dState, got := slices.Clone(wc), make([]float64, 4*h)
	c.Backward(wh, dState, got)
	got = append(got, dState...)
	for i, v := range at {
		at[i] = v + step
		up := loss()
		at[i] = v - step
		down := loss()
		at[i] = v
		if want := (up - down) / (2 * step); math.Abs(got[i]-want) > 1e-7*max(1, math.Abs(want)) {
			t.Errorf("gradient %d: got %v, want %v", i, got[i], want)
		}
	}
}
