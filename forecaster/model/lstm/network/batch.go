package network

import "fmt"

// Batch is a number of sequences of one length. Within a step the values of one
// sequence stand together.
type Batch struct {
	// Size is the number of sequences, Steps their length, both at least 1.
	Size, Steps int
	// From is the first step, counted from 0, behind which the head has outputs,
	// and a loss is taken. Steps - 1 asks for the last only.
	From int
	// X are the inputs, Steps × Size × Inputs.
	X []float64
	// Skip are the head's own inputs, (Steps - From) × Size × Skip.
	Skip []float64
	// Start is the state that each sequence begins with, Size × Layers × 2 ×
	// Hidden: one State.Values behind the other. None is zeros.
	Start []float64
}

func (b *Batch) check(s Shape) {
	if b.Size < 1 || b.Steps < 1 || b.From < 0 || b.From >= b.Steps {
		panic(fmt.Sprintf("network: want outputs of at least one of the steps of a sequence, got size %d, steps %d, from %d", b.Size, b.Steps, b.From))
	}
	fits("inputs in the batch", len(b.X), b.Steps*b.Size*s.Inputs)
	fits("skip inputs in the batch", len(b.Skip), (b.Steps-b.From)*b.Size*s.Skip)
	if len(b.Start) > 0 {
		fits("values of start", len(b.Start), b.Size*s.State())
	}
}
