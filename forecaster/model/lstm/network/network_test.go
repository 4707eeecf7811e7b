package network

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

func normal(r *rand.Rand, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = r.NormFloat64()
	}
	return out
}

// draw gives a network and a batch for it, of any shape.
func draw(t *rapid.T, size, steps int) (*Network, Batch, *rand.Rand) {
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	between := func(least, most int, what string) int { return rapid.IntRange(least, most).Draw(t, what) }
	n := New(Shape{
		Inputs: between(1, 5, "inputs"), Hidden: between(1, 9, "hidden"), Layers: between(1, 3, "layers"),
		Skip: between(0, 4, "skip"), Outputs: between(1, 7, "outputs"),
	})
	n.Init(r)
	s := n.Shape()
	b := Batch{Size: between(1, size, "size"), Steps: between(1, steps, "steps")}
	b.From = between(0, b.Steps-1, "from")
	b.X = normal(r, b.Steps*b.Size*s.Inputs)
	b.Skip = normal(r, (b.Steps-b.From)*b.Size*s.Skip)
	if rapid.Bool().Draw(t, "start") {
		b.Start = normal(r, b.Size*s.State())
	}
	return n, b, r
}

// dot is a loss: a weighted sum of outputs, whose gradient are the weights.
func dot(a, b []float64) (sum float64) {
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}

func TestGradientIsThatOfFiniteDifferences(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, b, r := draw(t, 3, 5)
		trainer := NewTrainer(n, b.Size, b.Steps, model.InLine)
		dOut := normal(r, len(trainer.Forward(b)))
		grads := append([]float64(nil), trainer.Backward(dOut)...)
		loss := func(i int, by float64) float64 {
			at := n.Parameters()[i]
			n.Parameters()[i] = at + by
			n.Refresh()
			n.Parameters()[i] = at
			return dot(dOut, trainer.Forward(b))
		}
		for range 12 {
			i := r.IntN(len(grads))
			// A stencil of five points: the error is of the fourth order.
			const e = 1e-3
			want := (8*(loss(i, e)-loss(i, -e)) - (loss(i, 2*e) - loss(i, -2*e))) / (12 * e)
			if math.Abs(grads[i]-want) > 1e-8*(1+math.Abs(want)) {
				t.Fatalf("parameter %d of %d: want %v, got %v", i, len(grads), want, grads[i])
			}
		}
	})
}

func TestStreamingGivesTheBitsOfABatch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, b, _ := draw(t, 40, 6)
		s := n.Shape()
		trainer := NewTrainer(n, b.Size, b.Steps, model.InLine)
		out := trainer.Forward(b)
		end := make([]float64, b.Size*s.State())
		trainer.End(end)
		got := make([]float64, s.Outputs)
		for q := range b.Size {
			state := n.NewState()
			if len(b.Start) > 0 {
				copy(state.Values(), b.Start[q*s.State():])
			}
			for step := range b.Steps {
				n.Step(state, b.X[(step*b.Size+q)*s.Inputs:][:s.Inputs])
				if step < b.From {
					continue
				}
				k := (step-b.From)*b.Size + q
				n.Head(state, b.Skip[k*s.Skip:][:s.Skip], got)
				if d := cmp.Diff(out[k*s.Outputs:][:s.Outputs], got); d != "" {
					t.Fatalf("sequence %d of %d, step %d (-batch +step):\n%s", q, b.Size, step, d)
				}
			}
			if d := cmp.Diff(end[q*s.State():][:s.State()], state.Values()); d != "" {
				t.Fatalf("end of sequence %d (-batch +step):\n%s", q, d)
			}
		}
	})
}

// TestSegmentsContinue holds that a batch that begins where another ended
// continues it.
func TestSegmentsContinue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, b, _ := draw(t, 20, 6)
		b.From, b.Skip = b.Steps-1, b.Skip[:b.Size*n.Shape().Skip]
		trainer := NewTrainer(n, b.Size, b.Steps, model.InLine)
		want := append([]float64(nil), trainer.Forward(b)...)
		if b.Steps == 1 {
			return
		}
		cut := rapid.IntRange(1, b.Steps-1).Draw(t, "cut")
		row := b.Size * n.Shape().Inputs
		trainer.Forward(Batch{Size: b.Size, Steps: cut, From: cut - 1, X: b.X[:cut*row], Skip: b.Skip, Start: b.Start})
		start := make([]float64, b.Size*n.Shape().State())
		trainer.End(start)
		rest := b.Steps - cut
		got := trainer.Forward(Batch{Size: b.Size, Steps: rest, From: rest - 1, X: b.X[cut*row:], Skip: b.Skip, Start: start})
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("cut at %d of %d (-whole +cut):\n%s", cut, b.Steps, d)
		}
	})
}

// TestWorkersChangeNothing trains with one worker, with many, and in reverse
// order, and with a trainer that has more room.
func TestWorkersChangeNothing(t *testing.T) {
	together := func(n int, task func(i int)) {
		var all sync.WaitGroup
		for i := range n {
			all.Go(func() { task(i) })
		}
		all.Wait()
	}
	reverse := func(n int, task func(i int)) {
		for i := n - 1; i >= 0; i-- {
			task(i)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		first, b, r := draw(t, 70, 4)
		dOut := normal(r, (b.Steps-b.From)*b.Size*first.Shape().Outputs)
		var want []float64
		for i, trial := range []struct {
			each model.Each
			more int
		}{{model.InLine, 0}, {together, 0}, {reverse, 0}, {together, 37}} {
			n := New(first.Shape())
			copy(n.Parameters(), first.Parameters())
			n.Refresh()
			trainer := NewTrainer(n, b.Size+trial.more, b.Steps+trial.more, trial.each)
			adam := NewAdam(0.01)
			for range 3 {
				trainer.Forward(b)
				grads := trainer.Backward(dOut)
				Clip(grads, 1)
				adam.Step(n.Parameters(), grads)
				n.Refresh()
			}
			if i == 0 {
				want = n.Parameters()
				continue
			}
			if d := cmp.Diff(want, n.Parameters()); d != "" {
				t.Fatalf("trial %d:\n%s", i, d)
			}
		}
	})
}

// TestTrainerForgets holds that a batch leaves nothing to the next.
func TestTrainerForgets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, b, r := draw(t, 40, 4)
		fresh, used := NewTrainer(n, 40, 4, model.InLine), NewTrainer(n, 40, 4, model.InLine)
		dOut := normal(r, (b.Steps-b.From)*b.Size*n.Shape().Outputs)
		other := Batch{Size: 33, Steps: 4, From: 1, X: normal(r, 4*33*n.Shape().Inputs), Skip: normal(r, 3*33*n.Shape().Skip), Start: normal(r, 33*n.Shape().State())}
		used.Backward(used.Forward(other))
		if d := cmp.Diff(fresh.Forward(b), used.Forward(b)); d != "" {
			t.Fatal(d)
		}
		if d := cmp.Diff(fresh.Backward(dOut), used.Backward(dOut)); d != "" {
			t.Fatal(d)
		}
	})
}

func TestNothingIsAllocated(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	n := New(Shape{Inputs: 3, Hidden: 8, Layers: 2, Skip: 2, Outputs: 4})
	n.Init(r)
	b := Batch{Size: 20, Steps: 5, From: 1, X: normal(r, 5*20*3), Skip: normal(r, 4*20*2), Start: normal(r, 20*n.Shape().State())}
	trainer, adam, state := NewTrainer(n, 20, 5, model.InLine), NewAdam(0.01), n.NewState()
	dOut, end := normal(r, 4*20*4), make([]float64, len(b.Start))
	step := func() {
		trainer.Forward(b)
		trainer.End(end)
		grads := trainer.Backward(dOut)
		Clip(grads, 1)
		adam.Step(n.Parameters(), grads)
		n.Refresh()
		n.Step(state, b.X[:3])
		n.Head(state, b.Skip[:2], dOut[:4])
	}
	step()
	if got := testing.AllocsPerRun(10, step); got != 0 {
		t.Errorf("want no allocation, got %v", got)
	}
}

func ExampleNetwork_Step() {
	n := New(Shape{Inputs: 1, Hidden: 4, Layers: 1, Outputs: 1})
	n.Init(rand.New(rand.NewPCG(1, 2)))
	state, out := n.NewState(), make([]float64, 1)
	for _, x := range []float64{0.5, -1, 2} {
		n.Step(state, []float64{x})
	}
	n.Head(state, nil, out)
	fmt.Printf("%.3f\n", out)
	// Output: [0.182]
}
