package combine

import "github.com/ml-autoscaling/autoscaler/forecaster/model"

// PartWeight is what a part counts in the combination.
type PartWeight struct {
	Name string
	// Weight is the mean over the steps and levels of the weights in force: those
	// of all parts sum to 1.
	Weight float64
}

// Weights gives what the parts count now, in their order.
func (m *Model) Weights() []PartWeight {
	out := make([]PartWeight, len(m.parts))
	cells := float64(len(m.places) * len(m.config.Levels))
	for k, p := range m.parts {
		out[k].Name = p.Name
		for _, at := range m.places {
			low, high := &m.leads[at.low].steps.pool, &m.leads[at.high].steps.pool
			for j := range m.config.Levels {
				out[k].Weight += between(low.at(j)[k], high.at(j)[k], at.share) / cells
			}
		}
	}
	return out
}

// Part gives the model of a name, or nil where there is none.
func (m *Model) Part(name string) model.Model {
	for _, p := range m.parts {
		if p.Name == name {
			return p.Model
		}
	}
	return nil
}
