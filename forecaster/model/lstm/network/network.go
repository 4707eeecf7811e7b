package network

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Network is an LSTM with its head.
type Network struct {
	shape  Shape
	params []float64
	// parts are the layers and then the head; widths are those of the matrices
	// that each is made of.
	parts  []affine
	widths [][]int
}

// New gives a network of zeros. It panics where the shape is none.
func New(s Shape) *Network {
	if err := s.check(); err != nil {
		panic(fmt.Sprintf("network: %v", err))
	}
	n := &Network{shape: s, params: make([]float64, s.Parameters())}
	for l := range s.Layers {
		n.parts = append(n.parts, newAffine(4*s.Hidden, 1+s.into(l)+s.Hidden))
		n.widths = append(n.widths, []int{s.into(l), s.Hidden})
	}
	n.parts = append(n.parts, newAffine(s.Outputs, 1+s.Hidden+s.Skip))
	n.widths = append(n.widths, []int{s.Hidden + s.Skip})
	return n
}

// Shape is the network's size.
func (n *Network) Shape() Shape { return n.shape }

// Parameters gives the parameters themselves: who writes them calls Refresh
// before the network is used again. Their order is fixed. For each layer
//
//	W   4·Hidden × Inputs (× Hidden behind the first layer), rows of the gates i, f, g, o
//	U   4·Hidden × Hidden
//	b   4·Hidden, beside W
//	b′  4·Hidden, beside U
//
// then the head: V Outputs × (Hidden + Skip), and a Outputs. Matrices are
// row-major. PyTorch calls them weight_ih, weight_hh, bias_ih and bias_hh.
func (n *Network) Parameters() []float64 { return n.params }

// Refresh takes over the parameters as they stand.
func (n *Network) Refresh() {
	for p := range n.parts {
		from, to := n.shape.part(p)
		n.parts[p].gather(n.params[from:to], n.widths[p])
	}
}

// Init draws the parameters as PyTorch does: evenly from ±1/√Hidden, those of
// the head from ±1/√(Hidden + Skip).
func (n *Network) Init(r *rand.Rand) {
	for p := range n.parts {
		from, to := n.shape.part(p)
		width := n.shape.Hidden
		if p == n.shape.Layers {
			width += n.shape.Skip
		}
		bound := 1 / math.Sqrt(float64(width))
		for i := from; i < to; i++ {
			n.params[i] = bound * (2*r.Float64() - 1)
		}
	}
	n.Refresh()
}
