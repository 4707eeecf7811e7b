package network

import "github.com/ml-autoscaling/autoscaler/forecaster/model/lstm/kernel"

// piece has the activations of a few sequences. A step's values of one unit
// stand together, so that matrices multiply them from the left as they are.
type piece struct {
	network *Network
	n       int // sequences in use
	layers  []trace
	head    []float64   // steps × columns of the head × n
	grads   [][]float64 // as affine.w
	dHidden []float64   // steps × Hidden × n
	dCell   []float64   // Hidden × n
	// rows has room for a transpose of a column, out for one of outputs.
	rows, out []float64
}

// trace is what a layer did at each step.
type trace struct {
	column []float64 // (steps + 1) × columns × n: 1, inputs, h before
	gates  []float64 // steps × 4·Hidden × n
	cells  []float64 // (steps + 1) × Hidden × n, the first before the first step
	tanh   []float64 // steps × Hidden × n
}

func newPiece(n *Network, most, steps int) *piece {
	h := n.shape.Hidden
	p := &piece{network: n}
	widest := 0
	for l, part := range n.parts {
		widest = max(widest, part.columns)
		p.grads = append(p.grads, make([]float64, len(part.w)))
		if l == n.shape.Layers {
			p.head = make([]float64, steps*part.columns*most)
			break
		}
		p.layers = append(p.layers, trace{
			column: make([]float64, (steps+1)*part.columns*most),
			gates:  make([]float64, steps*4*h*most),
			cells:  make([]float64, (steps+1)*h*most),
			tanh:   make([]float64, steps*h*most),
		})
	}
	p.dHidden = make([]float64, steps*h*most)
	p.dCell = make([]float64, h*most)
	p.rows = make([]float64, widest*most)
	p.out = make([]float64, n.shape.Outputs*most)
	return p
}

// at gives the step's block of a trace.
func at(trace []float64, step, size int) []float64 { return trace[step*size:][:size] }

// forward runs the sequences of the batch from the first given on, and writes
// their outputs.
func (p *piece) forward(b *Batch, first int, out []float64) {
	p.n = min(width, b.Size-first)
	p.begin(b, first)
	for t := range b.Steps {
		in := p.network.shape.Inputs
		x := b.X[(t*b.Size+first)*in:][:p.n*in]
		kernel.Transpose(p.input(0, t), x, p.n, in)
		for l := range p.layers {
			p.step(l, t)
		}
		if t >= b.From {
			p.output(b, first, t, out)
		}
	}
}

// begin puts the state before the first step in place.
func (p *piece) begin(b *Batch, first int) {
	s := p.network.shape
	h := s.Hidden
	for l := range p.layers {
		hidden, cells := p.hidden(l, 0), p.layers[l].cells[:h*p.n]
		clear(hidden)
		clear(cells)
		if len(b.Start) == 0 {
			continue
		}
		for q := range p.n {
			own := b.Start[(first+q)*s.State()+2*h*l:][:2*h]
			for j := range h {
				hidden[j*p.n+q], cells[j*p.n+q] = own[j], own[h+j]
			}
		}
	}
}

// end writes the states behind the last of the steps.
func (p *piece) end(dst []float64, steps int) {
	s := p.network.shape
	h := s.Hidden
	for l := range p.layers {
		hidden, cells := p.hidden(l, steps), at(p.layers[l].cells, steps, h*p.n)
		for q := range p.n {
			own := dst[q*s.State()+2*h*l:][:2*h]
			for j := range h {
				own[j], own[h+j] = hidden[j*p.n+q], cells[j*p.n+q]
			}
		}
	}
}

// column gives a layer's 1, inputs and h before the step.
func (p *piece) column(l, step int) []float64 {
	return at(p.layers[l].column, step, p.network.parts[l].columns*p.n)
}

// input gives where a layer's inputs of the step stand.
func (p *piece) input(l, step int) []float64 {
	return p.column(l, step)[p.n:][:p.network.shape.into(l)*p.n]
}

// hidden gives where a layer's h before the step stands.
func (p *piece) hidden(l, step int) []float64 {
	return p.column(l, step)[(1+p.network.shape.into(l))*p.n:]
}

// step takes one layer one step on.
func (p *piece) step(l, t int) {
	part, column, cell := &p.network.parts[l], p.column(l, t), p.cell(l, t)
	ones(column[:p.n])
	clear(cell.Gates)
	kernel.MultiplyAdd(cell.Gates, part.w, column, part.rows, part.columns, p.n)
	cell.Forward()
	if l+1 < len(p.layers) {
		copy(p.input(l+1, t), cell.Hidden)
	}
}

// cell gives the units of a layer at a step, all sequences of one behind those
// of the other.
func (p *piece) cell(l, t int) kernel.Cell {
	own, size := &p.layers[l], p.network.shape.Hidden*p.n
	return kernel.Cell{
		Gates:    at(own.gates, t, 4*size),
		Previous: at(own.cells, t, size),
		State:    at(own.cells, t+1, size),
		Squashed: at(own.tanh, t, size),
		Hidden:   p.hidden(l, t+1),
	}
}

// output computes the head behind a step.
func (p *piece) output(b *Batch, first, t int, out []float64) {
	s, head := p.network.shape, &p.network.parts[p.network.shape.Layers]
	since := (t - b.From) * b.Size
	column := at(p.head, t-b.From, head.columns*p.n)
	ones(column[:p.n])
	copy(column[p.n:], p.hidden(s.Layers-1, t+1))
	kernel.Transpose(column[(1+s.Hidden)*p.n:], b.Skip[(since+first)*s.Skip:][:p.n*s.Skip], p.n, s.Skip)
	z := p.out[:s.Outputs*p.n]
	clear(z)
	kernel.MultiplyAdd(z, head.w, column, head.rows, head.columns, p.n)
	kernel.Transpose(out[(since+first)*s.Outputs:][:p.n*s.Outputs], z, s.Outputs, p.n)
}

func ones(v []float64) {
	for i := range v {
		v[i] = 1
	}
}
