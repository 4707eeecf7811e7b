package main

import (
	"github.com/ml-autoscaling/autoscaler/replay/backtest"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// scoreJSON is a score as demo, replay and backtest write it.
type scoreJSON struct {
	Minutes       int     `json:"minutes"`
	Violations    int     `json:"violation_minutes"`
	InstanceHours float64 `json:"instance_hours"`
	J8            float64 `json:"j_at_8"`
	J2            float64 `json:"j_at_2"`
	Actions       int     `json:"actions"`
	Reversals     int     `json:"reversals"`
	Launches      int     `json:"launches"`
	Unserved      float64 `json:"unserved_instance_minutes"`
	ThetaU        float64 `json:"theta_u_percent"`
	ThetaO        float64 `json:"theta_o_percent"`
	TauU          float64 `json:"tau_u_percent"`
	TauO          float64 `json:"tau_o_percent"`
	Upsilon       float64 `json:"upsilon_percent"`
}

func newScoreJSON(s fleet.Score) scoreJSON {
	return scoreJSON{
		Minutes: s.Minutes, Violations: s.Violations, InstanceHours: s.InstanceHours, J8: s.J(backtest.Headline), J2: s.J(backtest.Beside),
		Actions: s.Actions, Reversals: s.Reversals, Launches: s.Launches, Unserved: s.Unserved,
		ThetaU: s.ThetaU, ThetaO: s.ThetaO, TauU: s.TauU, TauO: s.TauO, Upsilon: s.Upsilon,
	}
}

// score is the score behind its JSON.
func (s scoreJSON) score() fleet.Score {
	return fleet.Score{
		Minutes: s.Minutes, Violations: s.Violations, Unserved: s.Unserved, InstanceHours: s.InstanceHours,
		ThetaU: s.ThetaU, ThetaO: s.ThetaO, TauU: s.TauU, TauO: s.TauO, Upsilon: s.Upsilon,
		Actions: s.Actions, Reversals: s.Reversals, Launches: s.Launches,
	}
}
