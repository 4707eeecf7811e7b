package network

import "github.com/ml-autoscaling/autoscaler/forecaster/model/lstm/kernel"

// backward computes the gradient over the piece's sequences of the batch, from
// the last step and the last layer to the first (Werbos 1990).
func (p *piece) backward(b *Batch, first int, dOut []float64) {
	s := p.network.shape
	clear(p.dHidden[:b.Steps*s.Hidden*p.n])
	for _, g := range p.grads {
		clear(g)
	}
	for t := b.From; t < b.Steps; t++ {
		since := (t-b.From)*b.Size + first
		p.outputBack(t, t-b.From, dOut[since*s.Outputs:][:p.n*s.Outputs])
	}
	for l := s.Layers - 1; l >= 0; l-- {
		clear(p.dCell[:s.Hidden*p.n])
		for t := b.Steps - 1; t >= 0; t-- {
			p.stepBack(l, t)
		}
	}
}

// outputBack goes back through the head behind step t, its k-th.
func (p *piece) outputBack(t, k int, dOut []float64) {
	s, head := p.network.shape, &p.network.parts[p.network.shape.Layers]
	dz := p.out[:s.Outputs*p.n]
	kernel.Transpose(dz, dOut, p.n, s.Outputs)
	p.weigh(s.Layers, dz, at(p.head, k, head.columns*p.n))
	into := head.wT[head.rows:][:s.Hidden*head.rows]
	kernel.MultiplyAdd(at(p.dHidden, t, s.Hidden*p.n), into, dz, s.Hidden, head.rows, p.n)
}

// stepBack goes back through one layer at step t. It takes the gradient with
// respect to h from dHidden, adds to that of the step before, and leaves the one
// with respect to the inputs for the layer below.
func (p *piece) stepBack(l, t int) {
	part, cell, h := &p.network.parts[l], p.cell(l, t), p.network.shape.Hidden
	into, size := p.network.shape.into(l), h*p.n
	gates, dHidden := cell.Gates, at(p.dHidden, t, size)
	cell.Backward(dHidden, p.dCell[:size], gates)
	p.weigh(l, gates, p.column(l, t))
	if t > 0 {
		kernel.MultiplyAdd(at(p.dHidden, t-1, size), part.wT[(1+into)*part.rows:], gates, h, part.rows, p.n)
	}
	if l > 0 {
		clear(dHidden)
		kernel.MultiplyAdd(dHidden, part.wT[part.rows:][:into*part.rows], gates, into, part.rows, p.n)
	}
}

// weigh adds to the gradient of a layer's or the head's matrix what it has of
// the gradient with respect to its sums, and the column that it multiplied.
func (p *piece) weigh(part int, dSums, column []float64) {
	a := &p.network.parts[part]
	rows := p.rows[:a.columns*p.n]
	kernel.Transpose(rows, column, a.columns, p.n)
	kernel.MultiplyAdd(p.grads[part], dSums, rows, a.rows, p.n, a.columns)
}
