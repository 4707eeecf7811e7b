package streams_test

import (
	"strings"
	"testing"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// exampleCombinedForecast is one whose model has parts.
func exampleCombinedForecast() streams.Forecast {
	f := exampleForecast()
	f.Model, f.Weights = "combined", map[string]float64{"naive": 0.125, "rls": 0.5, "stl_arima": 0.375}
	return f
}

// exampleCombinedControl puts a policy in force that names weights.
func exampleCombinedControl() streams.Control {
	p := examplePolicy()
	p.Forecast.Model, p.Forecast.Weights, p.Forecast.Training = "combined", strings.Repeat("0123456789abcdef", 4), 20
	return streams.NewPolicyControl(web, noon, p)
}

// TestCombinedIsGolden holds what the events have where a model has parts.
func TestCombinedIsGolden(t *testing.T) {
	for name, want := range map[string]streams.Event{
		"forecast_combined": exampleCombinedForecast(), "control_combined": exampleCombinedControl(),
	} {
		t.Run(name, func(t *testing.T) { holdsGolden(t, name, want) })
	}
}

// TestWeightsAreAParameterOfThePolicy says that other weights are another policy.
func TestWeightsAreAParameterOfThePolicy(t *testing.T) {
	with := *exampleCombinedControl().Policy
	without := with
	without.Forecast.Weights = ""
	if with.Fingerprint() == without.Fingerprint() {
		t.Error("policies of other weights have one fingerprint")
	}
}
