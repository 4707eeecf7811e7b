package modeltest

import "github.com/ml-autoscaling/autoscaler/forecaster/model"

// reach gives the steps that a model has something of its own to say of: the
// horizon where it is no model.Sleeper.
func reach(m model.Model, past *model.History, horizon int) int {
	if r, ok := m.(*refitted); ok {
		m = r.Refitter
	}
	if s, ok := m.(model.Sleeper); ok {
		return s.Reach(past)
	}
	return horizon
}
