package regarima

import (
	"fmt"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/arima"
)

// Adopt puts the parameters of an estimate in force, and lets the filter pass
// over the window once more with them. The errors of the forecasts that they would
// have made in the window teach the dresser: with the first estimate all that
// there is, with a later one what the next errors lean on.
func (m *Model) Adopt(past *model.History, estimate []byte) error {
	if len(estimate) == 0 {
		return nil
	}
	if err := m.enforce(estimate); err != nil {
		return fmt.Errorf("regarima: adopt: %w", err)
	}
	first := m.cold != nil
	m.cold, m.alarm, m.top = nil, alarm{}, newTop(m.config.Grid.PerDay())
	if past.Len() == 0 {
		return nil
	}
	for bin := past.First(); bin <= past.Newest(); bin++ {
		value := past.Folded(bin)
		if first {
			m.dresser.Judge(bin, value)
		} else {
			m.dresser.Revisit(bin, value)
		}
		m.follow(bin, value)
		m.issue(bin)
	}
	m.alarm = alarm{}
	return nil
}

// enforce makes the filter of an estimate. It changes nothing where it fails.
func (m *Model) enforce(estimate []byte) error {
	p, err := readParameters(estimate, m.kind, m.config.Grid.PerDay())
	if err != nil {
		return err
	}
	filter, err := arima.NewFilter(p.order, p.params, m.config.Horizon)
	if err != nil {
		return err
	}
	ahead, err := arima.NewFilter(p.order, p.params, m.config.Horizon)
	if err != nil {
		return err
	}
	m.adopted, m.filter, m.ahead = p, filter, ahead
	m.dresser.Prior(arima.Psi(p.order, p.params, m.config.Horizon))
	return nil
}
