package network

import "github.com/ml-autoscaling/autoscaler/forecaster/model/lstm/kernel"

// State is what a network remembers of one sequence. It serves networks of one
// shape.
type State struct {
	values []float64
	// Room for a step: the column of inputs and the gates, or the head's.
	column, gates []float64
}

// NewState gives the state of a network that has seen nothing: zeros.
func (n *Network) NewState() *State {
	widest := 0
	for _, p := range n.parts {
		widest = max(widest, p.columns)
	}
	return &State{
		values: make([]float64, n.shape.State()),
		column: make([]float64, widest),
		gates:  make([]float64, 4*n.shape.Hidden),
	}
}

// Values gives the state itself, to read, to keep and to write: for each layer
// Hidden values of h, then as many of c.
func (s *State) Values() []float64 { return s.values }

// Step takes the network's state one step on by the inputs x.
func (n *Network) Step(s *State, x []float64) {
	fits("inputs", len(x), n.shape.Inputs)
	fits("state", len(s.values), n.shape.State())
	h := n.shape.Hidden
	for l := range n.shape.Layers {
		own := s.values[2*h*l:][:2*h]
		hidden, cell := own[:h], own[h:]
		p := &n.parts[l]
		column := s.column[:p.columns]
		column[0] = 1
		copy(column[1:], x)
		copy(column[1+len(x):], hidden)
		clear(s.gates)
		kernel.MultiplyAdd(s.gates, column, p.wT, 1, p.columns, p.rows)
		// The column has been read: its end has room for tanh c.
		kernel.Cell{Gates: s.gates, Previous: cell, State: cell, Squashed: column[1+len(x):], Hidden: hidden}.Forward()
		x = hidden
	}
}

// Head writes the outputs after the newest step to out. The skip inputs are the
// head's own.
func (n *Network) Head(s *State, skip, out []float64) {
	fits("skip inputs", len(skip), n.shape.Skip)
	fits("outputs", len(out), n.shape.Outputs)
	fits("state", len(s.values), n.shape.State())
	h, p := n.shape.Hidden, &n.parts[n.shape.Layers]
	column := s.column[:p.columns]
	column[0] = 1
	copy(column[1:], s.values[2*h*(n.shape.Layers-1):][:h])
	copy(column[1+h:], skip)
	clear(out)
	kernel.MultiplyAdd(out, column, p.wT, 1, p.columns, p.rows)
}
