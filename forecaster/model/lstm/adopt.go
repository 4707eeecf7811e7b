package lstm

import (
	"fmt"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// replayDays is how much of the window the network passes over once more with
// new weights.
const replayDays = 3

// inForce gives the weights in force.
func (m *Model) inForce() *Weights {
	if m.adopted == nil {
		return m.global
	}
	return &Weights{shape: m.global.shape, parameters: m.adopted}
}

// Adopt puts the weights of an estimate in force, and lets the network pass over
// the last days of the window once more with them. What was said before is
// judged as it was said, and the offsets stay: tracking goes on from them.
func (m *Model) Adopt(past *model.History, estimate []byte) error {
	if len(estimate) == 0 {
		return nil
	}
	parameters, err := decodeEstimate(estimate, m.global.Parameters())
	if err != nil {
		return fmt.Errorf("lstm: adopt: %w", err)
	}
	m.enforce(parameters)
	clear(m.state.Values())
	m.fresh = false
	if past.Len() == 0 {
		return nil
	}
	g := newGauge(stepsOf(m.global.shape))
	for bin := max(past.First(), past.Newest()-replayDays*m.day+1); bin <= past.Newest(); bin++ {
		m.follow(&g, m.state, settled{past}, bin)
	}
	return nil
}

// enforce makes the network of parameters.
func (m *Model) enforce(parameters []float32) {
	m.adopted = parameters
	m.net = m.inForce().network()
}
