package lstm

import (
	"math/rand/v2"

	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm/network"
)

// usual are the quantiles that an untrained network says, in bent scales.
//
//nolint:gochecknoglobals // read only
var usual = [levelCount]float64{-2, -1.2, -0.5, 0, 0.5, 1.2, 1.7, 2.1, 2.6}

// draw sets the parameters that a training begins with. The head looks at the
// hidden state only, and says the usual quantiles.
func draw(n *network.Network, seed uint64) {
	n.Init(rand.New(rand.NewPCG(seed, streamInit)))
	s := n.Shape()
	p := n.Parameters()
	width := s.Hidden + s.Skip
	biases := p[len(p)-s.Outputs:]
	head := p[len(p)-s.Outputs*(width+1):]
	for o := range s.Outputs {
		clear(head[o*width+s.Hidden : (o+1)*width])
		biases[o] = usual[o%levelCount]
	}
	n.Refresh()
}
