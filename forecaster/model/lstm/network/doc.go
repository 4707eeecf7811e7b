// Package network is a long short-term memory network (Hochreiter and
// Schmidhuber 1997, with the forget gate of Gers et al. 2000) of one or more
// layers with a linear head, its gradient, and the Adam optimiser.
//
//	n := network.New(network.Shape{Inputs: 3, Hidden: 64, Layers: 1, Outputs: 12})
//	n.Init(rand.New(rand.NewPCG(1, 2)))
//	t := network.NewTrainer(n, 32, 48, model.InLine)
//	for range steps {
//		out := t.Forward(batch)
//		... // dOut: the loss's gradient with respect to out
//		grads := t.Backward(dOut)
//		network.Clip(grads, 1)
//		adam.Step(n.Parameters(), grads)
//		n.Refresh()
//	}
//
// A layer computes, at each step, from its input x and its own last h and c
//
//	i, f, o = σ(W x + b + U h + b′), g = tanh(W x + b + U h + b′), each with its own rows of W and U
//	c ← f c + i g, h ← o tanh c
//
// and the head V (h, skip) + a from the last layer's h. What it guarantees:
//
//  1. It is PyTorch's network: the same parameters give the same states, losses,
//     gradients and steps of Adam up to rounding (testdata/SOURCES.md).
//  2. A network that is fed one step at a time (Step, Head) gives the bits that
//     Forward gives, whatever the batch.
//  3. The same inputs give the same bits, whatever Each runs the tasks: a batch is
//     cut in pieces of 16 sequences, and their gradients are added in order. What
//     is multiplied and added is rounded twice here, and once in package kernel, on
//     every architecture. Only Cosine and the corrections of Adam rest on functions
//     of package math whose last bit another architecture may round otherwise.
//  4. Step, Head, Forward, Backward and, but for its first, Adam.Step allocate
//     nothing.
//
// Do not assume that
//
//   - inputs are checked: one that is not finite, or so large that a product of it
//     overflows, gives states that are not finite;
//   - Backward goes beyond its batch: the state that a batch begins with is a
//     constant (truncated back-propagation through time, Williams and Peng 1990);
//   - a Trainer, a State or an Adam may be used by several goroutines at once. A
//     Network may, for as long as nobody writes its parameters.
//
// Shapes that do not fit panic: they are errors of the program.
package network
