package network

import (
	"fmt"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// width is the number of sequences that are computed together. It is fixed so
// that sums do not depend on the number of workers, and few enough that what a
// step reads of them stays in the innermost cache.
const width = 16

// Trainer computes the outputs of batches, and gradients. It keeps the
// activations of the newest batch.
type Trainer struct {
	network *Network
	each    model.Each
	// size and steps are those of the largest batch that there is room for.
	size, steps int
	pieces      []*piece
	batch       Batch
	used        int // pieces of the newest batch
	ran         bool

	out, grads, dOut  []float64
	forward, backward func(i int)
}

// NewTrainer gives a trainer for batches of at most size sequences of at most
// steps. The work on a batch is handed to each in pieces of 16 sequences.
func NewTrainer(n *Network, size, steps int, each model.Each) *Trainer {
	if size < 1 || steps < 1 {
		panic(fmt.Sprintf("network: want room for sequences, got size %d, steps %d", size, steps))
	}
	t := &Trainer{
		network: n,
		each:    each,
		size:    size,
		steps:   steps,
		out:     make([]float64, steps*size*n.shape.Outputs),
		grads:   make([]float64, len(n.params)),
	}
	for from := 0; from < size; from += width {
		t.pieces = append(t.pieces, newPiece(n, min(width, size-from), steps))
	}
	// Made once, because a method value allocates.
	t.forward = func(i int) { t.pieces[i].forward(&t.batch, i*width, t.out) }
	t.backward = func(i int) { t.pieces[i].backward(&t.batch, i*width, t.dOut) }
	return t
}

// Forward gives the outputs of a batch, (Steps - From) × Size × Outputs. They,
// and the batch, stay the trainer's until its next use.
func (t *Trainer) Forward(b Batch) []float64 {
	b.check(t.network.shape)
	if b.Size > t.size || b.Steps > t.steps {
		panic(fmt.Sprintf("network: want at most %d sequences of %d steps, got %d of %d", t.size, t.steps, b.Size, b.Steps))
	}
	t.used = (b.Size + width - 1) / width
	t.batch, t.ran = b, true
	t.each(t.used, t.forward)
	return t.out[:(b.Steps-b.From)*b.Size*t.network.shape.Outputs]
}

// Backward gives the gradient with respect to every parameter, in their order,
// of a loss whose gradient with respect to the outputs of the newest Forward is
// dOut. It follows a Forward, once. The gradient stays the trainer's until its
// next use.
func (t *Trainer) Backward(dOut []float64) []float64 {
	if !t.ran {
		panic("network: backward without a forward")
	}
	b, n := &t.batch, t.network
	fits("gradients of outputs", len(dOut), (b.Steps-b.From)*b.Size*n.shape.Outputs)
	t.dOut, t.ran = dOut, false
	t.each(t.used, t.backward)
	clear(t.grads)
	for _, p := range t.pieces[:t.used] {
		for l := range n.parts {
			from, to := n.shape.part(l)
			n.parts[l].scatter(t.grads[from:to], p.grads[l], n.widths[l])
		}
	}
	return t.grads
}

// End writes the states after the newest Forward to dst, as Batch.Start has
// them.
func (t *Trainer) End(dst []float64) {
	fits("values of states", len(dst), t.batch.Size*t.network.shape.State())
	for i, p := range t.pieces[:t.used] {
		p.end(dst[i*width*t.network.shape.State():], t.batch.Steps)
	}
}
