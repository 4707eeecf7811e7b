package network

import (
	"math/rand/v2"
	"testing"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// BenchmarkTrain is what PyTorch is timed with: 3 inputs, 64 hidden, windows of
// 48 steps, batches of 32, 12 outputs behind the last step, squared error;
// forward, backward and Adam, on one core.
func BenchmarkTrain(b *testing.B) {
	const size, steps = 32, 48
	r := rand.New(rand.NewPCG(1, 2))
	n := New(Shape{Inputs: 3, Hidden: 64, Layers: 1, Outputs: 12})
	n.Init(r)
	batch := Batch{Size: size, Steps: steps, From: steps - 1, X: normal(r, steps*size*3)}
	y := normal(r, size*12)
	trainer, adam, dOut := NewTrainer(n, size, steps, model.InLine), NewAdam(1e-3), make([]float64, len(y))
	b.ReportAllocs()
	for b.Loop() {
		for i, z := range trainer.Forward(batch) {
			dOut[i] = 2 * (z - y[i]) / float64(len(y))
		}
		adam.Step(n.Parameters(), trainer.Backward(dOut))
		n.Refresh()
	}
	b.ReportMetric(float64(b.N*size)/b.Elapsed().Seconds(), "sequences/s")
}

// BenchmarkStep is a streaming step with its head.
func BenchmarkStep(b *testing.B) {
	n := New(Shape{Inputs: 3, Hidden: 64, Layers: 1, Outputs: 12})
	n.Init(rand.New(rand.NewPCG(1, 2)))
	state, x, out := n.NewState(), []float64{1, -1, 0.5}, make([]float64, 12)
	b.ReportAllocs()
	for b.Loop() {
		n.Step(state, x)
		n.Head(state, nil, out)
	}
}

// BenchmarkSegment is truncated back-propagation with a head behind every step,
// as wide as 12 horizons of 9 quantiles, twice, are.
func BenchmarkSegment(b *testing.B) {
	const size, steps = 32, 48
	r := rand.New(rand.NewPCG(1, 2))
	n := New(Shape{Inputs: 14, Hidden: 64, Layers: 1, Skip: 24, Outputs: 216})
	n.Init(r)
	batch := Batch{Size: size, Steps: steps, X: normal(r, steps*size*14), Skip: normal(r, steps*size*24)}
	trainer, adam, dOut := NewTrainer(n, size, steps, model.InLine), NewAdam(1e-3), normal(r, steps*size*216)
	b.ReportAllocs()
	for b.Loop() {
		trainer.Forward(batch)
		adam.Step(n.Parameters(), trainer.Backward(dOut))
		n.Refresh()
	}
	b.ReportMetric(float64(b.N*size)/b.Elapsed().Seconds(), "sequences/s")
}
