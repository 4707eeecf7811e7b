package report

import (
	"cmp"
	"strings"

	"github.com/ml-autoscaling/autoscaler/replay/backtest"
	"github.com/ml-autoscaling/autoscaler/replay/rivals"
)

// labelOf calls a policy for people, where nobody said how: in few words.
func labelOf(name string) string {
	switch name {
	case "static-peak":
		return "static peak"
	case "tt.7":
		return "target tracking .7"
	case "tt.9":
		return "target tracking .9"
	case "tt-fast":
		return "target tracking, fast"
	case "step":
		return "step scaling"
	case "step.8":
		return "step scaling .8"
	case "step%":
		return "step scaling by percent"
	case "hpa":
		return "Kubernetes HPA"
	case "phpa":
		return "predictive HPA"
	case "crane":
		return "Crane"
	case "aws-predictive":
		return "AWS predictive, over .7"
	case "aws-predictive.9":
		return "AWS predictive, over .9"
	case "aws-predictive-fast":
		return "AWS predictive, over fast"
	case backtest.OursPerfect:
		return "ours on a perfect forecast"
	case backtest.Incumbent, backtest.PartialIncumbent:
		return "the group's own policies"
	}
	if model, ok := backtest.ModelOf(name); ok {
		return "ours on the " + callModel(model) + " forecast"
	}
	return name
}

// callModel calls a model for people, in few words.
func callModel(name string) string {
	switch name {
	case "arima", "dhr", "lstm", "rls":
		return strings.ToUpper(name)
	case "stl_arima":
		return "STL+ARIMA"
	}
	return name
}

// aboutModel says what a model is; its name where nobody knows.
func aboutModel(name string) string {
	switch name {
	case "arima":
		return "ARIMA, refitted daily"
	case "combined":
		return "all models, weighed by how they did, with calibrated quantiles"
	case "dhr":
		return "dynamic harmonic regression (waves of the day and of the week, and ARIMA errors), refitted daily"
	case "stl_arima":
		return "ARIMA over the seasons that STL takes off, refitted daily"
	case "lstm":
		return "a recurrent network that was trained on many series, trained further daily"
	case "rls":
		return "direct recursive least squares"
	}
	return name
}

// aboutOf says in a sentence what a policy does; empty where nobody knows.
func aboutOf(name string) string {
	switch name {
	case backtest.Ours:
		return "our decider on the forecasts of its model"
	case backtest.OursNaive:
		return "our decider on the seasonal naive forecast: what comes from the policy"
	case backtest.OursPerfect:
		return "our decider on the true future: what a better model could still gain"
	case backtest.Oracle:
		return "the cheapest capacity that never violates, with the future known: a bound, not a rival"
	}
	if model, ok := backtest.ModelOf(name); ok {
		return "our decider on the forecasts of " + aboutModel(model)
	}
	d, _ := rivals.Lookup(name)
	return d.About
}

// definition is a policy in the list of all.
type definition struct{ Name, Label, About, Knob string }

// definitions lists what the policies are, and what was swept.
func (b *book) definitions() []definition {
	var out []definition
	for _, p := range b.policies {
		d := definition{Name: p.Name, Label: p.Label, About: cmp.Or(p.About, aboutOf(p.Name))}
		if p.hasKnob() {
			d.Knob = p.Knob
			if d.Knob == "" {
				d.Knob = "knob"
			}
			d.Knob += ", " + b.knob(p.Name, p.Default) + " unless swept"
		}
		out = append(out, d)
	}
	return out
}
