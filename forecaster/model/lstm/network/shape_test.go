package network

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

func TestInit(t *testing.T) {
	s := Shape{Inputs: 2, Hidden: 16, Layers: 2, Skip: 9, Outputs: 3}
	n, same := New(s), New(s)
	n.Init(rand.New(rand.NewPCG(1, 2)))
	same.Init(rand.New(rand.NewPCG(1, 2)))
	if d := cmp.Diff(n.Parameters(), same.Parameters()); d != "" {
		t.Errorf("the same draws give another network:\n%s", d)
	}
	from, _ := s.part(s.Layers)
	for _, part := range []struct {
		values []float64
		bound  float64
	}{{n.Parameters()[:from], 0.25}, {n.Parameters()[from:], 0.2}} {
		largest, sum := 0.0, 0.0
		for _, v := range part.values {
			largest, sum = max(largest, math.Abs(v)), sum+v
		}
		if largest > part.bound || largest < 0.9*part.bound || math.Abs(sum) > float64(len(part.values))*part.bound/4 {
			t.Errorf("want values evenly within ±%v, got the largest %v and a mean of %v", part.bound, largest, sum/float64(len(part.values)))
		}
	}
}

// TestLayout names a place of each kind of parameter by what it does alone.
func TestLayout(t *testing.T) {
	s := Shape{Inputs: 2, Hidden: 1, Layers: 1, Skip: 1, Outputs: 2}
	if got, want := s.Parameters(), 4*2+4+4+4+2*2+2; got != want {
		t.Fatalf("want %d parameters, got %d", want, got)
	}
	sigma := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	h := 0.5 * math.Tanh(0.5*math.Tanh(3*0.7+0.2+0.1))
	n, state, out := New(s), New(s).NewState(), make([]float64, 2)
	p := n.Parameters()
	p[2*2+1] = 3                // gate g, second input
	p[12+2], p[16+2] = 0.2, 0.1 // its biases
	p[20+2], p[20+3] = 2, 5     // second output: hidden, skip
	p[24] = 7                   // bias of the first
	n.Refresh()
	n.Step(state, []float64{9, 0.7})
	n.Head(state, []float64{11}, out)
	for i, want := range []float64{7, 2*h + 55} {
		if math.Abs(out[i]-want) > 1e-14*want {
			t.Errorf("output %d: want %v, got %v", i, want, out[i])
		}
	}
	p[8+3] = 4 // gate o, from h
	n.Refresh()
	c := 0.5*state.Values()[1] + 0.5*math.Tanh(0.3)
	want := sigma(4*h) * math.Tanh(c)
	n.Step(state, []float64{0, 0})
	if got := state.Values()[0]; math.Abs(got-want) > 1e-14 {
		t.Errorf("second h: want %v, got %v", want, got)
	}
}

func TestShapesThatDoNotFitPanic(t *testing.T) {
	good := Shape{Inputs: 2, Hidden: 3, Layers: 1, Skip: 1, Outputs: 2}
	n := New(good)
	trainer := func() *Trainer { return NewTrainer(n, 20, 4, model.InLine) }
	fine := Batch{Size: 2, Steps: 3, From: 1, X: make([]float64, 12), Skip: make([]float64, 4)}
	with := func(change func(b *Batch)) func() {
		return func() { b := fine; change(&b); trainer().Forward(b) }
	}
	for i, f := range []func(){
		func() { New(Shape{Hidden: 1, Layers: 1, Outputs: 1}) },
		func() { New(Shape{Inputs: 1, Layers: 1, Outputs: 1}) },
		func() { New(Shape{Inputs: 1, Hidden: 1, Outputs: 1}) },
		func() { New(Shape{Inputs: 1, Hidden: 1, Layers: 1}) },
		func() { New(Shape{Inputs: 1, Hidden: 1, Layers: 1, Skip: -1, Outputs: 1}) },
		func() { NewTrainer(n, 0, 1, model.InLine) },
		func() { NewTrainer(n, 1, 0, model.InLine) },
		func() { n.Step(n.NewState(), make([]float64, 3)) },
		func() { n.Step(New(Shape{Inputs: 2, Hidden: 4, Layers: 1, Outputs: 1}).NewState(), make([]float64, 2)) },
		func() { n.Head(n.NewState(), nil, make([]float64, 2)) },
		func() { n.Head(n.NewState(), make([]float64, 1), make([]float64, 1)) },
		with(func(b *Batch) { b.Size = 0 }),
		with(func(b *Batch) { b.From = 3 }),
		with(func(b *Batch) { b.From = -1 }),
		with(func(b *Batch) { b.X = b.X[1:] }),
		with(func(b *Batch) { b.Skip = nil }),
		with(func(b *Batch) { b.Start = make([]float64, 5) }),
		with(func(b *Batch) { *b = Batch{Size: 21, Steps: 1, X: make([]float64, 42), Skip: make([]float64, 21)} }),
		with(func(b *Batch) { *b = Batch{Size: 1, Steps: 5, X: make([]float64, 10), Skip: make([]float64, 5)} }),
		func() { trainer().Backward(nil) },
		func() { x := trainer(); x.Forward(fine); x.Backward(make([]float64, 7)) },
		func() {
			x := trainer()
			x.Forward(fine)
			x.Backward(make([]float64, 8))
			x.Backward(make([]float64, 8))
		},
		func() { x := trainer(); x.Forward(fine); x.End(make([]float64, 11)) },
		func() { NewAdam(1).Step(make([]float64, 2), make([]float64, 1)) },
	} {
		if !panics(f) {
			t.Errorf("case %d: want a panic", i)
		}
	}
	if panics(func() { with(func(*Batch) {})() }) {
		t.Error("want none where all fits")
	}
}

func panics(f func()) (caught bool) {
	defer func() { caught = recover() != nil }()
	f()
	return false
}
